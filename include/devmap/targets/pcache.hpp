// pcache: a cache on persistent memory (Linux 6.18).
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

struct PcacheStatus {
  static constexpr std::string_view statusOf = "pcache";
  std::uint64_t superblockFlags = 0;
  std::uint64_t segments = 0;
  std::uint64_t cacheSegments = 0;
  std::uint64_t usedSegments = 0;
  std::uint64_t gcPercent = 0;
  std::uint64_t flags = 0;
  std::string keyHead{};  ///< `segment:offset`
  std::string dirtyTail{};
  std::string keyTail{};
  Words rest{};
  friend bool operator==(const PcacheStatus&, const PcacheStatus&) noexcept = default;
};

/// Parameters `<cache device> <backing> [#words options]`. It must be the only row. A live device
/// accepts no other table. The kernel shows `crc` where it accepts `data_crc`; both are read.
struct Pcache {
  static constexpr std::string_view type = "pcache";
  enum class Mode : std::uint8_t { unspecified, writeback };
  enum class Crc : std::uint8_t { unspecified, on, off };
  DeviceWord cache{};  ///< persistent memory
  DeviceWord backing{};
  Mode mode = Mode::unspecified;
  Crc dataCrc = Crc::unspecified;
  Words unknown{};
  Words rest{};

  [[nodiscard]] static std::string setGcPercent(std::uint32_t percent) {
    return "gc_percent " + std::to_string(percent);
  }  ///< 0 to 90

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Pcache> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<PcacheStatus> parseStatus(
      std::string_view status) noexcept;
  friend bool operator==(const Pcache&, const Pcache&) noexcept = default;
};

}  // namespace devmap::targets
