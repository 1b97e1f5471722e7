#include <devmap/targets/inlinecrypt.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Rule sectorSize{.min = 512, .max = 4096, .powerOfTwo = true, .byDefault = 512},
    most{.max = 4};
constexpr Choice keyTypeWords[] = {{""}, {"keytype:raw"}, {"keytype:hw-wrapped"}};
constexpr std::span<const Choice> keyTypes = keyTypeWords;
constexpr Field table[] = {
    word<&InlineCrypt::cipher>("cipher"),
    word<&InlineCrypt::key>("key"),
    field<&InlineCrypt::shownKeyType>(Shape::maybe, "shown_key_type").is(Shown::unused),
    word<&InlineCrypt::ivOffset>("iv_offset").in(Unit::sectors),
    word<&InlineCrypt::device>("device"),
    word<&InlineCrypt::start>("start").in(Unit::sectors),
    group(&most),
    option<&InlineCrypt::keyType>("keytype").of(keyTypes).is(Shown::never),
    option<&InlineCrypt::allowDiscards>("allow_discards"),
    field<&InlineCrypt::sectorSize>(Shape::colon, "sector_size").in(Unit::bytes).with(sectorSize),
    option<&InlineCrypt::ivLargeSectors>("iv_large_sectors"),
    unknown<&InlineCrypt::unknown>(),
    end,
    rest<&InlineCrypt::rest>(),
};
constexpr Names<table> named;

Fault check(const void* object, std::uint64_t length) noexcept {
  const auto& crypt = *static_cast<const InlineCrypt*>(object);
  const std::uint64_t bytes = crypt.sectorSize.value_or(bytesPerSector),
                      sectors = bytes / bytesPerSector;
  if (crypt.shownKeyType)
    return {named["shown_key_type"], "is in what the kernel shows, it does not take it back"};
  if (length % sectors != 0)
    return {named["sector_size"], "the length of the row is not a multiple of it"};
  if (crypt.ivOffset % sectors != 0)
    return {named["iv_offset"], "must be a multiple of sector_size"};
  if (bytes != bytesPerSector && !crypt.ivLargeSectors)
    return {named["sector_size"], "other than 512 needs iv_large_sectors"};
  return {};
}

// The kernel shows the bytes of a key in a keyring (dm-inlinecrypt.c: inlinecrypt_status).
void settle(void* row, const void* shownObject) noexcept {
  Key& key = static_cast<InlineCrypt*>(row)->key;
  const Key& shown = static_cast<const InlineCrypt*>(shownObject)->key;
  if (key.reference && !shown.bytes.empty()) key = shown;
}

}  // namespace

constexpr Grammar inlinecryptGrammar = grammar<InlineCrypt, NoStatus>(
    table, noStatus, {.check = check, .settle = settle, .exactCase = true});

}  // namespace detail

DEVMAP_TARGET(InlineCrypt, NoStatus, inlinecryptGrammar)

}  // namespace devmap::targets
