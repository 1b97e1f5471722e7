// What the tool can do: one table of verbs, from which the dispatch, the help and the shell completion are made.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "options.hpp"

namespace tool {

/// One invocation of a verb. Lifetime: views into the command line, which outlives it.
struct Call;

enum class Group : std::uint8_t { devices, tables, looking, udev, pools, other };

struct Verb {
  const char* name;   ///< one word, or two
  const char* alias;  ///< another name for it, or null
  std::uint8_t minOperands;
  std::uint8_t maxOperands;  ///< `anyNumber`: no limit
  const char* usage;         ///< operands, as help shows them
  /// What the operands are, for completion, one letter each: d device, f file, t target type, v verb, - anything else.
  /// The last letter stands for all that follow.
  const char* operandKinds;
  OptionSet options;  ///< those it accepts
  Group group;
  const char* help;               ///< one line
  bool (*run)(const Call& call);  ///< true: done; false: failed, and stderr says why
};
inline constexpr std::uint8_t anyNumber = 255;

struct Call {
  const Verb& verb;
  std::span<const std::string_view> operands;
  const CommandLine& line;

  [[nodiscard]] bool has(Option id) const noexcept { return line.has(id); }
  [[nodiscard]] const std::optional<std::string_view>& value(Option id) const noexcept { return line.value(id); }
};

/// All verbs, in the order of help.
[[nodiscard]] std::span<const Verb> verbs() noexcept;

/// Finds the verb that `operands` start with. Its words are taken off `operands`. Null: there is none.
[[nodiscard]] const Verb* findVerb(std::span<const std::string_view>& operands) noexcept;

/// The name of the verb that a misspelt one most likely meant; empty when none is near. `operands`: at least one.
[[nodiscard]] std::string nearestVerb(std::span<const std::string_view> operands);

// The verbs, by the file they live in.
bool runCreate(const Call& call);
bool runRemove(const Call& call);
bool runRename(const Call& call);
bool runSuspend(const Call& call);
bool runResume(const Call& call);
bool runMknodes(const Call& call);
bool runLoad(const Call& call);
bool runClear(const Call& call);
bool runTable(const Call& call);
bool runStatus(const Call& call);
bool runMessage(const Call& call);
bool runWait(const Call& call);
bool runExplain(const Call& call);
bool runDiff(const Call& call);
bool runEvents(const Call& call);
bool runInfo(const Call& call);
bool runList(const Call& call);
bool runTree(const Call& call);
bool runWatch(const Call& call);
bool runDeps(const Call& call);
bool runTargets(const Call& call);
bool runTargetVersion(const Call& call);
bool runVersion(const Call& call);
bool runUdevFlags(const Call& call);
bool runUdevComplete(const Call& call);
bool runUdevCookies(const Call& call);
bool runUdevCreateCookie(const Call& call);
bool runUdevReleaseCookie(const Call& call);
bool runUdevState(const Call& call);
bool runUdevListCookies(const Call& call);
bool runUdevReclaim(const Call& call);
bool runPoolCreate(const Call& call);
bool runPoolReload(const Call& call);
bool runPoolThin(const Call& call);
bool runPoolSnap(const Call& call);
bool runPoolDelete(const Call& call);
bool runPoolActivate(const Call& call);
bool runPoolSetTransactionId(const Call& call);
bool runPoolStatus(const Call& call);
bool runPoolGrow(const Call& call);
bool runPoolCheck(const Call& call);
bool runLayerInit(const Call& call);
bool runLayerBase(const Call& call);
bool runLayerAdd(const Call& call);
bool runLayerMount(const Call& call);
bool runLayerUnmount(const Call& call);
bool runLayerRemove(const Call& call);
bool runLayerList(const Call& call);
bool runLayerDiff(const Call& call);
bool runLayerStatus(const Call& call);
bool runLayerGrow(const Call& call);
bool runLayerCheck(const Call& call);
bool runLayerClose(const Call& call);
bool runHelp(const Call& call);
bool runCompletion(const Call& call);

}  // namespace tool
