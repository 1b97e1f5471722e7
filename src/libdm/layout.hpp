// Lists in the layout that C programs walk (dm-ioctl.h: dm_name_list, dm_target_versions,
// dm_target_deps), and rows, made from the results of a task.
#pragma once

#include <cstdint>
#include <span>

#include <devmap/task.hpp>
#include <devmap/types.hpp>

#include "block.hpp"

namespace devmap::libdm {

// Each block is empty when there is no memory for it.

/// Records start at multiples of 8. The `next` of the last is 0. No devices: one record of zeros.
[[nodiscard]] Block layNames(std::span<const ListedDevice> devices, NameMangling mangling) noexcept;
/// No types: one record of zeros, with an empty name.
[[nodiscard]] Block layVersions(std::span<const TargetVersion> types) noexcept;
[[nodiscard]] Block layDependencies(std::span<const DeviceNumber> devices) noexcept;

/// An array of Row, and behind it their text.
[[nodiscard]] Block layRows(std::span<const TableRow> rows) noexcept;

/// A device number as dev_t: 12 bits of major between 8 and 12 bits of minor (kdev_t.h:
/// huge_encode_dev).
[[nodiscard]] constexpr std::uint64_t toDev(DeviceNumber device) noexcept {
  const std::uint64_t minor = device.minor;
  return (minor & 0xff) | std::uint64_t{device.major} << 8 | (minor & ~std::uint64_t{0xff}) << 12;
}

}  // namespace devmap::libdm
