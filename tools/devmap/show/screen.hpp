// Standard output as a person looks at it, and lines of text that fit it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tool {

/// Whether the locale of the environment writes UTF-8.
[[nodiscard]] bool localeIsUtf8() noexcept;

struct Screen {
  bool terminal = false;  ///< otherwise a file or a pipe: nothing is cut, nothing coloured
  bool utf8 = false;      ///< localeIsUtf8()
  bool colour = false;    ///< a terminal other than `dumb`, and the environment has no NO_COLOR
  std::size_t columns = 80;
  std::size_t rows = 24;
};

/// As the terminal and the environment say now; a terminal that does not tell its size has 80
/// columns and 24 rows.
[[nodiscard]] Screen standardOutput() noexcept;

enum class Tone : std::uint8_t { plain, faint, good, warning, bad };

/// Text for putLine, in a tone. In front and behind stands a control character that sets the tone;
/// text on a screen has no others (displayable()).
[[nodiscard]] std::string toned(std::string_view words, Tone tone);
/// The worst tone in a text.
[[nodiscard]] Tone worst(std::string_view text) noexcept;
/// The text without its tones.
[[nodiscard]] std::string plainText(std::string text);

/// Columns that text takes: a character one, whatever its bytes, a tone none. (Wide characters
/// count as one, as for dmsetup.)
[[nodiscard]] std::size_t columnsOf(std::string_view text) noexcept;
/// As much of `text` as fits, filled up with blanks; what is cut off ends in `~` (`…`).
[[nodiscard]] std::string fitted(const Screen& screen, std::string_view text, std::size_t columns,
                                 bool toTheRight = false);

/// Puts a line, coloured and cut as the screen needs it.
void putLine(const Screen& screen, std::string_view line);

/// How much of `total` it is, cut to a whole number: 100 only when it is all.
[[nodiscard]] unsigned percentage(std::uint64_t used, std::uint64_t total) noexcept;
/// Ten cells of a bar, filled in proportion, and the percentage: `[####------]  42%`. Any part of
/// something shows as a cell, and only all of it as ten.
[[nodiscard]] std::string bar(const Screen& screen, std::uint64_t used, std::uint64_t total);

/// A size as people say it: `1.5G`, `64M`, `512B`; at most one decimal, cut, of binary multiples.
[[nodiscard]] std::string sizeText(std::uint64_t bytes);

}  // namespace tool
