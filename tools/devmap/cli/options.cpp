#include "cli/options.hpp"

#include "cli/print.hpp"

namespace tool {
namespace {

constexpr auto table = std::to_array<OptionInfo>({
    {Option::addNodeOnCreate, 0, Argument::none, "addnodeoncreate", nullptr,
     "make the node when the device is created"},
    {Option::addNodeOnResume, 0, Argument::none, "addnodeonresume", nullptr,
     "make the node when the device is resumed (default)"},
    {Option::count, 0, Argument::required, "count", "NUMBER", "end after so many events, or looks"},
    {Option::deadline, 0, Argument::required, "deadline", "SECONDS",
     "how long to wait at most (default 30; wait, events: for ever)"},
    {Option::deferred, 0, Argument::none, "deferred", nullptr,
     "a device in use is removed on last close"},
    {Option::dryRun, 0, Argument::none, "dryrun", nullptr,
     "do nothing, print what would be asked of the kernel"},
    {Option::external, 0, Argument::required, "external", "DEVICE",
     "read blocks that are not provisioned from here"},
    {Option::force, 'f', Argument::none, "force", nullptr, "make the device fail all I/O first"},
    {Option::help, 'h', Argument::none, "help", nullptr, "show help"},
    {Option::inactive, 0, Argument::none, "inactive", nullptr, "look at the inactive table"},
    {Option::initial, 0, Argument::none, "initial", nullptr,
     "list the devices there are first, as 'present'"},
    {Option::interval, 0, Argument::required, "interval", "SECONDS",
     "time between two looks, even if nothing happens (default 2)"},
    {Option::json, 0, Argument::none, "json", nullptr, "write a JSON object a line"},
    {Option::major, 'j', Argument::required, "major", "NUMBER",
     "with --minor: a device by its number"},
    {Option::minor, 'm', Argument::required, "minor", "NUMBER",
     "with --major: a device by its number; create: the minor it gets"},
    {Option::noFlush, 0, Argument::none, "noflush", nullptr,
     "do not flush I/O, do not make a thin pool commit"},
    {Option::noLockFs, 0, Argument::none, "nolockfs", nullptr, "do not freeze the file system"},
    {Option::noTable, 'n', Argument::none, "notable", nullptr, "create the device without a table"},
    {Option::noUdevRules, 0, Argument::none, "noudevrules", nullptr,
     "udev leaves the device alone, devmap makes the node"},
    {Option::noUdevSync, 0, Argument::none, "noudevsync", nullptr, "do not wait for udev"},
    {Option::olderThan, 0, Argument::required, "olderthan", "SECONDS",
     "only what was not used for so long, of unknown owners too"},
    {Option::output, 0, Argument::required, "output", "FILE",
     "replace this file by the text, when it is whole"},
    {Option::readOnly, 'r', Argument::none, "readonly", nullptr, "the table is read-only"},
    {Option::retry, 0, Argument::optional, "retry", "SECONDS",
     "try again while the device is busy (default 5)"},
    {Option::setUuid, 0, Argument::none, "setuuid", nullptr, "set the uuid instead of the name"},
    {Option::showKeys, 0, Argument::none, "showkeys", nullptr,
     "show encryption keys instead of zeros"},
    {Option::table, 0, Argument::required, "table", "ROWS", "the table itself, a row a line"},
    {Option::target, 0, Argument::required, "target", "TYPE",
     "only rows, or devices with a row, of this target type"},
    {Option::trace, 0, Argument::none, "trace", nullptr,
     "say on standard error what is asked of the kernel"},
    {Option::tree, 0, Argument::optional, "tree", "inverted",
     "show what stands on what, from the top, or from the disks up"},
    {Option::udevCookie, 0, Argument::required, "udevcookie", "COOKIE",
     "use this udev cookie, and do not wait for it"},
    {Option::udevMode, 0, Argument::required, "udevmode", "MODE",
     "auto, cookies, monitor, flags-only or none"},
    {Option::uuid, 'u', Argument::required, "uuid", "UUID",
     "a device by its uuid; create: the uuid it gets"},
    {Option::verbose, 'v', Argument::none, "verbose", nullptr,
     "say how udev was waited for, and why so"},
    {Option::version, 0, Argument::none, "version", nullptr, "show the version of devmap"},
});
static_assert(std::size(table) == optionCount);

constexpr bool isIndexedById() {
  for (std::size_t i = 0; i < optionCount; ++i)
    if (static_cast<std::size_t>(table[i].id) != i) return false;
  return true;
}
static_assert(isIndexedById());

enum class Match : std::uint8_t { no, beginning, exact };

Match match(std::string_view given, std::string_view name) noexcept {
  std::size_t at = 0;
  for (const char c : given) {
    if (c == '-') continue;
    if (at == name.size() || name[at] != c) return Match::no;
    ++at;
  }
  if (at == 0) return Match::no;
  return at == name.size() ? Match::exact : Match::beginning;
}

/// Parses words one by one.
class Parser {
 public:
  Parser(std::span<const std::string_view> words, CommandLine& line, std::string& problem)
      : words_(words), line_(line), problem_(problem) {}

  bool parse() {
    while (next_ < words_.size()) {
      const std::string_view word = words_[next_++];
      if (word == "--") break;
      if (word.starts_with("--")) {
        if (!longOption(word.substr(2))) return false;
      } else if (word.starts_with('-') && word.size() > 1) {
        if (!shortOptions(word.substr(1))) return false;
      } else {
        line_.operands.push_back(word);
      }
    }
    for (; next_ < words_.size(); ++next_) line_.operands.push_back(words_[next_]);
    return true;
  }

 private:
  bool longOption(std::string_view text) {
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    std::string candidates;
    const OptionInfo* const info = findOption(name, candidates);
    if (info == nullptr) {
      problem_ = candidates.empty() ? join("unknown option '--", name, "'")
                                    : join("option '--", name, "' could mean", candidates);
      return false;
    }
    if (equals != std::string_view::npos) {
      if (info->argument == Argument::none) {
        problem_ = join("option '--", info->name, "' takes no value");
        return false;
      }
      return store(*info, text.substr(equals + 1));
    }
    if (info->argument != Argument::required) return store(*info, {});
    return storeNextWord(*info, join("--", info->name));
  }

  bool shortOptions(std::string_view letters) {
    for (std::size_t i = 0; i < letters.size(); ++i) {
      const OptionInfo* const info = findOption(letters[i]);
      const std::string shown{'-', letters[i]};
      if (info == nullptr) {
        problem_ = join("unknown option '", displayable(shown), "'");
        return false;
      }
      if (info->argument == Argument::required) {
        const std::string_view rest = letters.substr(i + 1);
        return rest.empty() ? storeNextWord(*info, shown) : store(*info, rest);
      }
      if (!store(*info, {})) return false;
    }
    return true;
  }

  bool storeNextWord(const OptionInfo& info, std::string_view shown) {
    if (next_ == words_.size()) {
      problem_ = join("option '", shown, "' needs a value: ", info.value);
      return false;
    }
    return store(info, words_[next_++]);
  }

  bool store(const OptionInfo& info, std::string_view value) {
    line_.values[static_cast<std::size_t>(info.id)] = value;
    return true;
  }

  std::span<const std::string_view> words_;
  CommandLine& line_;
  std::string& problem_;
  std::size_t next_ = 0;
};

}  // namespace

std::span<const OptionInfo> options() noexcept { return table; }

const OptionInfo& optionInfo(Option id) noexcept { return options()[static_cast<std::size_t>(id)]; }

const OptionInfo* findOption(std::string_view name, std::string& candidates) {
  const OptionInfo* found = nullptr;
  std::size_t count = 0;
  std::string list;
  for (const OptionInfo& info : options()) {
    const Match how = match(name, info.name);
    if (how == Match::exact) return &info;
    if (how == Match::no) continue;
    found = &info;
    ++count;
    list += join(" --", info.name);
  }
  if (count == 1) return found;
  candidates = list;
  return nullptr;
}

const OptionInfo* findOption(char letter) noexcept {
  for (const OptionInfo& info : options())
    if (info.letter != 0 && info.letter == letter) return &info;
  return nullptr;
}

bool parseCommandLine(std::span<const std::string_view> words, CommandLine& line,
                      std::string& problem) {
  return Parser(words, line, problem).parse();
}

}  // namespace tool
