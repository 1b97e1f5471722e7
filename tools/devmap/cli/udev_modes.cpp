#include "cli/udev_modes.hpp"

#include <algorithm>
#include <array>

namespace tool {
namespace {

using devmap::UdevMode;

struct NamedMode {
  UdevMode mode;
  char name[12];
};
constexpr auto modes = std::to_array<NamedMode>({
    {UdevMode::automatic, "auto"},
    {UdevMode::cookies, "cookies"},
    {UdevMode::monitor, "monitor"},
    {UdevMode::flagsOnly, "flags-only"},
    {UdevMode::none, "none"},
});

}  // namespace

std::string_view udevModeName(UdevMode mode) noexcept {
  return std::ranges::find(modes, mode, &NamedMode::mode)->name;
}

std::optional<UdevMode> udevModeNamed(std::string_view name) noexcept {
  const auto found =
      std::ranges::find_if(modes, [&](const NamedMode& mode) { return name == mode.name; });
  return found == modes.end() ? std::nullopt : std::optional(found->mode);
}

}  // namespace tool
