// A vdo device's reply to the message `stats`, and how dmsetup's `vdostats` shows it. Pure: text
// in, text out. Sources: the kernel's drivers/md/dm-vdo/message-stats.c for the reply, lvm2's git
// of 2026-04 (1.02.214) for what is shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// A value of the reply. Its label is the names of the enclosing groups and its name, in words:
/// `biosIn : { write : 3, }` is `bios in write`.
struct VdoField {
  std::string label, value;
};

/// The values of a reply `{ name : value, name : { name : value, }, }`, in its order. Stops at the
/// first text that is not of that form.
[[nodiscard]] std::vector<VdoField> readVdoStats(std::string_view reply);

/// How full the device is. Sizes are in sectors of 512 bytes. Values that the device does not know
/// while it is recovering or read-only are absent.
struct VdoUse {
  std::uint64_t size = 0;
  std::optional<std::uint64_t> used, available;
  std::optional<std::uint64_t> usedPercent;    ///< of the size, rounded up
  std::optional<std::uint64_t> savingPercent;  ///< of the logical blocks in use, rounded down:
                                               ///< those that take no physical block
};

[[nodiscard]] VdoUse useOf(const std::vector<VdoField>& fields);

/// All of it, one value a line, as `vdostats -v` prints it: with the labels of VDO's former
/// `vdostats`, and with the values derived from others.
[[nodiscard]] std::string vdoText(std::string_view device, const std::vector<VdoField>& fields);

}  // namespace tool
