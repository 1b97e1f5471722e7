// Reads whole files and directories of sysfs and procfs, and parses the lines and numbers in them.
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
/// Takes the next line off `text`, without its newline.
std::string_view takeLine(std::string_view& text) noexcept;
/// Takes the decimal number at the start of `text` off it. False: there is none, or it is larger
/// than `largest`.
bool takeNumber(std::string_view& text, std::uint64_t& number,
                std::uint64_t largest = UINT64_MAX) noexcept;
/// Takes `MAJOR:MINOR` off the start of `text`. Nothing: `text` does not start with one.
std::optional<DeviceNumber> takeDevice(std::string_view& text) noexcept;

}  // namespace devmap::detail
