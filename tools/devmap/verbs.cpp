#include "verb.hpp"

#include <algorithm>
#include <array>

#include "nearest.hpp"

namespace tool {
namespace {

using enum Option;

constexpr OptionSet addressed = optionSet(uuid, major, minor, trace);
constexpr OptionSet causesEvents = optionSet(noUdevSync, noUdevRules, udevCookie, udevMode, deadline, verbose);
constexpr OptionSet layered = optionSet(deadline, udevMode, trace);

#ifdef DEVMAP_MINIMAL
constexpr std::uint8_t rowOperands = 2;
constexpr const char *createOperands = "NAME [FILE]", *loadOperands = "DEVICE [FILE]";
#else
constexpr std::uint8_t rowOperands = anyNumber;
constexpr const char *createOperands = "NAME [FILE | TYPE FIELD=VALUE...]", *loadOperands = "DEVICE [FILE | TYPE FIELD=VALUE...]";
#endif

constexpr auto verbTable = std::to_array<Verb>({
    {"create", nullptr, 1, rowOperands, createOperands, "-f-",
     addressed | causesEvents | optionSet(table, noTable, readOnly, addNodeOnCreate, addNodeOnResume, dryRun), Group::devices,
     "make a device and give it a table", runCreate},
    {"remove", nullptr, 0, anyNumber, "DEVICE...", "d", addressed | causesEvents | optionSet(deferred, retry, force, dryRun),
     Group::devices, "remove devices", runRemove},
    {"rename", nullptr, 1, 2, "DEVICE NEWNAME", "d-", addressed | causesEvents | optionSet(setUuid, dryRun), Group::devices,
     "give a device another name, or a uuid", runRename},
    {"suspend", nullptr, 0, anyNumber, "DEVICE...", "d", addressed | optionSet(noFlush, noLockFs, dryRun), Group::devices,
     "hold back the I/O of devices", runSuspend},
    {"resume", nullptr, 0, anyNumber, "DEVICE...", "d", addressed | causesEvents | optionSet(noFlush, noLockFs, dryRun), Group::devices,
     "let I/O flow again; an inactive table becomes live", runResume},
    {"mknodes", nullptr, 0, anyNumber, "[NAME...]", "d", optionSet(dryRun, trace), Group::devices, "repair the nodes under /dev/mapper",
     runMknodes},

    {"load", "reload", 0, rowOperands, loadOperands, "df-", addressed | optionSet(table, readOnly, dryRun), Group::tables,
     "load a table into the inactive slot", runLoad},
    {"clear", nullptr, 0, anyNumber, "DEVICE...", "d", addressed | optionSet(dryRun), Group::tables, "drop the inactive table", runClear},
    {"message", nullptr, 2, anyNumber, "DEVICE SECTOR WORD...", "d-", addressed | optionSet(json, dryRun), Group::tables,
     "send a message to the target at a sector", runMessage},

    {"table", nullptr, 0, anyNumber, "[DEVICE...]", "d", addressed | optionSet(target, inactive, noFlush, showKeys, json), Group::looking,
     "show the rows of tables", runTable},
    {"status", nullptr, 0, anyNumber, "[DEVICE...]", "d", addressed | optionSet(target, inactive, noFlush, json), Group::looking,
     "show the status of each row", runStatus},
    {"info", nullptr, 0, anyNumber, "[DEVICE...]", "d", addressed | optionSet(inactive, json), Group::looking, "show the state of devices",
     runInfo},
#ifdef DEVMAP_MINIMAL
    {"ls", nullptr, 0, 0, "", "-", optionSet(target, json, trace), Group::looking, "list devices", runList},
#else
    {"ls", nullptr, 0, 0, "", "-", optionSet(target, json, trace, tree), Group::looking, "list devices", runList},
    {"watch", nullptr, 0, anyNumber, "[DEVICE...]", "d", addressed | optionSet(target, interval, count, json, deadline), Group::looking,
     "show the state of devices on a screen, as it changes", runWatch},
#endif
    {"deps", nullptr, 0, anyNumber, "[DEVICE...]", "d", addressed | optionSet(inactive, json), Group::looking, "show what devices stand on",
     runDeps},
#ifndef DEVMAP_MINIMAL
    {"explain", nullptr, 0, 1, "[ROW]", "-", optionSet(json), Group::looking,
     "tell what the words of a row mean, and what is wrong with it", runExplain},
    {"diff", nullptr, 1, rowOperands, loadOperands, "df-", addressed | optionSet(table, inactive, json), Group::looking,
     "show what a new table would change, and whether a live device takes it", runDiff},
#endif
    {"wait", nullptr, 0, 2, "DEVICE [EVENT]", "d-", addressed | optionSet(noFlush, deadline), Group::looking,
     "sleep until a device's event number is not EVENT", runWait},
    {"events", nullptr, 0, anyNumber, "[DEVICE...]", "d", addressed | optionSet(initial, json, count, deadline), Group::looking,
     "print what happens to devices, as it happens", runEvents},
    {"targets", nullptr, 0, 0, "", "-", optionSet(json, trace), Group::looking, "list the target types of the kernel", runTargets},
    {"target-version", nullptr, 1, anyNumber, "TYPE...", "t", optionSet(json, trace), Group::looking, "show the version of target types",
     runTargetVersion},
    {"version", nullptr, 0, 0, "", "-", optionSet(json, trace), Group::looking, "show the versions of devmap and of the kernel",
     runVersion},

    {"udevflags", nullptr, 1, 1, "COOKIE", "-", 0, Group::udev, "print the flags of a DM_COOKIE as udev properties", runUdevFlags},
    {"udevcomplete", nullptr, 1, 1, "COOKIE", "-", 0, Group::udev, "tell the waiting process that udev is done", runUdevComplete},
    {"udevcookies", nullptr, 0, 0, "", "-", optionSet(json), Group::udev, "list the cookies that exist", runUdevCookies},
    {"udevcreatecookie", nullptr, 0, 0, "", "-", optionSet(json), Group::udev, "make a cookie for --udevcookie", runUdevCreateCookie},
    {"udevreleasecookie", nullptr, 0, 1, "[COOKIE]", "-", optionSet(deadline), Group::udev,
     "wait for the devices of a cookie, then remove it", runUdevReleaseCookie},
    {"udev state", nullptr, 0, 0, "", "-", optionSet(udevMode, json, trace), Group::udev, "show how udev is waited for, and why so",
     runUdevState},
    {"udev cookies", nullptr, 0, 0, "", "-", optionSet(json), Group::udev, "list the cookies, their owners and who waits",
     runUdevListCookies},
    {"udev reclaim", nullptr, 0, 0, "", "-", optionSet(olderThan, json), Group::udev, "remove the cookies of processes that have ended",
     runUdevReclaim},

    {"pool create", nullptr, 4, 4, "POOL DATA METADATA BLOCKSIZE", "-ff-", optionSet(deadline, udevMode, dryRun, trace), Group::pools,
     "make a thin pool", runPoolCreate},
    {"pool reload", nullptr, 4, 4, "POOL DATA METADATA BLOCKSIZE", "dff-", optionSet(dryRun, trace), Group::pools,
     "load a pool's table anew, after its data device grew", runPoolReload},
    {"pool thin", nullptr, 2, 2, "POOL ID", "d-", optionSet(dryRun, trace), Group::pools, "make a thin volume", runPoolThin},
    {"pool snap", nullptr, 4, 4, "POOL ID BASE BASEID", "d-d-", optionSet(deadline, udevMode, dryRun, trace), Group::pools,
     "make a snapshot of a thin volume", runPoolSnap},
    {"pool delete", nullptr, 2, 2, "POOL ID", "d-", optionSet(dryRun, trace), Group::pools, "delete a thin volume", runPoolDelete},
    {"pool activate", nullptr, 4, 4, "POOL NAME ID SIZE", "d---", optionSet(external, deadline, udevMode, dryRun, trace), Group::pools,
     "make the device of a thin volume", runPoolActivate},
    {"pool set-transaction-id", nullptr, 3, 3, "POOL OLD NEW", "d--", optionSet(dryRun, trace), Group::pools,
     "change the transaction id of a pool", runPoolSetTransactionId},
#ifndef DEVMAP_MINIMAL  // an initramfs needs no store of layers
    {"pool status", nullptr, 1, 1, "POOL", "d", optionSet(json, trace), Group::pools, "show the health and the usage of a pool",
     runPoolStatus},
    {"pool grow", nullptr, 2, 2, "POOL DATA", "df", optionSet(deadline, udevMode, trace), Group::pools,
     "have a pool take the size of its devices", runPoolGrow},
    {"pool check", nullptr, 1, 1, "METADATA", "f", optionSet(trace), Group::pools, "run thin_check on the metadata of an inactive pool",
     runPoolCheck},

    {"layer init", nullptr, 3, 4, "DIR POOL SIZE | DATA METADATA", "f-ff", layered, Group::pools,
     "make an image store, on devices or (for tests) files", runLayerInit},
    {"layer base", nullptr, 3, 3, "DIR NAME SIZE", "f-", layered, Group::pools, "make a base: an empty ext4 file system", runLayerBase},
    {"layer add", nullptr, 3, 4, "DIR NAME PARENT [QUOTA]", "f-", layered, Group::pools, "make a layer: a snapshot of its parent",
     runLayerAdd},
    {"layer mount", nullptr, 2, 2, "DIR NAME", "f-", layered | optionSet(readOnly, json), Group::pools, "mount a layer and print where",
     runLayerMount},
    {"layer umount", nullptr, 2, 2, "DIR NAME", "f-", layered, Group::pools, "unmount a layer", runLayerUnmount},
    {"layer remove", nullptr, 2, 2, "DIR NAME", "f-", layered, Group::pools, "delete a layer", runLayerRemove},
    {"layer ls", nullptr, 1, 1, "DIR", "f", layered | optionSet(json), Group::pools, "list layers: name, parent, size, state",
     runLayerList},
    {"layer diff", nullptr, 2, 2, "DIR NAME", "f-", layered | optionSet(json), Group::pools, "print how many bytes a layer has of its own",
     runLayerDiff},
    {"layer status", nullptr, 1, 1, "DIR", "f", layered | optionSet(json), Group::pools, "show the health and the usage of a store",
     runLayerStatus},
    {"layer grow", nullptr, 1, 2, "DIR [SIZE]", "f-", layered, Group::pools, "enlarge the pool of a store", runLayerGrow},
    {"layer check", nullptr, 1, 1, "DIR", "f", optionSet(trace), Group::pools, "run thin_check on a store that is closed", runLayerCheck},
    {"layer close", nullptr, 1, 1, "DIR", "f", layered, Group::pools, "unmount all and remove the devices; the store stays", runLayerClose},
#endif

    {"help", nullptr, 0, 2, "[VERB]", "v", 0, Group::other, "show what there is, or how one verb works", runHelp},
    {"completion", nullptr, 0, anyNumber, "-- WORD...", "-", 0, Group::other, "list what can follow (for shells)", runCompletion},
});

/// Number of words in a verb's name.
std::size_t wordCount(std::string_view name) noexcept { return name.find(' ') == std::string_view::npos ? 1 : 2; }

bool namesVerb(std::string_view name, std::span<const std::string_view> operands) noexcept {
  const std::size_t blank = name.find(' ');
  if (blank == std::string_view::npos) return !operands.empty() && operands[0] == name;
  return operands.size() > 1 && operands[0] == name.substr(0, blank) && operands[1] == name.substr(blank + 1);
}

}  // namespace

std::span<const Verb> verbs() noexcept { return verbTable; }

const Verb* findVerb(std::span<const std::string_view>& operands) noexcept {
  for (const Verb& verb : verbTable) {
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
  for (const Verb& verb : verbTable) {
    consider(verb.name);
    if (verb.alias != nullptr) consider(verb.alias);
  }
  return std::string(nearest.found());
}

}  // namespace tool
