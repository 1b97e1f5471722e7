#include "show/metrics_samples.hpp"

#include "cli/print.hpp"

namespace tool {
namespace {

using Id = MetricId;

struct Metric {
  MetricId id;
  std::string_view name;
  std::string_view type;
  std::string_view help;
};
constexpr auto metrics = std::to_array<Metric>({
    {Id::devices, "devmap_devices", "gauge", "Devices that were looked at."},
    {Id::up, "devmap_device_up", "gauge",
     "1: the device could be read. 0: it failed or is gone, and has no samples."},
    {Id::info, "devmap_device_info", "gauge", "Always 1. Labels: number in the kernel, and uuid."},
    {Id::size, "devmap_device_size_bytes", "gauge", "Size of the device by its live table."},
    {Id::open, "devmap_device_open_handles", "gauge", "How often the device is open."},
    {Id::suspended, "devmap_device_suspended", "gauge", "1: I/O is held back."},
    {Id::readOnly, "devmap_device_read_only", "gauge", "1: the device is read-only."},
    {Id::liveTable, "devmap_device_live_table", "gauge", "1: the device has a live table."},
    {Id::inactiveTable, "devmap_device_inactive_table", "gauge",
     "1: a table is loaded that the next resume makes live."},
    {Id::deferred, "devmap_device_deferred_remove", "gauge",
     "1: the device is removed on last close."},
    {Id::events, "devmap_device_events_total", "counter",
     "Events of the device, as the kernel counts them."},
    {Id::rowSize, "devmap_target_size_bytes", "gauge",
     "Length of each row of the live table. Label: target type."},
    {Id::failed, "devmap_target_failed", "gauge",
     "1: one word, such as Fail, Error or Invalid, stands for the whole status."},
    {Id::poolDataUsed, "devmap_thin_pool_data_used_bytes", "gauge",
     "Used data space of a thin pool."},
    {Id::poolDataSize, "devmap_thin_pool_data_size_bytes", "gauge", "Data space of a thin pool."},
    {Id::poolMetadataUsed, "devmap_thin_pool_metadata_used_bytes", "gauge",
     "Used metadata space of a thin pool."},
    {Id::poolMetadataSize, "devmap_thin_pool_metadata_size_bytes", "gauge",
     "Metadata space of a thin pool."},
    {Id::poolMode, "devmap_thin_pool_mode", "gauge",
     "1 for the mode in force: rw, ro or out_of_data_space."},
    {Id::poolNeedsCheck, "devmap_thin_pool_needs_check", "gauge",
     "1: the metadata needs thin_check."},
    {Id::poolHeldRoot, "devmap_thin_pool_held_root", "gauge", "1: a metadata snapshot is held."},
    {Id::poolTransaction, "devmap_thin_pool_transaction_id", "gauge",
     "Transaction id of a thin pool."},
    {Id::poolQueues, "devmap_thin_pool_queue_if_no_space", "gauge",
     "1: writes wait when a thin pool has no space. 0: they fail."},
    {Id::thinMapped, "devmap_thin_mapped_bytes", "gauge", "Mapped space of a thin volume."},
    {Id::snapshotUsed, "devmap_snapshot_used_bytes", "gauge",
     "Used space of a snapshot's COW device, with its metadata."},
    {Id::snapshotSize, "devmap_snapshot_size_bytes", "gauge", "Space of a snapshot's COW device."},
    {Id::snapshotMetadata, "devmap_snapshot_metadata_bytes", "gauge",
     "Metadata on a snapshot's COW device."},
    {Id::snapshotState, "devmap_snapshot_state", "gauge",
     "1 for the state in force: active, invalid, merge_failed, overflow or unknown."},
    {Id::cacheUsed, "devmap_cache_used_bytes", "gauge", "Used space of a cache."},
    {Id::cacheSize, "devmap_cache_size_bytes", "gauge", "Space of a cache."},
    {Id::cacheDirty, "devmap_cache_dirty_bytes", "gauge",
     "Space of a cache that the origin does not have yet."},
    {Id::cacheMetadataUsed, "devmap_cache_metadata_used_bytes", "gauge",
     "Used metadata space of a cache."},
    {Id::cacheMetadataSize, "devmap_cache_metadata_size_bytes", "gauge",
     "Metadata space of a cache."},
    {Id::cacheHits, "devmap_cache_hits_total", "counter", "Hits of a cache. Label: read or write."},
    {Id::cacheMisses, "devmap_cache_misses_total", "counter",
     "Misses of a cache. Label: read or write."},
    {Id::cachePromotions, "devmap_cache_promotions_total", "counter",
     "Blocks that came into a cache."},
    {Id::cacheDemotions, "devmap_cache_demotions_total", "counter", "Blocks that left a cache."},
    {Id::cacheAccess, "devmap_cache_metadata_mode", "gauge", "1 for the mode in force: rw or ro."},
    {Id::cacheNeedsCheck, "devmap_cache_needs_check", "gauge",
     "1: the metadata needs cache_check."},
    {Id::writecacheError, "devmap_writecache_error", "gauge", "0, or the errno of the failure."},
    {Id::writecacheBlocks, "devmap_writecache_blocks", "gauge",
     "Blocks of a writecache. Label: all, free or writeback."},
    {Id::writecacheReads, "devmap_writecache_reads_total", "counter",
     "Blocks read through a writecache."},
    {Id::writecacheReadHits, "devmap_writecache_read_hits_total", "counter",
     "Blocks read from a writecache."},
    {Id::writecacheWrites, "devmap_writecache_writes_total", "counter",
     "Blocks written through a writecache."},
    {Id::writecacheBlocked, "devmap_writecache_writes_blocked_total", "counter",
     "Blocks whose write waited for free space."},
    {Id::raidSynced, "devmap_raid_synced_bytes", "gauge",
     "How far the action of a raid set has come."},
    {Id::raidSize, "devmap_raid_sync_size_bytes", "gauge",
     "How far the action of a raid set goes."},
    {Id::raidDevices, "devmap_raid_devices", "gauge",
     "Devices of a raid set. Label: in_sync, not_in_sync, failed or missing."},
    {Id::raidAction, "devmap_raid_action", "gauge",
     "1 for the action in force: idle, frozen, resync, check, repair, recover or reshape."},
    {Id::raidMismatches, "devmap_raid_mismatches", "gauge",
     "Mismatches that the last check of a raid set found."},
    {Id::raidJournalFailed, "devmap_raid_journal_failed", "gauge",
     "1: the journal device of a raid set failed."},
    {Id::mirrorSynced, "devmap_mirror_regions_in_sync", "gauge",
     "Regions of a mirror that are in sync."},
    {Id::mirrorRegions, "devmap_mirror_regions", "gauge", "Regions of a mirror."},
    {Id::mirrorLegs, "devmap_mirror_legs", "gauge", "Legs of a mirror. Label: alive or failed."},
    {Id::stripes, "devmap_striped_stripes", "gauge",
     "Stripes. Label: alive or failed (had errors)."},
    {Id::paths, "devmap_multipath_paths", "gauge",
     "Paths of a multipath device. Label: active or failed."},
    {Id::pathActive, "devmap_multipath_path_active", "gauge",
     "1: the path works. Labels: its group, counted from 1, and its number in the kernel."},
    {Id::pathFailures, "devmap_multipath_path_failures_total", "counter",
     "Failures of the path, as the kernel counts them."},
    {Id::verityCorrupted, "devmap_verity_corrupted", "gauge", "1: corruption was found."},
    {Id::verityCorrected, "devmap_verity_corrected_blocks_total", "counter",
     "Blocks that were corrected by FEC."},
    {Id::integrityMismatches, "devmap_integrity_mismatches_total", "counter",
     "Mismatches of data and tag that were found."},
    {Id::integrityProvided, "devmap_integrity_data_size_bytes", "gauge",
     "Data space that an integrity device offers."},
    {Id::integrityRecalculated, "devmap_integrity_recalculated_bytes", "gauge",
     "How far tags are recalculated, while they are."},
    {Id::era, "devmap_era_current", "gauge", "The era that goes on."},
    {Id::eraMetadataUsed, "devmap_era_metadata_used_bytes", "gauge",
     "Used metadata space of an era device."},
    {Id::eraMetadataSize, "devmap_era_metadata_size_bytes", "gauge",
     "Metadata space of an era device."},
    {Id::cloneHydrated, "devmap_clone_hydrated_bytes", "gauge", "What a clone has copied."},
    {Id::cloneSize, "devmap_clone_size_bytes", "gauge", "What a clone has to copy in all."},
    {Id::cloneHydrating, "devmap_clone_hydrating_bytes", "gauge", "What a clone copies now."},
    {Id::cloneMetadataUsed, "devmap_clone_metadata_used_bytes", "gauge",
     "Used metadata space of a clone."},
    {Id::cloneMetadataSize, "devmap_clone_metadata_size_bytes", "gauge",
     "Metadata space of a clone."},
    {Id::cloneAccess, "devmap_clone_metadata_mode", "gauge",
     "1 for the mode in force: rw, ro or fail."},
    {Id::vdoUsed, "devmap_vdo_used_bytes", "gauge", "Used physical space of a vdo."},
    {Id::vdoSize, "devmap_vdo_size_bytes", "gauge", "Physical space of a vdo."},
    {Id::vdoMode, "devmap_vdo_mode", "gauge",
     "1 for the mode in force: normal, recovering or read_only."},
});
static_assert(metrics.size() == metricCount);

constexpr bool areIndexedById() {
  for (std::size_t i = 0; i < metrics.size(); ++i)
    if (static_cast<std::size_t>(metrics[i].id) != i) return false;
  return true;
}
static_assert(areIndexedById());

}  // namespace

std::string labelValue(std::string_view text) {
  std::string value = "\"";
  for (const char c : text) {
    if (c == '\n') {
      value += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') value += '\\';
    value += c;
  }
  value += '"';
  return value;
}

bool isUtf8(std::string_view bytes) noexcept {
  constexpr std::array<std::uint32_t, 4> smallest{
      0, 0x80, 0x800, 0x10000};  // by the number of bytes after the first
  for (std::size_t at = 0; at < bytes.size();) {
    const auto first = static_cast<unsigned char>(bytes[at++]);
    if (first < 0x80) continue;
    const std::size_t more = first >= 0xf0 && first < 0xf8   ? 3
                             : first >= 0xe0 && first < 0xf0 ? 2
                             : first >= 0xc0 && first < 0xe0 ? 1
                                                             : 0;
    if (more == 0 || bytes.size() - at < more) return false;
    std::uint32_t code = first & (0x3fU >> more);
    for (std::size_t i = 0; i < more; ++i) {
      const auto next = static_cast<unsigned char>(bytes[at++]);
      if ((next & 0xc0U) != 0x80) return false;
      code = code << 6 | (next & 0x3fU);
    }
    if (code < smallest[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
  }
  return true;
}

std::string asUtf8(std::string_view bytes) {
  if (isUtf8(bytes)) return std::string(bytes);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '\\')
      text += c;
    else
      (text += "\\x") += {digits[byte >> 4U], digits[byte & 15U]};
  }
  return text;
}

void Samples::put(MetricId id, std::string_view more, std::uint64_t value) {
  const auto index = static_cast<std::size_t>(id);
  const bool several = !labels_.empty() && !more.empty();
  std::string& samples = samples_[index];
  samples += metrics[index].name;
  if (!labels_.empty() || !more.empty())
    samples += join("{", labels_, several ? "," : "", more, "}");
  samples += join(" ", value, "\n");
}

void Samples::addState(MetricId id, std::string_view label,
                       std::span<const std::string_view> values, std::size_t current) {
  if (current >= values.size()) return;
  for (std::size_t i = 0; i < values.size(); ++i)
    put(id, join(label, "=", labelValue(values[i])), i == current ? 1 : 0);
}

std::string Samples::text() const {
  std::string text;
  for (std::size_t i = 0; i < metricCount; ++i) {
    if (samples_[i].empty()) continue;
    const Metric& metric = metrics[i];
    text += join("# HELP ", metric.name, " ", metric.help, "\n# TYPE ", metric.name, " ",
                 metric.type, "\n", samples_[i]);
  }
  return text;
}

}  // namespace tool
