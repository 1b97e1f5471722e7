#include "dmsetup/options.hpp"

#include <algorithm>

#include "cli/nearest.hpp"
#include "cli/print.hpp"

namespace tool::dmsetup {
namespace {

// By the number of Opt, each: its letter or a blank, `=` if it takes an argument, its long name. One text is half the size of a table of
// pointers.
// clang-format off
constexpr char table[] =
    "  addnodeoncreate\0" "  addnodeonresume\0" " =alias\0" "  alldevices\0" "  allprograms\0" "  allregions\0" "  area\0" " =areas\0"
    " =areasize\0" " =bounds\0" "  checks\0" "  clear\0" "c columns\0" "  concise\0" " =count\0" "  deferred\0" " =exec\0" "  filemap\0"
    " =follow\0" "f force\0" "  foreground\0" "G=gid\0" "  group\0" " =groupid\0" " =headings\0" "h help\0" "  histogram\0" "  inactive\0" " =interval\0"
    " =length\0" "j=major\0" " =manglename\0" "m=minor\0" "M=mode\0" "  nameprefixes\0" "  noflush\0" "  nogroup\0" "  noheadings\0"
    "  nolockfs\0" "  nomonitor\0" "  noopencount\0" "  nosuffix\0" "n notable\0" "  notimesuffix\0" "  noudevrules\0" "  noudevsync\0"
    "o=options\0" "  precise\0" " =programid\0" "  raw\0" " =readahead\0" "r readonly\0" "  region\0" " =regionid\0" " =regions\0"
    "  relative\0" "  retry\0" "  rows\0" "  segments\0" "S=select\0" " =separator\0" "  setuuid\0" "  showkeys\0" "O=sort\0" " =start\0"
    " =table\0" " =target\0" "  tree\0" " =udevcookie\0" "U=uid\0" "  unbuffered\0" " =units\0" "  unquoted\0" " =userdata\0" "u=uuid\0"
    "v verbose\0" "  verifyudev\0" "  version\0" "y yes\0";
// clang-format on
static_assert(std::ranges::count(table, '\0') == optCount + 1);

/// The option of that number, as it stands in the table.
const char* entry(std::size_t index) noexcept {
  const char* at = table;
  for (; index != 0; --index) at += std::string_view(at).size() + 1;
  return at;
}
bool takesArgument(std::size_t index) noexcept { return entry(index)[1] == '='; }

constexpr std::size_t none = optCount;

/// The option of that long name or unambiguous beginning, else `none`.
std::size_t findLong(std::string_view name) {
  std::size_t found = none;
  for (std::size_t i = 0; i < optCount; ++i) {
    const std::string_view candidate = entry(i) + 2;
    if (candidate == name) return i;
    if (!candidate.starts_with(name)) continue;
    if (found != none) return none;
    found = i;
  }
  return found;
}

std::size_t findShort(char letter) {
  if (letter == 'C') letter = 'c';
  for (std::size_t i = 0; i < optCount; ++i)
    if (*entry(i) == letter && letter != ' ') return i;
  return none;
}

/// Takes words apart one after the other. Errors are worded as getopt's of glibc.
struct Parser {
  std::span<const std::string_view> words;
  Line& line;
  std::string_view program;

  [[nodiscard]] bool refuse(std::string_view option, std::string_view why) const {
    return complain(program, ": option '", option, "' ", why);
  }
  [[nodiscard]] bool refuse(std::string_view why, char letter) const {
    return complain(program, ": ", why, " -- '", std::string_view(&letter, 1), "'");
  }
  [[nodiscard]] bool refuseUnknown(std::string_view word) const {
    const std::string_view given = word.substr(2, word.find('=') - 2);
    Nearest nearest;
    std::string possible;
    for (std::size_t i = 0; i < optCount; ++i) {
      const std::string_view name = entry(i) + 2;
      nearest.consider(given, name);
      if (name.starts_with(given)) possible += join(" '--", name, "'");
    }
    if (!possible.empty()) return refuse(word, join("is ambiguous; possibilities:", possible));
    complain(program, ": unrecognized option '", word, "'");
    const std::string question = nearest.question();
    return !question.empty() && complain("'", word, "'", question);
  }

  bool store(std::size_t index, std::string_view rest, bool attached, bool isLong) {
    if (!takesArgument(index)) {
      line.set(static_cast<Opt>(index));
      return true;
    }
    if (!attached) {
      if (words.empty())
        return isLong ? refuse(join("--", entry(index) + 2), "requires an argument") : refuse("option requires an argument", *entry(index));
      rest = words.front();
      words = words.subspan(1);
    }
    line.set(static_cast<Opt>(index), rest);
    return true;
  }

  bool parseLong(std::string_view word) {
    const std::size_t equals = word.find('=');
    const bool attached = equals != std::string_view::npos;
    const std::size_t index = findLong(word.substr(2, attached ? equals - 2 : equals));
    if (index == none) return refuseUnknown(word);
    if (attached && !takesArgument(index)) return refuse(join("--", entry(index) + 2), "doesn't allow an argument");
    return store(index, attached ? word.substr(equals + 1) : std::string_view(), attached, true);
  }

  bool parseShort(std::string_view word) {
    for (std::size_t at = 1; at < word.size(); ++at) {
      const std::size_t index = findShort(word[at]);
      if (index == none) return refuse("invalid option", word[at]);
      const std::string_view rest = word.substr(at + 1);
      if (!store(index, rest, !rest.empty(), false)) return false;
      if (takesArgument(index)) break;
    }
    return true;
  }
};

}  // namespace

void Line::set(Opt opt, std::string_view value) noexcept {
  auto& count = counts_[static_cast<std::size_t>(opt)];
  if (count != 255) ++count;
  values_[static_cast<std::size_t>(opt)] = value;
}

bool parseLine(std::span<const std::string_view> words, Line& line, std::string_view program) {
  Parser parser{words, line, program};
  while (!parser.words.empty()) {
    const std::string_view word = parser.words.front();
    parser.words = parser.words.subspan(1);
    if (word == "--") break;
    if (word.size() < 2 || word[0] != '-') {
      line.operands.push_back(word);
    } else if (!(word[1] == '-' ? parser.parseLong(word) : parser.parseShort(word))) {
      complain("Couldn't process command line.");
      return false;
    }
  }
  for (const std::string_view word : parser.words) line.operands.push_back(word);
  return true;
}

std::int64_t leadingNumber(std::string_view text) noexcept {
  std::size_t at = text.find_first_not_of(" \t\n\v\f\r");
  if (at == std::string_view::npos) return 0;
  const bool negative = text[at] == '-';
  if (negative || text[at] == '+') ++at;
  std::int64_t value = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && value <= UINT32_MAX; ++at) value = value * 10 + (text[at] - '0');
  return negative ? -value : value;
}

}  // namespace tool::dmsetup
