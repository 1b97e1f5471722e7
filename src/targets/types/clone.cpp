#include <devmap/targets/clone.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Rule regionSize{.min = 8, .max = 2097152, .powerOfTwo = true},
    number{.max = UINT32_MAX, .byDefault = 1}, two{.max = 2}, four{.max = 4};
constexpr Field table[] = {
    word<&Clone::metadata>("metadata").fixedForLife(),
    word<&Clone::destination>("destination").fixedForLife(),
    word<&Clone::source>("source").fixedForLife(),
    word<&Clone::regionSize>("region_size").in(Unit::sectors).with(regionSize).fixedForLife(),
    group(&two),
    option<&Clone::noHydration>("no_hydration"),
    option<&Clone::noDiscardPassdown>("no_discard_passdown"),
    unknown<&Clone::unknown>(),
    end,
    group(&four),
    option<&Clone::hydrationThreshold>("hydration_threshold").with(number),
    option<&Clone::hydrationBatchSize>("hydration_batch_size").with(number),
    unknown<&Clone::unknownCore>(),
    end,
    rest<&Clone::rest>(),
};
constexpr Choice stateWords[] = {{"active"}, {"Fail"}, {"Error"}},
                 accessWords[] = {{""}, {"rw"}, {"ro"}, {"Fail"}, otherWord};
constexpr std::span<const Choice> states = stateWords, accesses = accessWords;
constexpr Nest core = nest<&CloneStatus::core>(keyValueFields);
constexpr Field status[] = {
    field<&CloneStatus::state>(Shape::whole, "state").of(states),
    word<&CloneStatus::metadataBlockSize>("metadata_block_size").in(Unit::sectors),
    word<&CloneStatus::metadata>("metadata").in(Unit::blocks),
    word<&CloneStatus::regionSize>("region_size").in(Unit::sectors),
    word<&CloneStatus::hydrated>("hydrated"),
    word<&CloneStatus::hydrating>("hydrating"),
    groupRequired("features"),
    option<&CloneStatus::noHydration>("no_hydration"),
    option<&CloneStatus::noDiscardPassdown>("no_discard_passdown"),
    unknown<&CloneStatus::unknown>(),
    end,
    groupRequired("core"),
    field<&CloneStatus::core>(Shape::tail, "core").of(core),
    end,
    word<&CloneStatus::access>("access").of(accesses),
    rest<&CloneStatus::rest>(),
};

}  // namespace

constexpr Grammar cloneGrammar = grammar<Clone, CloneStatus>(table, status, {});

}  // namespace detail

DEVMAP_TARGET(Clone, CloneStatus, cloneGrammar)

}  // namespace devmap::targets
