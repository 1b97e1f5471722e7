#include <devmap/targets/dust.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Rule blockSize{.min = 512, .max = 1U << 30, .powerOfTwo = true};
constexpr Field table[] = {
    word<&Dust::device>("device"),
    word<&Dust::start>("start").in(Unit::sectors),
    word<&Dust::blockSize>("block_size").in(Unit::bytes).with(blockSize),
    rest<&Dust::rest>(),
};
constexpr Names<table> named;
constexpr Choice readWords[] = {{"bypass"}, {"fail_read_on_bad_block"}, otherWord},
                 verbosityWords[] = {{"verbose"}, {"quiet"}, otherWord};
constexpr std::span<const Choice> reads = readWords, verbosities = verbosityWords;
constexpr Field status[] = {
    word<&DustStatus::device>("device"),
    word<&DustStatus::reads>("reads").of(reads),
    word<&DustStatus::verbosity>("verbosity").of(verbosities),
    rest<&DustStatus::rest>(),
};

// dm-dust.c: dust_ctr
Fault check(const void* object, std::uint64_t length) noexcept {
  const auto sectors = static_cast<const Dust*>(object)->blockSize / bytesPerSector;
  if (length != 0 && sectors > length) return {named["block_size"], "is larger than the row"};
  return {};
}

}  // namespace

constexpr Grammar dustGrammar =
    grammar<Dust, DustStatus>(table, status, {.check = check, .closed = true});

}  // namespace detail

DEVMAP_TARGET(Dust, DustStatus, dustGrammar)

}  // namespace devmap::targets
