// What the tool can do: one table of verbs, from which dispatch, help and shell completion are
// made.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "cli/options.hpp"

namespace tool {

class Session;

enum class Group : std::uint8_t { devices, tables, looking, udev, pools, other };

struct Verb {
  const char* name;   ///< one word, or two
  const char* alias;  ///< another name for it, or null
  std::uint8_t minOperands;
  std::uint8_t maxOperands;  ///< `anyNumber`: no limit
  Group group;
  const char* usage;  ///< operands, as help shows them
  /// What the operands are, for completion, one letter each: d device, f file, t target type, v
  /// verb, - anything else. The last letter stands for all that follow.
  const char* operandKinds;
  OptionSet options;              ///< those it accepts
  const char* help;               ///< one line
  bool (*run)(Session& session);  ///< true: done; false: failed, and stderr says why
};
inline constexpr std::uint8_t anyNumber = 255;

/// One invocation of a verb. Lifetime: its views point into the command line, which outlives it.
struct Call {
  const Verb& verb;
  std::span<const std::string_view> operands;
  const CommandLine& line;

  [[nodiscard]] bool has(Option id) const noexcept { return line.has(id); }
  [[nodiscard]] const std::optional<std::string_view>& value(Option id) const noexcept {
    return line.value(id);
  }
};

/// All verbs, in the order of help.
[[nodiscard]] std::span<const Verb> verbs() noexcept;

/// Finds the verb that `operands` start with, and takes its words off `operands`. Null if there is
/// none.
[[nodiscard]] const Verb* findVerb(std::span<const std::string_view>& operands) noexcept;

/// The name of the verb that a misspelt one most likely meant; empty if none is near. `operands`:
/// at least one.
[[nodiscard]] std::string nearestVerb(std::span<const std::string_view> operands);

// The verbs, by file.
bool runCreate(Session& session);
bool runRemove(Session& session);
bool runRename(Session& session);
bool runSuspend(Session& session);
bool runResume(Session& session);
bool runMknodes(Session& session);
bool runLoad(Session& session);
bool runClear(Session& session);
bool runTable(Session& session);
bool runStatus(Session& session);
bool runMessage(Session& session);
bool runWait(Session& session);
bool runExplain(Session& session);
bool runDiff(Session& session);
bool runEvents(Session& session);
bool runInfo(Session& session);
bool runList(Session& session);
bool runTree(Session& session);
bool runWatch(Session& session);
bool runMetrics(Session& session);
bool runDeps(Session& session);
bool runTargets(Session& session);
bool runTargetVersion(Session& session);
bool runVersion(Session& session);
bool runUdevFlags(Session& session);
bool runUdevComplete(Session& session);
bool runUdevCookies(Session& session);
bool runUdevCreateCookie(Session& session);
bool runUdevReleaseCookie(Session& session);
bool runUdevState(Session& session);
bool runUdevListCookies(Session& session);
bool runUdevReclaim(Session& session);
bool runPoolCreate(Session& session);
bool runPoolReload(Session& session);
bool runPoolThin(Session& session);
bool runPoolSnap(Session& session);
bool runPoolDelete(Session& session);
bool runPoolActivate(Session& session);
bool runPoolSetTransactionId(Session& session);
bool runPoolStatus(Session& session);
bool runPoolGrow(Session& session);
bool runPoolCheck(Session& session);
bool runLayerInit(Session& session);
bool runLayerBase(Session& session);
bool runLayerAdd(Session& session);
bool runLayerMount(Session& session);
bool runLayerUnmount(Session& session);
bool runLayerRemove(Session& session);
bool runLayerList(Session& session);
bool runLayerDiff(Session& session);
bool runLayerStatus(Session& session);
bool runLayerGrow(Session& session);
bool runLayerCheck(Session& session);
bool runLayerClose(Session& session);
bool runHelp(Session& session);
bool runCompletion(Session& session);

}  // namespace tool
