// Numbers and words in text.

#include <doctest/doctest.h>

#include <base/text.hpp>

#include <limits>

using namespace devmap::base;

namespace {

constexpr auto largest = std::numeric_limits<std::uint64_t>::max();

std::uint64_t readOr(std::uint64_t otherwise, std::string_view word, unsigned radix = 10) {
  readNumber(word, otherwise, radix);
  return otherwise;
}

}  // namespace

TEST_CASE("text: a number is written in decimal") {
  CHECK(decimal(0) == "0");
  CHECK(decimal(largest) == "18446744073709551615");
}

TEST_CASE("text: a word is a number from end to end, and fits") {
  CHECK(readOr(7, "0") == 0);
  CHECK(readOr(7, "0018") == 18);
  CHECK(readOr(7, "18446744073709551615") == largest);
  CHECK(readOr(7, "ffFF", 16) == 65535);
  CHECK(readOr(7, "777", 8) == 511);
  for (const std::string_view word : {"", "18446744073709551616", "99999999999999999999999", "+1",
                                      "-1", " 1", "1 ", "1a", "0x1"}) {
    CAPTURE(word);
    CHECK(readOr(7, word) == 7);
  }
  CHECK(readOr(7, "8", 8) == 7);
}

TEST_CASE("text: a number is taken off the start, or nothing is") {
  std::string_view text = "253:17 rest";
  std::uint64_t number = 7;
  CHECK(takeNumber(text, number));
  CHECK(number == 253);
  CHECK(text == ":17 rest");
  CHECK_FALSE(takeNumber(text, number));
  text = "256";
  CHECK_FALSE(takeNumber(text, number, 255));
  CHECK(number == 253);
  CHECK(text == "256");
  CHECK(takeNumber(text, number, 256));
  CHECK(text.empty());
}

TEST_CASE("text: a device number is two numbers of 32 bits") {
  std::string_view text = "4294967295:0\n";
  const auto device = takeDevice(text);
  REQUIRE(device.has_value());
  CHECK((*device == devmap::DeviceNumber{4294967295, 0}));
  CHECK(text == "\n");
  for (const std::string_view bad :
       {"", "253", "253:", ":0", "4294967296:0", "0:4294967296", "a:b", "253 0"}) {
    CAPTURE(bad);
    text = bad;
    CHECK_FALSE(takeDevice(text).has_value());
    CHECK(text == bad);
  }
}

TEST_CASE("text: parts, lines and words are taken one after the other") {
  std::string_view text = "a;;b";
  CHECK(takeUpTo(text, ';') == "a");
  CHECK(takeUpTo(text, ';').empty());
  CHECK(takeUpTo(text, ';') == "b");
  CHECK(text.empty());
  text = "one\n\ntwo";
  CHECK(takeLine(text) == "one");
  CHECK(takeLine(text).empty());
  CHECK(takeLine(text) == "two");
  text = "\t first\v\fsecond \n";
  CHECK(takeWord(text) == "first");
  CHECK(takeWord(text) == "second");
  CHECK(takeWord(text).empty());
  CHECK(text.empty());
  CHECK(trim(" \na b\t") == "a b");
  CHECK(trim(" \t").empty());
}
