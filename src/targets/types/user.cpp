#include <devmap/targets/user.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Field table[] = {
    word<&User::start>("start").in(Unit::sectors),
    word<&User::size>("size").in(Unit::sectors),
    word<&User::control>("control"),
    rest<&User::rest>(),
};

}  // namespace

constexpr Grammar userGrammar =
    grammar<User, NoStatus>(table, noStatus, {.attributes = {.outOfTree = true}});

}  // namespace detail

DEVMAP_TARGET(User, NoStatus, userGrammar)

}  // namespace devmap::targets
