// Bit sets of the C interface.

#include <libdevmapper.h>

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

namespace {

class Bits {
 public:
  explicit Bits(dm_bitset_t bits) : bits_(bits) {}
  Bits(unsigned int size, std::initializer_list<unsigned int> set)
      : bits_(dm_bitset_create(nullptr, size)) {
    REQUIRE(bits_ != nullptr);
    for (const unsigned int bit : set) dm_bit_set(bits_, bit);
  }
  ~Bits() { dm_bitset_destroy(bits_); }
  Bits(const Bits&) = delete;
  Bits& operator=(const Bits&) = delete;
  operator dm_bitset_t() const { return bits_; }  // NOLINT(google-explicit-constructor)

 private:
  dm_bitset_t bits_;
};

/// "[size] bit bit ...", or "refused".
std::string parsed(const char* text, std::size_t least = 0) {
  const Bits bits(dm_bitset_parse_list(text, nullptr, least));
  if (bits == nullptr) return "refused";
  std::string result = "[" + std::to_string(*bits) + "]";
  for (int bit = dm_bit_get_first(bits); bit >= 0; bit = dm_bit_get_next(bits, bit))
    result += " " + std::to_string(bit);
  return result;
}

}  // namespace

TEST_CASE("a new set has its size in the first word, and no bit") {
  for (const unsigned int size : {0U, 1U, 31U, 32U, 33U, 100U}) {
    const Bits bits(size, {});
    CHECK(*bits == size);
    CHECK(dm_bit_get_first(bits) == -1);
    CHECK(dm_bit_get_last(bits) == -1);
  }
}

TEST_CASE("bits are walked upwards and downwards, across words") {
  const Bits bits(100, {3, 31, 32, 64, 99});
  CHECK(dm_bit_get_first(bits) == 3);
  CHECK(dm_bit_get_next(bits, -1) == 3);
  CHECK(dm_bit_get_next(bits, 3) == 31);
  CHECK(dm_bit_get_next(bits, 31) == 32);
  CHECK(dm_bit_get_next(bits, 32) == 64);
  CHECK(dm_bit_get_next(bits, 64) == 99);
  CHECK(dm_bit_get_next(bits, 99) == -1);
  CHECK(dm_bit_get_next(bits, 1000) == -1);
  CHECK(dm_bit_get_last(bits) == 99);
  CHECK(dm_bit_get_prev(bits, 99) == 64);
  CHECK(dm_bit_get_prev(bits, 64) == 32);
  CHECK(dm_bit_get_prev(bits, 32) == 31);
  CHECK(dm_bit_get_prev(bits, 31) == 3);
  CHECK(dm_bit_get_prev(bits, 3) == -1);
  CHECK(dm_bit_get_prev(bits, 0) == -1);
  CHECK(dm_bit_get_prev(bits, -1) == -1);
}

TEST_CASE("bits of the words that are beyond the set's size are never found") {
  const Bits bits(10, {});
  dm_bit_set_all(bits);
  CHECK(dm_bit_get_next(bits, 8) == 9);
  CHECK(dm_bit_get_next(bits, 9) == -1);
  CHECK(dm_bit_get_last(bits) == 9);
  CHECK(dm_bit_get_prev(bits, 1000) == 9);
  CHECK(dm_bit_get_first(Bits(10, {11})) == -1);
}

TEST_CASE("single bits are set, cleared and read") {
  const Bits bits(64, {});
  dm_bit_set(bits, 40);
  CHECK(dm_bit(bits, 40));
  CHECK_FALSE(dm_bit(bits, 41));
  CHECK_FALSE(dm_bit(bits, 8));
  dm_bit_clear(bits, 40);
  CHECK_FALSE(dm_bit(bits, 40));
}

TEST_CASE("whole sets are filled, cleared, copied and compared") {
  for (const unsigned int size : {1U, 32U, 64U, 65U}) {
    const Bits left(size, {});
    const Bits right(size, {});
    CHECK(dm_bitset_equal(left, right) == 1);
    dm_bit_set_all(left);
    CHECK(dm_bit(left, size - 1));
    CHECK(dm_bitset_equal(left, right) == 0);
    dm_bit_copy(right, left);
    CHECK(dm_bitset_equal(left, right) == 1);
    dm_bit_clear(right, size - 1);
    CHECK(dm_bitset_equal(left, right) == 0);
    dm_bit_clear_all(left);
    CHECK(dm_bit_get_first(left) == -1);
  }
  CHECK(dm_bitset_equal(Bits(32, {}), Bits(33, {})) == 0);
}

TEST_CASE("sets are joined and intersected") {
  const Bits left(70, {1, 40, 69});
  const Bits right(70, {2, 40, 69});
  const Bits out(70, {5});
  dm_bit_and(out, left, right);
  CHECK(dm_bitset_equal(out, Bits(70, {40, 69})) == 1);
  dm_bit_union(out, left, right);
  CHECK(dm_bitset_equal(out, Bits(70, {1, 2, 40, 69})) == 1);
}

TEST_CASE("a set may belong to a pool") {
  dm_pool* const pool = dm_pool_create("test", 0);
  dm_bitset_t const bits = dm_bitset_create(pool, 40);
  dm_bit_set_all(bits);
  CHECK(dm_bit_get_last(bits) == 39);
  CHECK(dm_bit_get_last(dm_bitset_parse_list("7", pool, 0)) == 7);
  dm_pool_destroy(pool);
}

TEST_CASE("lists of numbers and ranges become sets") {  // libdevmapper 1.02.185
  CHECK(parsed("1,3-5") == "[6] 1 3 4 5");
  CHECK(parsed("0") == "[1] 0");
  CHECK(parsed("30-33") == "[34] 30 31 32 33");
  CHECK(parsed("4-4") == "[5] 4");
  CHECK(parsed("1,1") == "[2] 1");
  CHECK(parsed("10-12, 3") == "[13] 3 10 11 12");
  CHECK(parsed(" 1, 2 ") == "[3] 1 2");
  CHECK(parsed("3 , 4\n") == "[5] 3 4");
  CHECK(parsed("") == "[0]");
  CHECK(parsed(" ") == "[0]");
  CHECK(parsed("1,,2,") == "[3] 1 2");
  CHECK(parsed(",1") == "[2] 1");
}

TEST_CASE("other texts are refused") {
  for (const char* text : {"a", "5-3", "1-", "-1", "1-2-3", "1,2 3", "1 -3", "1- 3", "+1", "1x",
                           "0x5", "99999999999", "4294967296"}) {
    CAPTURE(text);
    CHECK(parsed(text) == "refused");
  }
  CHECK(dm_bitset_parse_list(nullptr, nullptr, 0) == nullptr);
}

TEST_CASE("a set made of a list has the least number of bits that was asked for") {
  CHECK(parsed("3", 64) == "[64] 3");
  CHECK(parsed("70", 10) == "[71] 70");
  CHECK(parsed("", 5) == "[5]");
}
