// linear: maps the row to consecutive sectors of another device.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// Parameters `<device> <start>`. Status: none. Messages: none.
struct Linear {
  static constexpr std::string_view type = "linear";
  DeviceWord device{};
  Sectors start{};  ///< first sector on `device`
  Words rest{};     ///< what a newer kernel may add

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Linear> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<NoStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const Linear&, const Linear&) noexcept = default;
};

}  // namespace devmap::targets
