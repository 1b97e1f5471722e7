// Samples of metrics, collected in the order of devices and printed in the order of metrics.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <devmap/types.hpp>

namespace tool {

/// Every metric, in the order of the text.
enum class MetricId : std::uint8_t {
  devices,
  up,
  info,
  size,
  open,
  suspended,
  readOnly,
  liveTable,
  inactiveTable,
  deferred,
  events,
  rowSize,
  failed,
  poolDataUsed,
  poolDataSize,
  poolMetadataUsed,
  poolMetadataSize,
  poolMode,
  poolNeedsCheck,
  poolHeldRoot,
  poolTransaction,
  poolQueues,
  thinMapped,
  snapshotUsed,
  snapshotSize,
  snapshotMetadata,
  snapshotState,
  cacheUsed,
  cacheSize,
  cacheDirty,
  cacheMetadataUsed,
  cacheMetadataSize,
  cacheHits,
  cacheMisses,
  cachePromotions,
  cacheDemotions,
  cacheAccess,
  cacheNeedsCheck,
  writecacheError,
  writecacheBlocks,
  writecacheReads,
  writecacheReadHits,
  writecacheWrites,
  writecacheBlocked,
  raidSynced,
  raidSize,
  raidDevices,
  raidAction,
  raidMismatches,
  raidJournalFailed,
  mirrorSynced,
  mirrorRegions,
  mirrorLegs,
  stripes,
  paths,
  pathActive,
  pathFailures,
  verityCorrupted,
  verityCorrected,
  integrityMismatches,
  integrityProvided,
  integrityRecalculated,
  era,
  eraMetadataUsed,
  eraMetadataSize,
  cloneHydrated,
  cloneSize,
  cloneHydrating,
  cloneMetadataUsed,
  cloneMetadataSize,
  cloneAccess,
  vdoUsed,
  vdoSize,
  vdoMode,
};
inline constexpr std::size_t metricCount = static_cast<std::size_t>(MetricId::vdoMode) + 1;

/// `text` as the value of a label: backslash, quote and line feed escaped, with quotes around it.
[[nodiscard]] std::string labelValue(std::string_view text);
/// Whether a consumer accepts the bytes as UTF-8: no overlong forms, no surrogates, nothing beyond
/// U+10FFFF.
[[nodiscard]] bool isUtf8(std::string_view bytes) noexcept;

/// UTF-8 as it is. In any other text, each backslash and each byte that is not printable ASCII
/// becomes `\xNN`.
[[nodiscard]] std::string asUtf8(std::string_view bytes);

/// The samples of one pass.
class Samples {
 public:
  /// The labels of all samples added from now on: `name="x",row="0"`.
  void setLabels(std::string labels) { labels_ = std::move(labels); }
  void add(MetricId id, std::uint64_t value) { put(id, {}, value); }
  void add(MetricId id, bool value) { put(id, {}, value ? 1 : 0); }
  /// Adds a sample with one or more additional labels: `mode="rw"`.
  void put(MetricId id, std::string_view more, std::uint64_t value);
  /// Adds no sample if the value or `unit` is absent. `unit`: what one of the value is in the
  /// metric's unit.
  template <typename T>
  void add(MetricId id, const std::optional<T>& value, std::optional<std::uint64_t> unit = 1) {
    if (value && unit) put(id, {}, scaled(*value, *unit));
  }
  /// One sample for each value of the label: 1 for the current one, 0 for the others. None if
  /// `current` is not an index of `values`.
  void addState(MetricId id, std::string_view label, std::span<const std::string_view> values,
                std::size_t current);

  /// HELP, TYPE and samples of each metric that has any.
  [[nodiscard]] std::string text() const;

 private:
  /// Saturates.
  static std::uint64_t scaled(std::uint64_t value, std::uint64_t unit) noexcept {
    std::uint64_t product = 0;
    return __builtin_mul_overflow(value, unit, &product) ? UINT64_MAX : product;
  }

  std::string labels_;
  std::array<std::string, metricCount> samples_;
};

}  // namespace tool
