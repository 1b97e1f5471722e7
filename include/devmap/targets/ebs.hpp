// ebs: emulates smaller blocks on a device with larger ones.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// Parameters `<device> <start> <emulated> [<underlying>]`. Status: none. Messages: none.
struct Ebs {
  static constexpr std::string_view type = "ebs";
  DeviceWord device{};
  Sectors start{};      ///< a multiple of `underlying`
  Sectors emulated{1};  ///< emulated block size: a power of two, at most a page
  /// Block size of `device`: a power of two; absent: as the device reports.
  std::optional<Sectors> underlying{};
  Words rest{};

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Ebs> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<NoStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const Ebs&, const Ebs&) noexcept = default;
};

}  // namespace devmap::targets
