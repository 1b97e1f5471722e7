// The library: tasks that query: lists, long replies, messages, versions.

#include <algorithm>

#include "lab.hpp"

using namespace contract;
using namespace devmap;

TEST_CASE("task: info and status of a missing device are answers, not errors") {
  Lab lab;
  for (const TaskType type : {TaskType::DeviceInfo, TaskType::DeviceStatus}) {
    Task task = lab.task(type, lab.name("missing"));
    checkGood(task.run());
    CHECK_FALSE(task.info().exists);
    CHECK(task.rows().empty());
  }
}

TEST_CASE("task: list, all and by prefix; a strange name spoils nothing") {
  Lab lab;
  const std::string name = lab.name();
  const std::string odd = lab.name("o d\nd\x01");
  lab.make(name);
  REQUIRE(create(lab.world, odd) == 0);
  Task list = lab.task(TaskType::DeviceList);
  checkGood(list.run());
  const auto named = [&](std::string_view wanted) {
    return std::ranges::count_if(list.names(),
                                 [&](const ListedDevice& device) { return device.name == wanted; });
  };
  CHECK(named(name) == 1);
  CHECK(named(odd) == 1);
  for (const ListedDevice& device : list.names()) {
    if (device.name != name) continue;
    CHECK(device.device == lab.number(name));
    CHECK(device.eventNr.has_value() == (lab.world.minor() >= 37));
  }
  checkGood(list.setName(name));
  checkGood(list.run());
  CHECK(list.names().size() == 1);
  CHECK(remove(lab.world, odd) == 0);
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("task: many devices and many rows make the reply grow") {
  Lab lab;
  const std::string name = lab.name();
  Task create = lab.task(TaskType::DeviceCreate, name);
  constexpr std::uint64_t rows = 1000;
  for (std::uint64_t i = 0; i < rows; ++i)
    checkGood(create.addTarget(Sectors{8 * i}, Sectors{8}, "zero", ""));
  lab.finish(create);
  CHECK(create.info().targetCount == rows);
  Task table = lab.task(TaskType::DeviceTable, name);
  checkGood(table.run());
  REQUIRE(table.rows().size() == rows);
  CHECK(table.rows().back().start == Sectors{8 * (rows - 1)});
  constexpr int devices = 60;
  for (int i = 0; i < devices; ++i)
    REQUIRE(contract::create(lab.world, lab.name(std::string(80, 'x') + std::to_string(i))) == 0);
  Task list = lab.task(TaskType::DeviceList);
  checkGood(list.run());
  CHECK(list.names().size() >= devices + 1);
  for (int i = 0; i < devices; ++i)
    CHECK(remove(lab.world, lab.name(std::string(80, 'x') + std::to_string(i))) == 0);
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("task: messages and their replies") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name, 96);
  Task message = lab.task(TaskType::DeviceTargetMsg, name);
  checkGood(message.setMessage("@stats_create - 8 contract"));
  checkGood(message.run());
  REQUIRE(message.response());
  CHECK(*message.response() == "0");
  checkGood(message.setMessage("@stats_list"));
  checkGood(message.run());
  CHECK(message.response() == "0: 0+96 8 contract -\n");
  checkGood(message.setMessage("@stats_delete 0"));
  checkGood(message.run());
  CHECK_FALSE(message.response());
  lab.remove(name);
}

TEST_CASE("task: versions, target types, geometry, arm poll") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name);
  Task version = lab.task(TaskType::DeviceVersion);
  checkGood(version.run());
  CHECK(version.driverVersion().major == 4);
  CHECK(version.driverVersion().minor == lab.world.minor());
  CHECK(version.driverVersion() == lab.mapper().interfaceVersion());

  Task versions = lab.task(TaskType::DeviceListVersions);
  checkGood(versions.run());
  CHECK(std::ranges::any_of(versions.versions(), [](const TargetVersion& type) {
    return type.name == "linear" && type.version.major == 1;
  }));
  if (lab.world.minor() >= 41) {
    Task one = lab.task(TaskType::DeviceGetTargetVersion, "thin-pool");
    checkGood(one.run());
    REQUIRE(one.versions().size() == 1);
    CHECK(one.versions()[0].name == "thin-pool");
  }
  Task geometry = lab.task(TaskType::DeviceSetGeometry, name);
  checkGood(geometry.setGeometry({100, 16, 63, Sectors{5}}));
  checkGood(geometry.run());
  if (lab.world.minor() >= 37) checkGood(lab.task(TaskType::DeviceArmPoll).run());
  lab.remove(name);
}
