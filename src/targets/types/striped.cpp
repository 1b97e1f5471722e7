#include <devmap/targets/striped.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Nest stripes = nest<&Striped::stripes>(deviceSpanFields);
constexpr Rule positive{.min = 1, .max = UINT32_MAX};
constexpr Field table[] = {
    field<&Striped::stripes>(Shape::count, "stripes").of(stripes).with(positive),
    word<&Striped::chunk>("chunk").in(Unit::sectors).with(positive),
    field<&Striped::stripes>(Shape::elements, "stripes").of(stripes),
    rest<&Striped::rest>(),
};
constexpr Names<table> named;

constexpr Field names[] = {itself<DeviceWord>("")};
constexpr Nest statusStripes = nest<&StripedStatus::stripes>(names);
constexpr Field status[] = {
    field<&StripedStatus::stripes>(Shape::count, "stripes").of(statusStripes),
    field<&StripedStatus::stripes>(Shape::elements, "stripes").of(statusStripes),
    literal("1"),
    word<&StripedStatus::health>("health"),
    rest<&StripedStatus::rest>(),
};

// dm-stripe.c: stripe_ctr
Fault check(const void* object, std::uint64_t length) noexcept {
  const auto& striped = *static_cast<const Striped*>(object);
  if (length % striped.stripes.size() != 0)
    return {named["stripes"], "the length of the row is not a multiple of their number"};
  if (length / striped.stripes.size() % striped.chunk.count != 0)
    return {named["chunk"], "the length of the row is not a multiple of whole chunks"};
  return {};
}

}  // namespace

constexpr Grammar stripedGrammar =
    grammar<Striped, StripedStatus>(table, status, {.check = check, .closed = true});

}  // namespace detail

DEVMAP_TARGET(Striped, StripedStatus, stripedGrammar)

}  // namespace devmap::targets
