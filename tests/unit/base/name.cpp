// Names and uuids: what is refused and with which words, and what a mangled name looks like.

#include <devmap/name.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace devmap;

namespace {

std::string refusal(std::string_view name) {
  auto parsed = Name::parse(name);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code == Errc::invalidName);
  CHECK(parsed.error().errnum == 0);
  return parsed.error().message();
}

}  // namespace

TEST_CASE("names the kernel would refuse are refused, with the reason") {
  CHECK(refusal("") == "check name: a device name cannot be empty");
  CHECK(refusal(std::string(128, 'a')).find("a device name has at most 127 bytes") !=
        std::string::npos);
  CHECK(refusal("a/b") ==
        "check name 'a/b': a device name cannot hold '/': give the name without its directory");
  for (const char* reserved : {".", "..", "control"})
    CHECK(refusal(reserved) ==
          std::string("check name '") + reserved +
              "': the names '.', '..' and 'control' are reserved under /dev/mapper");
  CHECK(refusal(std::string_view("a\0b", 3)).find("NUL") != std::string::npos);
}

TEST_CASE("names are bytes: anything else is accepted, up to 127 of them") {
  CHECK(Name::parse(std::string(127, 'a'))->str().size() == 127);
  CHECK(Name::parse("a b")->str() == "a b");
  CHECK(Name::parse("a\nb")->str() == "a\nb");
  CHECK(Name::parse("\xff\xfe")->str() == "\xff\xfe");
  CHECK(Name::parse("...")->str() == "...");
  CHECK(Name::parse("controls")->str() == "controls");
}

TEST_CASE(
    "a new device's name must be able to stand in a link, and the error proposes one that can") {
  CHECK(Name::parseForNode("vg0-lv_1.2:3@x=+#")->str() == "vg0-lv_1.2:3@x=+#");
  CHECK(Name::parseForNode("a\\x20b")->str() == "a\\x20b");
  auto blank = Name::parseForNode("a b");
  REQUIRE_FALSE(blank);
  CHECK(blank.error().code == Errc::invalidName);
  CHECK(blank.error().message() ==
        "check name 'a b': a byte in it cannot stand in a /dev/mapper link; use the mangled form "
        "a\\x20b");
  auto newline = Name::parseForNode("a\nb");
  REQUIRE_FALSE(newline);
  CHECK(newline.error().message() ==
        "check name 'a\\x0ab': a byte in it cannot stand in a /dev/mapper link; use the mangled "
        "form a\\x0ab");
  CHECK_FALSE(Name::parseForNode("a\\xzzb"));
  CHECK_FALSE(Name::parseForNode("a\\"));
  CHECK_FALSE(Name::parseForNode("a\\x2"));
}

TEST_CASE("mangling is idempotent and gives names that can stand in a link") {
  for (std::string_view name :
       {"a b", "a\\b", "a\\x20b", "\xff", "plain", "a\nb\tc", "\\x", "x\\"}) {
    const std::string once = mangle(name);
    CHECK(mangle(once) == once);
    CHECK(Name::parseForNode(once).has_value());
  }
  CHECK(mangle("a b") == "a\\x20b");
  CHECK(mangle("a\\b") == "a\\x5cb");
  CHECK(mangle("") == "");
}

TEST_CASE("mangling modes: what goes to the kernel and comes back") {
  struct Case {
    std::string_view given, automatic, hex;  // an empty form: refused
  };
  for (const Case& name :
       {Case{"plain", "plain", "plain"}, Case{"a b", "a\\x20b", "a\\x20b"},
        Case{"a\\x20b", "a\\x20b", "a\\x5cx20b"}, Case{"a\\b", "a\\x5cb", "a\\x5cb"},
        Case{"\\xzz", "\\x5cxzz", "\\x5cxzz"}, Case{"a\\x", "a\\x5cx", "a\\x5cx"},
        Case{"a\\x20 b", "", "a\\x5cx20\\x20b"}, Case{"a\\x5cx20b", "", "a\\x5cx5cx20b"},
        Case{"\xff", "\\xff", "\\xff"}}) {
    CAPTURE(name.given);
    CHECK(*mangle(name.given, NameMangling::none) == name.given);
    CHECK(*mangle(name.given, NameMangling::hex) == name.hex);
    CHECK(unmangle(name.hex, NameMangling::hex) == name.given);
    const auto automatic = mangle(name.given, NameMangling::automatic);
    CHECK(automatic.has_value() == !name.automatic.empty());
    if (automatic) CHECK(*automatic == name.automatic);
  }
  CHECK(unmangle("a\\x20b", NameMangling::none) == "a\\x20b");
  CHECK(unmangle("a b\\x", NameMangling::automatic) == "a b\\x");
  CHECK(unmangle("\\x2G\\xfF", NameMangling::automatic) == "\\x2G\xff");
}

TEST_CASE("uuids: 1 to 128 bytes without NUL") {
  CHECK(Uuid::parse("LVM-x")->str() == "LVM-x");
  CHECK(Uuid::parse(std::string(128, 'u'))->str().size() == 128);
  auto longer = Uuid::parse(std::string(129, 'u'));
  REQUIRE_FALSE(longer);
  CHECK(longer.error().code == Errc::invalidUuid);
  CHECK(longer.error().message().find("a uuid has at most 128 bytes") != std::string::npos);
  CHECK_FALSE(Uuid::parse(""));
  CHECK_FALSE(Uuid::parse(std::string_view("a\0", 2)));
}
