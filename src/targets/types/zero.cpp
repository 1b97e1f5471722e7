#include <devmap/targets/zero.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Field table[] = {rest<&Zero::rest>()};

}  // namespace

constexpr Grammar zeroGrammar = grammar<Zero, NoStatus>(table, noStatus, {.closed = true});

}  // namespace detail

DEVMAP_TARGET(Zero, NoStatus, zeroGrammar)

}  // namespace devmap::targets
