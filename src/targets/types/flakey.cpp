#include <devmap/targets/flakey.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Choice directionWords[] = {{"r"}, {"w"}};
constexpr std::span<const Choice> directions = directionWords;
constexpr Rule seconds{.max = UINT32_MAX}, nth{.min = 1, .max = UINT32_MAX}, byte{.max = 255},
    chance{.max = 1000000000, .byDefault = 0}, most{.max = 11};
constexpr Field corruptFields[] = {
    word<&CorruptByte::nth>("nth").with(nth),
    word<&CorruptByte::direction>("direction").of(directions),
    word<&CorruptByte::value>("value").with(byte),
    word<&CorruptByte::flags>("flags").with(seconds),
};
constexpr Nest corrupt = nest<&Flakey::corruptByte>(corruptFields);
constexpr Field table[] = {
    word<&Flakey::device>("device"),
    word<&Flakey::start>("start").in(Unit::sectors),
    word<&Flakey::up>("up").in(Unit::seconds).with(seconds),
    word<&Flakey::down>("down").in(Unit::seconds).with(seconds),
    group(&most),
    option<&Flakey::errorReads>("error_reads").from(1, 5).onlyOnce(),
    option<&Flakey::dropWrites>("drop_writes").onlyOnce(),
    option<&Flakey::errorWrites>("error_writes").onlyOnce(),
    option<&Flakey::corruptByte>("corrupt_bio_byte").of(corrupt),
    option<&Flakey::randomReadCorrupt>("random_read_corrupt").with(chance).from(1, 5),
    option<&Flakey::randomWriteCorrupt>("random_write_corrupt").with(chance).from(1, 5),
    unknown<&Flakey::unknown>(),
    end,
    rest<&Flakey::rest>(),
};
constexpr Names<table> named;

// dm-flakey.c: flakey_ctr, parse_features
Fault check(const void* object, std::uint64_t) noexcept {
  const auto& flakey = *static_cast<const Flakey*>(object);
  const bool corruptsWrites =
      flakey.randomWriteCorrupt ||
      (flakey.corruptByte && flakey.corruptByte->direction == CorruptByte::Direction::write);
  const bool corruptsReads =
      flakey.randomReadCorrupt ||
      (flakey.corruptByte && flakey.corruptByte->direction == CorruptByte::Direction::read);
  if (flakey.up + flakey.down == 0) return {named["up"], "up and down must not both be 0"};
  if (flakey.up + flakey.down > UINT32_MAX)
    return {named["up"], "up and down are too long together"};
  if (flakey.dropWrites && flakey.errorWrites)
    return {named["drop_writes"], "excludes error_writes"};
  if ((flakey.dropWrites || flakey.errorWrites) && corruptsWrites)
    return {named["drop_writes"], "writes are dropped, failed or corrupted, one of these"};
  if (flakey.errorReads && corruptsReads)
    return {named["error_reads"], "excludes corrupting reads"};
  return {};
}

// dm-flakey.c: flakey_ctr, flakey_status
void normalise(void* object) noexcept {
  auto& flakey = *static_cast<Flakey*>(object);
  for (auto* const chanceOf : {&flakey.randomReadCorrupt, &flakey.randomWriteCorrupt})
    if (*chanceOf == 0U) chanceOf->reset();
  const bool any = flakey.errorReads || flakey.dropWrites || flakey.errorWrites ||
                   flakey.corruptByte || flakey.randomReadCorrupt || flakey.randomWriteCorrupt;
  if (!any) flakey.errorReads = flakey.errorWrites = true;
}

}  // namespace

constexpr Grammar flakeyGrammar =
    grammar<Flakey, NoStatus>(table, noStatus, {.check = check, .normalise = normalise});

}  // namespace detail

DEVMAP_TARGET(Flakey, NoStatus, flakeyGrammar)

}  // namespace devmap::targets
