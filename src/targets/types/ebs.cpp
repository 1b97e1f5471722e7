#include <devmap/targets/ebs.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Rule block{.min = 1, .max = 128, .powerOfTwo = true};
constexpr Field table[] = {
    word<&Ebs::device>("device"),
    word<&Ebs::start>("start").in(Unit::sectors),
    word<&Ebs::emulated>("emulated").in(Unit::sectors).with(block),
    field<&Ebs::underlying>(Shape::optional, "underlying").in(Unit::sectors).with(block),
    rest<&Ebs::rest>(),
};
constexpr Names<table> named;

// dm-ebs-target.c: ebs_ctr
Fault check(const void* object, std::uint64_t) noexcept {
  const auto& ebs = *static_cast<const Ebs*>(object);
  if (ebs.underlying && ebs.start.count % ebs.underlying->count != 0)
    return {named["start"], "must be a multiple of underlying"};
  return {};
}

}  // namespace

constexpr Grammar ebsGrammar =
    grammar<Ebs, NoStatus>(table, noStatus, {.check = check, .closed = true});

}  // namespace detail

DEVMAP_TARGET(Ebs, NoStatus, ebsGrammar)

}  // namespace devmap::targets
