// The names of the udev modes in options and output.
#pragma once

#include <optional>
#include <string_view>

#include <devmap/udev.hpp>

namespace tool {

/// All of them, for messages.
inline constexpr std::string_view udevModeNames = "auto, cookies, monitor, flags-only or none";

[[nodiscard]] std::string_view udevModeName(devmap::UdevMode mode) noexcept;
[[nodiscard]] std::optional<devmap::UdevMode> udevModeNamed(std::string_view name) noexcept;

}  // namespace tool
