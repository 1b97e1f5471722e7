// The options of the dmsetup command line. Long ones are given in full or by an unambiguous prefix,
// anywhere; `--` ends them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tool::dmsetup {

/// In the order of their long names.
enum class Opt : std::uint8_t {
  addNodeOnCreate,
  addNodeOnResume,
  alias,
  allDevices,
  allPrograms,
  allRegions,
  area,
  areas,
  areaSize,
  bounds,
  checks,
  clear,
  columns,
  concise,
  count,
  deferred,
  exec,
  fileMap,
  follow,
  force,
  foreground,
  gid,
  group,
  groupId,
  headings,
  help,
  histogram,
  inactive,
  interval,
  length,
  major,
  mangleName,
  minor,
  mode,
  namePrefixes,
  noFlush,
  noGroup,
  noHeadings,
  noLockFs,
  noMonitor,
  noOpenCount,
  noSuffix,
  noTable,
  noTimeSuffix,
  noUdevRules,
  noUdevSync,
  options,
  precise,
  programId,
  raw,
  readAhead,
  readOnly,
  region,
  regionId,
  regions,
  relative,
  retry,
  rows,
  segments,
  select,
  separator,
  setUuid,
  showKeys,
  sort,
  start,
  table,
  target,
  tree,
  udevCookie,
  uid,
  unbuffered,
  units,
  unquoted,
  userData,
  uuid,
  verbose,
  verifyUdev,
  version,
  yes,
};
inline constexpr std::size_t optCount = static_cast<std::size_t>(Opt::yes) + 1;

/// A parsed command line. Lifetime: its views point into the words it was parsed from.
class Line {
 public:
  std::vector<std::string_view> operands;

  [[nodiscard]] bool has(Opt opt) const noexcept {
    return counts_[static_cast<std::size_t>(opt)] != 0;
  }
  /// How many times it was given.
  [[nodiscard]] unsigned count(Opt opt) const noexcept {
    return counts_[static_cast<std::size_t>(opt)];
  }
  /// Its argument, the last one if there are several; empty if it was not given.
  [[nodiscard]] std::string_view value(Opt opt) const noexcept {
    return values_[static_cast<std::size_t>(opt)];
  }
  void set(Opt opt, std::string_view value = {}) noexcept;

 private:
  std::array<std::uint8_t, optCount> counts_{};
  std::array<std::string_view, optCount> values_{};
};

/// Returns false if the words cannot be parsed. stderr then says why, as getopt does for a program
/// called `program`.
[[nodiscard]] bool parseLine(std::span<const std::string_view> words, Line& line,
                             std::string_view program = "dmsetup");

/// Reads a number as atoi does: blanks, a sign, digits; the rest is ignored. 0 if there is no
/// number.
[[nodiscard]] std::int64_t leadingNumber(std::string_view text) noexcept;

}  // namespace tool::dmsetup
