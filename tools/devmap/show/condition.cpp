#include "show/condition.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <devmap/targets.hpp>

#include "cli/numbers.hpp"
#include "cli/print.hpp"

namespace tool {
namespace {

using devmap::Sectors;
namespace targets = devmap::targets;
using targets::Fraction;

/// The sentence that describes a row: its parts are separated by two blanks.
class Sentence {
 public:
  Sentence(const Screen& screen, const devmap::TableRow& row) : row_(row), screen_(screen) {}

  [[nodiscard]] const devmap::TableRow& row() const noexcept { return row_; }

  void say(std::string_view words, Tone tone = Tone::plain) {
    if (!text_.empty()) text_ += "  ";
    text_ += toned(words, tone);
  }
  void badIf(bool holds, std::string_view words) {
    if (holds) say(words, Tone::bad);
  }
  /// A share of something that must not run out.
  void filled(std::string_view what, Fraction share) { meter(what, share, shortage(share)); }
  /// The same as a number.
  void part(std::string_view what, Fraction share) {
    say(join(what, " ", percentage(share.used, share.total), "%"), shortage(share));
  }
  /// Work that comes to an end.
  void progress(std::string_view what, Fraction share) {
    meter(what, share, share.used < share.total ? Tone::warning : Tone::good);
  }
  /// A share of something that may run out.
  void use(std::string_view what, Fraction share) { meter(what, share, Tone::plain); }
  std::string text() && { return std::move(text_); }

 private:
  static Tone shortage(Fraction share) noexcept {
    const unsigned part = percentage(share.used, share.total);
    return part >= 95 ? Tone::bad : part >= 80 ? Tone::warning : Tone::good;
  }
  void meter(std::string_view what, Fraction share, Tone tone) {
    say(join(what, " "));
    text_ += toned(bar(screen_, share.used, share.total), tone);
  }

  const devmap::TableRow& row_;
  const Screen& screen_;
  std::string text_;
};

bool allAlive(std::string_view health) noexcept {
  return health.find_first_not_of('A') == std::string_view::npos;
}

// What a status means, in words. A failed target has no values, and nothing is said of it here.

void describe(const targets::ThinPoolStatus& status, Sentence& it) {
  if (!status.data || !status.metadata) return;
  it.badIf(status.needsCheck, "needs check");
  it.badIf(status.mode == targets::ThinPoolStatus::Mode::readOnly, "read-only");
  it.badIf(status.mode == targets::ThinPoolStatus::Mode::outOfDataSpace, "out of space");
  it.filled("data", *status.data);
  it.part("metadata", *status.metadata);
  if (status.heldRoot) it.say("snapshot of it held", Tone::faint);
}

void describe(const targets::ThinStatus& status, Sentence& it) {
  if (status.state == targets::ThinStatus::State::unbound)
    it.say("not bound to its pool", Tone::warning);
  if (!status.mapped) return;
  it.use("mapped", {status.mapped->count, it.row().length.count});
  it.say(sizeText(toBytes(*status.mapped)), Tone::faint);
}

void describe(const targets::MirrorStatus& status, Sentence& it) {
  it.say(join("legs ", status.health), allAlive(status.health) ? Tone::good : Tone::bad);
  it.progress("sync", status.inSync);
}

void describe(const targets::RaidStatus& status, Sentence& it) {
  using Action = targets::RaidStatus::Action;
  const std::string_view level = devmap::words(it.row().params).front();
  const bool missing = status.health.find_first_of("D-") != std::string::npos;
  it.say(join(level, " ", status.health), missing                   ? Tone::bad
                                          : allAlive(status.health) ? Tone::good
                                                                    : Tone::warning);
  it.progress(status.action == Action::check     ? "check"
              : status.action == Action::reshape ? "reshape"
                                                 : "sync",
              status.synchronised);
  it.badIf(status.journal == "D", "journal failed");
  if (status.action == Action::frozen) it.say("frozen", Tone::warning);
  if (status.mismatches.value_or(0) != 0)
    it.say(join(*status.mismatches, " mismatches"), Tone::warning);
}

void describe(const targets::SnapshotStatus& status, Sentence& it) {
  if (!status.allocated) return;
  it.filled("used", *status.allocated);
  if (status.merged()) it.say("empty", Tone::faint);
}

void describe(const targets::CacheStatus& status, Sentence& it) {
  if (!status.cache) return;
  it.badIf(status.needsCheck, "needs check");
  it.badIf(status.access == targets::CacheStatus::Access::readOnly, "read-only");
  it.use("used", *status.cache);
  const std::uint64_t dirty = status.dirty.value_or(0);
  const std::uint64_t blockSize = toBytes(status.blockSize.value_or(Sectors{}));
  it.say(join("dirty ", sizeText(saturatedProduct(dirty, blockSize))),
         dirty == 0 ? Tone::faint : Tone::plain);
  const std::uint64_t hits = status.readHits.value_or(0) + status.writeHits.value_or(0);
  const std::uint64_t all = hits + status.readMisses.value_or(0) + status.writeMisses.value_or(0);
  if (all != 0) it.say(join("hits ", percentage(hits, all), "%"));
}

void describe(const targets::CloneStatus& status, Sentence& it) {
  if (!status.hydrated) return;
  it.badIf(status.access == targets::CloneStatus::Access::readOnly, "metadata read-only");
  it.badIf(status.access == targets::CloneStatus::Access::failed, "failed");
  it.progress("hydrated", *status.hydrated);
}

void describe(const targets::WritecacheStatus& status, Sentence& it) {
  it.badIf(status.error != 0, join("error ", status.error));
  const std::uint64_t free = std::min(status.freeBlocks, status.blocks);
  it.use("used", {status.blocks - free, status.blocks});
  if (status.writebackBlocks != 0) it.say(join("writing back ", status.writebackBlocks, " blocks"));
}

void describe(const targets::MultipathStatus& status, Sentence& it) {
  std::size_t all = 0;
  std::size_t working = 0;
  for (const targets::MultipathStatus::Group& group : status.groups) {
    for (const targets::MultipathStatus::Path& path : group.paths) {
      ++all;
      if (path.state == targets::MultipathStatus::PathState::active) ++working;
    }
  }
  it.say(join(working, " of ", all, " paths work"), working == all ? Tone::good
                                                    : working == 0 ? Tone::bad
                                                                   : Tone::warning);
  if (status.queueIo != 0) it.say(join("queueing ", status.queueIo), Tone::warning);
}

void describe(const targets::VerityStatus& status, Sentence& it) {
  using State = targets::VerityStatus::State;
  if (status.state == State::other) return it.say(displayable(it.row().params));
  const bool valid = status.state == State::valid;
  it.say(valid ? "valid" : "corrupted", valid ? Tone::good : Tone::bad);
  if (status.correctedBlocks.value_or(0) != 0)
    it.say(join(*status.correctedBlocks, " blocks corrected"), Tone::warning);
}

void describe(const targets::VdoStatus& status, Sentence& it) {
  using Mode = targets::VdoStatus::Mode;
  it.badIf(status.mode == Mode::readOnly, "read-only");
  if (status.mode == Mode::recovering || status.recovering) it.say("recovering", Tone::warning);
  it.filled("used", {status.usedBlocks, status.totalBlocks});
}

void describe(const targets::IntegrityStatus& status, Sentence& it) {
  it.badIf(status.mismatches != 0, join(status.mismatches, " mismatches"));
  if (status.recalculated)
    it.progress("recalculated", {status.recalculated->count, status.provided.count});
}

void describe(const targets::EraStatus& status, Sentence& it) {
  if (!status.era || !status.metadata) return;
  it.say(join("era ", *status.era));
  it.part("metadata", *status.metadata);
}

/// False: the line is not a status of this type.
template <typename Target>
bool read(std::string_view line, Sentence& it) {
  const auto status = Target::parseStatus(line);
  if (!status) return false;
  describe(*status, it);
  return true;
}

struct Reader {
  std::string_view type;
  bool (*read)(std::string_view line, Sentence& it);
};
template <typename Target>
constexpr Reader readerOf{Target::type, &read<Target>};

constexpr std::array readers{
    readerOf<targets::ThinPool>,  readerOf<targets::Thin>,     readerOf<targets::Mirror>,
    readerOf<targets::Raid>,      readerOf<targets::Snapshot>, readerOf<targets::SnapshotMerge>,
    readerOf<targets::Cache>,     readerOf<targets::Clone>,    readerOf<targets::Writecache>,
    readerOf<targets::Multipath>, readerOf<targets::Verity>,   readerOf<targets::Vdo>,
    readerOf<targets::Integrity>, readerOf<targets::Era>,
};

}  // namespace

void listUp(std::string& list, std::string_view item, std::string_view separator) {
  if (!list.empty()) list += separator;
  list += item;
}

std::string stateOf(const devmap::DeviceInfo& info) {
  std::string text;
  const auto say = [&](bool holds, const char* words, Tone tone) {
    if (holds) listUp(text, toned(words, tone));
  };
  say(!info.liveTable, "no table", Tone::faint);
  say(info.inactiveTable, "table loaded", Tone::warning);
  say(info.suspended, "suspended", Tone::warning);
  say(info.deferredRemove, "removed on last close", Tone::warning);
  return text;
}

std::string typesOf(const std::vector<devmap::TableRow>& rows) {
  std::string types;
  for (const devmap::TableRow& row : rows)
    if (join(",", types, ",").find(join(",", row.type, ",")) == std::string::npos)
      listUp(types, row.type, ",");
  return types;
}

std::uint64_t bytesOf(const std::vector<devmap::TableRow>& rows) noexcept {
  std::uint64_t bytes = 0;
  for (const devmap::TableRow& row : rows) bytes += toBytes(row.length);
  return bytes;
}

std::string conditionOf(const Screen& screen, const devmap::TableRow& row) {
  std::string_view status = row.params;
  while (status.ends_with(' ')) status.remove_suffix(1);
  for (const Reader& reader : readers) {
    if (row.type != reader.type) continue;
    Sentence it(screen, row);
    const bool typed = reader.read(status, it);
    std::string text = std::move(it).text();
    if (!text.empty()) return text;
    // `Fail`, `Error`, `Invalid`, `Merge failed` and `Overflow` take the place of all values.
    if (!status.empty() && status[0] >= 'A' && status[0] <= 'Z') {
      std::string failure(status);
      failure[0] = static_cast<char>(failure[0] - 'A' + 'a');
      return toned(displayable(failure), Tone::bad);
    }
    return typed ? std::string() : displayable(status);
  }
  return displayable(status);
}

}  // namespace tool
