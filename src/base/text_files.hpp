// Whole files and folders of sysfs and procfs, and the lines and numbers in texts such as theirs.
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
/// 0 or an errno. Unsorted, as the kernel gives them.
int listWhole(Kernel& kernel, const std::string& path, std::vector<std::string>& names) noexcept;
/// `/sys/dev/block/M:m/` and `rest`.
std::string sysPath(DeviceNumber device, std::string_view rest);
/// Takes the next line off `text`, without its end.
std::string_view takeLine(std::string_view& text) noexcept;
/// Takes the decimal number that `text` begins with off it. False: there is none, or it is larger
/// than `largest`.
bool takeNumber(std::string_view& text, std::uint64_t& number,
                std::uint64_t largest = UINT64_MAX) noexcept;
/// Takes `MAJOR:MINOR` off `text`. Nothing: it does not begin with that.
std::optional<DeviceNumber> takeDevice(std::string_view& text) noexcept;

}  // namespace devmap::detail
