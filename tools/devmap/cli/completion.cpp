// completion: the words that can follow, for the completion functions of shells. The last operand
// is the word being typed. Each line is a candidate, a tab, and its description. The line ":files"
// asks the shell for file names.

#include "cli/print.hpp"
#include "cli/session.hpp"

namespace tool {
namespace {

using Words = std::span<const std::string_view>;

/// Offers candidates that start with what was typed.
class Offers {
 public:
  Offers(std::string_view typed, std::string before) : typed_(typed), before_(std::move(before)) {}

  void add(std::string_view candidate, std::string_view what) const {
    if (candidate.starts_with(typed_)) print(before_, candidate, "\t", what, "\n");
  }
  static void files() { print(":files\n"); }

 private:
  std::string_view typed_;
  std::string before_;  // what precedes each candidate in the same word, `--option=`
};

/// Offers nothing if the user may not ask the kernel, or if there is no device-mapper.
void offerDevices(const Offers& offers) {
  auto context = DeviceMapper::open();
  if (!context) return;
  auto list = createTask(*context, TaskType::DeviceList);
  if (!list || !list->run()) return;
  for (const ListedDevice& device : list->names())
    offers.add(displayable(device.name), toString(device.device));
}

void offerTargets(const Offers& offers) {
  auto context = DeviceMapper::open();
  if (!context) return;
  auto list = createTask(*context, TaskType::DeviceListVersions);
  if (!list || !list->run()) return;
  for (const TargetVersion& target : list->versions())
    offers.add(target.name, join("v", toString(target.version)));
}

void offerModes(const Offers& offers) {
  offers.add("auto", "what fits this system");
  offers.add("cookies", "semaphores, which udev's rules count down");
  offers.add("monitor", "listen to udev");
  offers.add("flags-only", "look at the nodes until they are right");
  offers.add("none", "no udev: devmap makes the nodes");
}

/// What the two-word verbs that begin with `family` have in common.
const char* familyHelp([[maybe_unused]] std::string_view family) noexcept {
  if (family == "pool") return "thin pools and their volumes";
  if (family == "layer") return "layers of images, on a thin pool";
  return "cookies, and how udev is waited for";
}

/// First words of verbs if `first` is empty, else the second words of those that start with it.
void offerVerbs(const Offers& offers, std::string_view first) {
  std::string_view offered;
  for (const Verb& verb : verbs()) {
    const std::string_view name = verb.name;
    const std::size_t blank = name.find(' ');
    if (blank == std::string_view::npos) {
      if (first.empty()) offers.add(name, verb.help);
    } else if (first.empty()) {
      const std::string_view family = name.substr(0, blank);
      if (family != offered) offers.add(family, familyHelp(family));
      offered = family;
    } else if (name.substr(0, blank) == first) {
      offers.add(name.substr(blank + 1), verb.help);
    }
  }
}

void offerOptions(const Offers& offers, const Verb* verb, const CommandLine& line) {
  const OptionSet set =
      optionSet(Option::help) | (verb == nullptr ? optionSet(Option::version) : verb->options);
  for (const OptionInfo& option : options())
    if ((set & optionSet(option.id)) != 0 && !line.has(option.id))
      offers.add(join("--", option.name), option.help);
}

void offerValue(const Offers& offers, Option option) {
  if (option == Option::target) offerTargets(offers);
  if (option == Option::external || option == Option::output) Offers::files();
  if (option == Option::udevMode) offerModes(offers);
}

void offerOperand(const Offers& offers, const Verb& verb, std::size_t index,
                  const CommandLine& line) {
  const std::string_view kinds = verb.operandKinds;
  const bool addressed =
      line.has(Option::uuid) || line.has(Option::major) || line.has(Option::minor);
  if (addressed && kinds.starts_with('d')) ++index;
  if (verb.maxOperands != anyNumber && index >= verb.maxOperands) return;
  switch (kinds[std::min(index, kinds.size() - 1)]) {
    case 'd': return offerDevices(offers);
    case 'f': return Offers::files();
    case 't': return offerTargets(offers);
    case 'v': return offerVerbs(offers, index == 0 ? std::string_view() : line.operands.back());
    default: return;
  }
}

/// The option whose value is the word being typed.
const OptionInfo* waitingOption(std::string_view word) {
  std::string candidates;
  if (word.starts_with("--")) return findOption(word.substr(2), candidates);
  return word.size() > 1 && word.front() == '-' ? findOption(word.back()) : nullptr;
}

void offer(Words before, std::string_view typed) {
  CommandLine line;
  std::string problem;
  if (!parseCommandLine(before, line, problem)) {
    if (const OptionInfo* const option = waitingOption(before.back()))
      offerValue(Offers(typed, {}), option->id);
    return;
  }
  if (const std::size_t equals = typed.find('=');
      typed.starts_with("--") && equals != std::string_view::npos) {
    std::string candidates;
    const OptionInfo* const option = findOption(typed.substr(2, equals - 2), candidates);
    if (option != nullptr)
      offerValue(Offers(typed.substr(equals + 1), std::string(typed.substr(0, equals + 1))),
                 option->id);
    return;
  }
  Words operands(line.operands);
  const Verb* const verb = findVerb(operands);
  const Offers offers(typed, {});
  if (typed.starts_with('-')) return offerOptions(offers, verb, line);
  if (verb != nullptr) return offerOperand(offers, *verb, operands.size(), line);
  if (operands.size() < 2) offerVerbs(offers, operands.empty() ? std::string_view() : operands[0]);
}

}  // namespace

bool runCompletion(Session& session) {
  const Call& call = session.call();
  if (!call.operands.empty())
    offer(call.operands.first(call.operands.size() - 1), call.operands.back());
  return true;
}

}  // namespace tool
