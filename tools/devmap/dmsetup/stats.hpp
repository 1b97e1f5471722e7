// Statistics that the kernel keeps for regions of a device (@stats_* messages), and groups of
// regions, which are stored in their user data.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "dmsetup/dmsetup.hpp"
#include "dmsetup/fields.hpp"

namespace tool::dmsetup {

/// In the order of the kernel's line (Documentation: admin-guide/device-mapper/statistics). Times
/// are in nanoseconds.
enum class Counter : std::uint8_t {
  reads,
  readsMerged,
  readSectors,
  readTime,
  writes,
  writesMerged,
  writeSectors,
  writeTime,
  inProgress,
  ioTime,
  queueTime,
  readTicks,
  writeTicks,
};
inline constexpr std::size_t counterCount = static_cast<std::size_t>(Counter::writeTicks) + 1;

struct Counters {
  std::array<double, counterCount> values{};
  std::vector<double> histogram;

  [[nodiscard]] double operator[](Counter counter) const noexcept {
    return values[static_cast<std::size_t>(counter)];
  }
  void add(const Counters& other);
};

struct StatsRegion {
  std::uint32_t id = 0;
  std::uint64_t start = 0, length = 0, step = 0;  ///< sectors
  std::string program, data;
  bool precise = false;
  std::vector<std::uint64_t> bounds;  ///< nanoseconds
  std::vector<Counters> areas;        ///< if they were asked for

  [[nodiscard]] std::uint64_t areaCount() const noexcept {
    return step == 0 ? 1 : (length + step - 1) / step;
  }
};

struct StatsGroup {
  std::uint32_t id = 0;  ///< that of its first region, which holds its description
  std::string alias, data;
  std::vector<std::uint32_t> members;  ///< ascending
};

/// One device's regions and groups.
struct DeviceStats {
  DeviceInfo info;
  std::vector<StatsRegion> regions;
  std::vector<StatsGroup> groups;

  [[nodiscard]] StatsRegion* region(std::uint32_t id) {
    const auto found = std::ranges::find(regions, id, &StatsRegion::id);
    return found == regions.end() ? nullptr : &*found;
  }
  [[nodiscard]] StatsGroup* groupOf(std::uint32_t id) {
    for (StatsGroup& group : groups)
      if (std::ranges::find(group.members, id) != group.members.end()) return &group;
    return nullptr;
  }
};

/// Sends a message to the device. Returns its reply, or nothing after showing an error.
[[nodiscard]] std::optional<std::string> send(Run& run, const DeviceInfo& info,
                                              const std::string& message);
/// The regions that --programid and --allprograms select. `counters`: with their counters, which
/// this resets. Returns nothing after showing an error.
[[nodiscard]] std::optional<DeviceStats> readStats(Run& run, const Address& address, bool counters);
/// The user data of a group's first region, as dmsetup 1.02.198 and later write it: with a quoted
/// alias.
[[nodiscard]] std::string groupData(const StatsGroup& group);
/// Sets the user data of a region. Returns false after showing an error. Blanks and backslashes
/// arrive unchanged: the kernel splits a message into words, and a backslash quotes the next
/// character (dm-table.c: dm_split_args).
[[nodiscard]] bool setUserData(Run& run, const DeviceInfo& info, std::uint32_t region,
                               std::string_view data);
/// Takes the next of the parts that `separator` divides off `rest`.
std::string_view nextPart(std::string_view& rest, char separator);
[[nodiscard]] std::uint64_t numberOr0(std::string_view text);
/// The members in `0-3,5`, ascending, each once; nothing for any other text.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> membersOf(std::string_view text);

/// The subject of one row of a report of statistics.
struct StatsObject {
  enum class Kind : std::uint8_t { area, region, group } kind = Kind::region;
  const StatsRegion* region = nullptr;  ///< for a group: its first
  const StatsGroup* group = nullptr;    ///< null: it is in none
  std::uint64_t area = 0;
  std::uint64_t length = 0;  ///< for a group: the sum over its regions
  Counters counters;
};

/// Sectors with a unit, as --units asks.
[[nodiscard]] std::string sizeText(const Run& run, double sectors);
/// Members as `0-3,5`.
[[nodiscard]] std::string memberText(const std::vector<std::uint32_t>& members);
void statsValue(const Run& run, const Subject& subject, FieldId id, FieldValue& value);
void vdoValue(const Run& run, const Subject& subject, FieldId id, FieldValue& value);

}  // namespace tool::dmsetup
