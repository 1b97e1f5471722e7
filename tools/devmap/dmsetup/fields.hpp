// The fields of dmsetup's reports: what a column can show, sort by and select by.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "dmsetup/dmsetup.hpp"

namespace tool {
struct VdoUse;
}

namespace tool::dmsetup {

enum class FieldKind : std::uint8_t {
  text,    ///< aligned left
  number,  ///< aligned right
  size,    ///< a number of sectors, shown with a unit, aligned right
};

enum class FieldGroup : std::uint8_t {
  name,
  info,
  deps,
  tree,
  splitname,
  stats,
  region,
  vdo,
  special
};

/// What a field shows, in the order of help.
enum class FieldId : std::uint8_t {
  name,
  mangledName,
  unmangledName,
  uuid,
  mangledUuid,
  unmangledUuid,
  readAhead,
  blockName,
  attributes,
  tablesLoaded,
  suspended,
  readOnly,
  number,
  major,
  minor,
  openCount,
  segments,
  events,
  dependencyCount,
  dependencyNumbers,
  dependencyBlocks,
  dependencyNames,
  userCount,
  userNames,
  userNumbers,
  subsystem,
  group,
  volume,
  layer,
  readCount,
  readsMerged,
  readSectors,
  readTime,
  writeCount,
  writesMerged,
  writeSectors,
  writeTime,
  inProgress,
  ioTicks,
  queueTicks,
  readTicks,
  writeTicks,
  readsMergedPerSecond,
  writesMergedPerSecond,
  readsPerSecond,
  writesPerSecond,
  readSizePerSecond,
  writeSizePerSecond,
  averageRequestSize,
  queueSize,
  await,
  readAwait,
  writeAwait,
  throughput,
  serviceTime,
  utilization,
  histogramCounts,  // six: counts, then percents; each alone, with bounds, with ranges
  histogramCountBounds,
  histogramCountRanges,
  histogramPercents,
  histogramPercentBounds,
  histogramPercentRanges,
  intervalNanoseconds,
  interval,
  regionId,
  regionStart,
  regionLength,
  areaId,
  areaStart,
  areaLength,
  areaOffset,
  areaCount,
  groupId,
  programId,
  userData,
  precise,
  histogramBins,
  histogramBounds,
  histogramRanges,
  statsName,
  objectType,
  vdoName,
  vdoSize,
  vdoUsed,
  vdoAvailable,
  vdoUsedPercent,
  vdoSavingPercent,
  selected,
};

struct StatsObject;

struct Field {
  const char* id;
  const char* heading;
  std::uint8_t width;
  FieldKind kind;
  FieldGroup group;
  FieldId shows;
};

struct FieldValue {
  std::string text;
  double number = 0;  ///< of a number or size: the value to compare
};

/// The subject of one row.
struct Subject {
  DeviceInfo info = {};
  const StatsObject* stats = nullptr;  ///< null: the device itself
  const VdoUse* vdo = nullptr;         ///< what a vdo device reports about itself, if it was asked
  bool device = true;  ///< false: `info` has only a name and the uuid its subsystem would use
};

[[nodiscard]] std::span<const Field> fields() noexcept;
/// Name of a group as in `info_all`.
[[nodiscard]] const char* groupName(FieldGroup group) noexcept;
/// Returns false if the value cannot be determined, or if the subject has no such field. The row is
/// then left out and the call fails. The error has been shown.
[[nodiscard]] bool valueOf(Run& run, const Subject& subject, const Field& field, FieldValue& value);

}  // namespace tool::dmsetup
