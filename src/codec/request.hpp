// Payloads that go to the kernel. Each has a function for its size and one that writes it. See
// FORMAT.md.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <devmap/table.hpp>
#include <devmap/task.hpp>
#include <devmap/types.hpp>

namespace devmap::codec {

/// Bytes of one row on the wire: spec, parameters (with doubled backslashes where they are
/// literal), NUL, padding to 8.
[[nodiscard]] std::size_t rowSize(std::string_view params, Backslash backslash) noexcept;

/// Writes one row over all of `out`, padding zeroed; `next` is the distance to the following row
/// (relative to this row). False, with nothing written, when out.size() != rowSize(...), the type
/// is empty or longer than 15 bytes, or type or parameters hold a NUL.
[[nodiscard]] bool encodeRow(const TableRow& row, Backslash backslash,
                             std::span<std::byte> out) noexcept;

/// Bytes of a message: sector, text, NUL.
[[nodiscard]] std::size_t messageSize(std::string_view text) noexcept;
/// False when `out` is too small or the text is empty or holds a NUL. Bytes after the message stay
/// as they are.
[[nodiscard]] bool encodeMessage(Sectors sector, std::string_view text,
                                 std::span<std::byte> out) noexcept;

/// Rename: the new name or uuid with its NUL. False when `out` is too small or the text is empty or
/// holds a NUL. Zeroes the rest.
[[nodiscard]] bool encodeText(std::string_view text, std::span<std::byte> out) noexcept;

/// Size of the longest geometry text with its NUL: three 32-bit numbers, one 64-bit number, three
/// blanks.
inline constexpr std::size_t geometrySize = 3 * 10 + 20 + 3 + 1;
/// `cylinders heads sectors start` in decimal with its NUL. False when `out` is smaller than
/// geometrySize. Zeroes the rest.
[[nodiscard]] bool encodeGeometry(const Geometry& geometry, std::span<std::byte> out) noexcept;

}  // namespace devmap::codec
