// Numbers and words in text: the one reader and the one writer that the layers share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <devmap/types.hpp>

namespace devmap::base {

/// Decimal digits.
std::string decimal(std::uint64_t value);
/// Value of a hexadecimal digit; -1 if it is not one.
int digitOf(char c) noexcept;
/// Reads a word that is a number from end to end. False: it is none, or it does not fit; `value` is
/// as before then.
bool readNumber(std::string_view word, std::uint64_t& value, unsigned radix = 10) noexcept;
/// Takes the decimal number at the start of `text` off it. False: there is none, or it is larger
/// than `largest`; both are as before then.
bool takeNumber(std::string_view& text, std::uint64_t& value,
                std::uint64_t largest = UINT64_MAX) noexcept;
/// Takes `MAJOR:MINOR` off the start of `text`. Nothing: there is none; `text` is as before then.
std::optional<DeviceNumber> takeDevice(std::string_view& text) noexcept;

/// Takes what is before the first `separator` off `text`, and the separator. All of it, if there is
/// none.
std::string_view takeUpTo(std::string_view& text, char separator) noexcept;
/// Takes the next line off `text`, without its newline.
std::string_view takeLine(std::string_view& text) noexcept;
/// Takes the next word off `text`; empty at its end. Blanks are those of isspace in the C locale.
std::string_view takeWord(std::string_view& text) noexcept;
/// Without the blanks at both ends.
std::string_view trim(std::string_view text) noexcept;

}  // namespace devmap::base
