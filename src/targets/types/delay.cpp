#include <devmap/targets/delay.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Rule milliseconds{.max = UINT32_MAX};
constexpr Field classFields[] = {
    word<&DelayClass::device>("device"),
    word<&DelayClass::start>("start").in(Unit::sectors),
    word<&DelayClass::delay>("delay").in(Unit::milliseconds).with(milliseconds),
};
constexpr Nest classes = nest<&Delay::classes>(classFields);
constexpr Field table[] = {field<&Delay::classes>(Shape::tail, "classes").of(classes)};
constexpr Field status[] = {
    word<&DelayStatus::reads>("reads"),
    word<&DelayStatus::writes>("writes"),
    field<&DelayStatus::flushes>(Shape::optional, "flushes"),
    rest<&DelayStatus::rest>(),
};
constexpr Names<table> named;

Fault check(const void* object, std::uint64_t) noexcept {
  const auto count = static_cast<const Delay*>(object)->classes.size();
  if (count < 1 || count > 3) return {named["classes"], "must be 1, 2 or 3"};
  return {};
}

}  // namespace

constexpr Grammar delayGrammar = grammar<Delay, DelayStatus>(table, status, {.check = check});

}  // namespace detail

DEVMAP_TARGET(Delay, DelayStatus, delayGrammar)

}  // namespace devmap::targets
