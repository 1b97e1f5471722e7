#include "show/screen.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/print.hpp"

namespace tool {

bool localeIsUtf8() noexcept {
  const char* locale = nullptr;
  for (const char* const variable : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (locale == nullptr || *locale == '\0') locale = std::getenv(variable);
  if (locale == nullptr) return false;
  const std::string_view text(locale);
  constexpr auto codesets = std::to_array<std::string_view>({".UTF-8", ".utf8", ".UTF8", ".utf-8"});
  return std::ranges::any_of(codesets, [&](std::string_view codeset) {
    return text.find(codeset) != std::string_view::npos;
  });
}

namespace {

bool wantsColour() noexcept {
  const char* const type = std::getenv("TERM");
  const char* const no = std::getenv("NO_COLOR");
  return type != nullptr && std::string_view(type) != "dumb" && (no == nullptr || *no == '\0');
}

constexpr char firstTone = 1;
constexpr char lastTone = firstTone + static_cast<char>(Tone::bad);

bool setsTone(char byte) noexcept { return byte >= firstTone && byte <= lastTone; }

bool startsCharacter(char byte) noexcept {
  return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U && !setsTone(byte);
}

/// Bytes in the first `columns` characters.
std::size_t bytesOf(std::string_view text, std::size_t columns) noexcept {
  std::size_t at = 0;
  for (; at < text.size(); ++at)
    if (startsCharacter(text[at]) && columns-- == 0) break;
  return at;
}

}  // namespace

Screen standardOutput() noexcept {
  Screen screen;
  screen.utf8 = localeIsUtf8();
  winsize size{};
  screen.terminal = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  if (!screen.terminal) return screen;
  screen.colour = wantsColour();
  if (size.ws_col != 0) screen.columns = size.ws_col;
  if (size.ws_row != 0) screen.rows = size.ws_row;
  return screen;
}

std::string toned(std::string_view words, Tone tone) {
  std::string text(words);
  if (tone == Tone::plain) return text;
  text.insert(text.begin(), static_cast<char>(firstTone + static_cast<char>(tone)));
  text += firstTone;
  return text;
}

Tone worst(std::string_view text) noexcept {
  char found = firstTone;
  for (const char byte : text)
    if (setsTone(byte)) found = std::max(found, byte);
  return static_cast<Tone>(found - firstTone);
}

std::string plainText(std::string text) {
  std::erase_if(text, setsTone);
  return text;
}

std::size_t columnsOf(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(text, startsCharacter));
}

std::string fitted(const Screen& screen, std::string_view text, std::size_t columns,
                   bool toTheRight) {
  std::string result(text);
  const std::size_t wanted = columnsOf(text);
  if (wanted < columns) {
    result.insert(toTheRight ? 0 : result.size(), columns - wanted, ' ');
  } else if (wanted > columns && columns > 0) {
    result.resize(bytesOf(text, columns - 1));
    result += screen.utf8 ? "…" : "~";
  }
  return result;
}

void putLine(const Screen& screen, std::string_view line) {
  constexpr std::array<const char*, 5> colours{"", "\033[2m", "\033[32m", "\033[33m", "\033[1;31m"};
  std::string whole;
  bool coloured = false;
  for (const char byte :
       fitted(screen, line,
              screen.terminal ? std::min(screen.columns, columnsOf(line)) : columnsOf(line))) {
    if (!setsTone(byte)) {
      whole += byte;
    } else if (screen.colour) {
      if (coloured) whole += "\033[0m";
      whole += colours[static_cast<std::size_t>(byte - firstTone)];
      coloured = byte != firstTone;
    }
  }
  if (coloured) whole += "\033[0m";
  while (whole.ends_with(' ')) whole.pop_back();
  print(whole, "\n");
}

unsigned percentage(std::uint64_t used, std::uint64_t total) noexcept {
  if (used >= total) return total == 0 ? 0 : 100;
  for (; total > UINT64_MAX / 100; total >>= 1U) used >>= 1U;
  return static_cast<unsigned>(std::min<std::uint64_t>(used * 100 / total, 99));
}

std::string bar(const Screen& screen, std::uint64_t used, std::uint64_t total) {
  constexpr unsigned cells = 10;
  const unsigned part = percentage(used, total);
  const unsigned full = part == 0 && used == 0 ? 0 : std::max(part * cells / 100, 1U);
  std::string text = screen.utf8 ? "" : "[";
  for (unsigned cell = 0; cell < cells; ++cell)
    text += screen.utf8 ? (cell < full ? "█" : "░") : (cell < full ? "#" : "-");
  text += screen.utf8 ? " " : "] ";
  return text + fitted(screen, join(part, "%"), 4, true);
}

std::string sizeText(std::uint64_t bytes) {
  constexpr std::string_view units = "BKMGTPE";
  std::size_t unit = 0;
  std::uint64_t tenths = bytes < UINT64_MAX / 10 ? bytes * 10 : bytes / 1024 * 10;
  if (bytes >= UINT64_MAX / 10) unit = 1;
  for (; tenths >= 10240; ++unit) tenths /= 1024;
  const bool whole = tenths % 10 == 0 || tenths >= 1000;
  return join(tenths / 10, whole ? std::string() : join(".", tenths % 10), units.substr(unit, 1));
}

}  // namespace tool
