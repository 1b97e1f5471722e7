// Raw contract: lists of devices and target types.

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "check.hpp"
#include "packet.hpp"
#include "world.hpp"

using namespace contract;
using devmap::DmCommand;

namespace {

const ListRecord* find(const std::vector<ListRecord>& records, std::string_view name) {
  const auto found = std::find_if(records.begin(), records.end(),
                                  [&](const ListRecord& record) { return record.name == name; });
  return found == records.end() ? nullptr : &*found;
}

std::vector<std::string> names(const std::vector<ListRecord>& records) {
  std::vector<std::string> names;
  for (const ListRecord& record : records) names.push_back(record.name);
  return names;
}

}  // namespace

TEST_CASE("raw list: without devices the payload is empty and data_size is 312") {
  World world;
  if (!listDevices(world).empty()) {
    MESSAGE("SKIP: this machine has other device-mapper devices");
    return;
  }
  Packet packet(4096);
  std::ranges::fill(packet.bytes().subspan(312), std::byte{0xa5});
  CHECK(packet.send(world, DmCommand::listDevices) == 0);
  CHECK(packet.head().data_size == 312);
  CHECK_FALSE(packet.flag(DM_BUFFER_FULL_FLAG));
  CHECK(packet.bytes()[320] == std::byte{0xa5});
  Packet tight(319);  // BUFFER_FULL up to 6.x, no longer with 7.3
  CHECK(tight.send(world, DmCommand::listDevices) == 0);
  CHECK(tight.flag(DM_BUFFER_FULL_FLAG) != (tight.head().data_size == 312));
  Packet enough(320);
  CHECK(enough.send(world, DmCommand::listDevices) == 0);
  CHECK_FALSE(enough.flag(DM_BUFFER_FULL_FLAG));
}

TEST_CASE("raw list: names in order, numbers, event numbers, and uuids on request") {
  World world;
  const std::string first = world.name("1");
  const std::string second = world.name("2");
  const std::string third = world.name("3");
  REQUIRE(create(world, third) == 0);
  const auto number = makeDevice(world, first);
  REQUIRE(create(world, second, "CONTRACT-list") == 0);
  REQUIRE(Packet().name(first).event(quietEvent).text(first + "r").send(world, DmCommand::rename) ==
          0);  // one event
  REQUIRE(Packet().name(first + "r").event(quietEvent).text(first).send(world, DmCommand::rename) ==
          0);

  const auto plain = listDevices(world);
  REQUIRE(find(plain, first) != nullptr);
  CHECK(find(plain, first)->device == number);
  if (world.minor() >= 37) CHECK(find(plain, first)->eventNr == 2);
  CHECK(find(plain, second)->flags == 0);
  if (world.minor() < 45) return;
  CHECK(std::ranges::is_sorted(names(plain)));
  const auto full = listDevices(world, DM_UUID_FLAG);
  CHECK(find(full, second)->flags == 1);
  CHECK(find(full, second)->uuid == "CONTRACT-list");
  CHECK(find(full, third)->flags == 2);
  CHECK(find(full, third)->uuid.empty());
}

TEST_CASE("raw list: name and uuid of the header are prefixes since 4.45") {
  World world;
  const std::string first = world.name("x1");
  const std::string second = world.name("x2");
  REQUIRE(create(world, first, "CONTRACT-one") == 0);
  REQUIRE(create(world, second) == 0);
  const std::string prefix = first.substr(0, first.size() - 1);
  if (world.minor() < 45) {
    CHECK(find(listDevices(world, 0, "no such prefix"), first) != nullptr);
    return;
  }
  CHECK(names(listDevices(world, 0, prefix)) == std::vector{first, second});
  CHECK(names(listDevices(world, 0, first)) == std::vector{first});
  CHECK(names(listDevices(world, 0, first + "x")).empty());
  CHECK(names(listDevices(world, 0, prefix, "CONTRACT-o")) == std::vector{first});
  CHECK(names(listDevices(world, 0, second, "CONTRACT-o")).empty());
}

TEST_CASE("raw list: a buffer one byte too small is full, and one of that size is not") {
  World world;
  REQUIRE(create(world, world.name("long name of a device"), "CONTRACT-uuid") == 0);
  REQUIRE(create(world, world.name("b")) == 0);
  Packet packet(std::size_t{1} << 16);
  REQUIRE(packet.flags(DM_UUID_FLAG).send(world, DmCommand::listDevices) == 0);
  const std::size_t size = packet.head().data_size;
  Packet exact(size);
  CHECK(exact.flags(DM_UUID_FLAG).send(world, DmCommand::listDevices) == 0);
  CHECK_FALSE(exact.flag(DM_BUFFER_FULL_FLAG));
  CHECK(std::memcmp(exact.bytes().data() + 312, packet.bytes().data() + 312, size - 312) == 0);
  Packet tight(size - 1);
  CHECK(tight.flags(DM_UUID_FLAG).send(world, DmCommand::listDevices) == 0);
  CHECK(tight.flag(DM_BUFFER_FULL_FLAG));
  CHECK(tight.head().data_size == 305);
}

TEST_CASE("raw versions: types that are loaded, and any type by name") {
  World world;
  const auto listed = [&] {
    std::vector<std::string> types;
    Packet packet(std::size_t{1} << 16);
    CHECK(packet.send(world, DmCommand::listVersions) == 0);
    const char* at =
        reinterpret_cast<const char*>(packet.bytes().data()) + packet.head().data_start;
    for (;;) {
      dm_target_versions record;
      std::memcpy(&record, at, sizeof record);
      types.emplace_back(at + sizeof record);
      CHECK(record.version[0] >= 1);
      if (record.next == 0) return types;
      CHECK(record.next % 8 == 0);
      at += record.next;
    }
  };
  auto types = listed();
  CHECK(std::ranges::count(types, "linear") == 1);
  CHECK(std::ranges::count(types, "error") == 1);
  Packet tight(320);
  CHECK(tight.send(world, DmCommand::listVersions) == 0);
  CHECK(tight.flag(DM_BUFFER_FULL_FLAG));

  if (world.minor() < 41) return;
  Packet one(4096);
  CHECK(one.name("thin-pool").send(world, DmCommand::getTargetVersion) == 0);
  CHECK(std::string(reinterpret_cast<const char*>(one.bytes().data()) + 312 +
                    sizeof(dm_target_versions)) == "thin-pool");
  types = listed();
  CHECK(std::ranges::count(types, "thin-pool") == 1);
  CHECK(std::ranges::count(types, "thin") == 1);
  CHECK(Packet(4096).name("no-such-type").send(world, DmCommand::getTargetVersion) == EINVAL);
}
