#include "dmsetup_options.hpp"

#include "print.hpp"

namespace tool::dmsetup {
namespace {

struct OptInfo {
  const char* name;  // long form
  char letter;       // short form, or NUL
  bool argument;
};

// By the number of Opt.
constexpr auto table = std::to_array<OptInfo>({
    {"addnodeoncreate", 0, false},
    {"addnodeonresume", 0, false},
    {"alias", 0, true},
    {"alldevices", 0, false},
    {"allprograms", 0, false},
    {"allregions", 0, false},
    {"area", 0, false},
    {"areas", 0, true},
    {"areasize", 0, true},
    {"bounds", 0, true},
    {"checks", 0, false},
    {"clear", 0, false},
    {"columns", 'c', false},
    {"concise", 0, false},
    {"count", 0, true},
    {"deferred", 0, false},
    {"exec", 0, true},
    {"filemap", 0, false},
    {"follow", 0, true},
    {"force", 'f', false},
    {"foreground", 0, false},
    {"gid", 'G', true},
    {"group", 0, false},
    {"groupid", 0, true},
    {"help", 'h', false},
    {"histogram", 0, false},
    {"inactive", 0, false},
    {"interval", 0, true},
    {"length", 0, true},
    {"major", 'j', true},
    {"manglename", 0, true},
    {"minor", 'm', true},
    {"mode", 'M', true},
    {"nameprefixes", 0, false},
    {"noflush", 0, false},
    {"nogroup", 0, false},
    {"noheadings", 0, false},
    {"nolockfs", 0, false},
    {"nomonitor", 0, false},
    {"noopencount", 0, false},
    {"nosuffix", 0, false},
    {"notable", 'n', false},
    {"notimesuffix", 0, false},
    {"noudevrules", 0, false},
    {"noudevsync", 0, false},
    {"options", 'o', true},
    {"precise", 0, false},
    {"programid", 0, true},
    {"raw", 0, false},
    {"readahead", 0, true},
    {"readonly", 'r', false},
    {"region", 0, false},
    {"regionid", 0, true},
    {"regions", 0, true},
    {"relative", 0, false},
    {"retry", 0, false},
    {"rows", 0, false},
    {"segments", 0, false},
    {"select", 'S', true},
    {"separator", 0, true},
    {"setuuid", 0, false},
    {"showkeys", 0, false},
    {"sort", 'O', true},
    {"start", 0, true},
    {"table", 0, true},
    {"target", 0, true},
    {"tree", 0, false},
    {"udevcookie", 0, true},
    {"uid", 'U', true},
    {"unbuffered", 0, false},
    {"units", 0, true},
    {"unquoted", 0, false},
    {"userdata", 0, true},
    {"uuid", 'u', true},
    {"verbose", 'v', false},
    {"verifyudev", 0, false},
    {"version", 0, false},
    {"yes", 'y', false},
});
static_assert(table.size() == optCount);

constexpr std::size_t none = optCount;

/// The option of that long name or unambiguous beginning, else `none`.
std::size_t findLong(std::string_view name) {
  std::size_t found = none;
  for (std::size_t i = 0; i < optCount; ++i) {
    const std::string_view candidate = table[i].name;
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
    if (table[i].letter == letter && letter != 0) return i;
  return none;
}

bool refuse(std::string_view option, const char* why) {
  complain(join("dmsetup: option '", option, "' ", why));
  return false;
}

/// Takes words apart one after the other.
struct Parser {
  std::span<const std::string_view> words;
  Line& line;

  bool store(std::size_t index, std::string_view rest, bool attached, std::string_view shown) {
    if (!table[index].argument) {
      line.set(static_cast<Opt>(index));
      return true;
    }
    if (!attached) {
      if (words.empty()) return refuse(shown, "requires an argument");
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
    if (index == none) return refuse(word, "is unknown or ambiguous");
    if (attached && !table[index].argument) return refuse(word, "takes no argument");
    return store(index, attached ? word.substr(equals + 1) : std::string_view(), attached, word);
  }

  bool parseShort(std::string_view word) {
    for (std::size_t at = 1; at < word.size(); ++at) {
      const std::size_t index = findShort(word[at]);
      if (index == none) return refuse(word, "is unknown");
      const std::string_view rest = word.substr(at + 1);
      if (!store(index, rest, !rest.empty(), word)) return false;
      if (table[index].argument) break;
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

bool parseLine(std::span<const std::string_view> words, Line& line) {
  Parser parser{words, line};
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
