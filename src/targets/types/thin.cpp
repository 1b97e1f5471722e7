#include <devmap/targets/thin.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Rule id{.max = (1U << 24) - 1};
constexpr Choice shownWords[] = {{""}, {"-"}, {"Fail"}},
                 stateWords[] = {{"active"}, {"-"}, {"Fail"}, {"Error"}};
constexpr std::span<const Choice> shown = shownWords, states = stateWords;
constexpr Field table[] = {
    field<&Thin::shown>(Shape::whole, "shown").of(shown),
    word<&Thin::pool>("pool").fixedForLife(),
    word<&Thin::id>("id").with(id),
    field<&Thin::externalOrigin>(Shape::optional, "external_origin"),
    rest<&Thin::rest>(),
};
constexpr Names<table> named;
constexpr Field status[] = {
    field<&ThinStatus::state>(Shape::whole, "state").of(states),
    word<&ThinStatus::mapped>("mapped").in(Unit::sectors),
    field<&ThinStatus::highestMapped>(Shape::dash, "highest_mapped").in(Unit::sectors),
    rest<&ThinStatus::rest>(),
};

Fault check(const void* object, std::uint64_t) noexcept {
  const auto& thin = *static_cast<const Thin*>(object);
  if (thin.shown != Thin::Shown::parameters) return {named["shown"], "is a state, not parameters"};
  if (thin.pool == thin.externalOrigin) return {named["external_origin"], "must not be the pool"};
  return {};
}

}  // namespace

constexpr Grammar thinGrammar =
    grammar<Thin, ThinStatus>(table, status, {.check = check, .closed = true});

}  // namespace detail

DEVMAP_TARGET(Thin, ThinStatus, thinGrammar)

}  // namespace devmap::targets
