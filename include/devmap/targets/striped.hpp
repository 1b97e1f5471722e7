// striped: spreads the chunks of the row over several devices in turn (RAID 0).
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

struct StripedStatus {
  static constexpr std::string_view statusOf = "striped";
  std::vector<DeviceWord> stripes{};
  std::string health{};  ///< one character per stripe: `A` alive, `D` had errors
  Words rest{};
  friend bool operator==(const StripedStatus&, const StripedStatus&) noexcept = default;
};

/// Parameters `<#stripes> <chunk> {<device> <start>}...`. Messages: none. The length is a multiple
/// of the number of stripes, and each stripe is a whole number of chunks.
struct Striped {
  static constexpr std::string_view type = "striped";
  Sectors chunk{};
  std::vector<DeviceSpan> stripes{};  ///< at least one
  Words rest{};

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Striped> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<StripedStatus> parseStatus(
      std::string_view status) noexcept;
  friend bool operator==(const Striped&, const Striped&) noexcept = default;
};

}  // namespace devmap::targets
