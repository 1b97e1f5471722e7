// All grammars.
#pragma once

#include <string_view>

#include <targets/engine/grammar.hpp>

namespace devmap::targets::detail {

extern const Grammar linearGrammar;
extern const Grammar stripedGrammar;
extern const Grammar zeroGrammar;
extern const Grammar errorGrammar;
extern const Grammar unstripedGrammar;
extern const Grammar delayGrammar;
extern const Grammar flakeyGrammar;
extern const Grammar dustGrammar;
extern const Grammar ebsGrammar;
extern const Grammar logWritesGrammar;
extern const Grammar eraGrammar;
extern const Grammar switchGrammar;
extern const Grammar cryptGrammar;
extern const Grammar inlinecryptGrammar;
extern const Grammar defaultKeyGrammar;
extern const Grammar verityGrammar;
extern const Grammar integrityGrammar;
extern const Grammar thinPoolGrammar;
extern const Grammar thinGrammar;
extern const Grammar snapshotGrammar;
extern const Grammar snapshotMergeGrammar;
extern const Grammar snapshotOriginGrammar;
extern const Grammar mirrorGrammar;
extern const Grammar raidGrammar;
extern const Grammar cacheGrammar;
extern const Grammar writecacheGrammar;
extern const Grammar cloneGrammar;
extern const Grammar multipathGrammar;
extern const Grammar zonedGrammar;
extern const Grammar vdoGrammar;
extern const Grammar pcacheGrammar;
extern const Grammar userGrammar;
extern const Grammar bowGrammar;

/// Null for a type that devmap does not know.
const Grammar* findGrammar(std::string_view type) noexcept;
std::span<const Grammar* const> allGrammars() noexcept;

}  // namespace devmap::targets::detail
