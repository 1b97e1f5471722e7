#include <devmap/targets/default_key.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Rule sectorSize{.min = 512, .max = 4096, .powerOfTwo = true, .byDefault = 512},
    most{.max = 4};
constexpr Field table[] = {
    word<&DefaultKey::cipher>("cipher"),
    word<&DefaultKey::key>("key").is(Shown::never),
    field<&DefaultKey::ivOffset>(Shape::ifNumber, "iv_offset").in(Unit::sectors).from(2, 0),
    word<&DefaultKey::device>("device"),
    word<&DefaultKey::start>("start").in(Unit::sectors),
    group(&most),
    option<&DefaultKey::allowDiscards>("allow_discards"),
    field<&DefaultKey::sectorSize>(Shape::colon, "sector_size")
        .in(Unit::bytes)
        .with(sectorSize)
        .from(2, 0),
    option<&DefaultKey::ivLargeSectors>("iv_large_sectors").from(2, 0),
    option<&DefaultKey::wrappedKey>("wrappedkey_v0").from(2, 1),
    unknown<&DefaultKey::unknown>(),
    end,
    rest<&DefaultKey::rest>(),
};

}  // namespace

constexpr Grammar defaultKeyGrammar =
    grammar<DefaultKey, NoStatus>(table, noStatus, {.attributes = {.outOfTree = true}});

}  // namespace detail

DEVMAP_TARGET(DefaultKey, NoStatus, defaultKeyGrammar)

}  // namespace devmap::targets
