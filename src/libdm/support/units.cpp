// Sizes and percentages for people.

#include <cstdint>
#include <cstdio>
#include <string_view>

#include "api.hpp"
#include "entry.hpp"
#include "log.hpp"
#include "support/chars.hpp"
#include "support/pool.hpp"

using namespace devmap::libdm;

namespace {

constexpr std::string_view prefixes = "kmgtpe";
constexpr std::uint64_t bytesOfSector = 512;

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

/// Bytes of a unit by its letter. Capitals count in thousands. 0 if there is no such unit.
std::uint64_t bytesOf(char letter) noexcept {
  const char small = lower(letter);
  if (small == 'b' || small == 'h' || small == 'r') return 1;
  if (small == 's') return bytesOfSector;
  const std::size_t power = prefixes.find(small);
  if (power == prefixes.npos) return 0;
  std::uint64_t bytes = 1;
  for (std::size_t i = 0; i <= power; ++i) bytes *= small == letter ? 1024 : 1000;
  return bytes;
}

/// A decimal number with an optional fraction, in any locale.
struct Number {
  std::uint64_t whole = 0;
  double fraction = 0;
  bool fits = true;
  bool isWhole = true;
};

Number takeNumber(const char*& text) noexcept {
  Number number;
  for (; isDigit(*text); ++text) {
    const auto digit = static_cast<std::uint64_t>(*text - '0');
    if (number.whole > (UINT64_MAX - digit) / 10) number.fits = false;
    number.whole = number.whole * 10 + digit;
  }
  if (*text != '.') return number;
  double scale = 1;
  for (++text; isDigit(*text); ++text) {
    number.fraction = number.fraction * 10 + (*text - '0');
    scale *= 10;
  }
  number.isWhole = number.fraction == 0;
  number.fraction /= scale;
  return number;
}

/// The product in whole bytes; 0 if it does not fit.
std::uint64_t times(const Number& number, std::uint64_t bytes) noexcept {
  if (!number.fits) return 0;
  if (number.isWhole) return number.whole > UINT64_MAX / bytes ? 0 : number.whole * bytes;
  const double product =
      (static_cast<double>(number.whole) + number.fraction) * static_cast<double>(bytes);
  constexpr double limit = 18446744073709551616.0;
  return product < limit ? static_cast<std::uint64_t>(product) : 0;
}

/// How a unit is written, in three lengths. Blanks at the end keep columns straight.
struct Suffix {
  char longForm[16];
  char shortForm[4];
  char letter[2];
};

constexpr Suffix byteSuffix = {"Byte    ", "B ", "B"};
constexpr Suffix sectorSuffix = {"Sectors ", "Se", "S"};
constexpr Suffix unitSuffix = {"Units   ", "Un", "U"};

/// Of a multiple of bytes. With `si`, multiples of 1024 are kibi, mebi and so on.
Suffix suffixOf(char letter, bool si) noexcept {
  static constexpr const char* decimal[] = {"Kilo", "Mega", "Giga", "Tera", "Peta", "Exa"};
  static constexpr const char* binary[] = {"Kibi", "Mebi", "Gibi", "Tebi", "Pebi", "Exbi"};
  const bool isBinary = si && lower(letter) == letter;
  const std::size_t power = prefixes.find(lower(letter));
  const char capital = upper(letter);
  Suffix suffix{};
  std::snprintf(suffix.longForm, sizeof suffix.longForm, "%sbyte",
                (isBinary ? binary : decimal)[power]);
  std::snprintf(suffix.shortForm, sizeof suffix.shortForm, "%c%sB",
                si && letter == 'K' ? 'k' : capital, isBinary ? "i" : "");
  suffix.letter[0] = isBinary ? letter : capital;
  return suffix;
}

/// A number and its unit. `suffix` may be null.
const char* join(dm_pool& pool, const char* number, const Suffix* suffix,
                 dm_size_suffix_t form) noexcept {
  char text[64];
  const char* const unit = suffix == nullptr       ? ""
                           : form == DM_SIZE_LONG  ? suffix->longForm
                           : form == DM_SIZE_SHORT ? suffix->shortForm
                                                   : suffix->letter;
  const bool isApart = suffix != nullptr && (form == DM_SIZE_LONG || form == DM_SIZE_SHORT);
  std::snprintf(text, sizeof text, "%s%s%s", number, isApart ? " " : "", unit);
  return poolCopy(pool, text);
}

/// Whether a number with two decimals is more than bytes / unit.
bool isRoundedUp(const char* number, std::uint64_t bytes, std::uint64_t unit) noexcept {
  std::uint64_t hundredths = 0;
  for (; *number != '\0'; ++number)
    if (isDigit(*number)) hundredths = hundredths * 10 + static_cast<std::uint64_t>(*number - '0');
  const std::uint64_t part = hundredths % 100;
  // part * unit / 100, in pieces that fit.
  const std::uint64_t shown = part * (unit / 100) + part * (unit % 100) / 100;
  const bool isMore = part * (unit % 100) % 100 != 0;
  const std::uint64_t rest = bytes % unit;
  if (hundredths / 100 != bytes / unit) return hundredths / 100 > bytes / unit;
  return shown > rest || (shown == rest && isMore);
}

/// In the largest unit of which there is at least one. `base` is 'k' or 'K'.
const char* humanSize(dm_pool& pool, std::uint64_t bytes, char base, bool si, bool marksRounding,
                      dm_size_suffix_t form) noexcept {
  char number[32];
  char letter = '\0';
  for (const char prefix : prefixes) {
    const char candidate = base == 'k' ? prefix : upper(prefix);
    if (bytes >= bytesOf(candidate)) letter = candidate;
  }
  if (letter == '\0') {
    Suffix suffix = byteSuffix;
    if (base == 'k' || !si) suffix.shortForm[1] = '\0';
    if (base == 'k' && si) suffix.letter[0] = 'b';
    std::snprintf(number, sizeof number, "%llu", static_cast<unsigned long long>(bytes));
    return join(pool, number, &suffix, form);
  }
  const std::uint64_t unit = bytesOf(letter);
  number[0] = '<';
  std::snprintf(number + 1, sizeof number - 1, "%.2f",
                static_cast<double>(bytes) / static_cast<double>(unit));
  const Suffix suffix = suffixOf(letter, si);
  const bool isMarked = marksRounding && isRoundedUp(number + 1, bytes, unit);
  return join(pool, isMarked ? number : number + 1, &suffix, form);
}

/// Blanks as wide as the unit would be.
const char* humanZero(dm_pool& pool, bool hasSuffix, dm_size_suffix_t form) noexcept {
  constexpr Suffix blank = {"        ", "  ", " "};
  return join(pool, "0", hasSuffix ? &blank : nullptr, form);
}

}  // namespace

uint64_t dm_units_to_factor(const char* units, char* unit, int strict, const char** end) {
  if (end != nullptr) *end = units;
  const char* letter = units;
  Number number{.whole = 1};
  if (isDigit(*units)) number = takeNumber(letter);
  if (strict != 0 && letter[0] != '\0' && letter[1] != '\0') return 0;
  if (lower(*letter) == 'h' || lower(*letter) == 'r') number = {.whole = 1};
  *unit = number.whole == 1 ? *letter : 'U';
  const std::uint64_t bytes = bytesOf(*letter);
  if (bytes == 0) return 0;
  if (end != nullptr) *end = letter + 1;
  return times(number, bytes);
}

const char* dm_size_to_string(dm_pool* pool, uint64_t sectors, char unitType, int useSi,
                              uint64_t unitFactor, int includeSuffix, dm_size_suffix_t form) {
  const Entry entry;
  const bool si = useSi != 0;
  const std::uint64_t bytes =
      sectors > UINT64_MAX / bytesOfSector ? UINT64_MAX : sectors * bytesOfSector;
  const char small = lower(unitType);
  const bool isByteOrSector = small == 'b' || small == 's';
  if (!isByteOrSector && small != 'u' && prefixes.find(small) == prefixes.npos) {
    if (sectors == 0) return humanZero(*pool, includeSuffix != 0, form);
    const char base = unitType == 'H' || unitType == 'R' ? 'K' : 'k';
    return humanSize(*pool, bytes, base, si, small == 'r', form);
  }
  char number[64] = "0";
  if (sectors != 0)
    std::snprintf(number, sizeof number, "%.*f", isByteOrSector ? 0 : 2,
                  static_cast<double>(bytes) / static_cast<double>(unitFactor));
  const Suffix suffix = small == 'b'   ? byteSuffix
                        : small == 's' ? sectorSuffix
                        : small == 'u' ? unitSuffix
                                       : suffixOf(unitType, si);
  return join(*pool, number, includeSuffix != 0 ? &suffix : nullptr, form);
}

dm_percent_t dm_make_percent(uint64_t numerator, uint64_t denominator) {
  if (denominator == 0 || numerator == denominator) return DM_PERCENT_100;
  if (numerator == 0) return DM_PERCENT_0;
  const double percent = static_cast<double>(DM_PERCENT_100) *
                         (static_cast<double>(numerator) / static_cast<double>(denominator));
  if (percent < 1) return 1;
  if (percent >= INT32_MAX) return INT32_MAX;
  const auto rounded = static_cast<dm_percent_t>(percent);
  return rounded == DM_PERCENT_100 ? DM_PERCENT_100 + (numerator > denominator ? 1 : -1) : rounded;
}

float dm_percent_to_float(dm_percent_t percent) {
  return static_cast<float>(percent) / static_cast<float>(DM_PERCENT_1);
}

float dm_percent_to_round_float(dm_percent_t percent, unsigned int digits) {
  dm_percent_t step = DM_PERCENT_1;
  for (unsigned int i = 0; i < digits && step > 0; ++i) step /= 10;
  if (percent > DM_PERCENT_0 && percent < step) percent = step;
  if (percent < DM_PERCENT_100 && percent > DM_PERCENT_100 - step) percent = DM_PERCENT_100 - step;
  return dm_percent_to_float(percent);
}
