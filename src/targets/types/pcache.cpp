#include <devmap/targets/pcache.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Choice modeWords[] = {{""}, {"writeback"}}, crcWords[] = {{""}, {"true"}, {"false"}};
constexpr std::span<const Choice> modes = modeWords, crcs = crcWords;
constexpr Rule most{.max = 4}, mode{.byDefault = 1}, crc{.byDefault = 2};
constexpr Field table[] = {
    word<&Pcache::cache>("cache").fixedForLife(),
    word<&Pcache::backing>("backing").fixedForLife(),
    group(&most),
    option<&Pcache::mode>("cache_mode").of(modes).with(mode).withName(),
    option<&Pcache::dataCrc>("data_crc").of(crcs).with(crc).withName(),
    option<&Pcache::dataCrc>("crc").of(crcs).withName().asAlias(),
    unknown<&Pcache::unknown>(),
    end,
    rest<&Pcache::rest>(),
};
constexpr Field status[] = {
    word<&PcacheStatus::superblockFlags>("superblock_flags").inHex(),
    word<&PcacheStatus::segments>("segments"),
    word<&PcacheStatus::cacheSegments>("cache_segments"),
    word<&PcacheStatus::usedSegments>("used_segments"),
    word<&PcacheStatus::gcPercent>("gc_percent").in(Unit::percent),
    word<&PcacheStatus::flags>("flags").inHex(),
    word<&PcacheStatus::keyHead>("key_head"),
    word<&PcacheStatus::dirtyTail>("dirty_tail"),
    word<&PcacheStatus::keyTail>("key_tail"),
    rest<&PcacheStatus::rest>(),
};

}  // namespace

constexpr Grammar pcacheGrammar = grammar<Pcache, PcacheStatus>(
    table, status, {.attributes = {.singleton = true}, .exactCase = true, .liveReload = false});

}  // namespace detail

DEVMAP_TARGET(Pcache, PcacheStatus, pcacheGrammar)

}  // namespace devmap::targets
