// Rows and status lines whose type is only known at run time.
#include <doctest/doctest.h>

#include <devmap/targets.hpp>
#include <targets/engine/registry.hpp>

using namespace devmap;
using namespace devmap::targets;

TEST_CASE("a known type is typed, an unknown one stays raw, and so does what is not this type's") {
  auto rows = targets::parseTable(
      "0 8 linear 8:1 2048\n8 8 future a b  c\n16 8 linear 8:1\n24 8 linear 8:1 1 more");
  REQUIRE(rows);
  REQUIRE(rows->size() == 4);
  const auto* linear = (*rows)[0].target.as<Linear>();
  REQUIRE(linear != nullptr);
  CHECK(linear->device == DeviceNumber{8, 1});
  CHECK(linear->start == Sectors{2048});
  const Value& future = (*rows)[1].target;
  CHECK_FALSE(future.typed());
  CHECK(future.text() == "a b  c");
  CHECK(future.check());
  CHECK(future.whyRaw().empty());
  const Value& broken = (*rows)[2].target;
  CHECK_FALSE(broken.typed());
  CHECK(broken.as<Linear>() == nullptr);
  CHECK(broken.whyRaw() == "linear: start: is missing");
  CHECK(broken.text() == "8:1");
  const Value& newer = (*rows)[3].target;
  REQUIRE(newer.typed());
  CHECK(newer.as<Linear>()->rest == Words{"more"});
  CHECK(newer.text() == "8:1 1 more");
}

TEST_CASE("what is told of the types is told of each, once") {
  const auto known = knownTypes();
  const auto grammars = targets::detail::allGrammars();
  REQUIRE(known.size() == grammars.size());
  for (std::size_t i = 0; i < known.size(); ++i) {
    CAPTURE(std::string(known[i].type));
    CHECK(known[i].type == grammars[i]->type);
    CHECK((known[i].mainline == Version{}) == known[i].attributes.outOfTree);
  }
}

TEST_CASE("the status of any type can be asked for as any type") {
  for (const TypeInfo& type : knownTypes()) {
    const Value status = parseStatus(type.type, "");
    CHECK(status.as<Linear>() == nullptr);
    const bool one = status.as<ThinStatus>() != nullptr || status.as<NoStatus>() != nullptr;
    if (one) CHECK(status.typed());
  }
  CHECK(parseStatus("linear", "").as<NoStatus>() != nullptr);
  CHECK(parseStatus("linear", "").as<ThinStatus>() == nullptr);
  CHECK(parseStatus("future", "").as<NoStatus>() == nullptr);
}

TEST_CASE("values move") {
  Value one = parseParams("linear", "8:1 0");
  Value two = std::move(one);
  REQUIRE(two.as<Linear>() != nullptr);
  one = parseParams("what", "ever");
  std::swap(one, two);
  CHECK(one.as<Linear>() != nullptr);
  CHECK(two.text() == "ever");
}

TEST_CASE("a table is checked as a whole") {
  const auto refusal = [](std::string_view text) {
    auto rows = targets::parseTable(text);
    REQUIRE(rows);
    auto checked = checkTable(*rows);
    REQUIRE_FALSE(checked);
    return checked.error().message();
  };
  CHECK(refusal("0 8 linear 8:1 0\n9 8 linear 8:1 0") ==
        "check table: row 1: linear: start: leaves a gap or overlaps");
  CHECK(refusal("0 0 linear 8:1 0") == "check table: row 0: linear: length: is 0");
  CHECK(refusal("0 8 linear 8:1 0 x") ==
        "check parameters: row 0: linear: rest: the kernel takes no further words");
  CHECK(checkTable(*targets::parseTable("0 8 linear 8:1 0\n8 1 future")));
}
