// Tasks without a cookie that carry flags, the switch between udev modes, and which ioctl an error
// is about.

#include <cerrno>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

TEST_CASE("task: with flags and no cookie, devmap makes the node at once") {
  Lab lab;
  const std::string name = lab.name();
  const UdevFlags own = UdevFlag::disableDmRules | UdevFlag::disableSubsystemRules;
  Task create = lab.task(TaskType::DeviceCreate, name);
  checkGood(create.addTarget(Sectors{0}, Sectors{100}, "zero", ""));
  checkGood(create.setUdevFlags(own));
  checkGood(create.run());
  lab.checkNode(name);
  CHECK(lab.cookies() == 0);
  lab.world.settle();
  lab.checkNode(name);
  Task remove = lab.task(TaskType::DeviceRemove, name);
  checkGood(remove.setUdevFlags(own));
  checkGood(remove.run());
  lab.checkNoNode(name);
  lab.world.settle();
  Task info = lab.task(TaskType::DeviceInfo, name);
  checkFails(info.setUdevFlags(own), {Errc::invalidArgument, 0, name, {}, "cause an event", {}});
}

TEST_CASE("task: flags take the place of a cookie that was set before") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name);
  UdevCookie cookie;
  Task remove = lab.task(TaskType::DeviceRemove, name);
  checkGood(remove.setCookie(cookie));
  checkGood(remove.setUdevFlags(UdevFlag::disableDmRules));
  checkGood(remove.run());
  CHECK(need(udevReady(cookie)));
  checkGood(udevWait(cookie, 10s));
  lab.world.settle();
}

TEST_CASE("context: the udev mode can be switched") {
  Lab lab;
  const UdevMode before = lab.mapper().udevState().mode;
  lab.mapper().setUdevMode(UdevMode::flagsOnly);
  CHECK(lab.mapper().udevState().mode == UdevMode::flagsOnly);
  lab.mapper().setUdevMode(UdevMode::none);
  CHECK(lab.mapper().udevState().mode == UdevMode::none);
  const std::string name = lab.name();
  Task create = lab.task(TaskType::DeviceCreate, name);
  checkGood(create.addTarget(Sectors{0}, Sectors{100}, "zero", ""));
  UdevCookie cookie;
  checkGood(create.setCookie(cookie));
  CHECK_FALSE(cookie.pending());
  checkGood(create.run());
  lab.checkNode(name);
  lab.world.settle();
  Task remove = lab.task(TaskType::DeviceRemove, name);
  checkGood(remove.run());
  lab.world.settle();
  lab.mapper().setUdevMode(UdevMode::automatic);
  CHECK(lab.mapper().udevState().mode == before);
}

TEST_CASE("cookie: pending while something is to be waited for") {
  Lab lab;
  UdevCookie cookie;
  CHECK_FALSE(cookie.pending());
  cookie = need(UdevCookie::create(lab.kernel()));
  CHECK(cookie.pending());
  checkGood(udevWait(cookie, 1s));
  CHECK_FALSE(cookie.pending());
}

TEST_CASE("error: the ioctl that failed") {
  Lab lab;
  const std::string name = lab.name();
  Task create = lab.task(TaskType::DeviceCreate, name);
  checkGood(create.addTarget(Sectors{0}, Sectors{100}, "linear", "nonsense"));
  auto done = create.run();
  REQUIRE_FALSE(done);
  CHECK(done.error().command == DmCommand::tableLoad);
  REQUIRE(done.error().number.has_value());
  CHECK(done.error().number->major == deviceMapperMajor(lab.kernel()));
  done = lab.task(TaskType::DeviceSuspend, name).run();
  REQUIRE_FALSE(done);
  CHECK(done.error().command == DmCommand::suspend);
  done = lab.task(TaskType::DeviceSuspend).run();
  REQUIRE_FALSE(done);
  CHECK_FALSE(done.error().command.has_value());
}

TEST_CASE("cookie: a link that udev did not make goes with its device") {
  Lab lab;
  const std::string name = lab.name();
  const std::string renamed = lab.name("b");
  const UdevMode mode = lab.mapper().udevState().mode;
  lab.mapper().setUdevMode(UdevMode::none);
  lab.make(name);
  lab.checkNode(name);
  lab.world.settle();
  lab.mapper().setUdevMode(mode);
  Task rename = lab.task(TaskType::DeviceRename, name);
  checkGood(rename.setNewName(renamed));
  lab.finish(rename);
  lab.checkNode(renamed);
  lab.checkNoNode(name);
  lab.remove(renamed);
  lab.mapper().setUdevMode(UdevMode::none);
  lab.make(name);
  lab.world.settle();
  lab.mapper().setUdevMode(mode);
  lab.remove(name);
  lab.checkNoNode(name);
}
