// What the source of every target includes.
#pragma once

#include <targets/engine.hpp>
#include <targets/registry.hpp>

/// The public functions of target X with status S, by its grammar. Inside of namespace devmap::targets.
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage,bugprone-macro-parentheses): types and members cannot be made otherwise
#define DEVMAP_TARGET(X, S, GRAMMAR)                                                                            \
  Params X::toParams() const noexcept { return detail::write(detail::GRAMMAR, this, false); }                   \
  Result<void> X::check(Sectors length) const noexcept { return detail::check(detail::GRAMMAR, this, length); } \
  Result<X> X::parseTable(std::string_view params) noexcept {                                                   \
    static constexpr detail::Line line = detail::GRAMMAR.line(false);                                           \
    return detail::read<X>(line, params);                                                                       \
  }                                                                                                             \
  Result<S> X::parseStatus(std::string_view status) noexcept {                                                  \
    static constexpr detail::Line line = detail::GRAMMAR.line(true);                                            \
    return detail::read<S>(line, status);                                                                       \
  }
