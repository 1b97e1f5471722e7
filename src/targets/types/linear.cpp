#include <devmap/targets/linear.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {
constexpr Field table[] = {word<&Linear::device>("device"),
                           word<&Linear::start>("start").in(Unit::sectors), rest<&Linear::rest>()};
}
constexpr Grammar linearGrammar = grammar<Linear, NoStatus>(table, noStatus, {.closed = true});
}  // namespace detail

DEVMAP_TARGET(Linear, NoStatus, linearGrammar)

}  // namespace devmap::targets
