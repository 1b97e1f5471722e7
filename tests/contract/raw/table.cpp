// Raw contract: loading tables, making them live, reading them.

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "check.hpp"
#include "packet.hpp"
#include "world.hpp"

using namespace contract;
using devmap::DeviceNumber;
using devmap::DmCommand;

namespace {

std::string text(DeviceNumber number) {
  return std::to_string(number.major) + ":" + std::to_string(number.minor);
}

}  // namespace

TEST_CASE("raw table: rows must follow each other from 0 on") {
  World world;
  const std::string name = world.name();
  REQUIRE(create(world, name) == 0);
  LogWatch log(world);
  const auto load = [&](Packet packet) {
    return packet.name(name).send(world, DmCommand::tableLoad);
  };
  CHECK(load(Packet()) == EINVAL);  // no rows
  CHECK(load(Packet().row(0, 0, "zero", "")) == EINVAL);
  CHECK(load(Packet().row(5, 100, "zero", "")) == EINVAL);
  CHECK(load(Packet().row(0, 100, "zero", "").row(200, 100, "zero", "")) == EINVAL);
  CHECK(load(Packet().row(0, 100, "zero", "").row(50, 100, "zero", "")) == EINVAL);
  CHECK(load(Packet().row(0, 100, "no-such-target", "")) == EINVAL);
  CHECK(load(Packet().row(0, 100, "zero", "x")) == EINVAL);
  Packet many;
  many.row(0, 100, "zero", "");
  many.head().target_count = 2;
  CHECK(load(many) == EINVAL);
  const std::string prefix = "device-mapper: table: " + text(status(world, name).device()) + ": ";
  const std::string said = log.text();
  for (const char* sentence :
       {"zero-length target", "zero: Gap in table (-EINVAL)", "no-such-target: unknown target type",
        "zero: No arguments required (-EINVAL)"}) {
    CAPTURE(said);
    CHECK(said.find(prefix + sentence + "\n") != std::string::npos);
  }
  CHECK(said.find("device-mapper: ioctl: error adding target to table\n") != std::string::npos);
  CHECK_FALSE(status(world, name).flag(DM_INACTIVE_PRESENT_FLAG));
}

TEST_CASE(
    "raw table: next is aligned, behind the parameters and inside the packet; its last value does "
    "not matter") {
  World world;
  const std::string name = world.name();
  REQUIRE(create(world, name) == 0);
  const auto twoRows = [&](std::uint32_t next) {
    Packet packet;
    packet.name(name).row(0, 100, "zero", "").row(100, 100, "zero", "");
    packet.spec(0).next = next;
    packet.spec(1).next = 0xdeadbeef;
    return packet.send(world, DmCommand::tableLoad);
  };
  CHECK(twoRows(48) == 0);
  CHECK(twoRows(40000) != 0);
  CHECK(twoRows(0xfffffff8) != 0);
  if (world.strict()) {
    CHECK(twoRows(0) == EINVAL);
    CHECK(twoRows(40) == EINVAL);
    CHECK(twoRows(44) == EINVAL);
    CHECK(twoRows(49) == EINVAL);
  }
  Packet early;
  early.name(name).row(0, 100, "zero", "");
  early.head().data_start = 304;
  CHECK(early.send(world, DmCommand::tableLoad) == EINVAL);
}

TEST_CASE("raw table: parameters end with a NUL inside the packet") {
  World world;
  const std::string name = world.name();
  REQUIRE(create(world, name) == 0);
  Packet packet(312 + 40 + 16);
  packet.name(name).row(0, 100, "error", "");
  std::ranges::fill(packet.bytes().subspan(352), std::byte{'x'});
  CHECK(packet.send(world, DmCommand::tableLoad) == EINVAL);
}

TEST_CASE("raw table: rows may start later than byte 312") {
  World world;
  const std::string name = world.name();
  REQUIRE(create(world, name) == 0);
  Packet packet;
  packet.name(name).row(0, 100, "zero", "");
  std::memmove(packet.bytes().data() + 1024, packet.bytes().data() + 312, 64);
  packet.head().data_start = 1024;
  CHECK(packet.send(world, DmCommand::tableLoad) == 0);
}

TEST_CASE("raw table: target_count has a limit") {
  World world;
  const std::string name = world.name();
  REQUIRE(create(world, name) == 0);
  Packet packet;
  packet.name(name).row(0, 100, "zero", "");
  packet.head().target_count = 1048577;
  const int error = packet.send(world, DmCommand::tableLoad);
  CHECK((error == EOVERFLOW || error == EINVAL || error == ENOMEM));  // EOVERFLOW since 6.8
  CHECK(Packet().name(name + "x").row(0, 100, "zero", "").send(world, DmCommand::tableLoad) ==
        ENXIO);
}

TEST_CASE("raw table: backing devices by path and number, and what is wrong with others") {
  World world;
  const std::string name = world.name();
  const Disk disk = world.disk();
  const std::string file = world.file();
  REQUIRE(create(world, name) == 0);
  const DeviceNumber own = status(world, name).device();
  const auto linear = [&](const std::string& params) {
    return load(world, name, 100, "linear", params);
  };
  LogWatch log(world);
  CHECK(linear("/dev/no-such-device 0") == (world.strict() ? ENOENT : ENODEV));
  CHECK(linear(file + " 0") == (world.strict() ? ENOTBLK : ENODEV));
  CHECK(linear(std::string(World::characterDevice()) + " 0") ==
        (world.strict() ? ENOTBLK : ENODEV));
  CHECK(linear(text(World::nothing) + " 0") == ENXIO);
  CHECK(linear("99999:1 0") == EOVERFLOW);
  CHECK(linear(text(own) + " 0") == (world.strict() ? EINVAL : ENXIO));  // it has no disk yet
  CHECK(linear(disk.path) == EINVAL);
  CHECK(linear(disk.path + " x") == EINVAL);
  CHECK(linear(disk.path + " 0 0") == EINVAL);
  const std::string said = log.text();
  const std::string prefix = "device-mapper: table: " + text(own) + ": linear: ";
  CAPTURE(said);
  CHECK(said.find(prefix + "Device lookup failed (-ENXIO)\n") != std::string::npos);
  CHECK(said.find(prefix + (world.strict() ? "Device lookup failed (-ENOENT)\n"
                                           : "Device lookup failed (-ENODEV)\n")) !=
        std::string::npos);
  CHECK(said.find(prefix + "Invalid argument count (-EINVAL)\n") != std::string::npos);
  CHECK(said.find(prefix + "Invalid device sector (-EINVAL)\n") != std::string::npos);

  CHECK(linear(disk.path + " 0") == 0);
  CHECK(linear(text(disk.number) + " 8") == 0);
  CHECK(linear("  " + text(disk.number) + " \t 16  ") == 0);
  if (world.strict())
    CHECK(linear(text(own) + " 0") ==
          EINVAL);  // before that, it can use itself and never be removed again
  CHECK(resume(world, name) == 0);
  CHECK(firstText(world, name, DM_STATUS_TABLE_FLAG) == text(disk.number) + " 16");
  CHECK(firstText(world, name).empty());
}

TEST_CASE("raw table: a backslash escapes the next byte") {
  World world;
  const std::string name = world.name();
  const Disk disk = world.disk();
  REQUIRE(create(world, name) == 0);
  std::string path = "/dev/contract\\node x";
  REQUIRE(world.kernel().makeNode(path.c_str(), devmap::NodeType::blockDevice, disk.number, 0600) ==
          0);
  CHECK(load(world, name, 100, "linear", path + " 0") != 0);
  CHECK(load(world, name, 100, "linear", "/dev/contract\\\\node\\ x 0") == 0);
  CHECK(world.kernel().removeNode(path.c_str()) == 0);
}

TEST_CASE(
    "raw table: a device too small is refused by the first load, later by the resume, which keeps "
    "the old table") {
  World world;
  const std::string name = world.name();
  const Disk disk = world.disk(1 << 20);
  const std::string linear = text(disk.number) + " 0";
  REQUIRE(create(world, name) == 0);
  LogWatch log(world);
  CHECK(load(world, name, 2049, "linear", linear) == EINVAL);
  CHECK_FALSE(status(world, name).flag(DM_INACTIVE_PRESENT_FLAG));
  const std::string said = log.text();
  CAPTURE(said);
  CHECK(said.find(" too small for target: start=0, len=2049, dev_size=2048\n") !=
        std::string::npos);
  CHECK(said.find("device-mapper: ioctl: unable to set up device queue for new table.\n") !=
        std::string::npos);

  CHECK(load(world, name, 1000, "linear", linear) == 0);
  CHECK(resume(world, name) == 0);
  CHECK(load(world, name, 2049, "linear", linear) == 0);
  CHECK(resume(world, name) == EINVAL);
  Packet failed = status(world, name);
  CHECK(failed.flag(DM_SUSPEND_FLAG));
  CHECK(failed.flag(DM_ACTIVE_PRESENT_FLAG));
  CHECK_FALSE(failed.flag(DM_INACTIVE_PRESENT_FLAG));
  CHECK(resume(world, name) == 0);
  Packet packet;
  CHECK(packet.name(name).send(world, DmCommand::tableStatus) == 0);
  CHECK(packet.rows()[0].length == 1000);
}

TEST_CASE("raw table: live and inactive tables are apart") {
  World world;
  const std::string name = world.name();
  const Disk disk = world.disk();
  makeDevice(world, name, 100);
  Packet rows;
  rows.name(name)
      .row(0, 8, "zero", "")
      .row(8, 8, "linear", text(disk.number) + " 0")
      .flags(DM_READONLY_FLAG);
  REQUIRE(rows.send(world, DmCommand::tableLoad) == 0);
  CHECK(rows.head().target_count == 1);  // of the live table
  CHECK_FALSE(rows.flag(DM_READONLY_FLAG));

  Packet live = status(world, name);
  CHECK(live.flag(DM_ACTIVE_PRESENT_FLAG));
  CHECK(live.flag(DM_INACTIVE_PRESENT_FLAG));
  Packet inactive(312);
  CHECK(inactive.name(name).flags(DM_QUERY_INACTIVE_TABLE_FLAG).send(world, DmCommand::status) ==
        0);
  CHECK(inactive.head().target_count == 2);
  CHECK(inactive.flag(DM_READONLY_FLAG));
  CHECK(inactive.flag(DM_QUERY_INACTIVE_TABLE_FLAG));  // flags are returned
  Packet table;
  CHECK(table.name(name)
            .flags(DM_QUERY_INACTIVE_TABLE_FLAG | DM_STATUS_TABLE_FLAG)
            .send(world, DmCommand::tableStatus) == 0);
  CHECK(table.rows().at(1).text == text(disk.number) + " 0");
  Packet deps;
  CHECK(deps.name(name).flags(DM_QUERY_INACTIVE_TABLE_FLAG).send(world, DmCommand::tableDeps) == 0);
  CHECK(deps.deps() == std::vector{disk.number});
  Packet none;
  CHECK(none.name(name).send(world, DmCommand::tableDeps) == 0);
  CHECK(none.deps().empty());
  CHECK(none.head().data_size == 320);

  Packet cleared(312);
  CHECK(cleared.name(name).send(world, DmCommand::tableClear) == 0);
  CHECK_FALSE(cleared.flag(DM_INACTIVE_PRESENT_FLAG));
  CHECK(Packet(312).name(name).send(world, DmCommand::tableClear) == 0);  // even if there is none
  CHECK(status(world, name).head().target_count == 1);
}

TEST_CASE("raw table: read-only comes from the load and shows when the table is live") {
  World world;
  const std::string name = world.name();
  REQUIRE(create(world, name) == 0);
  CHECK(load(world, name, 100, "zero", "", DM_READONLY_FLAG) == 0);
  CHECK(resume(world, name) == 0);
  CHECK(status(world, name).flag(DM_READONLY_FLAG));
  CHECK(load(world, name, 100, "zero", "") == 0);
  CHECK(resume(world, name) == 0);
  CHECK_FALSE(status(world, name).flag(DM_READONLY_FLAG));
}

TEST_CASE("raw table: a device that another stands on is open, once for all its tables") {
  World world;
  const std::string below = world.name("below");
  const std::string above = world.name("above");
  const DeviceNumber number = makeDevice(world, below, 1000);
  REQUIRE(create(world, above) == 0);
  CHECK(load(world, above, 100, "linear", text(number) + " 0") == 0);
  CHECK(status(world, below).head().open_count == 1);
  CHECK(resume(world, above) == 0);
  Packet two;
  two.name(above)
      .row(0, 100, "linear", text(number) + " 0")
      .row(100, 100, "linear", text(number) + " 500");
  CHECK(two.send(world, DmCommand::tableLoad) == 0);
  CHECK(status(world, below).head().open_count == 1);
  CHECK(Packet(312).name(below).send(world, DmCommand::remove) == EBUSY);
  CHECK(Packet(312).name(above).send(world, DmCommand::tableClear) == 0);
  CHECK(status(world, below).head().open_count == 1);
  world.settle();
  CHECK(remove(world, above) == 0);
  CHECK(status(world, below).head().open_count == 0);
  CHECK(remove(world, below) == 0);
}

TEST_CASE(
    "raw table: next of a status reply counts from its first spec, and target_count from the "
    "table") {
  World world;
  const std::string name = world.name();
  const Disk disk = world.disk();
  REQUIRE(create(world, name) == 0);
  Packet rows;
  rows.name(name);
  for (std::uint64_t i = 0; i < 10; ++i)
    rows.row(i * 8, 8, i % 2 == 0 ? "zero" : "linear", i % 2 == 0 ? "" : text(disk.number) + " 0");
  REQUIRE(rows.send(world, DmCommand::tableLoad) == 0);
  REQUIRE(resume(world, name) == 0);

  Packet table;
  REQUIRE(table.name(name).flags(DM_STATUS_TABLE_FLAG).send(world, DmCommand::tableStatus) == 0);
  const auto read = table.rows();
  REQUIRE(read.size() == 10);
  for (std::size_t i = 0; i < 10; ++i) {
    CHECK(read[i].start == i * 8);
    CHECK(read[i].length == 8);
    CHECK(read[i].type == (i % 2 == 0 ? "zero" : "linear"));
    CHECK(read[i].text == (i % 2 == 0 ? "" : text(disk.number) + " 0"));
  }
  const std::size_t size = table.head().data_size;

  // Exactly that much is not enough: the last row needs its padding, and must not end at the last
  // byte of the buffer.
  Packet exact(size);
  CHECK(exact.name(name).flags(DM_STATUS_TABLE_FLAG).send(world, DmCommand::tableStatus) == 0);
  CHECK(exact.flag(DM_BUFFER_FULL_FLAG));
  CHECK(exact.head().target_count == 10);
  CHECK(exact.head().data_size < size);
  Packet enough(size + 8);
  CHECK(enough.name(name).flags(DM_STATUS_TABLE_FLAG).send(world, DmCommand::tableStatus) == 0);
  CHECK_FALSE(enough.flag(DM_BUFFER_FULL_FLAG));
  CHECK(enough.head().data_size == size);
  Packet bare(312);
  CHECK(bare.name(name).send(world, DmCommand::tableStatus) == 0);
  CHECK(bare.flag(DM_BUFFER_FULL_FLAG));
  CHECK(bare.head().data_size == 305);
  CHECK(bare.head().target_count == 10);
  Packet deps(312 + 15);
  CHECK(deps.name(name).send(world, DmCommand::tableDeps) == 0);
  CHECK(deps.flag(DM_BUFFER_FULL_FLAG));
}

TEST_CASE("raw table: dependencies come last opened first") {
  World world;
  const std::string name = world.name();
  const Disk first = world.disk();
  const Disk second = world.disk();
  makeDevice(world, name, 96, "striped", "2 8 " + first.path + " 0 " + second.path + " 16");
  Packet deps;
  CHECK(deps.name(name).send(world, DmCommand::tableDeps) == 0);
  CHECK(deps.deps() == std::vector{second.number, first.number});
  CHECK(firstText(world, name) == "2 " + text(first.number) + " " + text(second.number) + " 1 AA");
  CHECK(firstText(world, name, DM_STATUS_TABLE_FLAG) ==
        "2 8 " + text(first.number) + " 0 " + text(second.number) + " 16");
}

TEST_CASE("raw table: status of a device that does not exist is ENXIO") {
  World world;
  CHECK(Packet().name(world.name("missing")).send(world, DmCommand::tableStatus) == ENXIO);
  CHECK(Packet().name(world.name("missing")).send(world, DmCommand::tableDeps) == ENXIO);
  CHECK(Packet().name(world.name("missing")).send(world, DmCommand::tableClear) == ENXIO);
  CHECK(Packet().name(world.name("missing")).send(world, DmCommand::wait) == ENXIO);
}
