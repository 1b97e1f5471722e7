#include <devmap/targets/era.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Rule blockSize{.min = 8, .max = UINT32_MAX, .multiple = 8};
constexpr Field table[] = {
    word<&Era::metadata>("metadata").fixedForLife(),
    word<&Era::origin>("origin"),
    word<&Era::blockSize>("block_size").in(Unit::sectors).with(blockSize).fixedForLife(),
    rest<&Era::rest>(),
};
constexpr Choice stateWords[] = {{"active"}, {"Fail"}, {"Error"}};
constexpr std::span<const Choice> states = stateWords;
constexpr Field status[] = {
    field<&EraStatus::state>(Shape::whole, "state").of(states),
    word<&EraStatus::metadataBlockSize>("metadata_block_size").in(Unit::sectors),
    word<&EraStatus::metadata>("metadata").in(Unit::blocks),
    word<&EraStatus::era>("era"),
    field<&EraStatus::metadataSnapshot>(Shape::dash, "metadata_snapshot"),
    rest<&EraStatus::rest>(),
};

}  // namespace

constexpr Grammar eraGrammar = grammar<Era, EraStatus>(table, status, {.closed = true});

}  // namespace detail

DEVMAP_TARGET(Era, EraStatus, eraGrammar)

}  // namespace devmap::targets
