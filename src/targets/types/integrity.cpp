#include <algorithm>

#include <devmap/targets/integrity.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Choice modeWords[] = {{"J"}, {"B", version(1, 3)}, {"D"}, {"R"}, {"I", version(1, 12)}};
constexpr std::span<const Choice> modes = modeWords;
constexpr Rule blockSize{.min = 512, .max = 4096, .powerOfTwo = true, .byDefault = 512},
    percent = used<&Integrity::mode>({Integrity::Mode::journal}, {.max = 100, .byDefault = 50}),
    commit =
        used<&Integrity::mode>({Integrity::Mode::journal}, {.max = UINT32_MAX, .byDefault = 10000}),
    flush =
        used<&Integrity::mode>({Integrity::Mode::bitmap}, {.max = UINT32_MAX, .byDefault = 10000}),
    perBit = used<&Integrity::mode>({Integrity::Mode::bitmap}, {.max = UINT32_MAX});
constexpr Rule number{.max = UINT32_MAX}, bufferSize{.max = UINT32_MAX, .byDefault = 128},
    most{.max = 18}, tagSize{.min = 1, .max = 255};
constexpr Field colonOf(Field field) noexcept {
  field.shape = Shape::colon;
  return field;
}
constexpr Field table[] = {
    word<&Integrity::device>("device"),
    word<&Integrity::reserved>("reserved").in(Unit::sectors).fixedForLife(),
    field<&Integrity::tagSize>(Shape::dash, "tag_size")
        .in(Unit::bytes)
        .with(tagSize)
        .fixedForLife()
        .is(Shown::byDevice),
    word<&Integrity::mode>("mode").of(modes),
    groupRequired("options", &most),
    colonOf(option<&Integrity::metaDevice>("meta_device").fixedForLife()),
    colonOf(
        option<&Integrity::blockSize>("block_size").in(Unit::bytes).with(blockSize).fixedForLife()),
    option<&Integrity::recalculate>("recalculate").from(1, 2).is(Shown::byDevice),
    option<&Integrity::resetRecalculate>("reset_recalculate").from(1, 8),
    option<&Integrity::allowDiscards>("allow_discards").from(1, 6),
    option<&Integrity::allowDiscardsKeyed>("allow_discards_keyed").from(1, 15),
    colonOf(option<&Integrity::interleave>("interleave_sectors")
                .in(Unit::sectors)
                .with(number)
                .fixedForLife()
                .is(Shown::byDevice)
                .is(Form::powerOfTwo)),
    colonOf(option<&Integrity::buffer>("buffer_sectors")
                .in(Unit::sectors)
                .with(bufferSize)
                .is(Form::powerOfTwo)),
    colonOf(option<&Integrity::journal>("journal_sectors")
                .in(Unit::sectors)
                .with(number)
                .fixedForLife()
                .is(Shown::byDevice)),
    colonOf(
        option<&Integrity::journalWatermark>("journal_watermark").in(Unit::percent).with(percent)),
    colonOf(option<&Integrity::commitTime>("commit_time").in(Unit::milliseconds).with(commit)),
    colonOf(option<&Integrity::sectorsPerBit>("sectors_per_bit")
                .in(Unit::sectors)
                .with(perBit)
                .is(Shown::byDevice)
                .is(Form::powerOfTwo)),
    colonOf(option<&Integrity::bitmapFlushInterval>("bitmap_flush_interval")
                .in(Unit::milliseconds)
                .with(flush)
                .is(Form::ticks)),
    option<&Integrity::fixPadding>("fix_padding").from(1, 4).is(Shown::unused),
    option<&Integrity::fixHmac>("fix_hmac").from(1, 7).is(Shown::unused),
    option<&Integrity::legacyRecalculate>("legacy_recalculate").from(1, 7),
    colonOf(option<&Integrity::internalHash>("internal_hash")),
    colonOf(option<&Integrity::journalCrypt>("journal_crypt")),
    colonOf(option<&Integrity::journalMac>("journal_mac")),
    unknown<&Integrity::unknown>(),
    end,
    rest<&Integrity::rest>(),
};
constexpr Names<table> named;
constexpr Field status[] = {
    word<&IntegrityStatus::mismatches>("mismatches"),
    word<&IntegrityStatus::provided>("provided_data_sectors").in(Unit::sectors),
    field<&IntegrityStatus::recalculated>(Shape::dash, "recalculated")
        .in(Unit::sectors)
        .mayBeEmpty(),
    rest<&IntegrityStatus::rest>(),
};

// dm-integrity.c: dm_integrity_ctr
Fault check(const void* object, std::uint64_t) noexcept {
  const auto& i = *static_cast<const Integrity*>(object);
  const bool hash = !i.internalHash.name.empty(),
             journal = !i.journalCrypt.name.empty() || !i.journalMac.name.empty();
  if (!i.tagSize && !hash) return {named["tag_size"], "may be left out only with internal_hash"};
  if (i.mode == Integrity::Mode::bitmap && !hash) return {named["mode"], "B needs internal_hash"};
  if (i.mode == Integrity::Mode::inlined && !hash) return {named["mode"], "I needs internal_hash"};
  if (i.mode == Integrity::Mode::inlined && !i.metaDevice.empty())
    return {named["meta_device"], "does not go with mode I"};
  if (i.mode == Integrity::Mode::inlined &&
      (i.journal || i.journalWatermark || i.commitTime || journal)) {
    return {named["mode"], "I has no journal: journal_*, commit_time do not go with it"};
  }
  if (i.mode == Integrity::Mode::inlined && (i.allowDiscards || i.allowDiscardsKeyed))
    return {named["allow_discards"], "does not go with mode I"};
  if ((i.allowDiscards || i.allowDiscardsKeyed) && !hash)
    return {named["allow_discards"], "needs internal_hash"};
  if (i.allowDiscardsKeyed && i.internalHash.key.empty())
    return {named["allow_discards_keyed"], "needs a key of internal_hash"};
  if (i.recalculate && !hash) return {named["recalculate"], "needs internal_hash"};
  if (i.recalculate && !i.internalHash.key.empty() && !i.fixHmac && !i.legacyRecalculate) {
    return {named["recalculate"], "with a keyed hash needs fix_hmac or legacy_recalculate"};
  }
  return {};
}

std::uint64_t sectorsOfBlock(const Integrity& i) noexcept {
  return i.blockSize.value_or(512) / 512;
}

// The kernel reads fix_padding and fix_hmac when it formats a device, and the superblock keeps
// them. dm-integrity.c: dm_integrity_ctr, initialize_superblock
void normalise(void* object) noexcept {
  auto& i = *static_cast<Integrity*>(object);
  constexpr Sectors least{8}, largest{1U << 22};
  i.recalculate = i.recalculate || i.resetRecalculate;
  if (!i.metaDevice.empty() || i.mode == Integrity::Mode::inlined || i.interleave == Sectors{})
    i.interleave.reset();
  if (i.interleave) i.interleave->count = std::max(i.interleave->count, least.count);
  if (i.buffer) i.buffer->count = std::clamp<std::uint64_t>(i.buffer->count, 1, largest.count);
  if (i.sectorsPerBit)
    i.sectorsPerBit->count = std::max<std::uint64_t>(i.sectorsPerBit->count, sectorsOfBlock(i));
}

std::uint64_t roundUp(std::uint64_t value, std::uint64_t unit) noexcept {
  return (value + unit - 1) / unit * unit;
}

// dm-integrity.c: calculate_journal_section_size
std::uint64_t journalSection(const Integrity& i) noexcept {
  const std::uint64_t entry = roundUp(8 + 8 * sectorsOfBlock(i) + *i.tagSize, 8);
  const std::uint64_t entries = (i.journalMac.name.empty() ? 504U : 496U) / entry * 8;
  return entries * sectorsOfBlock(i) + 8;
}

// A buffer is no larger than the tags of one run. A journal consists of whole sections.
// dm-integrity.c: dm_integrity_ctr, calculate_device_limits, initialize_superblock
void settle(void* row, const void* shownObject) noexcept {
  auto& i = *static_cast<Integrity*>(row);
  const auto& shown = *static_cast<const Integrity*>(shownObject);
  if (!shown.tagSize) return;
  if (shown.interleave && shown.buffer && shown.metaDevice.empty()) {
    const std::uint64_t tags = shown.interleave->count / sectorsOfBlock(shown) * *shown.tagSize;
    const std::uint64_t run = roundUp(tags, shown.fixPadding ? 8U << 9U : 1U << 9U << 8U) >> 9U;
    i.buffer =
        Sectors{std::min(i.buffer.value_or(Sectors{bufferSize.byDefault}).count, run & (~run + 1))};
  }
  if (i.journal) {
    const std::uint64_t section = journalSection(shown);
    i.journal->count = std::max<std::uint64_t>(i.journal->count / section, 1) * section;
  }
}

}  // namespace

constexpr Grammar integrityGrammar =
    grammar<Integrity, IntegrityStatus>(table, status,
                                        {.attributes = {.singleton = true},
                                         .check = check,
                                         .normalise = normalise,
                                         .settle = settle,
                                         .exactCase = true});

}  // namespace detail

DEVMAP_TARGET(Integrity, IntegrityStatus, integrityGrammar)

}  // namespace devmap::targets
