// What the source of every target includes.
#pragma once

#include <targets/engine.hpp>
#include <targets/registry.hpp>

/// The public functions of target X with status S, by its grammar. Inside of namespace devmap::targets.
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage,bugprone-macro-parentheses): types and members cannot be made otherwise
#define DEVMAP_TARGET(X, S, GRAMMAR)                                                                                    \
  Params X::toParams() const noexcept { return detail::write(detail::GRAMMAR, this, false); }                           \
  Result<void> X::check(Sectors length) const noexcept { return detail::check(detail::GRAMMAR, this, length); }         \
  Result<X> X::parseTable(std::string_view params) noexcept { return detail::read<X>(detail::GRAMMAR, params, false); } \
  Result<S> X::parseStatus(std::string_view status) noexcept { return detail::read<S>(detail::GRAMMAR, status, true); }
