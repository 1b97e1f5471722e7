// Names and uuids with bytes that no link can have: mangled at the edge of the API, or left as they
// are.

#include <algorithm>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

namespace {

// The kernel's own names, whatever the lab's context turns them into.
std::vector<std::string> kernelNames(const Lab& lab) {
  std::vector<std::string> names;
  for (const auto& [name, number] : lab.world.usage().devices) names.push_back(name);
  return names;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::vector<std::string> listed(DeviceMapper& context) {
  std::vector<std::string> names;
  for (const DeviceEntry& device : need(list(context))) names.push_back(device.name);
  return names;
}

}  // namespace

TEST_CASE("names: with automatic mangling a blank and its mangled form are one device") {
  Lab lab({.mangling = NameMangling::automatic});
  const std::string name = lab.name("a b"), mangled = lab.name("a\\x20b");
  const DeviceInfo made = need(create(lab.mapper(), name, zeroRow(8), {.uuid = "CONTRACT-u u"}));
  CHECK(made.name == name);
  CHECK(made.uuid == "CONTRACT-u u");
  CHECK(has(kernelNames(lab), mangled));
  lab.checkNode(mangled);
  for (const DeviceRef& ref : {DeviceRef(name), DeviceRef(mangled), DeviceRef::uuid("CONTRACT-u u"),
                               DeviceRef::uuid("CONTRACT-u\\x20u"), DeviceRef(made.device)}) {
    const DeviceInfo seen = need(info(lab.mapper(), ref));
    CHECK(seen.exists);
    CHECK(seen.name == name);
    CHECK(seen.uuid == "CONTRACT-u u");
  }
  CHECK(has(listed(lab.mapper()), name));
  CHECK_FALSE(has(listed(lab.mapper()), mangled));
  CHECK(need(findDevice(lab.mapper(), "/dev/mapper/" + mangled)).name == name);
  CHECK(need(list(lab.mapper(), {.namePrefix = name})).size() == 1);
  checkGood(makeNodes(lab.mapper()));
  lab.checkNode(mangled);
  const std::string other = lab.name("ü"), otherMangled = lab.name("\\xc3\\xbc");
  checkGood(rename(lab.mapper(), name, other));
  CHECK(has(kernelNames(lab), otherMangled));
  lab.checkNode(otherMangled);
  lab.checkNoNode(mangled);
  CHECK(need(remove(lab.mapper(), other, {.retryBusy = true})) == Removal::done);
  lab.checkNoNode(otherMangled);
}

TEST_CASE("names: automatic mangling refuses what is half mangled, and what is mangled twice") {
  Lab lab({.mangling = NameMangling::automatic});
  const auto half = create(lab.mapper(), "a\\x20b c", zeroRow(8));
  checkFails(half, {Errc::invalidName, 0, "a\\x20b c", {}, "some of its bytes are mangled", {}});
  checkFails(create(lab.mapper(), "a\\x5cx20b", zeroRow(8)),
             {Errc::invalidName, 0, "a\\x5cx20b", {}, "more than once", {}});
  checkFails(info(lab.mapper(), DeviceRef::uuid("U-\\x20 ")),
             {Errc::invalidUuid, 0, "U-\\x20 ", {}, "some of its bytes are mangled", {}});
  const std::string longName(40, ' ');
  checkFails(create(lab.mapper(), longName, zeroRow(8)),
             {Errc::invalidName, 0, {}, {}, "127 bytes", {}});
}

TEST_CASE("names: with hex mangling a backslash is a byte like any other") {
  Lab lab({.mangling = NameMangling::hex});
  const std::string name = lab.name("a\\x20b"), mangled = lab.name("a\\x5cx20b");
  CHECK(need(create(lab.mapper(), name, zeroRow(8))).name == name);
  CHECK(has(kernelNames(lab), mangled));
  lab.checkNode(mangled);
  CHECK(has(listed(lab.mapper()), name));
  CHECK(need(findDevice(lab.mapper(), "/dev/mapper/" + mangled)).name == name);
  checkGood(makeNodes(lab.mapper()));
  CHECK(need(remove(lab.mapper(), name, {.retryBusy = true})) == Removal::done);
  lab.checkNoNode(mangled);
}

TEST_CASE("names: a context that takes any new name gives its node the mangled form") {
  Lab lab({.mangling = NameMangling::none, .anyNewName = true});
  const std::string name = lab.name("a b");
  CHECK(need(create(lab.mapper(), name, zeroRow(8))).name == name);
  CHECK(has(kernelNames(lab), name));
  checkGood(rename(lab.mapper(), name, lab.name("c d")));
  CHECK(has(kernelNames(lab), lab.name("c d")));
  CHECK(need(remove(lab.mapper(), lab.name("c d"), {.retryBusy = true})) == Removal::done);
}

TEST_CASE("names: the type of a target is no name") {
  Lab lab({.mangling = NameMangling::hex});
  CHECK(need(targetVersion(lab.mapper(), "zero")).major != 0);
}

TEST_CASE("names: devices that others gave a blank, a newline or bytes beyond UTF-8") {
  for (const NameMangling mode : {NameMangling::none, NameMangling::automatic, NameMangling::hex}) {
    Lab lab({.mangling = mode});
    for (const char* tag : {"a b", "new\nline", "\xff\xfe\x80"}) {
      const std::string name = lab.name(tag);
      REQUIRE(contract::create(lab.world, name) == 0);
      CHECK(has(listed(lab.mapper()), name));
      const DeviceNumber number = *lab.number(name);
      CHECK(need(info(lab.mapper(), number)).name == name);
      checkGood(load(lab.mapper(), number, zeroRow(8)));
      checkGood(resume(lab.mapper(), number));
      CHECK(need(table(lab.mapper(), number)).rows.size() == 1);
      lab.world.settle();
      if (mode != NameMangling::none) {
        CHECK(need(remove(lab.mapper(), number, {.retryBusy = true})) == Removal::done);
        continue;
      }
      CHECK(need(info(lab.mapper(), name)).device == number);
      CHECK(need(status(lab.mapper(), name)).rows.size() == 1);
      CHECK(need(findDevice(lab.mapper(), name)).name == name);
      CHECK(need(remove(lab.mapper(), name, {.retryBusy = true})) == Removal::done);
    }
    lab.world.settle();
  }
}
