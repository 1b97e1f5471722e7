// writecache: writes go to fast storage first.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

struct WritecacheStatus {
  static constexpr std::string_view statusOf = "writecache";
  std::uint64_t error = 0;  ///< not 0 after an I/O error of the cache device
  std::uint64_t blocks = 0;
  std::uint64_t freeBlocks = 0;
  std::uint64_t writebackBlocks = 0;
  // 1.5: counted since the load or `clear_stats`
  std::optional<std::uint64_t> reads{};
  std::optional<std::uint64_t> readHits{};
  std::optional<std::uint64_t> writes{};
  std::optional<std::uint64_t> writeHitsUncommitted{};
  std::optional<std::uint64_t> writeHitsCommitted{};
  std::optional<std::uint64_t> writesAround{};
  std::optional<std::uint64_t> writesAllocate{};
  std::optional<std::uint64_t> writesBlocked{};
  std::optional<std::uint64_t> flushes{};
  std::optional<std::uint64_t> discards{};
  Words rest{};
  friend bool operator==(const WritecacheStatus&, const WritecacheStatus&) noexcept = default;
};

/// Parameters `<p|s> <origin> <cache> <block size> <#words> options`. The first load formats a
/// cache that holds zeros. Before removal, send `cleaner` or `flush_on_suspend`, then suspend.
struct Writecache {
  static constexpr std::string_view type = "writecache";
  enum class Storage : std::uint8_t { persistentMemory, ssd };
  enum class ForceUnitAccess : std::uint8_t { unspecified, on, off };
  Storage storage = Storage::ssd;
  DeviceWord origin{};
  DeviceWord cache{};
  std::uint64_t blockSize = 4096;  ///< bytes: a power of two, from 512 to the page size
  std::optional<Sectors> start{};  ///< on the cache device
  /// Percent; 50 when absent; not below lowWatermark.
  std::optional<std::uint64_t> highWatermark{};
  std::optional<std::uint64_t> lowWatermark{};  ///< percent; 45 when absent
  std::optional<std::uint64_t> writebackJobs{};
  std::optional<std::uint64_t> autocommitBlocks{};
  std::optional<std::uint64_t> autocommitTime{};  ///< milliseconds, at most an hour
  std::optional<std::uint64_t> maxAge{};          ///< milliseconds, at most a day
  bool cleaner = false;
  ForceUnitAccess fua = ForceUnitAccess::unspecified;  ///< only with persistent memory
  bool metadataOnly = false;
  /// Milliseconds, at most a minute; only with an SSD.
  std::optional<std::uint64_t> pauseWriteback{};
  Words unknown{};
  Words rest{};

  [[nodiscard]] static std::string flush() { return "flush"; }
  [[nodiscard]] static std::string flushOnSuspend() { return "flush_on_suspend"; }
  [[nodiscard]] static std::string clean() { return "cleaner"; }
  [[nodiscard]] static std::string clearStatistics() { return "clear_stats"; }

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Writecache> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<WritecacheStatus> parseStatus(
      std::string_view status) noexcept;
  friend bool operator==(const Writecache&, const Writecache&) noexcept = default;
};

}  // namespace devmap::targets
