#include "show/condition.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <devmap/targets/integrity.hpp>

#include "cli/numbers.hpp"
#include "cli/print.hpp"

// It takes the words of a status where they stand, and not from the typed values of devmap/targets:
// those of 14 types and what reads them would be a tenth of the static tool.
// tests/unit/tools/condition.cpp holds the two together.

namespace tool {
namespace {

using devmap::Sectors;

/// What a word like `12/2048` says.
struct Share {
  std::uint64_t used = 0;
  std::uint64_t total = 0;
};

/// The words of a status line from left to right, and the sentence that is made of them.
class Telling {
 public:
  Telling(const Screen& screen, const devmap::TableRow& row)
      : length(row.length), screen_(screen), words_(devmap::words(row.params)) {}

  const Sectors length;  ///< of the row

  /// The next word, which stays; empty behind the last one.
  [[nodiscard]] std::string_view next() const noexcept {
    return at_ < words_.size() ? words_[at_] : std::string_view();
  }
  /// The next word, if there is one: kernels add words.
  std::string_view optional() noexcept {
    const std::string_view word = next();
    if (!word.empty()) ++at_;
    return word;
  }
  /// The next word, which must be there: this line cannot be read otherwise.
  std::string_view word() noexcept {
    readable_ = readable_ && !next().empty();
    return optional();
  }
  /// As many words, which must be there.
  void skip(std::uint64_t count) noexcept {
    const std::uint64_t left = words_.size() - at_;
    readable_ = readable_ && count <= left;
    at_ += static_cast<std::size_t>(std::min(count, left));
  }
  /// The next word must be a number: this line cannot be read otherwise.
  std::uint64_t number() noexcept { return must(decimal(word())); }
  Share share() noexcept {
    const std::string_view text = word();
    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::uint64_t used = must(decimal(text.substr(0, slash)));
    return {used, must(decimal(text.substr(std::min(slash + 1, text.size()))))};
  }
  /// A count, and as many words.
  void skipGroup() noexcept { skip(number()); }
  void cannotRead() noexcept { readable_ = false; }
  [[nodiscard]] bool readable() const noexcept { return readable_; }

  void say(std::string_view words, Tone tone = Tone::plain) {
    if (!text_.empty()) text_ += "  ";
    text_ += toned(words, tone);
  }
  void badIf(bool holds, std::string_view words) {
    if (holds) say(words, Tone::bad);
  }
  /// A share of something that must not run out.
  void filled(std::string_view what, Share share) { meter(what, share, shortage(share)); }
  /// The same as a number.
  void part(std::string_view what, Share share) {
    say(join(what, " ", percentage(share.used, share.total), "%"), shortage(share));
  }
  /// Work on its way to its end.
  void progress(std::string_view what, Share share) {
    meter(what, share, share.used < share.total ? Tone::warning : Tone::good);
  }
  /// A share of something that may be as it is.
  void use(std::string_view what, Share share) { meter(what, share, Tone::plain); }
  std::string text() && { return std::move(text_); }

 private:
  static Tone shortage(Share share) noexcept {
    const unsigned part = percentage(share.used, share.total);
    return part >= 95 ? Tone::bad : part >= 80 ? Tone::warning : Tone::good;
  }
  std::uint64_t must(std::optional<std::uint64_t> number) noexcept {
    readable_ = readable_ && number.has_value();
    return number.value_or(0);
  }
  void meter(std::string_view what, Share share, Tone tone) {
    say(join(what, " "));
    text_ += toned(bar(screen_, share.used, share.total), tone);
  }

  const Screen& screen_;
  std::vector<std::string_view> words_;
  std::size_t at_ = 0;
  bool readable_ = true;
  std::string text_;
};

bool allAlive(std::string_view health) noexcept {
  return health.find_first_not_of('A') == std::string_view::npos;
}

void tellThinPool(Telling& it) {
  it.skip(1);
  const Share metadata = it.share();
  const Share data = it.share();
  const std::string_view held = it.word();
  const std::string_view mode = it.word();
  it.skip(1);
  it.optional();
  it.badIf(it.optional() == "needs_check", "needs check");
  it.badIf(mode == "ro", "read-only");
  it.badIf(mode == "out_of_data_space", "out of space");
  it.filled("data", data);
  it.part("metadata", metadata);
  if (held != "-") it.say("snapshot of it held", Tone::faint);
}

void tellThin(Telling& it) {
  if (it.next() == "-") return it.say("not bound to its pool", Tone::warning);
  const Sectors mapped{it.number()};
  it.skip(1);
  it.use("mapped", {mapped.count, it.length.count});
  it.say(sizeText(toBytes(mapped)), Tone::faint);
}

void tellMirror(Telling& it) {
  it.skipGroup();
  const Share inSync = it.share();
  it.skip(1);
  const std::string_view health = it.word();
  it.say(join("legs ", health), allAlive(health) ? Tone::good : Tone::bad);
  it.progress("sync", inSync);
}

void tellRaid(Telling& it) {
  const std::string_view level = it.word();
  it.skip(1);
  const std::string_view health = it.word();
  const Share done = it.share();
  const std::string_view action = it.optional();
  const std::uint64_t mismatches = it.next().empty() ? 0 : it.number();
  it.optional();
  const bool missing = health.find_first_of("D-") != std::string_view::npos;
  it.say(join(level, " ", health), missing            ? Tone::bad
                                   : allAlive(health) ? Tone::good
                                                      : Tone::warning);
  it.progress(action == "check" || action == "reshape" ? action : "sync", done);
  it.badIf(it.optional() == "D", "journal failed");
  if (action == "frozen") it.say(action, Tone::warning);
  if (mismatches != 0) it.say(join(mismatches, " mismatches"), Tone::warning);
}

void tellSnapshot(Telling& it) {
  const Share allocated = it.share();
  it.filled("used", allocated);
  if (!it.next().empty() && it.number() == allocated.used) it.say("empty", Tone::faint);
}

void tellCache(Telling& it) {
  it.skip(2);
  const std::uint64_t blockSize = toBytes(Sectors{it.number()});
  const Share used = it.share();
  std::uint64_t hits = 0;
  std::uint64_t all = 0;
  for (int i = 0; i < 2; ++i) {  // of reads, of writes
    const std::uint64_t hit = it.number();
    hits += hit;
    all += hit + it.number();
  }
  it.skip(2);
  const std::uint64_t dirty = it.number();
  it.skipGroup();
  it.skipGroup();
  it.skip(1);
  it.skipGroup();
  const bool readOnly = it.optional() == "ro";
  it.badIf(it.optional() == "needs_check", "needs check");
  it.badIf(readOnly, "read-only");
  it.use("used", used);
  it.say(join("dirty ", sizeText(dirty * blockSize)), dirty == 0 ? Tone::faint : Tone::plain);
  if (all != 0) it.say(join("hits ", percentage(hits, all), "%"));
}

void tellClone(Telling& it) {
  it.skip(3);
  const Share hydrated = it.share();
  it.skip(1);
  it.skipGroup();
  it.skipGroup();
  const std::string_view access = it.word();
  it.badIf(access == "ro", "metadata read-only");
  it.badIf(access == "Fail", "failed");
  it.progress("hydrated", hydrated);
}

void tellWritecache(Telling& it) {
  const std::uint64_t error = it.number();
  const std::uint64_t blocks = it.number();
  const std::uint64_t free = it.number();
  const std::uint64_t writeback = it.number();
  it.badIf(error != 0, join("error ", error));
  it.use("used", {blocks - std::min(free, blocks), blocks});
  if (writeback != 0) it.say(join("writing back ", writeback, " blocks"));
}

void tellMultipath(Telling& it) {
  const std::uint64_t status = it.number();
  const std::uint64_t queued = status == 0 ? 0 : it.number();
  it.skip(status == 0 ? 0 : status - 1);
  it.skipGroup();
  std::uint64_t groups = it.number();
  it.skip(1);
  std::uint64_t all = 0;
  std::uint64_t working = 0;
  for (; groups != 0 && it.readable(); --groups) {
    it.skip(1);
    it.skipGroup();
    std::uint64_t paths = it.number();
    const std::uint64_t ofSelector = it.number();
    for (; paths != 0 && it.readable(); --paths, ++all) {
      it.skip(1);
      if (it.word() == "A") ++working;
      it.number();  // failures
      it.skip(ofSelector);
    }
  }
  it.say(join(working, " of ", all, " paths work"), working == all ? Tone::good
                                                    : working == 0 ? Tone::bad
                                                                   : Tone::warning);
  if (queued != 0) it.say(join("queueing ", queued), Tone::warning);
}

void tellVerity(Telling& it) {
  const std::string_view state = it.word();
  if (state == "V")
    it.say("valid", Tone::good);
  else if (state == "C")
    it.say("corrupted", Tone::bad);
  else
    it.cannotRead();
  const std::string_view corrected = it.optional();
  if (!corrected.empty() && corrected != "-" && corrected != "0")
    it.say(join(corrected, " blocks corrected"), Tone::warning);
}

void tellVdo(Telling& it) {
  it.skip(1);
  const std::string_view mode = it.word();
  const std::string_view recovering = it.word();
  it.skip(2);
  const std::uint64_t used = it.number();
  it.badIf(mode == "read-only", mode);
  if (mode == "recovering" || recovering != "-") it.say("recovering", Tone::warning);
  it.filled("used", {used, it.number()});
}

void tellIntegrity(Telling& it) {
  const std::uint64_t mismatches = it.number();
  const std::uint64_t provided = it.number();
  it.badIf(mismatches != 0, join(mismatches, " mismatches"));
  const std::string_view recalculated = it.optional();
  if (const auto sectors = decimal(recalculated)) it.progress("recalculated", {*sectors, provided});
}

void tellEra(Telling& it) {
  it.skip(1);
  const Share metadata = it.share();
  it.say(join("era ", it.number()));
  it.skip(1);
  it.part("metadata", metadata);
}

struct Teller {
  std::string_view type;
  void (*tell)(Telling& it);
};
constexpr auto tellers = std::to_array<Teller>({{"thin-pool", &tellThinPool},
                                                {"thin", &tellThin},
                                                {"mirror", &tellMirror},
                                                {"raid", &tellRaid},
                                                {"snapshot", &tellSnapshot},
                                                {"snapshot-merge", &tellSnapshot},
                                                {"cache", &tellCache},
                                                {"clone", &tellClone},
                                                {"writecache", &tellWritecache},
                                                {"multipath", &tellMultipath},
                                                {"verity", &tellVerity},
                                                {"vdo", &tellVdo},
                                                {devmap::targets::Integrity::type, &tellIntegrity},
                                                {"era", &tellEra}});

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
  say(info.deferredRemove, "goes at its last close", Tone::warning);
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
  for (const Teller& teller : tellers) {
    if (row.type != teller.type) continue;
    Telling it(screen, row);
    teller.tell(it);
    if (it.readable()) return std::move(it).text();
    // `Fail`, `Error`, `Invalid`, `Merge failed`, `Overflow` and the like stand in place of all
    // words.
    std::string failure(status);
    if (failure.empty() || failure[0] < 'A' || failure[0] > 'Z') break;
    failure[0] = static_cast<char>(failure[0] - 'A' + 'a');
    return toned(displayable(failure), Tone::bad);
  }
  return displayable(status);
}

}  // namespace tool
