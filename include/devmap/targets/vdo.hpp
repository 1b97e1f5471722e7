// vdo: deduplication and compression (Linux 6.9).
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

struct VdoStatus {
  static constexpr std::string_view statusOf = "vdo";
  enum class Mode : std::uint8_t { normal, recovering, readOnly, other };
  enum class Index : std::uint8_t {
    closed,
    closing,
    error,
    offline,
    online,
    opening,
    suspended,
    unknown,
    other
  };
  enum class Compression : std::uint8_t { online, offline, other };
  DeviceWord device{};  ///< the storage device, as a path
  Mode mode = Mode::normal;
  bool recovering = false;
  Index index = Index::unknown;
  Compression compression = Compression::offline;
  std::uint64_t usedBlocks = 0;  ///< of 4 KiB
  std::uint64_t totalBlocks = 0;
  Words rest{};
  friend bool operator==(const VdoStatus&, const VdoStatus&) noexcept = default;
};

/// Parameters `V4 <device> <physical blocks> <block size> <cache blocks> <era length> {<key>
/// <value>}...`; older forms remain raw text. It must be the only row; its length is a multiple of
/// 4 KiB. The kernel shows the words as loaded.
struct Vdo {
  static constexpr std::string_view type = "vdo";
  enum class Format : std::uint8_t { v4 };
  enum class Switch : std::uint8_t { unspecified, on, off };
  Format format = Format::v4;
  DeviceWord device{};
  std::uint64_t physicalBlocks = 0;  ///< of 4 KiB
  std::uint64_t blockSize = 4096;    ///< bytes: 512 or 4096
  std::uint64_t cacheBlocks = 0;  ///< of 4 KiB, for the block map; at least 4096 per logical thread
  std::uint64_t eraLength = 0;  ///< at least 1; a lower value writes changed block map pages sooner
  // threads
  std::optional<std::uint64_t> ack{};
  std::optional<std::uint64_t> bio{};
  std::optional<std::uint64_t> bioRotationInterval{};
  std::optional<std::uint64_t> cpu{};
  std::optional<std::uint64_t> hash{};  ///< hash, logical and physical: all 0, or none
  std::optional<std::uint64_t> logical{};
  std::optional<std::uint64_t> physical{};
  std::optional<std::uint64_t> maxDiscard{};   ///< blocks of 4 KiB
  Switch deduplication = Switch::unspecified;  ///< unspecified: on
  Switch compression = Switch::unspecified;    ///< unspecified: off
  // how a blank device is formatted (7.x)
  Switch indexSparse = Switch::unspecified;
  std::string indexMemory{};  ///< GiB: `0.25`, `0.5`, `0.75`, or a whole number to 1024
  std::optional<std::uint64_t> slabSize{};  ///< blocks of 4 KiB: a power of two, 2^13 to 2^23
  Words unknown{};

  [[nodiscard]] static std::string statistics() { return "stats"; }      ///< replies with text
  [[nodiscard]] static std::string configuration() { return "config"; }  ///< replies with text
  [[nodiscard]] static std::string setCompression(bool on) {
    return on ? "compression on" : "compression off";
  }
  [[nodiscard]] static std::string createIndex() { return "index-create"; }
  [[nodiscard]] static std::string enableIndex() { return "index-enable"; }
  [[nodiscard]] static std::string disableIndex() { return "index-disable"; }
  [[nodiscard]] static std::string closeIndex() { return "index-close"; }
  [[nodiscard]] static std::string dumpOnShutdown() { return "dump-on-shutdown"; }

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Vdo> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<VdoStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const Vdo&, const Vdo&) noexcept = default;
};

}  // namespace devmap::targets
