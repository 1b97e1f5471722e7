// devmap: the command line of the library. Parses the words, finds the verb, checks its operands
// and options, and runs it.

#include "cli/help.hpp"
#include "cli/print.hpp"
#include "cli/session.hpp"
#include "dmsetup/dmsetup.hpp"

namespace {

using namespace tool;

/// Whether operands and options are what the verb takes. Shows the error otherwise.
bool check(const Call& call) {
  for (const OptionInfo& option : options()) {
    if (!call.has(option.id) || (call.verb.options & optionSet(option.id)) != 0) continue;
    return failUsage(call, "there is no option --", option.name, " here");
  }
  const std::size_t count = call.operands.size();
  if (count < call.verb.minOperands)
    return failUsage(call, "too few operands; wanted: ", call.verb.usage);
  if (call.verb.maxOperands != anyNumber && count > call.verb.maxOperands)
    return failUsage(call, "'", call.operands[call.verb.maxOperands], "' is one operand too many");
  return true;
}

bool runWords(std::span<const std::string_view> words) {
  CommandLine line;
  std::string problem;
  if (!parseCommandLine(words, line, problem)) {
    fail(problem);
    complain("Try 'devmap help'.");
    return false;
  }
  std::span<const std::string_view> operands(line.operands);
  const Verb* const verb = findVerb(operands);
  if (line.has(Option::help)) {
    put(verb == nullptr ? overview() : usage(*verb));
    return true;
  }
  if (line.has(Option::version)) {
    print("devmap ", devmap::toString(devmap::libraryVersion), "\n");
    return true;
  }
  if (line.operands.empty()) {
    complain(overview());
    return false;
  }
  if (verb == nullptr) return failUnknownVerb(line.operands);
  const Call call{*verb, operands, line};
  if (!check(call)) return false;
  Session session(call);
  return verb->run(session);
}

}  // namespace

int main(int argc, char** argv) {
  occupyStandardDescriptors();
  std::vector<std::string_view> words;
  for (int i = 1; i < argc; ++i) words.emplace_back(argv[i]);
  if (argc > 0 && dmsetup::isPersonality(argv[0])) return dmsetup::runProgram(argv[0], words);
  const bool done = runWords(words);
  const bool written = finishOutput();
  return done && written ? 0 : 1;
}
