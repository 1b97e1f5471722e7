// The command line: options may appear anywhere, `--` ends them, and the rest are operands.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

enum class Option : std::uint8_t {
  addNodeOnCreate,
  addNodeOnResume,
  count,
  deadline,
  deferred,
  dryRun,
  external,
  force,
  help,
  inactive,
  initial,
  interval,
  json,
  major,
  minor,
  noFlush,
  noLockFs,
  noTable,
  noUdevRules,
  noUdevSync,
  olderThan,
  output,
  readOnly,
  retry,
  setUuid,
  showKeys,
  table,
  target,
  trace,
  tree,
  udevCookie,
  udevMode,
  uuid,
  verbose,
  version,
};
inline constexpr std::size_t optionCount = static_cast<std::size_t>(Option::version) + 1;

/// A set of options; what a verb accepts.
using OptionSet = std::uint64_t;
static_assert(optionCount <= 64);

template <typename... O>
[[nodiscard]] constexpr OptionSet optionSet(O... options) noexcept {
  return (OptionSet{0} | ... | (OptionSet{1} << static_cast<unsigned>(options)));
}

enum class Argument : std::uint8_t {
  none,
  required,  ///< `--name=value`, `--name value`, `-n value`, `-nvalue`
  optional,  ///< `--name=value` or `--name`
};

struct OptionInfo {
  Option id;
  char letter;  ///< short form, or NUL
  Argument argument;
  const char* name;   ///< long form without its dashes
  const char* value;  ///< placeholder for the argument in help, or null
  const char* help;
};

/// Every option, sorted by name.
[[nodiscard]] std::span<const OptionInfo> options() noexcept;
[[nodiscard]] const OptionInfo& optionInfo(Option id) noexcept;

/// The option with that long name. Dashes inside do not count (`no-flush` is `noflush`), and an
/// unambiguous prefix is enough. Null if there is none; `candidates` then lists those that an
/// ambiguous prefix could mean.
[[nodiscard]] const OptionInfo* findOption(std::string_view name, std::string& candidates);
[[nodiscard]] const OptionInfo* findOption(char letter) noexcept;

/// A parsed command line. Lifetime: its views point into the words it was parsed from.
struct CommandLine {
  std::vector<std::string_view> operands;
  std::array<std::optional<std::string_view>, optionCount> values;  ///< empty without an argument

  [[nodiscard]] bool has(Option id) const noexcept {
    return values[static_cast<std::size_t>(id)].has_value();
  }
  /// The argument of an option that was given, else nothing. The last one counts.
  [[nodiscard]] const std::optional<std::string_view>& value(Option id) const noexcept {
    return values[static_cast<std::size_t>(id)];
  }
};

/// Returns false if the words cannot be parsed; `problem` then says why.
[[nodiscard]] bool parseCommandLine(std::span<const std::string_view> words, CommandLine& line,
                                    std::string& problem);

}  // namespace tool
