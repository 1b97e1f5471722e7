#include <devmap/targets/vdo.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Choice formatWords[] = {{"V4"}}, switchWords[] = {{""}, {"on"}, {"off"}};
constexpr std::span<const Choice> formats = formatWords, switches = switchWords;
constexpr Rule blockSize{.min = 512, .max = 4096, .powerOfTwo = true}, number{.max = UINT32_MAX},
    some{.min = 1, .max = 100}, threads{.max = 100};
constexpr Rule logical{.max = 60}, physical{.max = 16}, rotation{.min = 1, .max = 1024},
    discard{.min = 1, .max = UINT32_MAX / 4096}, positive{.min = 1, .max = UINT32_MAX};
constexpr Rule slab{.min = 1U << 13, .max = 1U << 23, .powerOfTwo = true};
constexpr Field table[] = {
    word<&Vdo::format>("version").of(formats),
    word<&Vdo::device>("device"),
    word<&Vdo::physicalBlocks>("physical_blocks").in(Unit::blocks),
    word<&Vdo::blockSize>("block_size").in(Unit::bytes).with(blockSize),
    word<&Vdo::cacheBlocks>("cache_blocks").in(Unit::blocks).with(number),
    word<&Vdo::eraLength>("era_length").with(positive),
    options(),
    option<&Vdo::ack>("ack").with(threads),
    option<&Vdo::bio>("bio").with(some),
    option<&Vdo::bioRotationInterval>("bioRotationInterval").with(rotation),
    option<&Vdo::cpu>("cpu").with(some),
    option<&Vdo::hash>("hash").with(threads),
    option<&Vdo::logical>("logical").with(logical),
    option<&Vdo::physical>("physical").with(physical),
    option<&Vdo::maxDiscard>("maxDiscard").in(Unit::blocks).with(discard),
    option<&Vdo::deduplication>("deduplication").of(switches).withName(),
    option<&Vdo::compression>("compression").of(switches).withName(),
    option<&Vdo::indexSparse>("indexSparse").of(switches).withName().from(9, 2),
    option<&Vdo::indexMemory>("indexMemory").from(9, 2),
    option<&Vdo::slabSize>("slabSize").in(Unit::blocks).with(slab).from(9, 2),
    unknown<&Vdo::unknown>(),
    end,
};
constexpr Names<table> named;
constexpr Choice modeWords[] = {{"normal"}, {"recovering"}, {"read-only"}, otherWord};
constexpr Choice indexWords[] = {{"closed"},  {"closing"},   {"error"},   {"offline"}, {"online"},
                                 {"opening"}, {"suspended"}, {"unknown"}, otherWord};
constexpr Choice compressionWords[] = {{"online"}, {"offline"}, otherWord};
constexpr std::span<const Choice> modes = modeWords, indexes = indexWords,
                                  compressions = compressionWords;
constexpr Field status[] = {
    word<&VdoStatus::device>("device"),
    word<&VdoStatus::mode>("mode").of(modes),
    field<&VdoStatus::recovering>(Shape::dash, "recovering"),
    word<&VdoStatus::index>("index").of(indexes),
    word<&VdoStatus::compression>("compression").of(compressions),
    word<&VdoStatus::usedBlocks>("used_blocks").in(Unit::blocks),
    word<&VdoStatus::totalBlocks>("total_blocks").in(Unit::blocks),
    rest<&VdoStatus::rest>(),
};

// dm-vdo-target.c: parse_device_config
Fault check(const void* object, std::uint64_t length) noexcept {
  const auto& vdo = *static_cast<const Vdo*>(object);
  if (length % 8 != 0) return {"length", "must be a multiple of 4096 bytes"};
  if (vdo.blockSize != 512 && vdo.blockSize != 4096)
    return {named["block_size"], "must be 512 or 4096"};
  const bool hash = vdo.hash.value_or(0) != 0, logicals = vdo.logical.value_or(0) != 0,
             physicals = vdo.physical.value_or(0) != 0;
  if (hash != logicals || hash != physicals)
    return {named["hash"], "hash, logical and physical threads are all 0, or none is"};
  if (vdo.cacheBlocks < 4096 * vdo.logical.value_or(0))
    return {named["cache_blocks"], "must be 4096 at least for each logical thread"};
  return {};
}

}  // namespace

constexpr Grammar vdoGrammar = grammar<Vdo, VdoStatus>(
    table, status, {.attributes = {.singleton = true}, .check = check, .exactCase = true});

}  // namespace detail

DEVMAP_TARGET(Vdo, VdoStatus, vdoGrammar)

}  // namespace devmap::targets
