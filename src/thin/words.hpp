// Helpers that the files of this layer share.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include <devmap/error.hpp>

namespace devmap::thin {

[[nodiscard]] std::string join(std::initializer_list<std::string_view> parts);
[[nodiscard]] std::string decimal(std::uint64_t value);
/// Parses a whole word as decimal. False: it is not.
[[nodiscard]] bool parseNumber(std::string_view word, std::uint64_t& value) noexcept;
/// Takes the first word, up to `separator`, off `text`.
[[nodiscard]] std::string_view takeWord(std::string_view& text, char separator = ' ') noexcept;
/// The error for the errno of a Storage call.
[[nodiscard]] Error storageError(const char* operation, int errnum, std::string_view path);

}  // namespace devmap::thin
