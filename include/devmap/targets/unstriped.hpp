// unstriped: one stripe out of a striped device.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// Parameters `<#stripes> <chunk> <stripe> <device> <start>`. Status: none. Messages: none. The
/// length is a multiple of the chunk. The kernel accepts a stripe that is one too high, and then
/// maps the wrong sectors.
struct Unstriped {
  static constexpr std::string_view type = "unstriped";
  std::uint64_t stripes = 1;
  Sectors chunk{};
  std::uint64_t stripe = 0;  ///< counted from 0
  DeviceWord device{};
  Sectors start{};
  Words rest{};

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Unstriped> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<NoStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const Unstriped&, const Unstriped&) noexcept = default;
};

}  // namespace devmap::targets
