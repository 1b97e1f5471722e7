#include "show/metrics.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include <devmap/targets.hpp>

#include "cli/print.hpp"
#include "show/metrics_samples.hpp"

namespace tool {
namespace {

using namespace devmap::targets;
using devmap::Row;
using devmap::Sectors;
using Id = MetricId;
using Names = std::initializer_list<std::string_view>;

constexpr std::uint64_t sectorBytes = 512;
constexpr std::uint64_t blockBytes = 4096;  // of a thin pool's metadata, and of a vdo
constexpr std::size_t noState = std::numeric_limits<std::size_t>::max();

std::optional<std::uint64_t> bytesOf(const std::optional<Sectors>& sectors) {
  return sectors ? std::optional(devmap::toBytes(*sectors)) : std::nullopt;
}

void addShare(Samples& to, Id used, Id size, const std::optional<Fraction>& share,
              std::optional<std::uint64_t> unit) {
  if (!share) return;
  to.add(used, std::optional(share->used), unit);
  to.add(size, std::optional(share->total), unit);
}

void addStates(Samples& to, Id id, std::string_view label, Names names, std::size_t current) {
  to.addState(id, label, {names.begin(), names.size()}, current);
}

/// Counts the characters, by what they mean: `health="alive"`.
void addHealth(Samples& to, Id id, std::string_view health, std::string_view characters,
               Names names) {
  if (health.empty()) return;
  const auto* name = names.begin();
  for (const char wanted : characters)
    to.put(id, join("health=", labelValue(*name++)),
           static_cast<std::uint64_t>(std::ranges::count(health, wanted)));
}

void addPair(Samples& to, Id id, std::string_view label, std::string_view value,
             const std::optional<std::uint64_t>& number) {
  if (number) to.put(id, join(label, "=", labelValue(value)), *number);
}

void addThinPool(Samples& to, const ThinPoolStatus& it, Sectors block) {
  using Mode = ThinPoolStatus::Mode;
  to.add(Id::failed, it.state != ThinPoolStatus::State::active);
  if (it.state != ThinPoolStatus::State::active) return;
  addShare(to, Id::poolDataUsed, Id::poolDataSize, it.data,
           block.count == 0 ? std::nullopt : std::optional(devmap::toBytes(block)));
  addShare(to, Id::poolMetadataUsed, Id::poolMetadataSize, it.metadata, blockBytes);
  const std::size_t mode = it.mode == Mode::readWrite        ? 0
                           : it.mode == Mode::readOnly       ? 1
                           : it.mode == Mode::outOfDataSpace ? 2
                                                             : noState;
  addStates(to, Id::poolMode, "mode", {"rw", "ro", "out_of_data_space"}, mode);
  to.add(Id::poolNeedsCheck, it.needsCheck);
  to.add(Id::poolHeldRoot, it.heldRoot.has_value());
  to.add(Id::poolTransaction, std::optional<std::uint64_t>(it.transactionId));
  if (it.onNoSpace && *it.onNoSpace != ThinPoolStatus::OnNoSpace::other)
    to.add(Id::poolQueues, *it.onNoSpace == ThinPoolStatus::OnNoSpace::queue);
}

void addThin(Samples& to, const ThinStatus& it) {
  if (it.state == ThinStatus::State::unbound) return;
  to.add(Id::failed, it.state != ThinStatus::State::active);
  if (it.state == ThinStatus::State::active) to.add(Id::thinMapped, bytesOf(it.mapped));
}

void addSnapshot(Samples& to, const SnapshotStatus& it) {
  using State = SnapshotStatus::State;
  to.add(Id::failed, it.state != State::active);
  addStates(to, Id::snapshotState, "state",
            {"active", "invalid", "merge_failed", "overflow", "unknown"},
            static_cast<std::size_t>(it.state));
  if (it.state != State::active) return;
  addShare(to, Id::snapshotUsed, Id::snapshotSize, it.allocated, sectorBytes);
  to.add(Id::snapshotMetadata, bytesOf(it.metadata));
}

void addCache(Samples& to, const CacheStatus& it) {
  to.add(Id::failed, it.state != CacheStatus::State::active);
  if (it.state != CacheStatus::State::active) return;
  const auto block = bytesOf(it.blockSize);
  addShare(to, Id::cacheUsed, Id::cacheSize, it.cache, block);
  to.add(Id::cacheDirty, std::optional<std::uint64_t>(it.dirty), block);
  addShare(to, Id::cacheMetadataUsed, Id::cacheMetadataSize, it.metadata,
           bytesOf(it.metadataBlockSize));
  addPair(to, Id::cacheHits, "operation", "read", it.readHits);
  addPair(to, Id::cacheHits, "operation", "write", it.writeHits);
  addPair(to, Id::cacheMisses, "operation", "read", it.readMisses);
  addPair(to, Id::cacheMisses, "operation", "write", it.writeMisses);
  to.add(Id::cachePromotions, std::optional<std::uint64_t>(it.promotions));
  to.add(Id::cacheDemotions, std::optional<std::uint64_t>(it.demotions));
  const std::size_t access = it.access == CacheStatus::Access::readWrite  ? 0
                             : it.access == CacheStatus::Access::readOnly ? 1
                                                                          : noState;
  addStates(to, Id::cacheAccess, "mode", {"rw", "ro"}, access);
  to.add(Id::cacheNeedsCheck, it.needsCheck);
}

void addWritecache(Samples& to, const WritecacheStatus& it) {
  to.put(Id::writecacheError, {}, it.error);
  addPair(to, Id::writecacheBlocks, "state", "all", it.blocks);
  addPair(to, Id::writecacheBlocks, "state", "free", it.freeBlocks);
  addPair(to, Id::writecacheBlocks, "state", "writeback", it.writebackBlocks);
  to.add(Id::writecacheReads, it.reads);
  to.add(Id::writecacheReadHits, it.readHits);
  to.add(Id::writecacheWrites, it.writes);
  to.add(Id::writecacheBlocked, it.writesBlocked);
}

void addRaid(Samples& to, const RaidStatus& it) {
  using Action = RaidStatus::Action;
  addShare(to, Id::raidSynced, Id::raidSize, it.synchronised, sectorBytes);
  addHealth(to, Id::raidDevices, it.health, "AaD-",
            {"in_sync", "not_in_sync", "failed", "missing"});
  if (it.action >= Action::idle && it.action <= Action::reshape)
    addStates(to, Id::raidAction, "action",
              {"idle", "frozen", "resync", "check", "repair", "recover", "reshape"},
              static_cast<std::size_t>(it.action) - static_cast<std::size_t>(Action::idle));
  to.add(Id::raidMismatches, it.mismatches);
  if (!it.journal.empty() && it.journal != "-") to.add(Id::raidJournalFailed, it.journal == "D");
}

/// How many work, and how many do not for whatever reason.
void addAliveOrFailed(Samples& to, Id id, std::string_view health) {
  if (health.empty()) return;
  const auto alive = static_cast<std::uint64_t>(std::ranges::count(health, 'A'));
  addPair(to, id, "health", "alive", alive);
  addPair(to, id, "health", "failed", health.size() - alive);
}

void addMirror(Samples& to, const MirrorStatus& it) {
  addShare(to, Id::mirrorSynced, Id::mirrorRegions, it.inSync, 1);
  addAliveOrFailed(to, Id::mirrorLegs, it.health);
}

void addMultipath(Samples& to, const MultipathStatus& it) {
  using State = MultipathStatus::PathState;
  std::uint64_t active = 0;
  std::uint64_t failed = 0;
  for (std::size_t group = 0; group < it.groups.size(); ++group) {
    const auto& paths = it.groups[group].paths;
    for (std::size_t path = 0; path < paths.size(); ++path) {
      active += paths[path].state == State::active ? 1U : 0U;
      failed += paths[path].state == State::failed ? 1U : 0U;
      const std::string labels = join("group=\"", group + 1, "\",path=\"", path + 1,
                                      "\",device=", labelValue(paths[path].device.text));
      if (paths[path].state != State::other)
        to.put(Id::pathActive, labels, paths[path].state == State::active ? 1 : 0);
      to.put(Id::pathFailures, labels, paths[path].failures);
    }
  }
  addPair(to, Id::paths, "state", "active", active);
  addPair(to, Id::paths, "state", "failed", failed);
}

void addVerity(Samples& to, const VerityStatus& it) {
  if (it.state != VerityStatus::State::other)
    to.add(Id::verityCorrupted, it.state == VerityStatus::State::corrupted);
  to.add(Id::verityCorrected, it.correctedBlocks);
}

void addIntegrity(Samples& to, const IntegrityStatus& it) {
  to.put(Id::integrityMismatches, {}, it.mismatches);
  to.add(Id::integrityProvided, bytesOf(it.provided));
  to.add(Id::integrityRecalculated, bytesOf(it.recalculated));
}

void addEra(Samples& to, const EraStatus& it) {
  to.add(Id::failed, it.state != EraStatus::State::active);
  if (it.state != EraStatus::State::active) return;
  to.add(Id::era, std::optional<std::uint64_t>(it.era));
  addShare(to, Id::eraMetadataUsed, Id::eraMetadataSize, it.metadata,
           bytesOf(it.metadataBlockSize));
}

void addClone(Samples& to, const CloneStatus& it) {
  using Access = CloneStatus::Access;
  to.add(Id::failed, it.state != CloneStatus::State::active);
  if (it.state != CloneStatus::State::active) return;
  const auto region = bytesOf(it.regionSize);
  addShare(to, Id::cloneHydrated, Id::cloneSize, it.hydrated, region);
  to.add(Id::cloneHydrating, std::optional<std::uint64_t>(it.hydrating), region);
  addShare(to, Id::cloneMetadataUsed, Id::cloneMetadataSize, it.metadata,
           bytesOf(it.metadataBlockSize));
  const std::size_t access = it.access == Access::readWrite  ? 0
                             : it.access == Access::readOnly ? 1
                             : it.access == Access::failed   ? 2
                                                             : noState;
  addStates(to, Id::cloneAccess, "mode", {"rw", "ro", "fail"}, access);
}

void addVdo(Samples& to, const VdoStatus& it) {
  using Mode = VdoStatus::Mode;
  to.add(Id::vdoUsed, std::optional(it.usedBlocks), blockBytes);
  to.add(Id::vdoSize, std::optional(it.totalBlocks), blockBytes);
  const std::size_t mode = it.mode == Mode::normal       ? 0
                           : it.mode == Mode::recovering ? 1
                           : it.mode == Mode::readOnly   ? 2
                                                         : noState;
  addStates(to, Id::vdoMode, "mode", {"normal", "recovering", "read_only"}, mode);
}

void addStatus(Samples& to, const Row& row, Sectors poolBlock) {
  const Value value = parseStatus(row.type, row.params);
  if (const auto* it = value.as<ThinPoolStatus>()) addThinPool(to, *it, poolBlock);
  if (const auto* it = value.as<ThinStatus>()) addThin(to, *it);
  if (const auto* it = value.as<SnapshotStatus>()) addSnapshot(to, *it);
  if (const auto* it = value.as<CacheStatus>()) addCache(to, *it);
  if (const auto* it = value.as<WritecacheStatus>()) addWritecache(to, *it);
  if (const auto* it = value.as<RaidStatus>()) addRaid(to, *it);
  if (const auto* it = value.as<MirrorStatus>()) addMirror(to, *it);
  if (const auto* it = value.as<StripedStatus>()) addAliveOrFailed(to, Id::stripes, it->health);
  if (const auto* it = value.as<MultipathStatus>()) addMultipath(to, *it);
  if (const auto* it = value.as<VerityStatus>()) addVerity(to, *it);
  if (const auto* it = value.as<IntegrityStatus>()) addIntegrity(to, *it);
  if (const auto* it = value.as<EraStatus>()) addEra(to, *it);
  if (const auto* it = value.as<CloneStatus>()) addClone(to, *it);
  if (const auto* it = value.as<VdoStatus>()) addVdo(to, *it);
}

void addState(Samples& to, const DeviceReading& device) {
  const devmap::DeviceInfo& info = device.info;
  to.put(
      Id::info,
      join("number=", labelValue(toString(info.device)), ",uuid=", labelValue(asUtf8(info.uuid))),
      1);
  to.put(Id::open, {}, static_cast<std::uint64_t>(std::max(info.openCount, 0)));
  to.add(Id::suspended, info.suspended);
  to.add(Id::readOnly, info.readOnly);
  to.add(Id::liveTable, info.liveTable);
  to.add(Id::inactiveTable, info.inactiveTable);
  to.add(Id::deferred, info.deferredRemove);
  to.put(Id::events, {}, info.eventNr);
}

void addDevice(Samples& to, const DeviceReading& device, std::string_view shown) {
  const std::string labels = join("name=", labelValue(shown));
  to.setLabels(labels);
  to.add(Id::up, device.up);
  if (!device.up) return;
  addState(to, device);
  std::uint64_t sectors = 0;
  for (const Row& row : device.rows) sectors += row.length.count;
  to.add(Id::size, std::optional(sectors), sectorBytes);
  for (std::size_t i = 0; i < device.rows.size(); ++i) {
    const Row& row = device.rows[i];
    to.setLabels(join(labels, ",row=\"", i, "\""));
    to.put(Id::rowSize, join("type=", labelValue(asUtf8(row.type))), devmap::toBytes(row.length));
    if (device.statusRead) addStatus(to, row, device.poolBlock);
  }
}

}  // namespace

std::string metricsText(std::span<const DeviceReading> devices) {
  Samples samples;
  std::vector<std::string> taken;
  std::uint64_t count = 0;
  for (const DeviceReading& device : devices) {
    const auto same = [&](const DeviceReading& other) { return other.name == device.name; };
    if (std::find_if(devices.data(), &device, same) != &device) continue;
    ++count;
    std::string shown = asUtf8(device.name);
    while (std::ranges::find(taken, shown) != taken.end())
      shown += join(" (", toString(device.info.device), ")");
    addDevice(samples, device, shown);
    taken.push_back(std::move(shown));
  }
  samples.setLabels({});
  samples.put(Id::devices, {}, count);
  return samples.text();
}

}  // namespace tool
