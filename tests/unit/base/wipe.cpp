// Overwriting secrets.
#include <base/wipe.hpp>
#include <devmap/targets/keys.hpp>

#include <algorithm>
#include <string>

#include <doctest/doctest.h>

TEST_CASE("wipe: zeroes, also nothing at all") {
  std::byte block[33];
  std::ranges::fill(block, std::byte{5});
  devmap::base::wipe(std::span(block).first(32));
  CHECK(std::ranges::count(block, std::byte{0}) == 32);
  CHECK(block[32] == std::byte{5});
  devmap::base::wipe({});
}

TEST_CASE("wipe: all memory of a text, also what was cut off") {
  std::string text(100, 'k');
  const char* const bytes = text.data();
  text.resize(10);
  devmap::wipe(text);
  CHECK(text.empty());
  REQUIRE(text.data() == bytes);
  REQUIRE(text.capacity() >= 100);
  text.resize(text.capacity(), '\0');  // its memory, to be inspected
  CHECK(std::ranges::count(text, 'k') == 0);
  std::string none;
  devmap::wipe(none);
  CHECK(none.empty());
}
