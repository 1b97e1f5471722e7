#include "dmsetup/options.hpp"

#include <algorithm>

#include "cli/nearest.hpp"
#include "cli/print.hpp"

namespace tool::dmsetup {
namespace {

enum class Takes : std::uint8_t { nothing, argument };
struct OptionInfo {
  Opt id;
  char letter;  // 0: none
  Takes takes;
  const char* name;
};
constexpr auto table = std::to_array<OptionInfo>({
    {Opt::addNodeOnCreate, 0, Takes::nothing, "addnodeoncreate"},
    {Opt::addNodeOnResume, 0, Takes::nothing, "addnodeonresume"},
    {Opt::alias, 0, Takes::argument, "alias"},
    {Opt::allDevices, 0, Takes::nothing, "alldevices"},
    {Opt::allPrograms, 0, Takes::nothing, "allprograms"},
    {Opt::allRegions, 0, Takes::nothing, "allregions"},
    {Opt::area, 0, Takes::nothing, "area"},
    {Opt::areas, 0, Takes::argument, "areas"},
    {Opt::areaSize, 0, Takes::argument, "areasize"},
    {Opt::bounds, 0, Takes::argument, "bounds"},
    {Opt::checks, 0, Takes::nothing, "checks"},
    {Opt::clear, 0, Takes::nothing, "clear"},
    {Opt::columns, 'c', Takes::nothing, "columns"},
    {Opt::concise, 0, Takes::nothing, "concise"},
    {Opt::count, 0, Takes::argument, "count"},
    {Opt::deferred, 0, Takes::nothing, "deferred"},
    {Opt::exec, 0, Takes::argument, "exec"},
    {Opt::fileMap, 0, Takes::nothing, "filemap"},
    {Opt::follow, 0, Takes::argument, "follow"},
    {Opt::force, 'f', Takes::nothing, "force"},
    {Opt::foreground, 0, Takes::nothing, "foreground"},
    {Opt::gid, 'G', Takes::argument, "gid"},
    {Opt::group, 0, Takes::nothing, "group"},
    {Opt::groupId, 0, Takes::argument, "groupid"},
    {Opt::headings, 0, Takes::argument, "headings"},
    {Opt::help, 'h', Takes::nothing, "help"},
    {Opt::histogram, 0, Takes::nothing, "histogram"},
    {Opt::inactive, 0, Takes::nothing, "inactive"},
    {Opt::interval, 0, Takes::argument, "interval"},
    {Opt::length, 0, Takes::argument, "length"},
    {Opt::major, 'j', Takes::argument, "major"},
    {Opt::mangleName, 0, Takes::argument, "manglename"},
    {Opt::minor, 'm', Takes::argument, "minor"},
    {Opt::mode, 'M', Takes::argument, "mode"},
    {Opt::namePrefixes, 0, Takes::nothing, "nameprefixes"},
    {Opt::noFlush, 0, Takes::nothing, "noflush"},
    {Opt::noGroup, 0, Takes::nothing, "nogroup"},
    {Opt::noHeadings, 0, Takes::nothing, "noheadings"},
    {Opt::noLockFs, 0, Takes::nothing, "nolockfs"},
    {Opt::noMonitor, 0, Takes::nothing, "nomonitor"},
    {Opt::noOpenCount, 0, Takes::nothing, "noopencount"},
    {Opt::noSuffix, 0, Takes::nothing, "nosuffix"},
    {Opt::noTable, 'n', Takes::nothing, "notable"},
    {Opt::noTimeSuffix, 0, Takes::nothing, "notimesuffix"},
    {Opt::noUdevRules, 0, Takes::nothing, "noudevrules"},
    {Opt::noUdevSync, 0, Takes::nothing, "noudevsync"},
    {Opt::options, 'o', Takes::argument, "options"},
    {Opt::precise, 0, Takes::nothing, "precise"},
    {Opt::programId, 0, Takes::argument, "programid"},
    {Opt::raw, 0, Takes::nothing, "raw"},
    {Opt::readAhead, 0, Takes::argument, "readahead"},
    {Opt::readOnly, 'r', Takes::nothing, "readonly"},
    {Opt::region, 0, Takes::nothing, "region"},
    {Opt::regionId, 0, Takes::argument, "regionid"},
    {Opt::regions, 0, Takes::argument, "regions"},
    {Opt::relative, 0, Takes::nothing, "relative"},
    {Opt::retry, 0, Takes::nothing, "retry"},
    {Opt::rows, 0, Takes::nothing, "rows"},
    {Opt::segments, 0, Takes::nothing, "segments"},
    {Opt::select, 'S', Takes::argument, "select"},
    {Opt::separator, 0, Takes::argument, "separator"},
    {Opt::setUuid, 0, Takes::nothing, "setuuid"},
    {Opt::showKeys, 0, Takes::nothing, "showkeys"},
    {Opt::sort, 'O', Takes::argument, "sort"},
    {Opt::start, 0, Takes::argument, "start"},
    {Opt::table, 0, Takes::argument, "table"},
    {Opt::target, 0, Takes::argument, "target"},
    {Opt::tree, 0, Takes::nothing, "tree"},
    {Opt::udevCookie, 0, Takes::argument, "udevcookie"},
    {Opt::uid, 'U', Takes::argument, "uid"},
    {Opt::unbuffered, 0, Takes::nothing, "unbuffered"},
    {Opt::units, 0, Takes::argument, "units"},
    {Opt::unquoted, 0, Takes::nothing, "unquoted"},
    {Opt::userData, 0, Takes::argument, "userdata"},
    {Opt::uuid, 'u', Takes::argument, "uuid"},
    {Opt::verbose, 'v', Takes::nothing, "verbose"},
    {Opt::verifyUdev, 0, Takes::nothing, "verifyudev"},
    {Opt::version, 0, Takes::nothing, "version"},
    {Opt::yes, 'y', Takes::nothing, "yes"},
});
static_assert(table.size() == optCount);
static_assert([] {
  for (std::size_t i = 0; i < optCount; ++i)
    if (table[i].id != static_cast<Opt>(i)) return false;
  return true;
}());

bool takesArgument(std::size_t index) noexcept { return table[index].takes == Takes::argument; }

constexpr std::size_t none = optCount;

/// The option with that long name or unambiguous prefix, else `none`.
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

/// Parses words one by one. Errors are worded as by glibc's getopt.
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
      const std::string_view name = table[i].name;
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
        return isLong ? refuse(join("--", table[index].name), "requires an argument")
                      : refuse("option requires an argument", table[index].letter);
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
    if (attached && !takesArgument(index))
      return refuse(join("--", table[index].name), "doesn't allow an argument");
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
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && value <= UINT32_MAX; ++at)
    value = value * 10 + (text[at] - '0');
  return negative ? -value : value;
}

}  // namespace tool::dmsetup
