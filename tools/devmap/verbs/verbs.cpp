#include "cli/verb.hpp"

#include <algorithm>
#include <array>

#include "cli/nearest.hpp"

namespace tool {
namespace {

using enum Option;

constexpr OptionSet addressed = optionSet(uuid, major, minor, trace);
constexpr OptionSet causesEvents =
    optionSet(noUdevSync, noUdevRules, udevCookie, udevMode, deadline, verbose);
constexpr OptionSet layered = optionSet(deadline, udevMode, trace);

constexpr std::uint8_t rowOperands = anyNumber;
constexpr const char *createOperands = "NAME [FILE | TYPE FIELD=VALUE...]",
                     *loadOperands = "DEVICE [FILE | TYPE FIELD=VALUE...]";

constexpr auto verbTable = std::to_array<Verb>({
    {"create", nullptr, 1, rowOperands, Group::devices, createOperands, "-f-",
     addressed | causesEvents |
         optionSet(table, noTable, readOnly, addNodeOnCreate, addNodeOnResume, dryRun),
     "make a device and give it a table", runCreate},
    {"remove", nullptr, 0, anyNumber, Group::devices, "DEVICE...", "d",
     addressed | causesEvents | optionSet(deferred, retry, force, dryRun), "remove devices",
     runRemove},
    {"rename", nullptr, 1, 2, Group::devices, "DEVICE NEWNAME", "d-",
     addressed | causesEvents | optionSet(setUuid, dryRun), "give a device another name, or a uuid",
     runRename},
    {"suspend", nullptr, 0, anyNumber, Group::devices, "DEVICE...", "d",
     addressed | optionSet(noFlush, noLockFs, deadline, dryRun), "hold back the I/O of devices",
     runSuspend},
    {"resume", nullptr, 0, anyNumber, Group::devices, "DEVICE...", "d",
     addressed | causesEvents | optionSet(noFlush, noLockFs, dryRun),
     "let I/O flow again; an inactive table becomes live", runResume},
    {"mknodes", nullptr, 0, anyNumber, Group::devices, "[NAME...]", "d", optionSet(dryRun, trace),
     "repair the nodes under /dev/mapper", runMknodes},

    {"load", "reload", 0, rowOperands, Group::tables, loadOperands, "df-",
     addressed | optionSet(table, readOnly, dryRun), "load a table into the inactive slot",
     runLoad},
    {"clear", nullptr, 0, anyNumber, Group::tables, "DEVICE...", "d", addressed | optionSet(dryRun),
     "drop the inactive table", runClear},
    {"message", nullptr, 2, anyNumber, Group::tables, "DEVICE SECTOR WORD...", "d-",
     addressed | optionSet(json, dryRun), "send a message to the target at a sector", runMessage},

    {"table", nullptr, 0, anyNumber, Group::looking, "[DEVICE...]", "d",
     addressed | optionSet(target, inactive, noFlush, showKeys, json), "show the rows of tables",
     runTable},
    {"status", nullptr, 0, anyNumber, Group::looking, "[DEVICE...]", "d",
     addressed | optionSet(target, inactive, noFlush, json), "show the status of each row",
     runStatus},
    {"info", nullptr, 0, anyNumber, Group::looking, "[DEVICE...]", "d",
     addressed | optionSet(inactive, json), "show the state of devices", runInfo},
    {"ls", nullptr, 0, 0, Group::looking, "", "-", optionSet(target, json, trace, tree),
     "list devices", runList},
    {"watch", nullptr, 0, anyNumber, Group::looking, "[DEVICE...]", "d",
     addressed | optionSet(target, interval, count, json, deadline),
     "show the state of devices on a screen, as it changes", runWatch},
    {"events", nullptr, 0, anyNumber, Group::looking, "[DEVICE...]", "d",
     addressed | optionSet(initial, json, count, deadline),
     "print what happens to devices, as it happens", runEvents},
    {"metrics", nullptr, 0, anyNumber, Group::looking, "[DEVICE...]", "d",
     addressed | optionSet(output), "print the state of devices as metrics for Prometheus",
     runMetrics},
    {"deps", nullptr, 0, anyNumber, Group::looking, "[DEVICE...]", "d",
     addressed | optionSet(inactive, json), "show what devices stand on", runDeps},
    {"explain", nullptr, 0, 1, Group::looking, "[ROW]", "-", optionSet(json),
     "explain the words of a row, and what is wrong with it", runExplain},
    {"diff", nullptr, 1, rowOperands, Group::looking, loadOperands, "df-",
     addressed | optionSet(table, inactive, json),
     "show what a new table would change, and whether a live device takes it", runDiff},
    {"wait", nullptr, 0, 2, Group::looking, "DEVICE [EVENT]", "d-",
     addressed | optionSet(noFlush, deadline), "sleep until a device's event number is not EVENT",
     runWait},
    {"targets", nullptr, 0, 0, Group::looking, "", "-", optionSet(json, trace),
     "list the target types of the kernel", runTargets},
    {"target-version", nullptr, 1, anyNumber, Group::looking, "TYPE...", "t",
     optionSet(json, trace), "show the version of target types", runTargetVersion},
    {"version", nullptr, 0, 0, Group::looking, "", "-", optionSet(json, trace),
     "show the versions of devmap and of the kernel", runVersion},

    {"udevflags", nullptr, 1, 1, Group::udev, "COOKIE", "-", 0,
     "print the flags of a DM_COOKIE as udev properties", runUdevFlags},
    {"udevcomplete", nullptr, 1, 1, Group::udev, "COOKIE", "-", 0,
     "report to the waiting process that udev is done", runUdevComplete},
    {"udevcookies", nullptr, 0, 0, Group::udev, "", "-", optionSet(json),
     "list the cookies that exist", runUdevCookies},
    {"udevcreatecookie", nullptr, 0, 0, Group::udev, "", "-", optionSet(json),
     "make a cookie for --udevcookie", runUdevCreateCookie},
    {"udevreleasecookie", nullptr, 0, 1, Group::udev, "[COOKIE]", "-", optionSet(deadline),
     "wait for the devices of a cookie, then remove it", runUdevReleaseCookie},
    {"udev state", nullptr, 0, 0, Group::udev, "", "-", optionSet(udevMode, json, trace),
     "show how udev is waited for, and why so", runUdevState},
    {"udev cookies", nullptr, 0, 0, Group::udev, "", "-", optionSet(json),
     "list the cookies, their owners and who waits", runUdevListCookies},
    {"udev reclaim", nullptr, 0, 0, Group::udev, "", "-", optionSet(olderThan, json),
     "remove the cookies of processes that have ended", runUdevReclaim},

    {"pool create", nullptr, 4, 4, Group::pools, "POOL DATA METADATA BLOCKSIZE", "-ff-",
     optionSet(deadline, udevMode, dryRun, trace), "make a thin pool", runPoolCreate},
    {"pool reload", nullptr, 4, 4, Group::pools, "POOL DATA METADATA BLOCKSIZE", "dff-",
     optionSet(dryRun, trace), "reload a pool's table after its data device grew", runPoolReload},
    {"pool thin", nullptr, 2, 2, Group::pools, "POOL ID", "d-", optionSet(dryRun, trace),
     "make a thin volume", runPoolThin},
    {"pool snap", nullptr, 4, 4, Group::pools, "POOL ID BASE BASEID", "d-d-",
     optionSet(deadline, udevMode, dryRun, trace), "make a snapshot of a thin volume", runPoolSnap},
    {"pool delete", nullptr, 2, 2, Group::pools, "POOL ID", "d-", optionSet(dryRun, trace),
     "delete a thin volume", runPoolDelete},
    {"pool activate", nullptr, 4, 4, Group::pools, "POOL NAME ID SIZE", "d---",
     optionSet(external, deadline, udevMode, dryRun, trace), "make the device of a thin volume",
     runPoolActivate},
    {"pool set-transaction-id", nullptr, 3, 3, Group::pools, "POOL OLD NEW", "d--",
     optionSet(dryRun, trace), "change the transaction id of a pool", runPoolSetTransactionId},
    {"pool status", nullptr, 1, 1, Group::pools, "POOL", "d", optionSet(json, trace),
     "show the health and the usage of a pool", runPoolStatus},
    {"pool grow", nullptr, 2, 2, Group::pools, "POOL DATA", "df",
     optionSet(deadline, udevMode, trace), "have a pool take the size of its devices", runPoolGrow},
    {"pool check", nullptr, 1, 1, Group::pools, "METADATA", "f", optionSet(trace),
     "run thin_check on the metadata of an inactive pool", runPoolCheck},

    {"layer init", nullptr, 3, 4, Group::pools, "DIR POOL SIZE | DATA METADATA", "f-ff", layered,
     "make an image store, on devices or (for tests) files", runLayerInit},
    {"layer base", nullptr, 3, 3, Group::pools, "DIR NAME SIZE", "f-", layered,
     "make a base: an empty ext4 file system", runLayerBase},
    {"layer add", nullptr, 3, 4, Group::pools, "DIR NAME PARENT [QUOTA]", "f-", layered,
     "make a layer: a snapshot of its parent", runLayerAdd},
    {"layer mount", nullptr, 2, 2, Group::pools, "DIR NAME", "f-",
     layered | optionSet(readOnly, json), "mount a layer and print where", runLayerMount},
    {"layer umount", nullptr, 2, 2, Group::pools, "DIR NAME", "f-", layered, "unmount a layer",
     runLayerUnmount},
    {"layer remove", nullptr, 2, 2, Group::pools, "DIR NAME", "f-", layered, "delete a layer",
     runLayerRemove},
    {"layer ls", nullptr, 1, 1, Group::pools, "DIR", "f", layered | optionSet(json),
     "list layers: name, parent, size, state", runLayerList},
    {"layer diff", nullptr, 2, 2, Group::pools, "DIR NAME", "f-", layered | optionSet(json),
     "print how many bytes only this layer has", runLayerDiff},
    {"layer status", nullptr, 1, 1, Group::pools, "DIR", "f", layered | optionSet(json),
     "show the health and the usage of a store", runLayerStatus},
    {"layer grow", nullptr, 1, 2, Group::pools, "DIR [SIZE]", "f-", layered,
     "enlarge the pool of a store", runLayerGrow},
    {"layer check", nullptr, 1, 1, Group::pools, "DIR", "f", optionSet(trace),
     "run thin_check on a store that is closed", runLayerCheck},
    {"layer close", nullptr, 1, 1, Group::pools, "DIR", "f", layered,
     "unmount all and remove the devices; the store stays", runLayerClose},

    {"help", nullptr, 0, 2, Group::other, "[VERB]", "v", 0,
     "show what there is, or how one verb works", runHelp},
    {"completion", nullptr, 0, anyNumber, Group::other, "-- WORD...", "-", 0,
     "list what can follow (for shells)", runCompletion},
});

/// Number of words in a verb's name.
std::size_t wordCount(std::string_view name) noexcept {
  return name.find(' ') == std::string_view::npos ? 1 : 2;
}

bool namesVerb(std::string_view name, std::span<const std::string_view> operands) noexcept {
  const std::size_t blank = name.find(' ');
  if (blank == std::string_view::npos) return !operands.empty() && operands[0] == name;
  return operands.size() > 1 && operands[0] == name.substr(0, blank) &&
         operands[1] == name.substr(blank + 1);
}

}  // namespace

std::span<const Verb> verbs() noexcept { return verbTable; }

const Verb* findVerb(std::span<const std::string_view>& operands) noexcept {
  for (const Verb& verb : verbs()) {
    for (const char* const name : {verb.name, verb.alias}) {
      if (name == nullptr || !namesVerb(name, operands)) continue;
      operands = operands.subspan(wordCount(name));
      return &verb;
    }
  }
  return nullptr;
}

std::string nearestVerb(std::span<const std::string_view> operands) {
  Nearest nearest;
  const auto consider = [&](std::string_view name) {
    std::string given(operands[0]);
    if (wordCount(name) == 2 && operands.size() > 1) given.append(" ").append(operands[1]);
    nearest.consider(given, name);
  };
  for (const Verb& verb : verbs()) {
    consider(verb.name);
    if (verb.alias != nullptr) consider(verb.alias);
  }
  return std::string(nearest.found());
}

}  // namespace tool
