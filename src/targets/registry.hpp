// All grammars.
#pragma once

#include <string_view>

#include <targets/grammar.hpp>

namespace devmap::targets::detail {

extern const Grammar linearGrammar;

/// Null for a type that devmap does not know.
const Grammar* findGrammar(std::string_view type) noexcept;
std::span<const Grammar* const> allGrammars() noexcept;

}  // namespace devmap::targets::detail
