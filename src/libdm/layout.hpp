// Lists in the layout that C programs walk (dm-ioctl.h: dm_name_list, dm_target_versions,
// dm_target_deps), made from the results of a task.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <devmap/task.hpp>
#include <devmap/types.hpp>

namespace devmap::libdm {

/// Words of 8 bytes, so that each record is aligned. Records of names start at multiples of 8; the
/// last one's `next` is 0. No devices: one record of zeros.
[[nodiscard]] std::vector<std::uint64_t> layNames(std::span<const ListedDevice> devices,
                                                  NameMangling mangling);
/// No types: one record of zeros, with an empty name.
[[nodiscard]] std::vector<std::uint64_t> layVersions(std::span<const TargetVersion> types);
[[nodiscard]] std::vector<std::uint64_t> layDependencies(std::span<const DeviceNumber> devices);

/// A device number as dev_t: 12 bits of major between 8 and 12 bits of minor (kdev_t.h:
/// huge_encode_dev).
[[nodiscard]] constexpr std::uint64_t toDev(DeviceNumber device) noexcept {
  const std::uint64_t minor = device.minor;
  return (minor & 0xff) | std::uint64_t{device.major} << 8 | (minor & ~std::uint64_t{0xff}) << 12;
}

}  // namespace devmap::libdm
