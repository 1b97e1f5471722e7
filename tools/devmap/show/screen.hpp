// Standard output as a person sees it, and lines of text that fit it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tool {

/// Whether the locale of the environment uses UTF-8.
[[nodiscard]] bool localeIsUtf8() noexcept;

struct Screen {
  bool terminal = false;  ///< otherwise a file or a pipe: nothing is cut or coloured
  bool utf8 = false;      ///< localeIsUtf8()
  bool colour = false;    ///< a terminal other than `dumb`, and the environment has no NO_COLOR
  std::size_t columns = 80;
  std::size_t rows = 24;
};

/// As the terminal and the environment say now. A terminal that reports no size has 80 columns and
/// 24 rows.
[[nodiscard]] Screen standardOutput() noexcept;

enum class Tone : std::uint8_t { plain, faint, good, warning, bad };

/// Text for putLine, in a tone. It is enclosed in control characters that set the tone; text for a
/// screen has no others (displayable()).
[[nodiscard]] std::string toned(std::string_view words, Tone tone);
/// The worst tone in a text.
[[nodiscard]] Tone worst(std::string_view text) noexcept;
/// The text without its tones.
[[nodiscard]] std::string plainText(std::string text);

/// Columns that text takes: one for a character, whatever its bytes, and none for a tone. Wide
/// characters count as one, as in dmsetup.
[[nodiscard]] std::size_t columnsOf(std::string_view text) noexcept;
/// As much of `text` as fits, padded with blanks. Text that is cut ends in `~` (`…`).
[[nodiscard]] std::string fitted(const Screen& screen, std::string_view text, std::size_t columns,
                                 bool toTheRight = false);

/// Puts a line, coloured and cut as the screen needs it.
void putLine(const Screen& screen, std::string_view line);

/// `used` in percent of `total`, rounded down: 100 only if it is all.
[[nodiscard]] unsigned percentage(std::uint64_t used, std::uint64_t total) noexcept;
/// A bar of ten cells, filled in proportion, and the percentage: `[####------]  42%`. Any use fills
/// at least one cell, and only full use fills all ten.
[[nodiscard]] std::string bar(const Screen& screen, std::uint64_t used, std::uint64_t total);

/// A size as people write it: `1.5G`, `64M`, `512B`. Binary multiples, at most one decimal, rounded
/// down.
[[nodiscard]] std::string sizeText(std::uint64_t bytes);

}  // namespace tool
