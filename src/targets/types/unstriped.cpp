#include <devmap/targets/unstriped.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Rule positive{.min = 1, .max = UINT32_MAX};
constexpr Field table[] = {
    word<&Unstriped::stripes>("stripes").with(positive),
    word<&Unstriped::chunk>("chunk").in(Unit::sectors).with(positive),
    word<&Unstriped::stripe>("stripe"),
    word<&Unstriped::device>("device"),
    word<&Unstriped::start>("start").in(Unit::sectors),
    rest<&Unstriped::rest>(),
};
constexpr Names<table> named;

// dm-unstripe.c: unstripe_ctr. A row must name a stripe that exists.
Fault check(const void* object, std::uint64_t length) noexcept {
  const auto& unstriped = *static_cast<const Unstriped*>(object);
  if (unstriped.stripe >= unstriped.stripes)
    return {named["stripe"], "must be less than the number of stripes"};
  if (length % unstriped.chunk.count != 0)
    return {named["chunk"], "the length of the row is not a multiple of it"};
  return {};
}

}  // namespace

constexpr Grammar unstripedGrammar =
    grammar<Unstriped, NoStatus>(table, noStatus, {.check = check, .closed = true});

}  // namespace detail

DEVMAP_TARGET(Unstriped, NoStatus, unstripedGrammar)

}  // namespace devmap::targets
