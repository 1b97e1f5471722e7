// Bit sets: word 0 is the number of bits; the bits follow, the lowest first. As the macros of the
// header rely on it, there is a word more than needed where the bits fill their words.

#include "support/bitset.hpp"

#include <bit>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "entry.hpp"
#include "log.hpp"
#include "support/chars.hpp"
#include "support/pool.hpp"

using namespace devmap::libdm;

namespace {

constexpr unsigned int wordBits = 32;
constexpr std::uint64_t mostBits = INT_MAX;  // a bit's number is an int

unsigned int wordsOf(unsigned int count) noexcept { return count / wordBits + 1; }

/// The first bit from `from` on that is set; -1 if there is none.
int firstFrom(const uint32_t* bits, unsigned int from) noexcept {
  const unsigned int count = bits[0];
  for (unsigned int bit = from; bit < count; bit = (bit / wordBits + 1) * wordBits) {
    const uint32_t rest = bits[bit / wordBits + 1] >> (bit % wordBits);
    if (rest == 0) continue;
    const unsigned int found = bit + static_cast<unsigned int>(std::countr_zero(rest));
    return found < count ? static_cast<int>(found) : -1;
  }
  return -1;
}

/// The last bit below `end` that is set; -1 if there is none.
int lastBelow(const uint32_t* bits, unsigned int end) noexcept {
  while (end > 0) {
    const unsigned int last = end - 1;
    const uint32_t rest = bits[last / wordBits + 1] << (wordBits - 1 - last % wordBits);
    if (rest != 0) return static_cast<int>(last) - std::countl_zero(rest);
    end = last / wordBits * wordBits;
  }
  return -1;
}

struct Range {
  std::uint64_t first;
  std::uint64_t last;
};

void skipBlanks(std::string_view& text) noexcept {
  while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
}

bool takeNumber(std::string_view& text, std::uint64_t& value) noexcept {
  const std::string_view before = text;
  for (value = 0; !text.empty() && isDigit(text.front()); text.remove_prefix(1)) {
    value = value * 10 + static_cast<unsigned int>(text.front() - '0');
    if (value >= mostBits) return false;
  }
  return text.size() != before.size();
}

/// Takes blanks, "N" or "N-M", blanks and a comma off the text. An empty item gives first > last.
bool takeRange(std::string_view& text, Range& range) noexcept {
  range = {1, 0};
  skipBlanks(text);
  if (!text.empty() && text.front() != ',') {
    if (!takeNumber(text, range.first)) return false;
    range.last = range.first;
    if (!text.empty() && text.front() == '-') {
      text.remove_prefix(1);
      if (!takeNumber(text, range.last) || range.last < range.first) return false;
    }
    skipBlanks(text);
  }
  if (text.empty()) return true;
  if (text.front() != ',') return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

dm_bitset_t devmap::libdm::makeBitset(dm_pool* pool, unsigned int count) noexcept {
  const std::size_t size = (std::size_t{wordsOf(count)} + 1) * sizeof(uint32_t);
  void* const memory = pool != nullptr ? poolAllocate(*pool, size) : std::calloc(1, size);
  if (memory == nullptr) return nullptr;
  auto* const bits = static_cast<uint32_t*>(memory);
  bits[0] = count;
  return bits;
}

dm_bitset_t devmap::libdm::bitsetFromList(std::string_view text, dm_pool* pool,
                                          std::size_t least) noexcept {
  Range range{};
  std::uint64_t count = least;
  for (std::string_view rest = text; !rest.empty();) {
    if (!takeRange(rest, range)) {
      logError("not a list of numbers and ranges: " + std::string(text));
      return nullptr;
    }
    if (range.first <= range.last && range.last >= count) count = range.last + 1;
  }
  const dm_bitset_t bits =
      count > mostBits ? nullptr : makeBitset(pool, static_cast<unsigned int>(count));
  if (bits == nullptr) {
    logError("out of memory for a bit set");
    return nullptr;
  }
  for (std::string_view rest = text; !rest.empty() && takeRange(rest, range);)
    for (std::uint64_t bit = range.first; bit <= range.last; ++bit)
      bits[bit / wordBits + 1] |= uint32_t{1} << (bit % wordBits);
  return bits;
}

dm_bitset_t dm_bitset_create(dm_pool* pool, unsigned int count) {
  const Entry entry;
  return makeBitset(pool, count);
}

void dm_bitset_destroy(dm_bitset_t bits) {
  const Entry entry;
  std::free(bits);
}

int dm_bitset_equal(dm_bitset_t left, dm_bitset_t right) {
  if (left[0] != right[0]) return 0;
  for (unsigned int word = 1; word <= wordsOf(left[0]); ++word)
    if (left[word] != right[word]) return 0;
  return 1;
}

void dm_bit_and(dm_bitset_t out, dm_bitset_t left, dm_bitset_t right) {
  for (unsigned int word = 1; word <= wordsOf(left[0]); ++word)
    out[word] = left[word] & right[word];
}

void dm_bit_union(dm_bitset_t out, dm_bitset_t left, dm_bitset_t right) {
  for (unsigned int word = 1; word <= wordsOf(left[0]); ++word)
    out[word] = left[word] | right[word];
}

int dm_bit_get_first(dm_bitset_t bits) { return firstFrom(bits, 0); }

int dm_bit_get_next(dm_bitset_t bits, int after) {
  return after < -1 ? -1 : firstFrom(bits, static_cast<unsigned int>(after + 1));
}

int dm_bit_get_last(dm_bitset_t bits) { return lastBelow(bits, bits[0]); }

int dm_bit_get_prev(dm_bitset_t bits, int before) {
  if (before <= 0) return -1;
  const auto end = static_cast<unsigned int>(before);
  return lastBelow(bits, end < bits[0] ? end : bits[0]);
}

dm_bitset_t dm_bitset_parse_list(const char* text, dm_pool* pool, size_t least) {
  const Entry entry;
  return text == nullptr ? nullptr : bitsetFromList(text, pool, least);
}
