// zero: reads as zeros, writes are dropped.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// Parameters: none. Status: none. Messages: none.
struct Zero {
  static constexpr std::string_view type = "zero";
  Words rest{};

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Zero> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<NoStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const Zero&, const Zero&) noexcept = default;
};

}  // namespace devmap::targets
