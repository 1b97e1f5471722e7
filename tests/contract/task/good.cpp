// The library: tasks that make, change and remove devices.

#include <algorithm>
#include <cerrno>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

TEST_CASE("task: create with rows, status, table, deps, remove") {
  Lab lab;
  const std::string name = lab.name();
  const std::string below = lab.name("below");
  lab.make(below, 1000);
  const DeviceNumber number = *lab.number(below);

  Task create = lab.task(TaskType::DeviceCreate, name);
  checkGood(create.setUuid("CONTRACT-" + name));
  checkGood(create.addTarget(Sectors{0}, Sectors{100}, "linear", toString(number) + " 8"));
  checkGood(create.addTarget(Sectors{100}, Sectors{50}, "zero", ""));
  lab.finish(create);
  CHECK(create.info().exists);
  CHECK(create.info().liveTable);
  CHECK(create.info().targetCount == 2);
  CHECK(create.info().name == name);
  CHECK(create.info().uuid == "CONTRACT-" + name);
  CHECK(create.info().device == lab.number(name));
  lab.checkNode(name);

  Task table = lab.task(TaskType::DeviceTable, name);
  checkGood(table.run());
  REQUIRE(table.rows().size() == 2);
  CHECK(table.rows()[0].start == Sectors{0});
  CHECK(table.rows()[0].length == Sectors{100});
  CHECK(table.rows()[0].type == "linear");
  CHECK(table.rows()[0].params == toString(number) + " 8");
  CHECK(table.rows()[1].start == Sectors{100});
  CHECK(table.rows()[1].type == "zero");
  CHECK(table.rows()[1].params.empty());

  Task status = lab.task(TaskType::DeviceStatus, name);
  checkGood(status.run());
  REQUIRE(status.rows().size() == 2);
  CHECK(status.rows()[0].params.empty());

  Task deps = lab.task(TaskType::DeviceDeps, name);
  checkGood(deps.run());
  CHECK(deps.deps() == std::vector{number});

  lab.world.settle();
  lab.remove(name);
  lab.checkNoNode(name);
  CHECK_FALSE(lab.number(name));
  lab.remove(below);
}

TEST_CASE("task: create without rows, reload, resume, clear") {
  Lab lab;
  const std::string name = lab.name();
  Task create = lab.task(TaskType::DeviceCreate, name);
  checkGood(create.run());
  CHECK(create.info().exists);
  CHECK_FALSE(create.info().liveTable);
  lab.checkNoNode(name);

  Task reload = lab.task(TaskType::DeviceReload, name);
  checkGood(reload.addTarget(Sectors{0}, Sectors{100}, "zero", ""));
  checkGood(reload.setReadOnly());
  checkGood(reload.run());
  CHECK(reload.info().inactiveTable);
  Task inactive = lab.task(TaskType::DeviceTable, name);
  checkGood(inactive.queryInactiveTable());
  checkGood(inactive.run());
  CHECK(inactive.rows().size() == 1);

  Task resume = lab.task(TaskType::DeviceResume, name);
  lab.finish(resume);
  CHECK(resume.info().readOnly);
  CHECK(resume.info().liveTable);
  lab.checkNode(name);
  lab.world.settle();

  reload.clearTargets();
  checkGood(reload.setReadOnly(false));
  checkGood(reload.addTarget(Sectors{0}, Sectors{200}, "zero", ""));
  checkGood(reload.run());
  Task clear = lab.task(TaskType::DeviceClear, name);
  checkGood(clear.run());
  CHECK_FALSE(clear.info().inactiveTable);
  lab.remove(name);
}

TEST_CASE("task: suspend and resume") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name);
  Task suspend = lab.task(TaskType::DeviceSuspend, name);
  checkGood(suspend.noFlush());
  checkGood(suspend.skipLockfs());
  checkGood(suspend.run());
  CHECK(suspend.info().suspended);
  Task info = lab.task(TaskType::DeviceInfo, name);
  checkGood(info.run());
  CHECK(info.info().suspended);
  Task resume = lab.task(TaskType::DeviceResume, name);
  lab.finish(resume);
  CHECK_FALSE(resume.info().suspended);
  lab.finish(resume);  // nothing to do: no event, and no endless wait
  checkGood(info.run());
  CHECK_FALSE(info.info().suspended);
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("task: rename to a name and to a uuid") {
  Lab lab;
  const std::string name = lab.name();
  const std::string renamed = lab.name("b");
  lab.make(name);
  Task rename = lab.task(TaskType::DeviceRename, name);
  checkGood(rename.setNewName(renamed));
  lab.finish(rename);
  CHECK_FALSE(lab.number(name));
  lab.checkNode(renamed);
  lab.checkNoNode(name);
  Task identify = lab.task(TaskType::DeviceRename, renamed);
  checkGood(identify.setNewUuid("CONTRACT-renamed"));
  lab.finish(identify);
  CHECK(status(lab.world, renamed).uuid() == "CONTRACT-renamed");
  lab.checkNode(renamed);
  lab.world.settle();
  lab.remove(renamed);
  lab.checkNoNode(renamed);
}

TEST_CASE("task: a device is addressed by uuid and by number too") {
  Lab lab;
  const std::string name = lab.name();
  Task create = lab.task(TaskType::DeviceCreate, name);
  checkGood(create.setUuid("CONTRACT-address"));
  checkGood(create.setDevice({0, 917}));
  checkGood(create.addTarget(Sectors{0}, Sectors{100}, "zero", ""));
  lab.finish(create);
  CHECK(create.info().device.minor == 917);
  Task byUuid = lab.task(TaskType::DeviceInfo);
  checkGood(byUuid.setUuid("CONTRACT-address"));
  checkGood(byUuid.run());
  CHECK(byUuid.info().name == name);
  lab.world.settle();
  Task remove = lab.task(TaskType::DeviceRemove);
  checkGood(remove.setDevice(create.info().device));
  checkGood(remove.retryRemove(5s));
  lab.finish(remove);
  lab.checkNoNode(name);
  CHECK_FALSE(lab.number(name));
}

TEST_CASE("task: mknodes repairs the node of one device and of all") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name);
  const std::string path = "/dev/mapper/" + name;
  REQUIRE(lab.kernel().removeNode(path.c_str()) == 0);
  checkGood(lab.task(TaskType::DeviceMknodes, name).run());
  lab.checkNode(name);
  REQUIRE(lab.kernel().removeNode(path.c_str()) == 0);
  checkGood(lab.task(TaskType::DeviceMknodes).run());
  lab.checkNode(name);
  lab.world.settle();
  lab.remove(name);
  const std::string gone = lab.name("gone");
  REQUIRE(lab.kernel().makeLink("../dm-9999", ("/dev/mapper/" + gone).c_str()) == 0);
  checkGood(lab.task(TaskType::DeviceMknodes, gone).run());
  lab.checkNoNode(gone);
  if (lab.world.udev()) {  // udev has no record of what mknodes made
    NodeInfo info;
    if (lab.kernel().nodeInfo(path.c_str(), false, info) == 0)
      CHECK(lab.kernel().removeNode(path.c_str()) == 0);
  }
}

TEST_CASE("task: deferred removal, and removal that waits while the device is busy") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name);
  int fd = hold(lab.world, *lab.number(name));
  Task remove = lab.task(TaskType::DeviceRemove, name);
  checkGood(remove.deferredRemove());
  lab.finish(remove);  // no event: no endless wait
  CHECK(remove.info().deferredRemove);
  CHECK(remove.info().exists);
  lab.checkNode(name);  // the device is alive
  checkGood(cancelDeferredRemove(lab.mapper(), name));

  checkGood(remove.deferredRemove(false));
  checkGood(remove.retryRemove(60ms));
  const auto before = lab.kernel().now();
  UdevCookie cookie;
  checkGood(remove.setCookie(cookie));
  checkFails(remove.run(), {Errc::busy, EBUSY, name, {}, "", ""});
  CHECK(lab.kernel().now() - before >= 60ms);
  CHECK(lab.kernel().close(fd) == 0);
  checkGood(remove.retryRemove(10s));
  lab.finish(remove);
  lab.checkNoNode(name);
}

TEST_CASE("task: remove all leaves what is open") {
  Lab lab;
  if (lab.world.usage().devices.size() != 0) {
    MESSAGE("SKIP: this machine has other device-mapper devices");
    return;
  }
  const std::string held = lab.name("held");
  const std::string loose = lab.name("loose");
  lab.make(held);
  lab.make(loose);
  const int fd = hold(lab.world, *lab.number(held));
  checkGood(lab.task(TaskType::DeviceRemoveAll).run());
  lab.world.settle();
  CHECK_FALSE(lab.number(loose));
  lab.checkNoNode(loose);
  lab.checkNode(held);
  CHECK(lab.kernel().close(fd) == 0);
  lab.remove(held);
}

TEST_CASE("task: a node on create, and links of a device without udev rules, are made by devmap") {
  Lab lab;
  const std::string name = lab.name();
  Task create = lab.task(TaskType::DeviceCreate, name);
  checkGood(create.setAddNode(AddNode::onCreate));
  checkGood(create.addTarget(Sectors{0}, Sectors{100}, "zero", ""));
  lab.finish(create, UdevFlag::disableDmRules);
  lab.checkNode(name);
  lab.world.settle();
  Task remove = lab.task(TaskType::DeviceRemove, name);
  checkGood(remove.retryRemove(5s));
  lab.finish(remove, UdevFlag::disableDmRules);
  lab.checkNoNode(name);
}

TEST_CASE("task: secure data can be run twice, and a failure leaves the task usable") {
  Lab lab;
  const Disk disk = lab.world.disk();
  const NothingLeft nothing = lab.nothingMore();
  const std::string name = lab.name();
  const std::string key(64, '7');
  Task create = lab.task(TaskType::DeviceCreate, name);
  create.secureData();
  checkGood(create.addTarget(Sectors{0}, Sectors{2048}, "crypt",
                             "aes-xts-plain64 " + key + " 0 " + toString(disk.number) + " 0"));
  for (int round = 0; round < 2; ++round) {
    lab.finish(create);
    Task table = lab.task(TaskType::DeviceTable, name);
    table.secureData();
    checkGood(table.run());
    REQUIRE(table.rows().size() == 1);
    CHECK(table.rows()[0].params.find(key) != std::string_view::npos);
    lab.world.settle();
    lab.remove(name);
  }
}

TEST_CASE("task: what changes a device tells its name, uuid and number") {
  Lab lab;
  const std::string name = lab.name();
  const std::string other = lab.name("b");
  checkGood(devmap::create(lab.mapper(), name,
                           std::vector<Row>{{Sectors{0}, Sectors{100}, "zero", ""}},
                           {.uuid = "CONTRACT-told"}));
  const DeviceNumber number = *lab.number(name);
  const auto told = [&](Task& task, const std::string& expected) {
    CAPTURE(static_cast<int>(task.type()));
    CHECK(task.info().name == expected);
    CHECK(task.info().uuid == "CONTRACT-told");
    if (task.type() == TaskType::DeviceTargetMsg || task.type() == TaskType::DeviceRemove)
      return;  // these report no number
    CHECK(task.info().device == number);
    CHECK(task.info().liveTable);
  };
  Task reload = lab.task(TaskType::DeviceReload, name);
  checkGood(reload.addTarget(Sectors{0}, Sectors{200}, "zero", ""));
  checkGood(reload.run());
  told(reload, name);
  for (const TaskType type : {TaskType::DeviceClear, TaskType::DeviceSuspend,
                              TaskType::DeviceResume, TaskType::DeviceSetGeometry}) {
    Task task = lab.task(type, name);
    if (type == TaskType::DeviceSetGeometry) checkGood(task.setGeometry({1, 1, 1, Sectors{0}}));
    if (type == TaskType::DeviceResume)
      lab.finish(task);
    else
      checkGood(task.run());
    if (type != TaskType::DeviceSetGeometry) told(task, name);
  }
  Task message = lab.task(TaskType::DeviceTargetMsg, name);
  checkGood(message.setMessage("@stats_list"));
  checkGood(message.run());
  told(message, name);
  Task byName = lab.task(TaskType::DeviceRename, name);
  checkGood(byName.setNewName(other));
  lab.finish(byName);
  told(byName, other);
  Task byUuid = lab.task(TaskType::DeviceRename);
  checkGood(byUuid.setUuid("CONTRACT-told"));
  checkGood(byUuid.setNewName(name));
  lab.finish(byUuid);
  told(byUuid, name);
  Task byNumber = lab.task(TaskType::DeviceRename);
  checkGood(byNumber.setDevice(number));
  checkGood(byNumber.setNewName(other));
  lab.finish(byNumber);
  told(byNumber, other);
  lab.world.settle();
  Task remove = lab.task(TaskType::DeviceRemove, other);
  lab.finish(remove);
  told(remove, other);
}
