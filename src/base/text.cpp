#include <base/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace devmap::base {
namespace {

constexpr std::string_view blanks = " \t\r\v\f\n";

}  // namespace

std::string decimal(std::uint64_t value) {
  std::array<char, 20> digits{};
  const char* const begin = digits.data();
  const char* const end = std::to_chars(digits.begin(), digits.end(), value).ptr;
  return {begin, end};
}

int digitOf(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const int letter = c | 0x20;
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

bool readNumber(std::string_view word, std::uint64_t& value, unsigned radix) noexcept {
  std::uint64_t number = 0;
  for (const char c : word) {
    const int digit = digitOf(c);
    if (digit < 0 || static_cast<unsigned>(digit) >= radix ||
        __builtin_mul_overflow(number, radix, &number) ||
        __builtin_add_overflow(number, static_cast<unsigned>(digit), &number))
      return false;
  }
  if (word.empty()) return false;
  value = number;
  return true;
}

bool takeNumber(std::string_view& text, std::uint64_t& value, std::uint64_t largest) noexcept {
  const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
  std::uint64_t number = 0;
  if (!readNumber(text.substr(0, size), number) || number > largest) return false;
  text.remove_prefix(size);
  value = number;
  return true;
}

std::optional<DeviceNumber> takeDevice(std::string_view& text) noexcept {
  std::string_view rest = text;
  std::uint64_t major = 0, minor = 0;
  if (!takeNumber(rest, major, UINT32_MAX) || !rest.starts_with(':')) return {};
  rest.remove_prefix(1);
  if (!takeNumber(rest, minor, UINT32_MAX)) return {};
  text = rest;
  return DeviceNumber{static_cast<std::uint32_t>(major), static_cast<std::uint32_t>(minor)};
}

std::string_view takeUpTo(std::string_view& text, char separator) noexcept {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

std::string_view takeLine(std::string_view& text) noexcept { return takeUpTo(text, '\n'); }

std::string_view takeWord(std::string_view& text) noexcept {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(blanks));
  text.remove_prefix(word.size());
  return word;
}

std::string_view trim(std::string_view text) noexcept {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

}  // namespace devmap::base
