#include "cli/numbers.hpp"

#include <string>

namespace tool {
namespace {

/// Value of a digit; more than any base for any other character.
unsigned digitOf(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  if (byte <= '9') return byte - unsigned{'0'};
  const unsigned letter = (byte | 0x20U) - 'a';
  return letter < 26 ? letter + 10 : 99;
}

std::optional<std::uint64_t> number(std::string_view word, unsigned base,
                                    std::uint64_t largest) noexcept {
  if (word.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : word) {
    const unsigned digit = digitOf(c);
    if (digit >= base || digit > largest || value > (largest - digit) / base) return std::nullopt;
    value = value * base + digit;
  }
  return value;
}

/// Power of two that a unit stands for; nothing for an unknown unit.
std::optional<unsigned> shiftOf(char unit) noexcept {
  constexpr std::string_view units = "bskKmMgGtTpP";
  const std::size_t at = units.find(unit);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(at < 2 ? at * 9 : at / 2 * 10);
}

}  // namespace

std::optional<std::uint64_t> decimal(std::string_view word, std::uint64_t largest) noexcept {
  return number(word, 10, largest);
}

std::optional<std::uint32_t> cookieValue(std::string_view word) noexcept {
  std::optional<std::uint64_t> value;
  if (word.starts_with("0x") || word.starts_with("0X")) {
    value = number(word.substr(2), 16, UINT32_MAX);
  } else {
    value = number(word, word.starts_with('0') ? 8 : 10, UINT32_MAX);
  }
  if (!value || *value == 0) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

std::optional<devmap::Sectors> sectors(std::string_view word) noexcept {
  unsigned shift = 9;
  if (!word.empty() && (word.back() < '0' || word.back() > '9')) {
    const auto unit = shiftOf(word.back());
    if (!unit) return std::nullopt;
    shift = *unit;
    word.remove_suffix(1);
  }
  const auto count = decimal(word, UINT64_MAX >> shift);
  if (!count || (*count << shift) % devmap::bytesPerSector != 0) return std::nullopt;
  return devmap::toSectors(*count << shift);
}

std::uint64_t wholePart(double number) noexcept {
  constexpr double tooLarge = 18446744073709551616.0;  // 2^64
  if (!(number >= 1)) return 0;
  return number < tooLarge ? static_cast<std::uint64_t>(number) : UINT64_MAX;
}

std::uint64_t saturatedProduct(std::uint64_t a, std::uint64_t b) noexcept {
  std::uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

std::optional<devmap::Timeout> seconds(std::string_view word) noexcept {
  const std::size_t point = word.find('.');
  const auto whole = decimal(word.substr(0, point), 999'999'999);
  if (!whole) return std::nullopt;
  std::uint64_t thousandths = 0;
  if (point != std::string_view::npos) {
    std::string digits(word.substr(point + 1));
    if (digits.empty() || digits.size() > 3) return std::nullopt;
    digits.append(3 - digits.size(), '0');
    const auto part = decimal(digits);
    if (!part) return std::nullopt;
    thousandths = *part;
  }
  return devmap::Timeout{static_cast<std::int64_t>(*whole * 1000 + thousandths)};
}

}  // namespace tool
