// The opposite of "what the kernel shows is the same as what it was given": one changed value, of
// any field of any type, is a difference. The list has the exceptions, each with the place in Linux
// that is the reason.
#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>

#include <devmap/targets/table_diff.hpp>
#include <targets/engine/engine.hpp>
#include <targets/engine/registry.hpp>

#include "random.hpp"
#include "vectors.hpp"

namespace devmap::targets {
namespace {

using detail::Field;
using detail::Shape;
using detail::Type;

/// When a change to a field is no difference.
enum class When : std::uint8_t {
  refused,       ///< the kernel accepts no row that differs only in this value
  always,        ///< the kernel does not use it
  hidden,        ///< a flag that is used but not shown. A change cannot be detected
  sometimes,     ///< unused in some modes, or several values mean the same
  rowIsWithout,  ///< the new row does not ask for it
  oneIsWithout,  ///< the kernel does not show it. Only two values that are both given can differ
};
struct Exception {
  std::string_view type, field;
  When when;
  const char* why;  ///< file and function
};
constexpr Exception exceptions[] = {
    {"error", "device", When::oneIsWithout, "dm-target.c: error_target has no status function"},
    {"error", "start", When::oneIsWithout, "dm-target.c: error_target has no status function"},
    {"flakey", "error_reads", When::sometimes,
     "dm-flakey.c: flakey_ctr sets it and error_writes where nothing else is asked for"},
    {"flakey", "random_read_corrupt", When::sometimes,
     "dm-flakey.c: flakey_status: a chance of 0 is none"},
    {"flakey", "random_write_corrupt", When::sometimes,
     "dm-flakey.c: flakey_status: a chance of 0 is none"},
    {"inlinecrypt", "key", When::sometimes,
     "dm-inlinecrypt.c: inlinecrypt_status shows the bytes of a key in a keyring"},
    {"inlinecrypt", "shown_key_type", When::refused,
     "dm-inlinecrypt.c: inlinecrypt_ctr: no row has it"},
    {"inlinecrypt", "keytype", When::oneIsWithout,
     "dm-inlinecrypt.c: inlinecrypt_status shows a number in its place"},
    {"default-key", "key", When::oneIsWithout, "dm-default-key.c: default_key_status shows `-`"},
    {"verity", "fec_blocks", When::sometimes,
     "dm-verity-fec.c: verity_fec_ctr: nothing without use_fec_from_device"},
    {"verity", "fec_start", When::sometimes,
     "dm-verity-fec.c: verity_fec_ctr: nothing without use_fec_from_device; 0 is the default"},
    {"verity", "fec_roots", When::sometimes,
     "dm-verity-fec.c: verity_fec_ctr: nothing without use_fec_from_device"},
    {"integrity", "tag_size", When::rowIsWithout,
     "dm-integrity.c: dm_integrity_ctr takes the size of the hash"},
    {"integrity", "recalculate", When::sometimes,
     "dm-integrity.c: dm_integrity_ctr: the superblock's flag stays, and reset_recalculate sets "
     "it"},
    {"integrity", "interleave_sectors", When::sometimes,
     "dm-integrity.c: initialize_superblock: of a device without metadata device"},
    {"integrity", "journal_sectors", When::sometimes,
     "dm-integrity.c: initialize_superblock: whole sections"},
    {"integrity", "buffer_sectors", When::sometimes,
     "dm-integrity.c: dm_integrity_ctr: a power of two, limited by the tags of a run"},
    {"integrity", "journal_watermark", When::sometimes,
     "dm-integrity.c: dm_integrity_status: of a journal"},
    {"integrity", "commit_time", When::sometimes,
     "dm-integrity.c: dm_integrity_status: of a journal"},
    {"integrity", "sectors_per_bit", When::sometimes,
     "dm-integrity.c: dm_integrity_ctr: of a bitmap; a power of two"},
    {"integrity", "bitmap_flush_interval", When::sometimes,
     "dm-integrity.c: dm_integrity_ctr: of a bitmap; in ticks"},
    {"integrity", "fix_padding", When::always,
     "dm-integrity.c: initialize_superblock: of a device that it formats"},
    {"integrity", "fix_hmac", When::always,
     "dm-integrity.c: initialize_superblock: of a device that it formats"},
    {"snapshot", "chunk", When::rowIsWithout, "dm-snap-persistent.c: read_header"},
    {"snapshot-merge", "chunk", When::rowIsWithout, "dm-snap-persistent.c: read_header"},
    {"raid", "chunk_size", When::sometimes, "dm-raid.c: parse_raid_params: not of raid1"},
    {"raid", "rebuild", When::sometimes, "dm-raid.c: raid_status: in the order of the devices"},
    {"raid", "write_mostly", When::sometimes,
     "dm-raid.c: raid_status: in the order of the devices, each once"},
    {"raid", "daemon_sleep", When::always, "md-bitmap.c: md_bitmap_read_sb"},
    {"raid", "max_write_behind", When::always, "md-bitmap.c: md_bitmap_read_sb"},
    {"raid", "stripe_cache", When::sometimes,
     "dm-raid.c: rs_set_raid456_stripe_cache: at least half a chunk"},
    {"raid", "region_size", When::rowIsWithout, "dm-raid.c: raid_preresume"},
    {"raid", "raid10_use_near_sets", When::hidden, "dm-raid.c: raid_status"},
    {"cache", "mode", When::sometimes, "dm-cache-target.c: default_cache_features: writeback"},
    {"cache", "policy", When::sometimes, "dm-cache-policy-smq.c: default is another name of smq"},
    {"pcache", "cache_mode", When::always,
     "dm_pcache.c: parse_cache_opts: writeback is the only one"},
    {"vdo", "version", When::refused, "dm-vdo-target.c: V4 is the only one"},
    {"mirror", "log", When::refused, "dm-log.c: another log has other words"},
    {"switch", "unknown", When::refused, "dm-switch.c: switch_ctr: no options"},
    {"multipath", "retain_attached_hw_handler", When::always, "dm-mpath.c: setup_scsi_dh"},
    {"multipath", "queue_mode", When::sometimes,
     "dm-mpath.c: multipath_status: rq and mq are the default"},
    {"multipath", "hardware_handler", When::sometimes,
     "dm-mpath.c: parse_hw_handler, setup_scsi_dh"},
    {"multipath", "hardware_handler_arguments", When::sometimes, "dm-mpath.c: multipath_status"},
};

const Exception* findException(std::string_view type, std::string_view field) {
  for (const Exception& one : exceptions)
    if (one.type == type && one.field == field) return &one;
  return nullptr;
}

/// Rows that our rules allow, for fields that neither the vectors nor random values reach.
constexpr std::pair<std::string_view, const char*> moreRows[] = {
    {"raid", "raid10 4 128 raid10_format far raid10_use_near_sets 4 - 7:0 - 7:1 - 7:2 - 7:3"},
};

struct Held {
  const detail::Grammar& grammar;
  void* object;
  explicit Held(const detail::Grammar& g) : grammar(g), object(g.create()) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() { grammar.destroy(object); }
  [[nodiscard]] std::string text() const {
    return std::string(detail::write(grammar, object, false).view());
  }
};

/// A row that a kernel accepted or that our rules allow, or random values.
void fill(const detail::Grammar& grammar, void* object, test::Random& random) {
  std::vector<const char*> rows;
  for (const test::Vector& vector : test::vectors)
    if (std::string_view(vector.type) == grammar.type) rows.push_back(vector.table);
  for (const auto& row : moreRows)
    if (row.first == grammar.type) rows.push_back(row.second);
  if (!rows.empty() && random.chance()) {
    REQUIRE(detail::read(grammar.line(false), object, rows[random.index(rows.size())]));
    return;
  }
  random.anotherDensity();
  test::fill(grammar.table, object, random);
}

/// The field's value as text, with secrets in the clear, to see whether it changed at all.
std::string shownOf(const Field& field, const void* object) {
  if (!detail::present(field, object)) return {};
  if (field.type == Type::list || field.type == Type::words) {
    std::string text;
    for (const FieldValue& one : detail::fieldsOf({&field, 1}, object))
      ((text += one.name) += '=') += one.value + ' ';
    return text;
  }
  detail::Writer measure;
  detail::writeValue(field, field.at(object), measure);
  std::string text(measure.bytes(), '\0');
  detail::Writer out(text.data());
  detail::writeValue(field, field.at(object), out);
  return text.empty() ? "present" : text;
}

/// Changes to a nearby value: in some types the rules between fields leave little room.
void step(std::uint64_t& number, test::Random& random) {
  switch (random.below(4)) {
    case 0: ++number; return;
    case 1: --number; return;
    case 2: number *= 2; return;
    default: number /= 2; return;
  }
}
bool step(const Field& field, void* object, test::Random& random) {
  void* const member = field.at(object);
  if (!detail::present(field, object)) return false;
  switch (field.type) {
    case Type::number: return step(*static_cast<std::uint64_t*>(member), random), true;
    case Type::sectors: return step(static_cast<Sectors*>(member)->count, random), true;
    case Type::optionalNumber:
      return step(**static_cast<std::optional<std::uint64_t>*>(member), random), true;
    case Type::optionalSectors:
      return step((*static_cast<std::optional<Sectors>*>(member))->count, random), true;
    case Type::words: return static_cast<Words*>(member)->emplace_back("more"), true;
    default: return false;
  }
}

/// Changes one field: sets it, removes it, or takes its value from random values. False if the
/// value is the same.
bool change(const detail::Grammar& grammar, const Field& field, void* object,
            test::Random& random) {
  const std::string before = shownOf(field, object);
  if (field.shape == Shape::unknown)
    return static_cast<Words*>(field.at(object))->emplace_back("new?"), true;
  if (random.chance() && step(field, object, random)) return shownOf(field, object) != before;
  const Held other(grammar);
  fill(grammar, other.object, random);
  if (!detail::applies(field, object) || !detail::applies(field, other.object)) return false;
  test::moveMember(field, other.object, object);
  return shownOf(field, object) != before;
}

struct Tally {
  int told = 0, untold = 0;
};

void tryField(const detail::Grammar& grammar, const Field& field, test::Random& random,
              Tally& tally) {
  const Held held(grammar);
  fill(grammar, held.object, random);
  if (!detail::check(grammar, held.object, {})) return;
  const std::string before = held.text();
  const bool had = detail::present(field, held.object);
  const std::string byDefault = detail::defaultOf(field);
  const auto isDefault = [&] {
    return !detail::present(field, held.object) || shownOf(field, held.object) == byDefault;
  };
  const bool wasDefault = isDefault();
  if (!change(grammar, field, held.object, random) || !detail::check(grammar, held.object, {}))
    return;
  const bool has = detail::present(field, held.object);
  const std::string after = held.text();
  if (before == after) return;
  std::vector<TargetRow> rows[2];
  rows[0].push_back({Sectors{}, Sectors{8}, parseParams(grammar.type, before)});
  rows[1].push_back({Sectors{}, Sectors{8}, parseParams(grammar.type, after)});
  if (!rows[0][0].target.typed() || !rows[1][0].target.typed()) return;
  if (!compareTables(rows[0], rows[0]).same())
    return;  // random values that no kernel shows together
  const bool told = !compareTables(rows[0], rows[1]).same();
  ++(told ? tally.told : tally.untold);
  if (told) return;
  CAPTURE(before);
  CAPTURE(after);
  const Exception* const exception = findException(grammar.type, field.name);
  if (!byDefault.empty() && wasDefault && isDefault()) return;
  const bool rest = field.shape == Shape::rest && !grammar.is.closed;
  CHECK_MESSAGE((exception != nullptr || rest), "a change that is not told");
  const When when = exception == nullptr ? When::oneIsWithout : exception->when;
  if (rest) return;
  if (when == When::rowIsWithout)
    CHECK((!has || detail::defaultOf(field) == shownOf(field, held.object)));
  if (when == When::oneIsWithout && field.type != Type::key) CHECK((!had || !has));
}

}  // namespace

TEST_CASE(
    "one changed value of any field of any type is a difference, but for those that the kernel "
    "does not use or show") {
  for (const auto* grammar : detail::allGrammars()) {
    CAPTURE(std::string(grammar->type));
    test::Random random(23);
    std::map<std::string, Tally> tallies;
    for (const Field& field : grammar->table) {
      if (field.member == nullptr || field.alias || field.shape == Shape::count ||
          field.shape == Shape::width || field.shape == Shape::whole)
        continue;
      CAPTURE(std::string(field.name));
      Tally& tally = tallies[std::string(field.name)];
      const Exception* const exception = findException(grammar->type, field.name);
      const bool neverTold = exception != nullptr &&
                             (exception->when == When::always || exception->when == When::hidden);
      const int& enough = neverTold || field.shape == Shape::rest ? tally.untold : tally.told;
      for (int round = 0; round < 10000 && enough < 20; ++round)
        tryField(*grammar, field, random, tally);
      if (field.shape == Shape::rest) {  // the kernel ignores these words, or refuses them
        CHECK((tally.untold == 0) == grammar->is.closed);
      } else if (exception != nullptr && exception->when == When::refused) {
        CHECK(tally.told + tally.untold == 0);
      } else if (!neverTold) {
        CHECK_MESSAGE(tally.told > 0, "no change of it was told");
      } else {
        CHECK(tally.told == 0);
        CHECK_MESSAGE(tally.untold > 0, "it was never changed");
      }
    }
  }
}

}  // namespace devmap::targets
