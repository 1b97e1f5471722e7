#include <devmap/targets/zoned.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Field names[] = {itself<DeviceWord>("")};
constexpr Nest devices = nest<&Zoned::devices>(names);
constexpr Field table[] = {
    field<&Zoned::devices>(Shape::tail, "devices").of(devices).fixedForLife()};
constexpr Field zones[] = {word<&ZonedStatus::Zones::unmapped>("unmapped"),
                           word<&ZonedStatus::Zones::kind>("kind")};
constexpr Nest kinds = nest<&ZonedStatus::kinds>(zones);
constexpr Field status[] = {
    word<&ZonedStatus::zones>("zones"),
    literal("zones"),
    field<&ZonedStatus::kinds>(Shape::tail, "kinds").of(kinds),
};
constexpr Names<table> named;

Fault check(const void* object, std::uint64_t) noexcept {
  if (static_cast<const Zoned*>(object)->devices.empty()) return {named["devices"], "one at least"};
  return {};
}

}  // namespace

constexpr Grammar zonedGrammar = grammar<Zoned, ZonedStatus>(
    table, status, {.attributes = {.singleton = true}, .check = check, .ownLength = true});

}  // namespace detail

DEVMAP_TARGET(Zoned, ZonedStatus, zonedGrammar)

}  // namespace devmap::targets
