// Small text helpers of the fake kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/types.hpp>

namespace devmap::fake {

/// Words as the kernel's splitter sees them: blanks, tabs and newlines separate, a backslash
/// escapes the next byte (dm-table.c: dm_split_args).
[[nodiscard]] std::vector<std::string> splitArguments(std::string_view text);

/// A whole word of decimal digits that fits into 64 bits (kstrtoull with base 10).
[[nodiscard]] bool parseNumber(std::string_view word, std::uint64_t& value);

/// `major:minor` and nothing else (sscanf "%u:%u%c").
[[nodiscard]] bool parseDeviceNumber(std::string_view word, DeviceNumber& number);

/// Like strcasecmp(...) == 0 for ASCII.
[[nodiscard]] bool equalIgnoringCase(std::string_view a, std::string_view b);

/// "-ENOENT", as the kernel logs an error pointer.
[[nodiscard]] std::string errorPointerName(int error);

[[nodiscard]] std::string numberText(DeviceNumber number);

/// At least `digits` hexadecimal digits, lower case.
[[nodiscard]] std::string hex(std::uint64_t value, std::size_t digits);

/// At least `digits` octal digits.
[[nodiscard]] std::string octal(std::uint32_t value, std::size_t digits);

}  // namespace devmap::fake
