#include <devmap/targets/writecache.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Choice storageWords[] = {{"p"}, {"s"}}, fuaWords[] = {{""}, {"fua"}, {"nofua"}};
constexpr std::span<const Choice> storages = storageWords, fuas = fuaWords;
constexpr Rule blockSize{.min = 512, .max = 65536, .powerOfTwo = true},
    high{.max = 100, .byDefault = 50}, low{.max = 100, .byDefault = 45}, most{.max = 18};
constexpr Rule some{.max = UINT32_MAX}, hour{.max = 3600000}, day{.max = 86400000},
    minute{.max = 60000};
constexpr Field table[] = {
    word<&Writecache::storage>("storage").of(storages),
    word<&Writecache::origin>("origin"),
    word<&Writecache::cache>("cache").fixedForLife(),
    word<&Writecache::blockSize>("block_size").in(Unit::bytes).with(blockSize).fixedForLife(),
    groupRequired("options", &most),
    option<&Writecache::start>("start_sector").in(Unit::sectors).fixedForLife(),
    option<&Writecache::highWatermark>("high_watermark").in(Unit::percent).with(high),
    option<&Writecache::lowWatermark>("low_watermark").in(Unit::percent).with(low),
    option<&Writecache::writebackJobs>("writeback_jobs").with(some),
    option<&Writecache::autocommitBlocks>("autocommit_blocks").in(Unit::blocks).with(some),
    option<&Writecache::autocommitTime>("autocommit_time").in(Unit::milliseconds).with(hour),
    option<&Writecache::maxAge>("max_age").in(Unit::milliseconds).with(day).from(1, 3),
    option<&Writecache::cleaner>("cleaner").from(1, 3),
    option<&Writecache::fua>("fua").of(fuas),
    option<&Writecache::metadataOnly>("metadata_only").from(1, 4),
    option<&Writecache::pauseWriteback>("pause_writeback")
        .in(Unit::milliseconds)
        .with(minute)
        .from(1, 5),
    unknown<&Writecache::unknown>(),
    end,
    rest<&Writecache::rest>(),
};
constexpr Names<table> named;
constexpr Field status[] = {
    word<&WritecacheStatus::error>("error"),
    word<&WritecacheStatus::blocks>("blocks").in(Unit::blocks),
    word<&WritecacheStatus::freeBlocks>("free").in(Unit::blocks),
    word<&WritecacheStatus::writebackBlocks>("writeback").in(Unit::blocks),
    field<&WritecacheStatus::reads>(Shape::optional, "reads"),
    field<&WritecacheStatus::readHits>(Shape::optional, "read_hits"),
    field<&WritecacheStatus::writes>(Shape::optional, "writes"),
    field<&WritecacheStatus::writeHitsUncommitted>(Shape::optional, "write_hits_uncommitted"),
    field<&WritecacheStatus::writeHitsCommitted>(Shape::optional, "write_hits_committed"),
    field<&WritecacheStatus::writesAround>(Shape::optional, "writes_around"),
    field<&WritecacheStatus::writesAllocate>(Shape::optional, "writes_allocate"),
    field<&WritecacheStatus::writesBlocked>(Shape::optional, "writes_blocked"),
    field<&WritecacheStatus::flushes>(Shape::optional, "flushes"),
    field<&WritecacheStatus::discards>(Shape::optional, "discards"),
    rest<&WritecacheStatus::rest>(),
};

// dm-writecache.c: writecache_ctr
Fault check(const void* object, std::uint64_t length) noexcept {
  const auto& cache = *static_cast<const Writecache*>(object);
  const bool memory = cache.storage == Writecache::Storage::persistentMemory;
  if (cache.fua != Writecache::ForceUnitAccess::unspecified && !memory)
    return {named["fua"], "goes with persistent memory only"};
  if (cache.pauseWriteback && memory) return {named["pause_writeback"], "goes with an SSD only"};
  if (cache.highWatermark.value_or(high.byDefault) < cache.lowWatermark.value_or(low.byDefault)) {
    return {named["high_watermark"], "is less than low_watermark (left out, they are 50 and 45)"};
  }
  if (length % (cache.blockSize / bytesPerSector) != 0)
    return {named["block_size"], "the length of the row is not a multiple of it"};
  return {};
}

}  // namespace

constexpr Grammar writecacheGrammar =
    grammar<Writecache, WritecacheStatus>(table, status, {.check = check});

}  // namespace detail

DEVMAP_TARGET(Writecache, WritecacheStatus, writecacheGrammar)

}  // namespace devmap::targets
