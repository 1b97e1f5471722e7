#include <devmap/targets/thin_pool.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Rule blockSize{.min = 128, .max = 2097152, .multiple = 128}, most{.max = 4};
constexpr Field table[] = {
    word<&ThinPool::metadata>("metadata").fixedForLife(),
    word<&ThinPool::data>("data"),
    word<&ThinPool::blockSize>("block_size").in(Unit::sectors).with(blockSize).fixedForLife(),
    word<&ThinPool::lowWaterMark>("low_water_mark").in(Unit::blocks),
    groupAlways(&most),
    option<&ThinPool::skipBlockZeroing>("skip_block_zeroing"),
    option<&ThinPool::ignoreDiscard>("ignore_discard").from(1, 1).fixedForLife(),
    option<&ThinPool::noDiscardPassdown>("no_discard_passdown").from(1, 1),
    option<&ThinPool::readOnly>("read_only").from(1, 5),
    option<&ThinPool::errorIfNoSpace>("error_if_no_space").from(1, 10),
    unknown<&ThinPool::unknown>(),
    end,
    rest<&ThinPool::rest>(),
};
constexpr Names<table> named;
constexpr Choice stateWords[] = {{"active"}, {"Fail"}, {"Error"}},
                 modeWords[] = {{""}, {"rw"}, {"ro"}, {"out_of_data_space"}, otherWord};
constexpr Choice discardWords[] = {
    {""}, {"discard_passdown"}, {"no_discard_passdown"}, {"ignore_discard"}, otherWord};
constexpr Choice noSpaceWords[] = {{"queue_if_no_space"}, {"error_if_no_space"}, otherWord};
constexpr std::span<const Choice> states = stateWords, modes = modeWords, discards = discardWords,
                                  noSpace = noSpaceWords;
constexpr Field noSpaceFields[] = {itself<ThinPoolStatus::OnNoSpace>("").of(noSpace)};
constexpr Nest onNoSpace = nest<&ThinPoolStatus::onNoSpace>(noSpaceFields);
constexpr Field status[] = {
    field<&ThinPoolStatus::state>(Shape::whole, "state").of(states),
    word<&ThinPoolStatus::transactionId>("transaction_id"),
    word<&ThinPoolStatus::metadata>("metadata").in(Unit::blocks),
    word<&ThinPoolStatus::data>("data").in(Unit::blocks),
    field<&ThinPoolStatus::heldRoot>(Shape::dash, "held_metadata_root"),
    word<&ThinPoolStatus::mode>("mode").of(modes),
    word<&ThinPoolStatus::discard>("discard").of(discards),
    field<&ThinPoolStatus::onNoSpace>(Shape::optional, "on_no_space").of(onNoSpace),
    field<&ThinPoolStatus::needsCheck>(Shape::dash, "needs_check").mayBeEmpty(),
    field<&ThinPoolStatus::metadataLowWatermark>(Shape::optional, "metadata_low_watermark")
        .in(Unit::blocks),
    rest<&ThinPoolStatus::rest>(),
};

// dm-thin.c: pool_ctr
Fault check(const void* object, std::uint64_t) noexcept {
  const auto& pool = *static_cast<const ThinPool*>(object);
  if (pool.metadata == pool.data) return {named["metadata"], "and data must be different devices"};
  return {};
}

}  // namespace

constexpr Grammar thinPoolGrammar = grammar<ThinPool, ThinPoolStatus>(
    table, status,
    {.attributes = {.singleton = true, .immutable = true, .alwaysWriteable = true},
     .check = check});

}  // namespace detail

DEVMAP_TARGET(ThinPool, ThinPoolStatus, thinPoolGrammar)

}  // namespace devmap::targets
