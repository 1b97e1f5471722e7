// cache: a fast device caches the most used blocks of a slow one.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

enum class CacheMode : std::uint8_t { unspecified, writeback, writethrough, passthrough };

/// The kernel may report `Fail` or `Error` in place of the whole line (dm-cache-target.c:
/// cache_status). `state` then says which, and every other member is absent.
struct CacheStatus {
  static constexpr std::string_view statusOf = "cache";
  enum class State : std::uint8_t { active, failed, error };
  enum class Access : std::uint8_t { unreported, readWrite, readOnly, other };
  State state = State::active;
  std::optional<Sectors> metadataBlockSize{};
  std::optional<Fraction> metadata{};  ///< blocks of metadataBlockSize
  std::optional<Sectors> blockSize{};
  std::optional<Fraction> cache{};  ///< blocks of blockSize
  std::optional<std::uint64_t> readHits{};
  std::optional<std::uint64_t> readMisses{};
  std::optional<std::uint64_t> writeHits{};
  std::optional<std::uint64_t> writeMisses{};
  std::optional<std::uint64_t> demotions{};
  std::optional<std::uint64_t> promotions{};
  std::optional<std::uint64_t> dirty{};  ///< blocks not yet written back to the origin
  bool metadata2 = false;
  CacheMode mode = CacheMode::unspecified;
  bool noDiscardPassdown = false;
  Words unknown{};               ///< features that this version does not know
  std::vector<KeyValue> core{};  ///< `migration_threshold`, sectors
  std::string policy{};
  std::vector<KeyValue> policyArguments{};
  Access access = Access::unreported;  ///< since Linux 3.16
  bool needsCheck = false;
  Words rest{};
  friend bool operator==(const CacheStatus&, const CacheStatus&) noexcept = default;
};

/// Parameters `<metadata> <cache> <origin> <block size> <#words> features <policy> <#words> {<key>
/// <value>}...`. The parameters do not show tunables changed by messages.
struct Cache {
  static constexpr std::string_view type = "cache";
  struct Blocks {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;  ///< one past the last
    friend bool operator==(const Blocks&, const Blocks&) noexcept = default;
  };
  DeviceWord metadata{};
  DeviceWord cache{};
  DeviceWord origin{};
  Sectors blockSize{64};  ///< 64 to 2097152, a multiple of 64
  bool metadata2 = false;
  CacheMode mode = CacheMode::unspecified;  ///< unspecified: writeback
  bool noDiscardPassdown = false;
  Words unknown{};
  std::string policy = "default";           ///< `smq`, which is the default, `cleaner`, `mq`
  std::vector<KeyValue> policyArguments{};  ///< all policies accept `migration_threshold`
  Words rest{};

  [[nodiscard]] static std::string set(std::string_view key, std::string_view value) {
    return ((std::string(key) += ' ') += value);
  }
  /// Valid only in passthrough mode.
  [[nodiscard]] DEVMAP_API static std::string invalidate(const std::vector<Blocks>& blocks);

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Cache> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<CacheStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const Cache&, const Cache&) noexcept = default;
};

}  // namespace devmap::targets
