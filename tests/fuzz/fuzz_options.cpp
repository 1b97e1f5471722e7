// Fuzz target: command lines, one word a line. The first byte chooses devmap's or dmsetup's.
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "cli/verb.hpp"
#include "dmsetup/options.hpp"
#include "fuzz.hpp"

using devmap::fuzz::expect;

namespace {

using Words = std::vector<std::string_view>;

bool inside(std::string_view text, std::string_view all) {
  return text.empty() ||
         (text.data() >= all.data() && text.data() + text.size() <= all.data() + all.size());
}

/// Operands after `--` are taken as they are, whatever they begin with.
Words behindDashes(const Words& operands) {
  Words words{"--"};
  words.insert(words.end(), operands.begin(), operands.end());
  return words;
}

void devmapLine(const Words& words, std::string_view all) {
  tool::CommandLine line;
  std::string problem;
  if (!tool::parseCommandLine(words, line, problem))
    return expect(!problem.empty(), "a refusal without its reason");
  expect(line.operands.size() <= words.size(), "more operands than words");
  for (const std::string_view operand : line.operands)
    expect(inside(operand, all), "an operand from nowhere");
  for (const tool::OptionInfo& option : tool::options()) {
    const auto& value = line.value(option.id);
    if (value) expect(inside(*value, all), "a value from nowhere");
    if (value && option.argument == tool::Argument::none)
      expect(value->empty(), "a value that was not to be");
  }
  tool::CommandLine again;
  expect(tool::parseCommandLine(behindDashes(line.operands), again, problem) &&
             again.operands == line.operands,
         "operands change");
  std::span<const std::string_view> operands(line.operands);
  if (tool::findVerb(operands) != nullptr)
    expect(operands.size() < line.operands.size(), "a verb of no words");
  else if (!operands.empty())
    (void)tool::nearestVerb(operands);
}

void dmsetupLine(const Words& words, std::string_view all) {
  tool::dmsetup::Line line;
  if (!tool::dmsetup::parseLine(words, line)) return;
  for (const std::string_view operand : line.operands)
    expect(inside(operand, all), "an operand from nowhere");
  for (std::size_t i = 0; i < tool::dmsetup::optCount; ++i) {
    const auto opt = static_cast<tool::dmsetup::Opt>(i);
    expect(inside(line.value(opt), all) && (line.has(opt) || line.value(opt).empty()),
           "a value from nowhere");
  }
  tool::dmsetup::Line again;
  expect(tool::dmsetup::parseLine(behindDashes(line.operands), again) &&
             again.operands == line.operands,
         "operands change");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view all(reinterpret_cast<const char*>(data) + 1, size - 1);
  Words words;
  for (std::string_view rest = all; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    words.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (data[0] % 2 == 0)
    devmapLine(words, all);
  else
    dmsetupLine(words, all);
  return 0;
}
