// What a device depends on, and what depends on it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <devmap/block.hpp>
#include <devmap/device_mapper.hpp>
#include <devmap/device_ref.hpp>
#include <devmap/error.hpp>
#include <devmap/kernel.hpp>
#include <devmap/query.hpp>
#include <devmap/types.hpp>

namespace devmap {

/// Devices that a table uses, each once. Empty: none, or the slot is empty. Errors: notFound.
[[nodiscard]] DEVMAP_API Result<std::vector<DeviceNumber>> dependencies(
    DeviceMapper& context, const DeviceRef& device, TableSlot slot = TableSlot::live) noexcept;

struct DependencyNode {
  DeviceNumber device;
  std::string name;  ///< empty: not a device-mapper device, or removed in the meantime
  std::string uuid;
  std::vector<std::size_t> below;  ///< what its live table uses: indexes into the same vector
};

/// Everything that a device depends on, directly or not, each device once. The device itself is
/// first. Asks the kernel once for each. Terminates on any graph, even one that changes meanwhile.
/// refusedByKernel: more than `limit` devices.
[[nodiscard]] DEVMAP_API Result<std::vector<DependencyNode>> dependencyTree(
    DeviceMapper& context, const DeviceRef& device, std::size_t limit = 65536) noexcept;
/// The same for all devices. Those of list come first, in its order.
[[nodiscard]] DEVMAP_API Result<std::vector<DependencyNode>> dependencyTree(
    DeviceMapper& context, std::size_t limit = 65536) noexcept;

/// A use of a block device by this system.
struct BlockUse {
  DeviceNumber device;
  std::string mount;  ///< a mount point in this mount namespace; empty: it is swap space
};

/// All uses, from /proc/self/mountinfo and /proc/swaps (proc(5)), in their order. A mount is
/// reported for the device with its number. It is also reported for its source where that is
/// another device, as with file systems that span several devices. A file that cannot be read is
/// skipped. Any thread. For one device, see usersOf; for many, this reads each file only once.
[[nodiscard]] DEVMAP_API std::vector<BlockUse> blockUses(DeviceMapper& context) noexcept;

/// Why a device is busy.
struct DeviceUsers {
  /// Devices on top of it: device-mapper names, else kernel names (`md0`).
  std::vector<std::string> devices;
  std::vector<std::string> mounts;  ///< mount points in this mount namespace
  bool swap = false;                ///< it is swap space
  /// Types of file systems that /sys/fs lists for it (`ext4`, `xfs`). They are mounted, perhaps
  /// only in another mount namespace.
  std::vector<std::string> fileSystems;

  [[nodiscard]] bool empty() const noexcept {
    return devices.empty() && mounts.empty() && !swap && fileSystems.empty();
  }
};

/// Who uses a device, as far as sysfs and procfs show: /sys/dev/block/M:m/holders,
/// /sys/fs/TYPE/NAME, /proc/self/mountinfo, /proc/swaps. Programs that hold it open are not seen,
/// nor are mounts in other namespaces of a file system that is not in /sys/fs. A file that cannot
/// be read is skipped. Errors: notFound.
[[nodiscard]] DEVMAP_API Result<DeviceUsers> usersOf(DeviceMapper& context,
                                                     const DeviceRef& device) noexcept;
/// The same for any block device by its number. Opens neither it nor the control node, and asks for
/// no privilege. Empty if there is no such device.
[[nodiscard]] DEVMAP_API DeviceUsers usersOf(DeviceNumber device,
                                             Kernel& kernel = systemKernel()) noexcept;
/// The same for any block device, such as a disk.
[[nodiscard]] DEVMAP_API DeviceUsers usersOf(DeviceMapper& context,
                                             const BlockDevice& device) noexcept;

}  // namespace devmap
