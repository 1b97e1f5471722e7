#include <devmap/targets/integrity.hpp>
#include <targets/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Choice modeWords[] = {{"J"}, {"B", version(1, 3)}, {"D"}, {"R"}, {"I", version(1, 12)}};
constexpr Choices modes = modeWords;
constexpr Rule blockSize{.min = 512, .max = 4096, .powerOfTwo = true, .byDefault = 512}, percent{.max = 100, .byDefault = 50};
constexpr Rule number{.max = UINT32_MAX}, most{.max = 18}, tagSize{.min = 1, .max = 255}, perBit{.max = UINT32_MAX};
constexpr Spec colonOf(Spec field) noexcept {
  field.shape = Shape::colon;
  return field;
}
constexpr Spec table[] = {
    word<&Integrity::device>("device"),
    word<&Integrity::reserved>("reserved").in(Unit::sectors).fixedForLife(),
    field<&Integrity::tagSize>(Shape::dash, "tag_size").in(Unit::bytes).with(tagSize).fixedForLife(),
    word<&Integrity::mode>("mode").of(modes),
    groupRequired("options", &most),
    colonOf(option<&Integrity::metaDevice>("meta_device").fixedForLife()),
    colonOf(option<&Integrity::blockSize>("block_size").in(Unit::bytes).with(blockSize).fixedForLife()),
    option<&Integrity::recalculate>("recalculate").from(1, 2),
    option<&Integrity::resetRecalculate>("reset_recalculate").from(1, 8),
    option<&Integrity::allowDiscards>("allow_discards").from(1, 6),
    option<&Integrity::allowDiscardsKeyed>("allow_discards_keyed").from(1, 15),
    colonOf(option<&Integrity::interleave>("interleave_sectors").in(Unit::sectors).with(number)),
    colonOf(option<&Integrity::buffer>("buffer_sectors").in(Unit::sectors).with(number)),
    colonOf(option<&Integrity::journal>("journal_sectors").in(Unit::sectors).with(number)),
    colonOf(option<&Integrity::journalWatermark>("journal_watermark").in(Unit::percent).with(percent)),
    colonOf(option<&Integrity::commitTime>("commit_time").in(Unit::milliseconds).with(number)),
    colonOf(option<&Integrity::sectorsPerBit>("sectors_per_bit").in(Unit::sectors).with(perBit)),
    colonOf(option<&Integrity::bitmapFlushInterval>("bitmap_flush_interval").in(Unit::milliseconds).with(number)),
    option<&Integrity::fixPadding>("fix_padding").from(1, 4),
    option<&Integrity::fixHmac>("fix_hmac").from(1, 7),
    option<&Integrity::legacyRecalculate>("legacy_recalculate").from(1, 7),
    colonOf(option<&Integrity::internalHash>("internal_hash")),
    colonOf(option<&Integrity::journalCrypt>("journal_crypt")),
    colonOf(option<&Integrity::journalMac>("journal_mac")),
    unknown<&Integrity::unknown>(),
    end,
    rest<&Integrity::rest>(),
};
constexpr Names<table> named;
constexpr Spec status[] = {
    word<&IntegrityStatus::mismatches>("mismatches"),
    word<&IntegrityStatus::provided>("provided_data_sectors").in(Unit::sectors),
    field<&IntegrityStatus::recalculated>(Shape::dash, "recalculated").in(Unit::sectors).mayBeEmpty(),
    rest<&IntegrityStatus::rest>(),
};

// dm-integrity.c: dm_integrity_ctr
Fault check(const void* object, std::uint64_t) noexcept {
  const auto& i = *static_cast<const Integrity*>(object);
  const bool hash = !i.internalHash.name.empty(), journal = !i.journalCrypt.name.empty() || !i.journalMac.name.empty();
  if (!i.tagSize && !hash) return {named["tag_size"], "may be left out only with internal_hash"};
  if (i.mode == Integrity::Mode::bitmap && !hash) return {named["mode"], "B needs internal_hash"};
  if (i.mode == Integrity::Mode::inlined && !hash) return {named["mode"], "I needs internal_hash"};
  if (i.mode == Integrity::Mode::inlined && !i.metaDevice.empty()) return {named["meta_device"], "does not go with mode I"};
  if (i.mode == Integrity::Mode::inlined && (i.journal || i.journalWatermark || i.commitTime || journal)) {
    return {named["mode"], "I has no journal: journal_*, commit_time do not go with it"};
  }
  if (i.mode == Integrity::Mode::inlined && (i.allowDiscards || i.allowDiscardsKeyed))
    return {named["allow_discards"], "does not go with mode I"};
  if ((i.allowDiscards || i.allowDiscardsKeyed) && !hash) return {named["allow_discards"], "needs internal_hash"};
  if (i.allowDiscardsKeyed && i.internalHash.key.empty()) return {named["allow_discards_keyed"], "needs a key of internal_hash"};
  if (i.recalculate && !hash) return {named["recalculate"], "needs internal_hash"};
  if (i.recalculate && !i.internalHash.key.empty() && !i.fixHmac && !i.legacyRecalculate) {
    return {named["recalculate"], "with a keyed hash needs fix_hmac or legacy_recalculate"};
  }
  return {};
}

}  // namespace

constexpr Grammar integrityGrammar = grammar<Integrity, IntegrityStatus>(
    packed<table>, packed<status>, {.attributes = {.singleton = true}, .check = check, .exactCase = true});

}  // namespace detail

DEVMAP_TARGET(Integrity, IntegrityStatus, integrityGrammar)

}  // namespace devmap::targets
