#ifndef DEVMAP_MINIMAL
#include "condition.hpp"

#include <algorithm>

#include <devmap/targets.hpp>

#include "print.hpp"

namespace tool {
namespace {

using namespace devmap;
using namespace devmap::targets;

/// A sentence in the making.
class Sentence {
 public:
  explicit Sentence(const Screen& screen) noexcept : screen_(screen) {}

  void say(std::string_view words, Tone tone = Tone::plain) {
    if (!text_.empty()) text_.push_back({"  "});
    text_.push_back({std::string(words), tone});
  }
  void badIf(bool holds, std::string_view words) {
    if (holds) say(words, Tone::bad);
  }
  /// A share of something that must not run out.
  void filled(std::string_view what, std::uint64_t used, std::uint64_t total) { meter(what, used, total, shortage(used, total)); }
  /// The same as a number.
  void part(std::string_view what, std::uint64_t used, std::uint64_t total) {
    say(join(what, " ", percentage(used, total), "%"), shortage(used, total));
  }
  /// Work on its way to its end.
  void progress(std::string_view what, std::uint64_t done, std::uint64_t total) {
    meter(what, done, total, done < total ? Tone::warning : Tone::good);
  }
  /// A share of something that may be as it is.
  void share(std::string_view what, std::uint64_t used, std::uint64_t total) { meter(what, used, total, Tone::plain); }
  Text text() && { return std::move(text_); }

 private:
  static Tone shortage(std::uint64_t used, std::uint64_t total) noexcept {
    const unsigned part = percentage(used, total);
    return part >= 95 ? Tone::bad : part >= 80 ? Tone::warning : Tone::good;
  }
  void meter(std::string_view what, std::uint64_t used, std::uint64_t total, Tone tone) {
    say(what);
    text_.push_back({" "});
    text_.push_back({bar(screen_, used, total), tone});
  }

  const Screen& screen_;
  Text text_;
};

template <typename State>
bool inactive(Sentence& sentence, State state) {
  if (state == State::active) return false;
  sentence.say(state == State::failed ? "failed" : "error", Tone::bad);
  return true;
}

void tell(Sentence& sentence, const ThinPoolStatus& pool) {
  using Mode = ThinPoolStatus::Mode;
  if (inactive(sentence, pool.state)) return;
  sentence.badIf(pool.needsCheck, "needs check");
  sentence.badIf(pool.mode == Mode::readOnly, "read-only");
  sentence.badIf(pool.mode == Mode::outOfDataSpace, "out of space");
  sentence.filled("data", pool.data.used, pool.data.total);
  sentence.part("metadata", pool.metadata.used, pool.metadata.total);
  if (pool.heldRoot) sentence.say("snapshot of it held", Tone::faint);
}

void tell(Sentence& sentence, const ThinStatus& thin, Sectors length) {
  if (thin.state == ThinStatus::State::unbound) return sentence.say("not bound to its pool", Tone::warning);
  if (thin.state != ThinStatus::State::active) return sentence.say("failed", Tone::bad);
  sentence.share("mapped", thin.mapped.count, length.count);
  sentence.say(sizeText(toBytes(thin.mapped)), Tone::faint);
}

void tell(Sentence& sentence, const MirrorStatus& mirror) {
  const bool healthy = std::ranges::all_of(mirror.health, [](char leg) { return leg == 'A'; });
  sentence.say(join("legs ", mirror.health), healthy ? Tone::good : Tone::bad);
  sentence.progress("sync", mirror.inSync.used, mirror.inSync.total);
}

void tell(Sentence& sentence, const RaidStatus& raid, std::string_view level) {
  using Action = RaidStatus::Action;
  const bool missing = raid.health.find_first_of("D-") != std::string::npos;
  const bool healthy = std::ranges::all_of(raid.health, [](char leg) { return leg == 'A'; });
  sentence.say(join(level, " ", raid.health), missing ? Tone::bad : healthy ? Tone::good : Tone::warning);
  sentence.progress(raid.action == Action::check     ? "check"
                    : raid.action == Action::reshape ? "reshape"
                                                     : "sync",
                    raid.synchronised.used, raid.synchronised.total);
  sentence.badIf(raid.journal == "D", "journal failed");
  if (raid.action == Action::frozen) sentence.say("frozen", Tone::warning);
  if (raid.mismatches.value_or(0) != 0) sentence.say(join(*raid.mismatches, " mismatches"), Tone::warning);
}

void tell(Sentence& sentence, const SnapshotStatus& snapshot) {
  using State = SnapshotStatus::State;
  switch (snapshot.state) {
    case State::active: break;
    case State::invalid: return sentence.say("invalid", Tone::bad);
    case State::mergeFailed: return sentence.say("merge failed", Tone::bad);
    case State::overflow: return sentence.say("overflow", Tone::bad);
    case State::unknown: return sentence.say("unknown", Tone::bad);
  }
  sentence.filled("used", snapshot.allocated.used, snapshot.allocated.total);
  if (snapshot.merged()) sentence.say("empty", Tone::faint);
}

void tell(Sentence& sentence, const CacheStatus& cache) {
  if (inactive(sentence, cache.state)) return;
  sentence.badIf(cache.needsCheck, "needs check");
  sentence.badIf(cache.access == CacheStatus::Access::readOnly, "read-only");
  sentence.share("used", cache.cache.used, cache.cache.total);
  sentence.say(join("dirty ", sizeText(cache.dirty * toBytes(cache.blockSize))), cache.dirty == 0 ? Tone::faint : Tone::plain);
  const std::uint64_t hits = cache.readHits + cache.writeHits;
  if (const std::uint64_t all = hits + cache.readMisses + cache.writeMisses; all != 0)
    sentence.say(join("hits ", percentage(hits, all), "%"));
}

void tell(Sentence& sentence, const CloneStatus& clone) {
  using Access = CloneStatus::Access;
  if (inactive(sentence, clone.state)) return;
  sentence.badIf(clone.access == Access::readOnly || clone.access == Access::failed, "metadata read-only");
  sentence.progress("hydrated", clone.hydrated.used, clone.hydrated.total);
}

void tell(Sentence& sentence, const WritecacheStatus& cache) {
  sentence.badIf(cache.error != 0, join("error ", cache.error));
  sentence.share("used", cache.blocks - std::min(cache.freeBlocks, cache.blocks), cache.blocks);
  if (cache.writebackBlocks != 0) sentence.say(join("writing back ", cache.writebackBlocks, " blocks"));
}

void tell(Sentence& sentence, const MultipathStatus& multipath) {
  std::size_t paths = 0;
  std::size_t working = 0;
  for (const MultipathStatus::Group& group : multipath.groups) {
    paths += group.paths.size();
    working += static_cast<std::size_t>(
        std::ranges::count(group.paths, MultipathStatus::PathState::active, [](const MultipathStatus::Path& path) { return path.state; }));
  }
  sentence.say(join(working, " of ", paths, " paths work"), working == paths ? Tone::good : working == 0 ? Tone::bad : Tone::warning);
  if (multipath.queueIo != 0) sentence.say(join("queueing ", multipath.queueIo), Tone::warning);
}

void tell(Sentence& sentence, const VerityStatus& verity) {
  if (verity.state == VerityStatus::State::valid) sentence.say("valid", Tone::good);
  sentence.badIf(verity.state == VerityStatus::State::corrupted, "corrupted");
  if (verity.correctedBlocks.value_or(0) != 0) sentence.say(join(*verity.correctedBlocks, " blocks corrected"), Tone::warning);
}

void tell(Sentence& sentence, const VdoStatus& vdo) {
  sentence.badIf(vdo.mode == VdoStatus::Mode::readOnly, "read-only");
  if (vdo.mode == VdoStatus::Mode::recovering || vdo.recovering) sentence.say("recovering", Tone::warning);
  sentence.filled("used", vdo.usedBlocks, vdo.totalBlocks);
}

void tell(Sentence& sentence, const IntegrityStatus& integrity) {
  sentence.badIf(integrity.mismatches != 0, join(integrity.mismatches, " mismatches"));
  if (integrity.recalculated) sentence.progress("recalculated", integrity.recalculated->count, integrity.provided.count);
}

void tell(Sentence& sentence, const EraStatus& era) {
  if (inactive(sentence, era.state)) return;
  sentence.say(join("era ", era.era));
  sentence.part("metadata", era.metadata.used, era.metadata.total);
}

/// Tells a value if it is of one of these types.
template <typename... T>
bool tellOneOf(Sentence& sentence, const Value& value) {
  const auto tryOne = [&]<typename S>(const S* status) {
    if (status != nullptr) tell(sentence, *status);
    return status != nullptr;
  };
  return (tryOne(value.as<T>()) || ...);
}

}  // namespace

Text conditionOf(const Screen& screen, const TableRow& row) {
  Sentence sentence(screen);
  const Value value = parseStatus(row.type, row.params);
  if (const auto* const thin = value.as<ThinStatus>()) {
    tell(sentence, *thin, row.length);
  } else if (const auto* const raid = value.as<RaidStatus>()) {
    const auto first = words(row.params);
    tell(sentence, *raid, first.empty() ? row.type : first.front());
  } else if (!tellOneOf<ThinPoolStatus, MirrorStatus, SnapshotStatus, CacheStatus, CloneStatus, WritecacheStatus, MultipathStatus,
                        VerityStatus, VdoStatus, IntegrityStatus, EraStatus>(sentence, value)) {
    std::string_view status = row.params;
    while (status.ends_with(' ')) status.remove_suffix(1);
    if (!status.empty()) sentence.say(displayable(status));
  }
  return std::move(sentence).text();
}

Tone worst(const Text& text) noexcept {
  Tone found = Tone::plain;
  for (const Span& span : text) found = std::max(found, span.tone);
  return found;
}

}  // namespace tool

#endif
