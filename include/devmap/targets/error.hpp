// error: every read and write fails.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// Parameters: none, or `<device> <start>`, whose limits the device then has (1.7). The kernel
/// never shows these words, so a table that is read back lacks them. A table of this type may
/// replace one of an immutable type. Status: none. Messages: none.
struct ErrorTarget {
  static constexpr std::string_view type = "error";
  DeviceWord device{};  ///< empty: none
  std::optional<Sectors> start{};
  Words rest{};  ///< the kernel ignores words unless there are two

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<ErrorTarget> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<NoStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const ErrorTarget&, const ErrorTarget&) noexcept = default;
};

}  // namespace devmap::targets
