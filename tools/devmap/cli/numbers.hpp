// Numbers and sizes as people and udev rules write them. All are strict: the whole word counts, and
// nothing wraps.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <devmap/types.hpp>

namespace tool {

/// Decimal.
[[nodiscard]] std::optional<std::uint64_t> decimal(std::string_view word,
                                                   std::uint64_t largest = UINT64_MAX) noexcept;
/// Decimal, hexadecimal after `0x`, octal after `0`; 1 to 2^32 - 1.
[[nodiscard]] std::optional<std::uint32_t> cookieValue(std::string_view word) noexcept;
/// Sectors: a plain number or one followed by `s` counts sectors, `b` bytes, and K, M, G, T, P
/// (either case) binary multiples of bytes. Bytes must make whole sectors.
[[nodiscard]] std::optional<devmap::Sectors> sectors(std::string_view word) noexcept;
/// The whole part of a number, saturating: 0 for less than 1 and for NaN, UINT64_MAX for too large
/// a number.
[[nodiscard]] std::uint64_t wholePart(double number) noexcept;
/// a * b, saturating at UINT64_MAX.
[[nodiscard]] std::uint64_t saturatedProduct(std::uint64_t a, std::uint64_t b) noexcept;
/// Seconds with at most three decimals, up to about 31 years.
[[nodiscard]] std::optional<devmap::Timeout> seconds(std::string_view word) noexcept;

}  // namespace tool
