// Tables of constants in half the space. A pointer to a text takes eight bytes, mostly more than the text itself; so the compiler puts the
// texts of a table behind one another, and the program, which has one thread, lays the table out when it first wants it.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <string>

namespace tool {

/// The texts of all rows of `table`, an array of structures, in the order of `member`, each with its NUL. Null becomes an empty text.
template <const auto& table, auto... member>
inline constexpr auto packedTexts = [] {
  constexpr auto length = [](const char* text) { return text == nullptr ? 0 : std::char_traits<char>::length(text); };
  constexpr std::size_t size = [length] {
    std::size_t sum = 0;
    for (const auto& row : table) ((sum += length(row.*member) + 1), ...);
    return sum;
  }();
  std::array<char, size> texts{};
  std::size_t at = 0;
  const auto add = [&](const char* text) {
    for (std::size_t i = 0; i < length(text); ++i) texts[at + i] = text[i];
    at += length(text) + 1;
  };
  for (const auto& row : table) (add(row.*member), ...);
  return texts;
}();

/// What `function` makes of each row of `table`: all but its texts.
template <const auto& table, auto function>
inline constexpr auto packedRest = [] {
  std::array<decltype(function(table[0])), table.size()> rest{};
  for (std::size_t i = 0; i < rest.size(); ++i) rest[i] = function(table[i]);
  return rest;
}();

/// The text at `at`, which moves on to the next one.
inline const char* nextText(const char*& at) noexcept {
  const char* const text = at;
  at += std::strlen(text) + 1;
  return text;
}

/// The same; null for an empty text.
inline const char* nextTextOrNull(const char*& at) noexcept {
  const char* const text = nextText(at);
  return *text == '\0' ? nullptr : text;
}

}  // namespace tool
