// Included first in a fully static build: a string_view of a literal is two constants. Left to itself, a compiler that optimises for size
// calls the constructor, which takes more code at each of hundreds of places than the constants do.
#pragma once

#include <string_view>

template <>
[[gnu::always_inline,
  gnu::nonnull]] inline constexpr std::basic_string_view<char, std::char_traits<char>>::basic_string_view(const char* text) noexcept
    : _M_len{__builtin_strlen(text)}, _M_str{text} {}
