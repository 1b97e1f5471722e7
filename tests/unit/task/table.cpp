// Table text.

#include <devmap/table.hpp>

#include <doctest/doctest.h>

using namespace devmap;

namespace {

std::string refusal(std::string_view text) {
  auto rows = parseTable(text);
  REQUIRE_FALSE(rows);
  CHECK(rows.error().code == Errc::invalidTable);
  return rows.error().message();
}

}  // namespace

TEST_CASE("rows, comments and blank lines") {
  auto rows = parseTable(
      "# a table\n\n 0 16 linear 7:0  384 \n16\t8\tzero\r\n   # indented comment\n24 1 error");
  REQUIRE(rows);
  REQUIRE(rows->size() == 3);
  CHECK((*rows)[0].start == Sectors{0});
  CHECK((*rows)[0].length == Sectors{16});
  CHECK((*rows)[0].type == "linear");
  CHECK((*rows)[0].params == "7:0  384");
  CHECK((*rows)[1].type == "zero");
  CHECK((*rows)[1].params.empty());
  CHECK((*rows)[2].view().start == Sectors{24});
  CHECK(parseTable("")->empty());
}

TEST_CASE("a bad row says where and what") {
  CHECK(refusal("0 16 zero\n16 x zero") ==
        "read table: row 1: line 2, column 4: the length must be a number; a row is START LENGTH "
        "TYPE [PARAMETERS], start and length in "
        "sectors of "
        "512 bytes");
  CHECK(refusal("-1 16 zero").find("line 1, column 1: the start must be a number") !=
        std::string::npos);
  CHECK(refusal("0x10 16 zero").find("the start must be a number") != std::string::npos);
  CHECK(refusal("0 16").find("line 1, column 5: the target type is missing") != std::string::npos);
  CHECK(refusal("\n\n0").find("line 3, column 2: the length must be a number") !=
        std::string::npos);
  CHECK(refusal("18446744073709551616 1 zero").find("the start must be a number") !=
        std::string::npos);
}

TEST_CASE("words are separated by runs of blanks and never unescaped") {
  CHECK(words(" a  b\\ c\td \n") == std::vector<std::string_view>{"a", "b\\", "c", "d"});
  CHECK(words("").empty());
  CHECK(words("  ").empty());
}
