#include <devmap/targets/error.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Field table[] = {
    field<&ErrorTarget::device>(Shape::optional, "device").from(1, 7).is(Shown::never),
    field<&ErrorTarget::start>(Shape::optional, "start").in(Unit::sectors).is(Shown::never),
    rest<&ErrorTarget::rest>(),
};
constexpr Names<table> named;

Fault check(const void* object, std::uint64_t) noexcept {
  const auto& error = *static_cast<const ErrorTarget*>(object);
  if (error.device.empty() == error.start.has_value())
    return {named["start"], "device and start come together"};
  return {};
}

}  // namespace

constexpr Grammar errorGrammar = grammar<ErrorTarget, NoStatus>(
    table, noStatus, {.attributes = {.wildcard = true}, .check = check});

}  // namespace detail

DEVMAP_TARGET(ErrorTarget, NoStatus, errorGrammar)

}  // namespace devmap::targets
