// Lines that fit a screen.
#include <doctest/doctest.h>

#include "cli/print.hpp"
#include "show/screen.hpp"

using namespace tool;

TEST_CASE("screen: text is filled up and cut by characters") {
  const Screen ascii;
  Screen utf8;
  utf8.utf8 = true;
  CHECK(columnsOf("naïve…") == 6);
  CHECK(fitted(ascii, "abc", 5) == "abc  ");
  CHECK(fitted(ascii, "abc", 5, true) == "  abc");
  CHECK(fitted(ascii, "abcdef", 4) == "abc~");
  CHECK(fitted(utf8, "äöüß", 3) == "äö…");
  CHECK(fitted(utf8, "äöü", 3) == "äöü");
  CHECK(fitted(ascii, "abc", 0) == "abc");
}

TEST_CASE("screen: bars and percentages are full only when all is used") {
  const Screen ascii;
  CHECK(percentage(0, 0) == 0);
  CHECK(percentage(1, 0) == 0);
  CHECK(percentage(999, 1000) == 99);
  CHECK(percentage(UINT64_MAX - 1, UINT64_MAX) == 99);
  CHECK(percentage(UINT64_MAX / 2, UINT64_MAX) == 49);
  CHECK(bar(ascii, 0, 7) == "[----------]   0%");
  CHECK(bar(ascii, 1, 1000000) == "[#---------]   0%");
  CHECK(bar(ascii, 999, 1000) == "[#########-]  99%");
  CHECK(bar(ascii, 7, 7) == "[##########] 100%");
  CHECK(bar(ascii, 5, 0) == "[#---------]   0%");
}

TEST_CASE("screen: sizes") {
  CHECK(sizeText(0) == "0B");
  CHECK(sizeText(512) == "512B");
  CHECK(sizeText(1024) == "1K");
  CHECK(sizeText(1536) == "1.5K");
  CHECK(sizeText(1023 * 1024) == "1023K");
  CHECK(sizeText(std::uint64_t{10} << 30) == "10G");
  CHECK(sizeText((std::uint64_t{3} << 40) / 2) == "1.5T");
  CHECK(sizeText(UINT64_MAX) == "15.9E");
}

TEST_CASE("screen: tones take no room, and the worst one counts") {
  const std::string text =
      join("a", toned("bc", Tone::warning), toned("d", Tone::good), "e", toned("", Tone::faint));
  CHECK(columnsOf(text) == 5);
  CHECK(plainText(text) == "abcde");
  CHECK(worst(text) == Tone::warning);
  CHECK(worst("abc") == Tone::plain);
  CHECK(worst("") == Tone::plain);
  CHECK(toned("abc", Tone::plain) == "abc");
  CHECK(plainText(fitted({}, text, 3)) == "ab~");
  CHECK(plainText(fitted({}, text, 7)) == "abcde  ");
}
