#include <algorithm>

#include <devmap/targets/crypt.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Rule sectorSize{.min = 512, .max = 4096, .powerOfTwo = true, .byDefault = 512};
constexpr Rule tagBytes{.min = 1, .max = 480}, positive{.min = 1, .max = UINT32_MAX},
    most{.max = 9};
constexpr Choice makerWords[] = {{"none"}, {"aead"}};
constexpr std::span<const Choice> makers = makerWords;
constexpr Field tagFields[] = {word<&CryptIntegrity::bytes>("bytes").in(Unit::bytes).with(tagBytes),
                               word<&CryptIntegrity::by>("by").of(makers)};
constexpr Nest tag = nest<&Crypt::integrity>(tagFields);
constexpr Field table[] = {
    word<&Crypt::cipher>("cipher"),
    word<&Crypt::key>("key"),
    word<&Crypt::ivOffset>("iv_offset").in(Unit::sectors),
    word<&Crypt::device>("device"),
    word<&Crypt::start>("start").in(Unit::sectors),
    group(&most),
    option<&Crypt::allowDiscards>("allow_discards").from(1, 11),
    option<&Crypt::sameCpuCrypt>("same_cpu_crypt").from(1, 14),
    option<&Crypt::highPriority>("high_priority").from(1, 26),
    option<&Crypt::submitFromCryptCpus>("submit_from_crypt_cpus").from(1, 14),
    option<&Crypt::noReadWorkqueue>("no_read_workqueue").from(1, 22),
    option<&Crypt::noWriteWorkqueue>("no_write_workqueue").from(1, 22),
    field<&Crypt::integrity>(Shape::colon, "integrity").of(tag).from(1, 17),
    field<&Crypt::sectorSize>(Shape::colon, "sector_size")
        .in(Unit::bytes)
        .with(sectorSize)
        .from(1, 17),
    option<&Crypt::ivLargeSectors>("iv_large_sectors").from(1, 17),
    field<&Crypt::integrityKeySize>(Shape::colon, "integrity_key_size")
        .in(Unit::bytes)
        .with(positive)
        .from(1, 28),
    unknown<&Crypt::unknown>(),
    end,
    rest<&Crypt::rest>(),
};
constexpr Names<table> named;

std::string_view cut(std::string_view& text, char separator) noexcept {
  const std::string_view word = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), word.size() + 1));
  return word;
}

// dm-crypt.c: crypt_ctr_cipher_old, for `cipher[:keys]-mode-iv[:options]`; and crypt_ctr_ivmode,
// for both forms
Fault checkCipher(const Crypt& crypt) noexcept {
  std::string_view rest = crypt.cipher;
  if (rest.ends_with("-essiv")) return {named["cipher"], "essiv needs a hash: `essiv:sha256`"};
  if (rest.starts_with("capi:")) return {};
  if (rest.find('(') != rest.npos)
    return {named["cipher"], "a name of the crypto API, with parentheses, begins with `capi:`"};
  if (crypt.integrity && crypt.integrity->by == CryptIntegrity::By::aead) {
    return {named["integrity"],
            "a cipher that makes tags itself is named by the crypto API: `capi:`"};
  }
  const std::string_view cipher = cut(rest, '-');
  if (const std::size_t colon = cipher.find(':'); colon != cipher.npos) {
    std::uint64_t keys = 0;
    if (!readNumber(cipher.substr(colon + 1), keys) || keys == 0 || (keys & (keys - 1)) != 0) {
      return {named["cipher"], "the number of keys, behind `:`, must be a power of two"};
    }
  }
  const bool bare = crypt.cipher.find('-') == std::string::npos;
  const std::string_view mode = cut(rest, '-');
  if (!bare && mode != "ecb" && mode != "plain" && rest.empty())
    return {named["cipher"], "needs the way its IVs are made: `CIPHER-MODE-IV`"};
  return {};
}

// dm-crypt.c: crypt_ctr, crypt_ctr_optional, crypt_io_hints
Fault check(const void* object, std::uint64_t length) noexcept {
  const auto& crypt = *static_cast<const Crypt*>(object);
  const std::uint64_t sectors = crypt.sectorSize.value_or(bytesPerSector) / bytesPerSector;
  if (length % sectors != 0)
    return {named["sector_size"], "the length of the row is not a multiple of it"};
  if (crypt.ivOffset % sectors != 0)
    return {named["iv_offset"], "must be a multiple of sector_size"};
  if (crypt.start.count % sectors != 0)
    return {named["start"], "must be a multiple of sector_size"};
  return checkCipher(crypt);
}

}  // namespace

constexpr Grammar cryptGrammar = grammar<Crypt, NoStatus>(table, noStatus, {.check = check});

}  // namespace detail

Params Crypt::setKey(const Key& key) noexcept {
  const auto fill = [&](detail::Writer out) {
    out.word("key");
    out.word("set");
    out.begin();
    detail::writeKey(key, out);
    return out.bytes();
  };
  Secret text = Secret::zeros(fill(detail::Writer()));
  fill(detail::Writer(reinterpret_cast<char*>(text.writable().data())));
  return Params(std::move(text));
}

DEVMAP_TARGET(Crypt, NoStatus, cryptGrammar)

}  // namespace devmap::targets
