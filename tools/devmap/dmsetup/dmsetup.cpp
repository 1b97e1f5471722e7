// The tool as dmsetup: which name it was called by, its verbs, and how one is called.

#include "dmsetup/dmsetup.hpp"

#include <array>
#include <utility>

#include "cli/nearest.hpp"
#include "cli/print.hpp"
#include "dmsetup/report.hpp"

namespace tool::dmsetup {
namespace {

bool runHelp(Run& run, Words operands);

constexpr std::uint8_t any = 255;
constexpr auto verbTable = std::to_array<Verb>({
    {"help", "[-c]", 0, 0, Scope::once, &runHelp, nullptr},
    {"create", "NAME [FILE] | --concise [TEXT]", 0, 2, Scope::once, &runCreate, nullptr},
    {"remove", "DEVICE...", 0, any, Scope::each, nullptr, &removeOne},
    {"remove_all", "", 0, 0, Scope::once, &runRemoveAll, nullptr},
    {"suspend", "DEVICE...", 0, any, Scope::each, nullptr, &suspendOne},
    {"resume", "DEVICE...", 0, any, Scope::each, nullptr, &resumeOne},
    {"load", "DEVICE [FILE]", 0, 2, Scope::once, &runLoad, nullptr},
    {"clear", "DEVICE...", 0, any, Scope::each, nullptr, &clearOne},
    {"reload", "DEVICE [FILE]", 0, 2, Scope::once, &runLoad, nullptr},
    {"wipe_table", "DEVICE...", 0, any, Scope::each, nullptr, &wipeOne},
    {"rename", "DEVICE [--setuuid] NEW", 1, 2, Scope::once, &runRename, nullptr},
    {"measure", "[DEVICE...]", 0, any, Scope::orAll, nullptr, &showMeasure},
    {"message", "DEVICE SECTOR WORD...", 2, any, Scope::once, &runMessage, nullptr},
    {"ls", "[--target TYPE] [--exec COMMAND] [--tree] [-o OPTIONS]", 0, 0, Scope::once, &runList,
     nullptr},
    {"info", "[DEVICE...]", 0, any, Scope::orAll, nullptr, &showInfo},
    {"deps", "[DEVICE...]", 0, any, Scope::orAll, nullptr, &showDeps},
    {"stats", "VERB [OPTION...] [DEVICE...]", 1, any, Scope::once, &runStats, nullptr},
    {"status", "[DEVICE...]", 0, any, Scope::orAll, nullptr, &showStatus},
    {"table", "[DEVICE...]", 0, any, Scope::orAll, nullptr, &showTable},
    {"wait", "DEVICE [EVENT]", 0, 2, Scope::once, &runWait, nullptr},
    {"mknodes", "[DEVICE...]", 0, any, Scope::once, &runMknodes, nullptr},
    {"mangle", "[DEVICE...]", 0, any, Scope::orAll, nullptr, &mangleOne},
    {"udevcreatecookie", "", 0, 0, Scope::once, &runUdevCreateCookie, nullptr},
    {"udevreleasecookie", "[COOKIE]", 0, 1, Scope::once, &runUdevReleaseCookie, nullptr},
    {"udevflags", "COOKIE", 1, 1, Scope::once, &runUdevFlags, nullptr},
    {"udevcomplete", "COOKIE", 1, 1, Scope::once, &runUdevComplete, nullptr},
    {"udevcomplete_all", "[MINUTES]", 0, 1, Scope::once, &runUdevCompleteAll, nullptr},
    {"udevcookies", "", 0, 0, Scope::once, &runUdevCookies, nullptr},
    {"target-version", "TYPE...", 1, any, Scope::once, &runTargetVersion, nullptr},
    {"targets", "", 0, 0, Scope::once, &runTargets, nullptr},
    {"version", "", 0, 0, Scope::once, &runVersion, nullptr},
    {"setgeometry", "DEVICE CYLINDERS HEADS SECTORS START", 5, 5, Scope::once, &runGeometry,
     nullptr},
    {"splitname", "NAME [SUBSYSTEM]", 1, 2, Scope::once, &runSplitName, nullptr},
    {"vdostats", "[DEVICE...]", 0, any, Scope::once, &runVdoStats, nullptr},
});

std::span<const Verb> verbs() { return verbTable; }

void usage() {
  std::string text = "Usage:\n\n  dmsetup VERB [OPTION...]; devmap.8 explains them\n";
  for (const Verb& verb : verbs())
    if (verb.once != &runVdoStats)
      text +=
          join("  ", verb.name, " ", verb.operands, "\n");  // as dmsetup, which does not list it
  complain(text);
}

bool runHelp(Run& run, Words) {
  usage();
  if (run.has(Opt::columns)) complain(fieldHelp(false));
  return true;
}

/// `info` and `splitname` in columns, with as many reports as --count asks for.
bool runWithReport(Run& run, const Verb& verb, Words operands) {
  Report report;
  const bool splitting = verb.once == &runSplitName;
  const bool prepared =
      splitting ? report.prepare(run.line, "vg_name,lv_name,lv_layer",
                                 1U << static_cast<unsigned>(FieldGroup::splitname))
                : report.prepare(run.line, "name,major,minor,attr,open,segments,events,uuid");
  if (!prepared) return false;
  run.report = &report;
  Repetition repetition(run);
  bool done = false;
  do {
    done = splitting ? verb.once(run, operands) : runEach(run, verb, operands);
    report.output();
  } while (done && repetition.again());
  return done;
}

/// Whether the verb prints columns and therefore reads their options itself.
bool hasReport(const Run& run, const Verb& verb) {
  return verb.once == &runSplitName || verb.once == &runStats ||
         (verb.each == &showInfo && run.has(Opt::columns));
}

/// Rejects options that do not go with the verb, where dmsetup rejects them.
bool checkOptions(Run& run, const Verb& verb) {
  const bool columns = run.has(Opt::columns) || hasReport(run, verb);
  if (!columns && !run.has(Opt::tree) && !checkStyle(run))
    return fail("Couldn't process command line.");
  if (run.has(Opt::columns) && run.has(Opt::sort) &&
      (verb.each == &showStatus || verb.each == &showTable))
    return fail("--sort is not yet supported with status and table.");
  // Even a verb without columns rejects unknown fields.
  return !run.has(Opt::columns) || hasReport(run, verb) || Report().prepare(run.line, "name");
}

bool runVerb(Run& run, const Verb& verb, Words operands) {
  if (operands.size() < verb.least || (verb.most != any && operands.size() > verb.most)) {
    return fail("Incorrect number of arguments.\nUsage: dmsetup ", verb.name, " ", verb.operands);
  }
  if (!checkOptions(run, verb)) return false;
  run.began = true;
  if (verb.once == &runStats) return verb.once(run, operands);
  if (hasReport(run, verb)) return runWithReport(run, verb, operands);
  if (verb.each == &mangleOne) run.wantedForm = std::exchange(run.mangling, NameMangling::none);
  Repetition repetition(run);
  bool done = false;
  do {
    done = verb.scope == Scope::once ? verb.once(run, operands) : runEach(run, verb, operands);
  } while (done && repetition.again());
  return done;
}

bool runLine(Run& run, Words operands) {
  if (run.has(Opt::help)) return runHelp(run, {});
  if (!run.prepare()) return false;
  if (run.has(Opt::version)) return runVersion(run, {});
  if (operands.empty()) {
    usage();
    return false;
  }
  Nearest nearest;
  for (const Verb& verb : verbs()) {
    if (operands[0] == verb.name) return runVerb(run, verb, operands.subspan(1));
    nearest.consider(operands[0], verb.name);
  }
  fail("Unknown command.");
  if (const std::string question = nearest.question(); !question.empty())
    complain("'", operands[0], "'", question);
  usage();
  return false;
}

/// Follows the error of a verb. An error in the command line has no such second line. Always
/// returns false.
bool sayFailed(const Run& run) { return run.began && fail("Command failed."); }

/// devmap_name MAJOR MINOR, or MAJOR:MINOR: the name of the device with this number.
bool nameOf(Words words) {
  Line line;
  if (words.size() == 1) {
    const std::size_t colon = words[0].find(':');
    line.set(Opt::minor,
             colon == std::string_view::npos ? std::string_view() : words[0].substr(colon + 1));
    line.set(Opt::major, words[0].substr(0, colon));
  } else if (words.size() == 2) {
    line.set(Opt::major, words[0]);
    line.set(Opt::minor, words[1]);
  }
  if (line.value(Opt::minor).empty()) {
    complain("Usage: devmap_name <major> <minor>");
    return false;
  }
  for (const Opt opt : {Opt::columns, Opt::noHeadings}) line.set(opt);
  line.set(Opt::options, "name");
  line.operands.emplace_back("info");
  Run run(line);
  return runLine(run, line.operands) || sayFailed(run);
}

std::string_view baseName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

bool isPersonality(std::string_view path) {
  const std::string_view name = baseName(path);
  return name == "dmsetup" || name == "dmsetup.static" || name == "dmstats" ||
         name == "dmvdostats" || name == "devmap_name";
}

int runProgram(std::string_view called, Words words) {
  const std::string_view name = baseName(called);
  bool done = false;
  if (name == "devmap_name") {
    done = nameOf(words);
  } else {
    Line line;
    if (parseLine(words, line, called)) {
      if (name == "dmstats") line.operands.insert(line.operands.begin(), "stats");
      if (name == "dmvdostats") line.operands.insert(line.operands.begin(), "vdostats");
      Run run(line);
      done = runLine(run, line.operands) || sayFailed(run);
    }
  }
  return finishOutput() && done ? 0 : 1;
}

}  // namespace tool::dmsetup
