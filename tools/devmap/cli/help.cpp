// help: made from the tables of verbs and options, so that it cannot disagree with the tool.

#include "cli/help.hpp"

#include <array>

#include "cli/print.hpp"
#include "cli/session.hpp"

namespace tool {
namespace {

constexpr std::size_t nameColumn = 26;

struct GroupTitle {
  Group group;
  const char* title;
};
constexpr auto groupTitles = std::to_array<GroupTitle>({
    {Group::devices, "Devices"},
    {Group::tables, "Tables"},
    {Group::looking, "Looking"},
    {Group::udev, "udev"},
    {Group::pools, "Thin pools"},
    {Group::other, "Other"},
});

/// "  left      right", with `right` on the next line if `left` is too long.
std::string line(std::string_view left, std::string_view right) {
  const std::string start = padded(join("  ", left), nameColumn);
  return join(start, start.size() > nameColumn ? join("\n", padded("", nameColumn)) : std::string(),
              right, "\n");
}

std::string optionText(const OptionInfo& option) {
  std::string text = option.letter == 0 ? std::string("    --")
                                        : join("-", std::string_view(&option.letter, 1), ", --");
  text += option.name;
  if (option.argument == Argument::required) text += join(" ", option.value);
  if (option.argument == Argument::optional) text += join("[=", option.value, "]");
  return text;
}

bool accepts(const Verb& verb, Option option) noexcept {
  return (verb.options & optionSet(option)) != 0;
}

/// "make a device" as "Make a device.".
std::string sentence(std::string_view words) {
  std::string text = join(words, ".\n");
  if (text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text;
}

/// Prints the two-word verbs that start with this word. Returns false if there are none.
bool helpOnFamily(std::string_view word) {
  bool found = false;
  for (const Verb& verb : verbs()) {
    if (!std::string_view(verb.name).starts_with(join(word, " "))) continue;
    put(line(join(verb.name, " ", verb.usage), verb.help));
    found = true;
  }
  return found;
}

std::string verbHelp(const Verb& verb) {
  std::string text = join("Usage: devmap ", verb.name, verb.options != 0 ? " [OPTION...]" : "",
                          *verb.usage != 0 ? " " : "", verb.usage, "\n");
  text += sentence(verb.help);
  if (verb.alias != nullptr) text += join("Another name for it: ", verb.alias, "\n");
  if (verb.options != 0) text += "\n";
  for (const OptionInfo& option : options())
    if (accepts(verb, option.id)) text += line(optionText(option), option.help);
  if (accepts(verb, Option::uuid) && !std::string_view(verb.name).starts_with("create"))
    text +=
        "\nDEVICE is a name, a path such as /dev/dm-0, or is left out and given by --uuid or "
        "--major and --minor.\n";
  return text;
}

}  // namespace

std::string overview() {
  std::string text =
      "Usage: devmap [OPTION...] VERB [OPERAND...]\nMakes, changes and shows device-mapper "
      "devices.\n";
  for (const GroupTitle& group : groupTitles) {
    std::string lines;
    for (const Verb& verb : verbs())
      if (verb.group == group.group) lines += line(verb.name, verb.help);
    if (!lines.empty()) text += join("\n", group.title, ":\n", lines);
  }
  text +=
      "\n'devmap help VERB' shows the operands and options of a verb. Options may stand anywhere; "
      "'--' ends them.\n";
  return text;
}

std::string usage(const Verb& verb) { return verbHelp(verb); }

bool runHelp(Session& session) {
  const Call& call = session.call();
  if (call.operands.empty()) {
    put(overview());
    return true;
  }
  auto operands = call.operands;
  const Verb* const verb = findVerb(operands);
  if (verb == nullptr && operands.size() == 1 && helpOnFamily(operands[0])) return true;
  if (verb == nullptr || !operands.empty()) return failUnknownVerb(call.operands);
  put(usage(*verb));
  return true;
}

bool failUnknownVerb(std::span<const std::string_view> operands) {
  const std::string nearest = nearestVerb(operands);
  fail("unknown verb '", displayable(operands[0]), "'");
  complain(nearest.empty() ? "Try 'devmap help'." : join("Did you mean '", nearest, "'?"));
  return false;
}

}  // namespace tool
