#include <devmap/targets/bow.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Rule blockSize{.min = 512, .max = 4096, .powerOfTwo = true}, most{.max = 1};
constexpr Field table[] = {
    word<&Bow::device>("device"),
    group(&most),
    field<&Bow::blockSize>(Shape::colon, "block_size").in(Unit::bytes).with(blockSize),
    unknown<&Bow::unknown>(),
    end,
    rest<&Bow::rest>(),
};

}  // namespace

constexpr Grammar bowGrammar =
    grammar<Bow, NoStatus>(table, noStatus, {.attributes = {.outOfTree = true}});

}  // namespace detail

DEVMAP_TARGET(Bow, NoStatus, bowGrammar)

}  // namespace devmap::targets
