// Status lines of targets, read into the structs of the interface. A line that says nothing that
// the struct can hold is an error: zeros would read as an empty pool.

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api.hpp"
#include "entry.hpp"
#include "log.hpp"
#include "support/pool.hpp"

#include <devmap/table.hpp>
#include <devmap/targets/cache.hpp>
#include <devmap/targets/mirror.hpp>
#include <devmap/targets/raid.hpp>
#include <devmap/targets/snapshot.hpp>
#include <devmap/targets/thin.hpp>
#include <devmap/targets/thin_pool.hpp>

namespace devmap::libdm {
namespace {

using targets::CacheMode, targets::CacheStatus, targets::Fraction, targets::KeyValue,
    targets::MirrorStatus, targets::RaidStatus, targets::SnapshotStatus, targets::ThinPoolStatus,
    targets::ThinStatus;

/// Memory of one result. After a failure every further call fails too.
class Arena {
 public:
  explicit Arena(dm_pool& pool) noexcept : pool_(pool) {}

  template <typename T>
  T* array(std::size_t count) noexcept {
    return static_cast<T*>(kept(poolAllocate(pool_, count * sizeof(T))));
  }
  char* copy(std::string_view text) noexcept {
    return static_cast<char*>(kept(poolCopy(pool_, text)));
  }
  /// `key value key value`, and a null after them; null for none.
  char** words(std::span<const KeyValue> pairs) noexcept {
    if (pairs.empty()) return nullptr;
    char** const words = array<char*>(2 * pairs.size() + 1);
    if (words == nullptr) return nullptr;
    char** next = words;
    for (const KeyValue& pair : pairs) {
      *next++ = copy(pair.key);
      *next++ = copy(pair.value);
    }
    return words;
  }
  [[nodiscard]] bool failed() const noexcept { return failed_; }

 private:
  void* kept(void* memory) noexcept {
    if (memory == nullptr) failed_ = true;
    return memory;
  }

  dm_pool& pool_;
  bool failed_ = false;
};

constexpr bool fits(std::uint64_t number) noexcept { return number <= UINT32_MAX; }

/// Fills a struct from a line that devmap has read. False: the struct cannot say what it says.
bool fill(dm_status_snapshot& to, const SnapshotStatus& from, Arena&, std::string_view) noexcept {
  switch (from.state) {
    case SnapshotStatus::State::active: break;
    case SnapshotStatus::State::invalid: to.invalid = 1; return true;
    case SnapshotStatus::State::mergeFailed: to.merge_failed = 1; return true;
    case SnapshotStatus::State::overflow: to.overflow = 1; return true;
    case SnapshotStatus::State::unknown: return false;
  }
  if (!from.allocated) return false;
  to.used_sectors = from.allocated->used;
  to.total_sectors = from.allocated->total;
  to.metadata_sectors = from.metadata.value_or(Sectors{}).count;
  to.has_metadata_sectors = from.metadata ? 1 : 0;
  return true;
}

bool fill(dm_status_thin& to, const ThinStatus& from, Arena&, std::string_view) noexcept {
  switch (from.state) {
    case ThinStatus::State::active: break;
    case ThinStatus::State::unbound: return true;  // as libdevmapper: nothing is mapped yet
    case ThinStatus::State::failed: to.fail = 1; return true;
    case ThinStatus::State::error: return false;
  }
  if (!from.mapped) return false;
  to.mapped_sectors = from.mapped->count;
  to.highest_mapped_sector = from.highestMapped.value_or(Sectors{}).count;
  return true;
}

bool fill(dm_status_thin_pool& to, const ThinPoolStatus& from, Arena&, std::string_view) noexcept {
  if (from.state != ThinPoolStatus::State::active) {
    to.fail = 1;
    to.error = from.state == ThinPoolStatus::State::error ? 1 : 0;
    return true;
  }
  if (!from.transactionId || !from.metadata || !from.data) return false;
  to.transaction_id = *from.transactionId;
  to.used_metadata_blocks = from.metadata->used;
  to.total_metadata_blocks = from.metadata->total;
  to.used_data_blocks = from.data->used;
  to.total_data_blocks = from.data->total;
  to.held_metadata_root = from.heldRoot.value_or(0);
  to.read_only = from.mode == ThinPoolStatus::Mode::readOnly ? 1 : 0;
  to.out_of_data_space = from.mode == ThinPoolStatus::Mode::outOfDataSpace ? 1 : 0;
  to.needs_check = from.needsCheck ? 1 : 0;
  to.error_if_no_space = from.onNoSpace == ThinPoolStatus::OnNoSpace::error ? 1 : 0;
  switch (from.discard) {
    case ThinPoolStatus::Discard::ignored: to.discards = DM_THIN_DISCARDS_IGNORE; break;
    case ThinPoolStatus::Discard::noPassdown: to.discards = DM_THIN_DISCARDS_NO_PASSDOWN; break;
    case ThinPoolStatus::Discard::passdown:
    case ThinPoolStatus::Discard::unreported:
    case ThinPoolStatus::Discard::other: to.discards = DM_THIN_DISCARDS_PASSDOWN; break;
  }
  return true;
}

std::uint64_t features(const CacheStatus& status) noexcept {
  std::uint64_t flags = 0;
  switch (status.mode) {
    case CacheMode::unspecified: break;
    case CacheMode::writeback: flags |= DM_CACHE_FEATURE_WRITEBACK; break;
    case CacheMode::writethrough: flags |= DM_CACHE_FEATURE_WRITETHROUGH; break;
    case CacheMode::passthrough: flags |= DM_CACHE_FEATURE_PASSTHROUGH; break;
  }
  if (status.metadata2) flags |= DM_CACHE_FEATURE_METADATA2;
  if (status.noDiscardPassdown) flags |= DM_CACHE_FEATURE_NO_DISCARD_PASSDOWN;
  return flags;
}

bool fillNumbers(dm_status_cache& to, const CacheStatus& from) noexcept {
  if (!from.metadataBlockSize || !from.metadata || !from.blockSize || !from.cache) return false;
  if (!fits(from.metadataBlockSize->count) || !fits(from.blockSize->count)) return false;
  to.metadata_block_size = static_cast<std::uint32_t>(from.metadataBlockSize->count);
  to.block_size = static_cast<std::uint32_t>(from.blockSize->count);
  to.metadata_used_blocks = from.metadata->used;
  to.metadata_total_blocks = from.metadata->total;
  to.used_blocks = from.cache->used;
  to.total_blocks = from.cache->total;
  const std::pair<std::uint64_t&, const std::optional<std::uint64_t>&> counts[] = {
      {to.dirty_blocks, from.dirty},       {to.read_hits, from.readHits},
      {to.read_misses, from.readMisses},   {to.write_hits, from.writeHits},
      {to.write_misses, from.writeMisses}, {to.demotions, from.demotions},
      {to.promotions, from.promotions}};
  for (const auto& [count, value] : counts) {
    if (!value) return false;
    count = *value;
  }
  return true;
}

bool fill(dm_status_cache& to, const CacheStatus& from, Arena& arena,
          std::string_view text) noexcept {
  if (from.state != CacheStatus::State::active) {
    to.fail = 1;
    to.error = from.state == CacheStatus::State::error ? 1 : 0;
    return true;
  }
  if (!fillNumbers(to, from)) return false;
  if (!from.unknown.empty()) logError("Unknown feature in status: " + std::string(text));
  to.feature_flags = features(from);
  to.core_argc = static_cast<int>(2 * from.core.size());
  to.core_argv = arena.words(from.core);
  to.policy_name = arena.copy(from.policy);
  to.policy_argc = static_cast<int>(2 * from.policyArguments.size());
  to.policy_argv = arena.words(from.policyArguments);
  to.read_only = from.access == CacheStatus::Access::readOnly ? 1 : 0;
  to.needs_check = from.needsCheck ? 1 : 0;
  return true;
}

/// Sectors in sync. When a recovery is about to begin, the kernel reports all for a moment, with
/// some devices still `a`. Then one is held back, so that it does not look done.
std::uint64_t inSync(const RaidStatus& status) noexcept {
  const Fraction& sectors = status.synchronised;
  const auto behind = static_cast<std::uint64_t>(std::ranges::count(status.health, 'a'));
  const bool mayRecover =
      status.action == RaidStatus::Action::idle || status.action == RaidStatus::Action::recover;
  const bool early = sectors.used != 0 && sectors.used == sectors.total && mayRecover &&
                     behind != 0 && behind < status.devices;
  return early ? sectors.used - 1 : sectors.used;
}

bool fill(dm_status_raid& to, const RaidStatus& from, Arena& arena,
          std::string_view text) noexcept {
  // Programs read as many characters of the health as there are devices.
  if (!fits(from.devices) || from.health.size() < from.devices) return false;
  const auto said = words(text);
  to.total_regions = from.synchronised.total;
  to.insync_regions = inSync(from);
  to.mismatch_count = from.mismatches.value_or(0);
  to.dev_count = static_cast<std::uint32_t>(from.devices);
  to.raid_type = arena.copy(said.front());
  to.dev_health = arena.copy(from.health);
  // `type devices health ratio action`: words of newer kernels pass unchanged.
  if (from.action != RaidStatus::Action::unreported) to.sync_action = arena.copy(said[4]);
  to.data_offset = from.dataOffset.value_or(Sectors{}).count;
  return true;
}

constexpr std::size_t mostLegs = 8;

/// One element of dm_status_mirror. False: the word is not a number of a device.
template <typename T>
bool fillDevice(T& to, char health, const targets::DeviceWord& word) noexcept {
  const auto number = word.number();
  if (!number) return false;
  to.health = static_cast<dm_status_mirror_health_t>(health);
  to.major = number->major;
  to.minor = number->minor;
  return true;
}

bool fillLog(dm_status_mirror& to, const MirrorStatus& from, Arena& arena) noexcept {
  // `1 core`, `3 disk DEVICE STATE`, `userspace 1 COM_FAILURE`: the type follows the count.
  const auto isCount = [](const std::string& word) {
    return word.find_first_not_of("0123456789") == std::string::npos;
  };
  const auto count = std::ranges::find_if(from.log, isCount);
  if (count == from.log.end() || count + 1 == from.log.end()) return false;
  to.log_type = arena.copy(*(count + 1));
  const auto health = from.diskLogHealth();
  if (!health) return true;
  to.logs = arena.array<dm_status_mirror::dm_dev_log_health_s>(1);
  to.log_count = 1;
  return to.logs == nullptr || fillDevice(*to.logs, *health, from.log[2]);
}

bool fill(dm_status_mirror& to, const MirrorStatus& from, Arena& arena, std::string_view) noexcept {
  const std::size_t count = from.legs.size();
  if (count == 0 || count > mostLegs || from.health.size() < count) return false;
  to.total_regions = from.inSync.total;
  to.insync_regions = from.inSync.used;
  to.dev_count = static_cast<std::uint32_t>(count);
  to.devs = arena.array<dm_status_mirror::dm_dev_leg_health_s>(count);
  if (to.devs == nullptr) return true;
  for (std::size_t leg = 0; leg < count; ++leg)
    if (!fillDevice(to.devs[leg], from.health[leg], from.legs[leg])) return false;
  return fillLog(to, from, arena);
}

/// One status line of a `Target` as a struct in the pool. Errors: logged, null, 0.
template <typename Target, typename Struct>
int parse(dm_pool* pool, const char* params, Struct** status) noexcept {
  const Entry entry;
  *status = nullptr;
  const std::string_view text = params == nullptr ? "" : params;
  Struct filled{};
  Arena arena(*pool);
  const auto read = Target::parseStatus(text);
  if (!read || !fill(filled, *read, arena, text)) {
    logError("Failed to parse " + std::string(Target::type) + " params: " + std::string(text));
    return 0;
  }
  auto* const made = arena.template array<Struct>(1);
  if (arena.failed()) {
    logError("Failed to allocate " + std::string(Target::type) + " status structure.");
    return 0;
  }
  *made = filled;
  *status = made;
  return 1;
}

}  // namespace
}  // namespace devmap::libdm

using namespace devmap;
using libdm::parse;

int dm_get_status_mirror(dm_pool* pool, const char* params, dm_status_mirror** status) {
  return parse<targets::Mirror>(pool, params, status);
}

int dm_get_status_raid(dm_pool* pool, const char* params, dm_status_raid** status) {
  return parse<targets::Raid>(pool, params, status);
}

int dm_get_status_cache(dm_pool* pool, const char* params, dm_status_cache** status) {
  return parse<targets::Cache>(pool, params, status);
}

int dm_get_status_snapshot(dm_pool* pool, const char* params, dm_status_snapshot** status) {
  return parse<targets::Snapshot>(pool, params, status);
}

int dm_get_status_thin_pool(dm_pool* pool, const char* params, dm_status_thin_pool** status) {
  return parse<targets::ThinPool>(pool, params, status);
}

int dm_get_status_thin(dm_pool* pool, const char* params, dm_status_thin** status) {
  return parse<targets::Thin>(pool, params, status);
}
