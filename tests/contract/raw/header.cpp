// Raw contract: versions, sizes, what the kernel returns.

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "check.hpp"
#include "packet.hpp"
#include "world.hpp"

using namespace contract;
using devmap::DmCommand;

namespace {

bool allZero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](std::byte byte) { return byte == std::byte{0}; });
}

constexpr std::size_t headerOnly = offsetof(dm_ioctl, data);

}  // namespace

TEST_CASE(
    "raw header: the kernel takes 4.0.0 to its own version and writes its own back, on failure "
    "too") {
  World world;
  Packet own(312);
  REQUIRE(own.send(world, DmCommand::version) == 0);
  const std::uint32_t minor = own.head().version[1];
  CHECK(own.head().version[0] == 4);
  CHECK(minor == world.minor());
  CHECK(own.head().data_size == 312);  // only the version was written

  Packet same(312);
  same.head().version[1] = minor;
  CHECK(same.send(world, DmCommand::version) == 0);

  for (const auto& [major, wanted] :
       {std::pair{4U, minor + 1}, std::pair{3U, 0U}, std::pair{5U, 0U}, std::pair{0U, 0U}}) {
    Packet packet(312);
    packet.head().version[0] = major;
    packet.head().version[1] = wanted;
    CHECK(packet.send(world, DmCommand::version) == EINVAL);
    CHECK(packet.head().version[0] == 4);
    CHECK(packet.head().version[1] == minor);
  }
}

TEST_CASE("raw header: data_size is 305 at least and not too large") {
  World world;
  for (const std::uint32_t size : {0U, 304U}) {
    Packet packet(312);
    packet.head().data_size = size;
    CHECK(packet.send(world, DmCommand::listDevices) == EINVAL);
    CHECK(packet.send(world, DmCommand::status) == EINVAL);
  }
  Packet least(312);
  least.head().data_size = 305;
  CHECK(least.send(world, DmCommand::listVersions) == 0);
  Packet huge(312);
  huge.head().data_size = (1U << 30) + 8;
  const int error = huge.send(world, DmCommand::listVersions);
  CHECK((error == EINVAL || error == ENOMEM || error == EFAULT));  // EINVAL since 6.8
}

TEST_CASE("raw header: a failure brings back nothing but the version") {
  World world;
  Packet packet(4096);
  packet.name(world.name("missing")).flags(DM_NOFLUSH_FLAG).event(7);
  packet.head().open_count = 9;
  std::ranges::fill(packet.bytes().subspan(312), std::byte{0xa5});
  const auto before = packet.copy();
  CHECK(packet.send(world, DmCommand::tableStatus) == ENXIO);
  const auto after = packet.copy();
  CHECK(std::equal(before.begin() + 12, before.end(), after.begin() + 12));
}

TEST_CASE(
    "raw header: secure data leaves zeros behind a failure, and a bare header behind a success") {
  World world;
  const std::string name = world.name();
  REQUIRE(create(world, name) == 0);

  Packet failing(4096);
  failing.name(name).flags(DM_SECURE_DATA_FLAG).row(0, 100, "no-such-target", "secret");
  CHECK(failing.send(world, DmCommand::tableLoad) == EINVAL);
  CHECK(allZero(failing.bytes()));

  Packet header(4096);  // the kernel wipes only the header for a header-only command
  header.name(world.name("missing")).flags(DM_SECURE_DATA_FLAG);
  std::ranges::fill(header.bytes().subspan(headerOnly), std::byte{0xa5});
  CHECK(header.send(world, DmCommand::status) == ENXIO);
  CHECK(allZero(header.bytes().first(headerOnly)));
  CHECK(header.bytes()[headerOnly] == std::byte{0xa5});

  Packet good(4096);
  good.name(name).flags(DM_SECURE_DATA_FLAG).row(0, 100, "zero", "");
  CHECK(good.send(world, DmCommand::tableLoad) == 0);
  CHECK(allZero(good.bytes().subspan(headerOnly)));
  CHECK(good.name() == name);
  CHECK_FALSE(good.flag(DM_SECURE_DATA_FLAG));
  CHECK(good.head().data_size == headerOnly);
}

TEST_CASE("raw header: commands without a payload answer with data_size 305") {
  World world;
  const std::string name = world.name();
  Packet created(312);
  CHECK(created.name(name).send(world, DmCommand::create) == 0);
  CHECK(created.head().data_size == headerOnly);
  CHECK(created.head().data_start == 312);
  CHECK(load(world, name, 100, "zero", "") == 0);

  for (const DmCommand command : {DmCommand::suspend, DmCommand::status, DmCommand::tableClear}) {
    Packet packet(4096);
    packet.name(name).event(quietEvent);
    CHECK(packet.send(world, command) == 0);
    CHECK(packet.head().data_size == headerOnly);
    CHECK(packet.head().data_start == 312);
  }
  Packet removed(312);
  world.settle();
  CHECK(removed.name(name).event(quietEvent).send(world, DmCommand::remove) == 0);
  CHECK(removed.head().data_size == headerOnly);
  CHECK(removed.head().dev == 0);
  CHECK(removed.head().event_nr == quietEvent);
}

TEST_CASE("raw header: table and dependencies of a device without a live table are empty replies") {
  World world;
  const std::string name = world.name();
  REQUIRE(create(world, name) == 0);
  for (const DmCommand command : {DmCommand::tableStatus, DmCommand::tableDeps}) {
    Packet packet(4096);
    CHECK(packet.name(name).send(world, command) == 0);
    CHECK(packet.head().data_size == headerOnly);
    CHECK(packet.head().target_count == 0);
  }
}

TEST_CASE("raw header: the flags that the kernel sets are cleared on the way in") {
  World world;
  const std::string name = world.name();
  REQUIRE(create(world, name) == 0);
  Packet packet(312);
  packet.name(name).flags(DM_BUFFER_FULL_FLAG | DM_UEVENT_GENERATED_FLAG | DM_DATA_OUT_FLAG |
                          DM_PERSISTENT_DEV_FLAG);
  CHECK(packet.send(world, DmCommand::status) == 0);
  CHECK(packet.head().flags == DM_PERSISTENT_DEV_FLAG);
}

TEST_CASE("raw header: commands that are newer than the interface are ENOTTY") {
  World world;
  Packet packet(4096);
  packet.name("zero");
  CHECK(packet.send(world, DmCommand::getTargetVersion) == (world.minor() >= 41 ? 0 : ENOTTY));
  CHECK(Packet(312).send(world, DmCommand::armPoll) == (world.minor() >= 37 ? 0 : ENOTTY));
}

TEST_CASE("raw header: a device is looked up by exactly one of name, uuid and number") {
  World world;
  const std::string name = world.name();
  const std::string uuid = "CONTRACT-" + name;
  REQUIRE(create(world, name, uuid) == 0);
  const auto number = status(world, name).device();

  Packet byName = status(world, name);
  CHECK(byName.uuid() == uuid);
  Packet byUuid(312);
  CHECK(byUuid.uuid(uuid).send(world, DmCommand::status) == 0);
  CHECK(byUuid.name() == name);
  CHECK(byUuid.device() == number);
  Packet byNumber(312);
  CHECK(byNumber.device(number).send(world, DmCommand::status) == 0);
  CHECK(byNumber.name() == name);
  CHECK(byNumber.uuid() == uuid);

  CHECK(Packet(312).name(name).uuid(uuid).send(world, DmCommand::status) == EINVAL);
  CHECK(Packet(312).name(name).device(number).send(world, DmCommand::status) == ENXIO);
  CHECK(Packet(312).uuid(uuid).device(number).send(world, DmCommand::status) == ENXIO);
  CHECK(Packet(312).send(world, DmCommand::status) == ENXIO);
  CHECK(Packet(312).name(name + "x").send(world, DmCommand::status) == ENXIO);
  CHECK(Packet(312).uuid(uuid + "x").send(world, DmCommand::status) == ENXIO);
  CHECK(Packet(312).device({number.major, number.minor + 1000}).send(world, DmCommand::status) ==
        ENXIO);
  CHECK(Packet(312).device(World::nothing).send(world, DmCommand::status) == ENXIO);
}
