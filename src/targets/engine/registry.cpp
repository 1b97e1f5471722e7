#include <targets/engine/registry.hpp>

namespace devmap::targets::detail {
namespace {

constexpr const Grammar* grammars[] = {
    &linearGrammar,         &stripedGrammar,     &zeroGrammar,
    &errorGrammar,          &unstripedGrammar,   &delayGrammar,
    &flakeyGrammar,         &dustGrammar,        &ebsGrammar,
    &logWritesGrammar,      &eraGrammar,         &switchGrammar,
    &cryptGrammar,          &inlinecryptGrammar, &defaultKeyGrammar,
    &verityGrammar,         &integrityGrammar,   &thinPoolGrammar,
    &thinGrammar,           &snapshotGrammar,    &snapshotMergeGrammar,
    &snapshotOriginGrammar, &mirrorGrammar,      &raidGrammar,
    &cacheGrammar,          &writecacheGrammar,  &cloneGrammar,
    &multipathGrammar,      &zonedGrammar,       &vdoGrammar,
    &pcacheGrammar,         &userGrammar,        &bowGrammar,
};

}  // namespace

const Grammar* findGrammar(std::string_view type) noexcept {
  for (const Grammar* grammar : grammars) {
    if (type == grammar->type) return grammar;
  }
  return nullptr;
}

std::span<const Grammar* const> allGrammars() noexcept { return grammars; }

}  // namespace devmap::targets::detail
