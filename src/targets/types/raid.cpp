#include <algorithm>

#include <devmap/targets/raid.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Choice levelWords[] = {{"raid0", version(1, 7)},
                                 {"raid1"},
                                 {"raid10", version(1, 3)},
                                 {"raid10_far", version(1, 9)},
                                 {"raid10_offset", version(1, 9)},
                                 {"raid10_near", version(1, 9)},
                                 {"raid4"},
                                 {"raid5_n", version(1, 9)},
                                 {"raid5_ls"},
                                 {"raid5_rs"},
                                 {"raid5_la"},
                                 {"raid5_ra"},
                                 {"raid6_zr"},
                                 {"raid6_nr"},
                                 {"raid6_nc"},
                                 {"raid6_n_6", version(1, 9)},
                                 {"raid6_ls_6", version(1, 9)},
                                 {"raid6_rs_6", version(1, 9)},
                                 {"raid6_la_6", version(1, 9)},
                                 {"raid6_ra_6", version(1, 9)}};
constexpr Choice syncWords[] = {{""}, {"sync"}, {"nosync"}},
                 formatWords[] = {{""}, {"near"}, {"far"}, {"offset"}};
constexpr Choice journalWords[] = {{""}, {"writethrough"}, {"writeback"}};
constexpr std::span<const Choice> levels = levelWords, syncs = syncWords, formats = formatWords,
                                  journalModes = journalWords;
constexpr Rule deviceCount{.min = 1, .max = 253}, number{.max = INT32_MAX},
    rate{.max = INT32_MAX, .byDefault = 0},
    region{.max = INT32_MAX, .powerOfTwo = true, .byDefault = 0},
    offset{.max = INT32_MAX, .multiple = 8}, copies{.min = 2, .max = 255, .byDefault = 2},
    format{.byDefault = 1}, journalMode{.byDefault = 1};
constexpr Field index[] = {itself<std::uint64_t>("")};
constexpr Nest rebuild = nest<&Raid::rebuild>(index), writeMostly = nest<&Raid::writeMostly>(index);
constexpr Field deviceFields[] = {
    field<&Raid::Device::metadata>(Shape::dash, "metadata"),
    field<&Raid::Device::data>(Shape::dash, "data"),
};
constexpr Nest devices = nest<&Raid::devices>(deviceFields);
constexpr Field table[] = {
    word<&Raid::level>("level").of(levels),
    groupRequired("parameters"),
    word<&Raid::chunk>("chunk_size").in(Unit::sectors).with(number),
    option<&Raid::sync>("sync").of(syncs).onlyOnce(),
    option<&Raid::rebuild>("rebuild").of(rebuild),
    option<&Raid::daemonSleep>("daemon_sleep").with(number).onlyOnce().is(Shown::unused),
    option<&Raid::minRecoveryRate>("min_recovery_rate")
        .in(Unit::kibibytesPerSecond)
        .with(rate)
        .onlyOnce(),
    option<&Raid::maxRecoveryRate>("max_recovery_rate")
        .in(Unit::kibibytesPerSecond)
        .with(rate)
        .onlyOnce(),
    option<&Raid::writeMostly>("write_mostly").of(writeMostly),
    option<&Raid::maxWriteBehind>("max_write_behind").with(number).onlyOnce().is(Shown::unused),
    option<&Raid::stripeCache>("stripe_cache").in(Unit::sectors).with(number).onlyOnce(),
    option<&Raid::regionSize>("region_size")
        .in(Unit::sectors)
        .with(region)
        .onlyOnce()
        .is(Shown::byDevice),
    option<&Raid::raid10Copies>("raid10_copies").with(copies).from(1, 3).onlyOnce(),
    option<&Raid::raid10Format>("raid10_format")
        .of(formats)
        .with(format)
        .withName()
        .from(1, 3)
        .onlyOnce(),
    option<&Raid::deltaDisks>("delta_disks").from(1, 9).onlyOnce(),
    option<&Raid::dataOffset>("data_offset").in(Unit::sectors).with(offset).from(1, 9).onlyOnce(),
    option<&Raid::journalDevice>("journal_dev").from(1, 10).onlyOnce(),
    option<&Raid::journalMode>("journal_mode")
        .of(journalModes)
        .with(journalMode)
        .withName()
        .from(1, 10)
        .onlyOnce(),
    option<&Raid::raid10UseNearSets>("raid10_use_near_sets").from(1, 9).onlyOnce().is(Shown::never),
    unknown<&Raid::unknown>(),
    end,
    field<&Raid::devices>(Shape::count, "devices").of(devices).with(deviceCount),
    field<&Raid::devices>(Shape::elements, "devices").of(devices),
    rest<&Raid::rest>(),
};
constexpr Names<table> named;
constexpr Choice actionWords[] = {{""},       {"idle"},    {"frozen"},  {"resync"}, {"check"},
                                  {"repair"}, {"recover"}, {"reshape"}, {"undef"},  otherWord};
constexpr std::span<const Choice> actions = actionWords;
constexpr Field status[] = {
    word<&RaidStatus::level>("level").of(levels),
    word<&RaidStatus::devices>("devices"),
    word<&RaidStatus::health>("health"),
    word<&RaidStatus::synchronised>("synchronised").in(Unit::sectors),
    field<&RaidStatus::action>(Shape::optional, "action").of(actions),
    field<&RaidStatus::mismatches>(Shape::optional, "mismatches"),
    field<&RaidStatus::dataOffset>(Shape::optional, "data_offset").in(Unit::sectors),
    field<&RaidStatus::journal>(Shape::dash, "journal").mayBeEmpty(),
    rest<&RaidStatus::rest>(),
};

enum Family : unsigned { raid0 = 1, raid1 = 2, raid10 = 4, raid45 = 8, raid6 = 16 };

Family familyOf(RaidLevel level) noexcept {
  if (level == RaidLevel::raid0) return raid0;
  if (level == RaidLevel::raid1) return raid1;
  if (level <= RaidLevel::raid10Near) return raid10;
  return level < RaidLevel::raid6Zr ? raid45 : raid6;
}

// The levels that accept an option (dm-raid.c: __valid_flags), by its name in the row. All levels
// but raid0 accept an option that is not listed.
struct Validity {
  std::string_view option;
  unsigned families;
};
constexpr Validity validities[] = {
    {named["write_mostly"], raid1},
    {named["max_write_behind"], raid1},
    {named["stripe_cache"], raid45 | raid6},
    {named["raid10_copies"], raid10},
    {named["raid10_format"], raid10},
    {named["raid10_use_near_sets"], raid10},
    {named["journal_dev"], raid45 | raid6},
    {named["journal_mode"], raid45 | raid6},
    {named["data_offset"], raid0 | raid1 | raid10 | raid45 | raid6},
    {named["chunk_size"], raid0 | raid1 | raid10 | raid45 | raid6},
};

Fault checkOptions(const Raid& raid) noexcept {
  const unsigned family = familyOf(raid.level);
  for (const Field& field : groupFields(table, 1)) {
    if (field.shape == Shape::unknown || !present(field, &raid)) continue;
    unsigned families = raid1 | raid10 | raid45 | raid6;
    for (const Validity& validity : validities) {
      if (field.name == validity.option) families = validity.families;
    }
    if ((families & family) == 0) return {field.name, "does not go with this level"};
  }
  if (family == raid6 && raid.sync == Raid::Sync::nosync)
    return {named["sync"], "raid6 does not take nosync"};
  if (raid.sync != Raid::Sync::unspecified && !raid.rebuild.empty())
    return {named["rebuild"], "does not go with sync or nosync"};
  if (raid.maxRecoveryRate.value_or(0) != 0 &&
      raid.minRecoveryRate.value_or(0) > *raid.maxRecoveryRate) {
    return {named["max_recovery_rate"], "is less than min_recovery_rate"};
  }
  if (raid.deltaDisks && !raid.journalDevice.empty())
    return {named["delta_disks"], "a set with a journal cannot be reshaped"};
  if (raid.journalMode != Raid::JournalMode::unspecified && raid.journalDevice.empty())
    return {named["journal_mode"], "needs journal_dev"};
  if (raid.dataOffset && raid.dataOffset->count != 0 && raid.dataOffset->count < 32) {
    return {named["data_offset"], "must be 0, or 32 at least"};
  }
  const bool near = raid.raid10Format == Raid::Format::near ||
                    (raid.raid10Format == Raid::Format::unspecified &&
                     raid.level != RaidLevel::raid10Far && raid.level != RaidLevel::raid10Offset);
  if (raid.raid10UseNearSets && near)
    return {named["raid10_use_near_sets"], "does not go with the near format"};
  return {};
}

std::size_t leastDevices(unsigned family) noexcept {
  return family == raid6 ? 4 : (family & (raid0 | raid1)) != 0 ? 1 : 2;
}

std::size_t parityDevices(unsigned family) noexcept {
  return family == raid45 ? 1 : family == raid6 ? 2 : 0;
}

// dm-raid.c: validate_region_size, rs_set_dev_and_array_sectors
Fault checkSizes(const Raid& raid, std::uint64_t length) noexcept {
  const unsigned family = familyOf(raid.level);
  if (const std::uint64_t size = raid.regionSize.value_or(Sectors{}).count; size != 0) {
    if (family != raid1 && size < raid.chunk.count)
      return {named["region_size"], "is smaller than chunk_size"};
    if (length != 0 && size > length) return {named["region_size"], "is larger than the row"};
    if (size < length >> 21)
      return {named["region_size"], "is too small: at most 2097152 regions make the row"};
  }
  if (family == raid1) return {};
  // The product of length and copies may overflow; only its remainder matters.
  const std::uint64_t parts = raid.devices.size() - parityDevices(family);
  const std::uint64_t copied = family == raid10 ? raid.raid10Copies.value_or(2) : 1;
  if (length % parts * (copied % parts) % parts != 0) {
    return {named["devices"],
            "the length of the row is not divisible by the number of those that hold data"};
  }
  return {};
}

Fault checkDevices(const Raid& raid) noexcept {
  const std::size_t count = raid.devices.size();
  const unsigned family = familyOf(raid.level);
  if (count < leastDevices(family)) return {named["devices"], "are too few for this level"};
  std::size_t missing = 0;
  for (const auto& device : raid.devices) {
    if (device.data.empty() && !device.metadata.empty())
      return {named["devices"], "metadata without data"};
    missing += device.data.empty() ? 1 : 0;
  }
  const std::size_t spare = (family & (raid1 | raid10)) != 0 ? count - 1 : parityDevices(family);
  if (missing > spare) return {named["devices"], "more are missing than this level can do without"};
  for (const auto at : raid.rebuild) {
    if (at >= count) return {named["rebuild"], "there is no such device"};
  }
  for (const auto at : raid.writeMostly) {
    if (at >= count) return {named["write_mostly"], "there is no such device"};
  }
  for (auto at = raid.rebuild.begin(); at != raid.rebuild.end(); ++at) {
    if (std::ranges::find(raid.rebuild.begin(), at, *at) != at)
      return {named["rebuild"], "the same device twice"};
  }
  const auto mostAdded = static_cast<std::int64_t>(deviceCount.max - leastDevices(family));
  if (raid.deltaDisks &&
      (*raid.deltaDisks == 0 || *raid.deltaDisks > mostAdded || *raid.deltaDisks < -mostAdded)) {
    return {named["delta_disks"], "is 0 or too many"};
  }
  if (raid.writeMostly.size() >= count)
    return {named["write_mostly"], "not all devices can be that"};
  if (raid.raid10Copies && *raid.raid10Copies > count)
    return {named["raid10_copies"], "are more than the devices"};
  return {};
}

// dm-raid.c: raid_ctr, parse_raid_params
Fault check(const void* object, std::uint64_t length) noexcept {
  const auto& raid = *static_cast<const Raid*>(object);
  const std::uint64_t chunk = raid.chunk.count;
  if (familyOf(raid.level) != raid1 && (chunk < 8 || (chunk & (chunk - 1)) != 0))
    return {named["chunk_size"], "must be a power of two, 8 at least"};
  if (const Fault found = checkOptions(raid); found.why != nullptr) return found;
  if (const Fault found = checkDevices(raid); found.why != nullptr) return found;
  return checkSizes(raid, length);
}

// dm-raid.c: parse_raid_params, rs_set_raid456_stripe_cache, raid_status
void normalise(void* object) noexcept {
  auto& raid = *static_cast<Raid*>(object);
  if (familyOf(raid.level) == raid1) raid.chunk = {};
  if (raid.stripeCache)
    raid.stripeCache->count = std::max(raid.stripeCache->count, raid.chunk.count / 2);
  for (auto* const list : {&raid.rebuild, &raid.writeMostly}) {
    std::ranges::sort(*list);
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
}

}  // namespace

constexpr Grammar raidGrammar =
    grammar<Raid, RaidStatus>(table, status, {.check = check, .normalise = normalise});

}  // namespace detail

DEVMAP_TARGET(Raid, RaidStatus, raidGrammar)

}  // namespace devmap::targets
