// Reads whole files and directories of sysfs and procfs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/kernel.hpp>

namespace devmap::detail {

/// 0 or an errno. EFBIG: larger than 16 MiB.
int readWhole(Kernel& kernel, const std::string& path, std::string& text) noexcept;
/// 0 or an errno. Unsorted, in the kernel's order.
int listWhole(Kernel& kernel, const std::string& path, std::vector<std::string>& names) noexcept;
/// `/sys/dev/block/M:m/` and `rest`.
std::string sysPath(DeviceNumber device, std::string_view rest);
/// The kernel's name of a block device: `dm-3`, `sda1`; empty if there is none. From the property
/// DEVNAME in its uevent file.
std::string kernelNameOf(Kernel& kernel, DeviceNumber device) noexcept;

}  // namespace devmap::detail
