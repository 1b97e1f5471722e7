#include <bit>

#include <devmap/targets/verity.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Choice formatWords[] = {{"0"}, {"1"}};
constexpr Choice corruptionWords[] = {{""},
                                      {"ignore_corruption", version(1, 2)},
                                      {"restart_on_corruption", version(1, 2)},
                                      {"panic_on_corruption", version(1, 7)}};
constexpr Choice errorWords[] = {
    {""}, {"restart_on_error", version(1, 10)}, {"panic_on_error", version(1, 10)}};
constexpr std::span<const Choice> formats = formatWords, onCorruption = corruptionWords,
                                  onError = errorWords;
constexpr Rule blockSize{.min = 512, .max = 1U << 30, .powerOfTwo = true},
    roots{.min = 2, .max = 24}, most{.max = 15};
constexpr Field table[] = {
    word<&Verity::format>("version").of(formats),
    word<&Verity::data>("data_device"),
    word<&Verity::hash>("hash_device"),
    word<&Verity::dataBlockSize>("data_block_size").in(Unit::bytes).with(blockSize),
    word<&Verity::hashBlockSize>("hash_block_size").in(Unit::bytes).with(blockSize),
    word<&Verity::dataBlocks>("data_blocks").in(Unit::blocks),
    word<&Verity::hashStart>("hash_start").in(Unit::blocks),
    word<&Verity::algorithm>("algorithm"),
    word<&Verity::rootDigest>("root_digest").is(Form::hex),
    field<&Verity::salt>(Shape::dash, "salt").is(Form::hex),
    group(&most),
    option<&Verity::onCorruption>("corruption_mode").of(onCorruption).onlyOnce(),
    option<&Verity::onError>("error_mode").of(onError).onlyOnce(),
    option<&Verity::ignoreZeroBlocks>("ignore_zero_blocks").from(1, 3),
    option<&Verity::checkAtMostOnce>("check_at_most_once").from(1, 4),
    option<&Verity::tryVerifyInTasklet>("try_verify_in_tasklet").from(1, 9),
    option<&Verity::fecDevice>("use_fec_from_device").from(1, 3),
    option<&Verity::fecBlocks>("fec_blocks").in(Unit::blocks),
    option<&Verity::fecStart>("fec_start").in(Unit::blocks),
    option<&Verity::fecRoots>("fec_roots").with(roots),
    option<&Verity::rootHashSignature>("root_hash_sig_key_desc").from(1, 5),
    unknown<&Verity::unknown>(),
    end,
    rest<&Verity::rest>(),
};
constexpr Names<table> named;
constexpr Choice stateWords[] = {{"V"}, {"C"}, otherWord};
constexpr std::span<const Choice> states = stateWords;
constexpr Field status[] = {
    word<&VerityStatus::state>("state").of(states),
    field<&VerityStatus::correctedBlocks>(Shape::dash, "corrected_blocks")
        .in(Unit::blocks)
        .mayBeEmpty(),
    rest<&VerityStatus::rest>(),
};

bool hexadecimal(std::string_view text) noexcept {
  return text.find_first_not_of("0123456789abcdefABCDEF") == text.npos && text.size() % 2 == 0;
}

/// Number of blocks in the hash tree (verity_hash_at_level). A block holds as many digests as fit,
/// rounded down to a power of two.
std::uint64_t hashBlocks(const Verity& verity) noexcept {
  const std::uint64_t digest = verity.rootDigest.size() / 2;
  if (digest == 0 || digest * 2 > verity.hashBlockSize) return 0;
  const std::uint64_t each = std::bit_floor(verity.hashBlockSize / digest);
  std::uint64_t all = 0;
  for (std::uint64_t level = verity.dataBlocks; level > 1;) {
    level = (level - 1) / each + 1;  // NOLINT(clang-analyzer-core.DivideZero): two at least
    all += level;
  }
  return all;
}

// dm-verity-target.c: verity_ctr; dm-verity-fec.c: verity_fec_ctr
Fault check(const void* object, std::uint64_t length) noexcept {
  const auto& verity = *static_cast<const Verity*>(object);
  if (!hexadecimal(verity.rootDigest)) return {named["root_digest"], "must be hexadecimal"};
  if (!hexadecimal(verity.salt)) return {named["salt"], "must be hexadecimal, or empty"};
  const std::uint64_t sectors = verity.dataBlockSize / bytesPerSector;
  if (verity.dataBlocks > UINT64_MAX / sectors)
    return {named["data_blocks"], "are more than there can be sectors"};
  if (verity.hashStart > UINT64_MAX / (verity.hashBlockSize / bytesPerSector))
    return {named["hash_start"], "is behind what there can be of sectors"};
  if (length % sectors != 0)
    return {named["data_block_size"], "the length of the row is not a multiple of it"};
  if (length != 0 && (length - 1) / sectors >= verity.dataBlocks)
    return {named["data_blocks"], "the row is longer than the data blocks"};
  if (verity.fecDevice.empty()) return {};  // the kernel ignores the other FEC options
  if (!verity.fecBlocks || !verity.fecRoots)
    return {named["use_fec_from_device"], "needs fec_blocks and fec_roots"};
  if (verity.dataBlockSize != verity.hashBlockSize)
    return {named["use_fec_from_device"], "needs data and hash blocks of one size"};
  if (*verity.fecBlocks < verity.dataBlocks ||
      *verity.fecBlocks - verity.dataBlocks < hashBlocks(verity)) {
    return {named["fec_blocks"], "do not cover the blocks of data and hashes"};
  }
  if (*verity.fecBlocks > UINT64_MAX / sectors)
    return {named["fec_blocks"], "are more than there can be sectors"};
  if (verity.fecStart.value_or(0) > UINT64_MAX / sectors)
    return {named["fec_start"], "is behind what there can be of sectors"};
  return {};
}

// dm-verity-fec.c: verity_fec_ctr: without a device the kernel ignores the other FEC options
void normalise(void* object) noexcept {
  auto& verity = *static_cast<Verity*>(object);
  if (verity.fecStart == 0U) verity.fecStart.reset();
  if (!verity.fecDevice.empty()) return;
  verity.fecBlocks.reset();
  verity.fecStart.reset();
  verity.fecRoots.reset();
}

}  // namespace

constexpr Grammar verityGrammar = grammar<Verity, VerityStatus>(
    table, status,
    {.attributes = {.singleton = true, .immutable = true, .readOnly = true},
     .check = check,
     .normalise = normalise});

}  // namespace detail

DEVMAP_TARGET(Verity, VerityStatus, verityGrammar)

}  // namespace devmap::targets
