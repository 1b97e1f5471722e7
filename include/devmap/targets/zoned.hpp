// zoned: a zoned device that accepts writes in any order.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

struct ZonedStatus {
  static constexpr std::string_view statusOf = "zoned";
  /// Zones of one kind on one device.
  struct Zones {
    Fraction unmapped{};
    std::string kind{};  ///< `cache`, `random`, `sequential`
    friend bool operator==(const Zones&, const Zones&) noexcept = default;
  };
  std::uint64_t zones = 0;
  std::vector<Zones> kinds{};
  friend bool operator==(const ZonedStatus&, const ZonedStatus&) noexcept = default;
};

/// Parameters `<device>...`. If there are several, the first is a regular device, for caching. It
/// must be the only row. The kernel ignores the row's length and uses the real size from the
/// device's superblock.
struct Zoned {
  static constexpr std::string_view type = "zoned";
  std::vector<DeviceWord> devices{};

  [[nodiscard]] static std::string reclaim() { return "reclaim"; }

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Zoned> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<ZonedStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const Zoned&, const Zoned&) noexcept = default;
};

}  // namespace devmap::targets
