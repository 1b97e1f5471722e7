// EventMonitor: what it reports for each change, and what it cannot detect.

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>

#include "watching.hpp"

using namespace contract;
using namespace contract::watching;
using namespace std::chrono_literals;

namespace {

// Raises events of the device's target. `works` is false if this kernel cannot be made to raise
// one.
class Raiser {
 public:
  Raiser(World& world, const std::string& name) : world_(world), name_(name) {
    if (world.fake() != nullptr) {
      makeDevice(world, name);
      return;
    }
    REQUIRE(create(world, name) == 0);
    const Disk disk = world.disk();
    const std::string table = "0 0 1 1 round-robin 0 1 1 " + toString(disk.number) + " 1";
    works = load(world, name, 1024, "multipath", table) == 0 && resume(world, name) == 0;
    path_ = toString(disk.number);
  }
  void raise() {
    if (world_.fake() != nullptr) {
      REQUIRE(world_.fake()->raiseEvent(name_));
      return;
    }
    const std::uint32_t before = status(world_, name_).head().event_nr;
    REQUIRE(send(world_, name_, (failed_ ? "reinstate_path " : "fail_path ") + path_) == 0);
    failed_ = !failed_;
    while (status(world_, name_).head().event_nr == before)
      (void)world_.kernel().sleep(1ms);  // raised by a work queue
  }
  bool works = true;

 private:
  World& world_;
  std::string name_;
  std::string path_;
  bool failed_ = false;
};

}  // namespace

TEST_CASE("events: each change of a device is one event, and what is no change is none") {
  World world;
  const NothingLeft nothing(world);
  const std::string a = world.name();
  const std::string b = world.name("b");
  EventMonitor monitor = watch(world);
  CHECK(look(monitor).empty());
  REQUIRE(create(world, a, "CONTRACT-1") == 0);
  CHECK(look(monitor) == Texts{"created " + a});
  CHECK(load(world, a, 100, "zero", {}) == 0);
  CHECK(look(monitor).empty());
  CHECK(resume(world, a) == 0);
  CHECK(look(monitor) == Texts{"table " + a});
  CHECK(suspend(world, a) == 0);
  CHECK(resume(world, a) == 0);
  CHECK(look(monitor).empty());
  CHECK(rename(world, a, b) == 0);
  CHECK(look(monitor) == Texts{"renamed " + a + " to " + b});
  CHECK(rename(world, b, b) == EBUSY);
  reload(world, b, 200);
  CHECK(look(monitor) == Texts{"table " + b});
  CHECK(remove(world, b) == 0);
  CHECK(look(monitor) == Texts{"removed " + b});
  CHECK(look(monitor).empty());
}

TEST_CASE("events: every event says which device, in full") {
  World world;
  const std::string a = world.name();
  const std::string b = world.name("b");
  EventMonitor monitor = watch(world);
  const DeviceNumber number = makeDevice(world, a);
  REQUIRE(giveUuid(world, a, "CONTRACT-given") == 0);
  CHECK(look(monitor) == Texts{"created " + a});
  CHECK(rename(world, a, b) == 0);
  auto renamed = monitor.next(Timeout{0});
  REQUIRE(renamed);
  CHECK(renamed->kind == Kind::renamed);
  CHECK(renamed->device == number);
  CHECK(renamed->name == b);
  CHECK(renamed->oldName == a);
  CHECK(renamed->eventNr == 2);
  CHECK(renamed->count == 1);
  if (listsUuids(world)) CHECK(renamed->uuid == "CONTRACT-given");
  REQUIRE(find(monitor, b) != nullptr);
  CHECK(find(monitor, b)->device == number);
  CHECK(find(monitor, b)->eventNr == 2);
  CHECK(remove(world, b) == 0);
  auto removed = monitor.next(Timeout{0});
  REQUIRE(removed);
  CHECK(removed->kind == Kind::removed);
  CHECK(removed->device == number);
  CHECK(removed->name == b);
  CHECK(removed->eventNr == 2);
  CHECK(find(monitor, b) == nullptr);
}

TEST_CASE("events: the descriptor has news exactly from a change to the next look") {
  World world;
  const std::string a = world.name();
  EventMonitor monitor = watch(world);
  const auto news = [&] { return world.kernel().pollControl(monitor.fd(), 0ns) == 0; };
  CHECK_FALSE(news());
  REQUIRE(create(world, a) == 0);
  CHECK(news());
  CHECK(news());
  CHECK(look(monitor).size() == 1);
  CHECK_FALSE(news());
  CHECK(remove(world, a) == 0);
  CHECK(news());
}

TEST_CASE("events: what is there already is no event, and sorted by number") {
  World world;
  const std::string a = world.name();
  const std::string b = world.name("b");
  makeDevice(world, b);
  makeDevice(world, a);
  EventMonitor monitor = watch(world);
  CHECK(find(monitor, a) != nullptr);
  CHECK(find(monitor, b) != nullptr);
  CHECK(std::ranges::is_sorted(monitor.devices(), {}, &WatchedDevice::device));
  CHECK(look(monitor).empty());
  reload(world, a, 16);  // its table was known from the first look
  CHECK(look(monitor) == Texts{"table " + a});
}

TEST_CASE(
    "events: changes of one device between two looks merge, and are counted where they can be") {
  World world;
  const std::string a = world.name();
  const std::string b = world.name("b");
  const std::string c = world.name("c");
  makeDevice(world, a);
  EventMonitor monitor = watch(world);
  CHECK(rename(world, a, b) == 0);
  CHECK(rename(world, b, c) == 0);
  CHECK(rename(world, c, b) == 0);
  reload(world, b, 16);
  reload(world, b, 24);
  CHECK(look(monitor) == Texts{"renamed " + a + " to " + b, "table " + b, "event " + b + " * 2"});
  CHECK(rename(world, b, a) == 0);
  CHECK(rename(world, a, b) == 0);
  CHECK(look(monitor) == Texts{"event " + b + " * 2"});
  REQUIRE(create(world, a) == 0);
  CHECK(remove(world, a) == 0);
  CHECK(look(monitor).empty());
}

TEST_CASE("events: all removals of a look come first, then renames, then what is new") {
  World world;
  const std::string a = world.name();
  const std::string b = world.name("b");
  makeDevice(world, a);
  const DeviceNumber second = makeDevice(world, b);
  EventMonitor monitor = watch(world);
  CHECK(remove(world, b) == 0);
  CHECK(rename(world, a, b) == 0);
  recreate(world, a, second);
  CHECK(look(monitor) == Texts{"removed " + b, "renamed " + a + " to " + b, "created " + a});
}

TEST_CASE("events: a number used again is another device, where uuid or event number tell it") {
  World world;
  const std::string a = world.name();
  const std::string b = world.name("b");
  REQUIRE(create(world, a, "CONTRACT-1") == 0);
  reload(world, a, 100);
  const DeviceNumber number = status(world, a).device();
  EventMonitor monitor = watch(world);
  if (listsUuids(world)) {
    CHECK(remove(world, a) == 0);
    recreate(world, a, number, "CONTRACT-2");
    CHECK(look(monitor) == Texts{"removed " + a, "created " + a});
    CHECK(remove(world, a) == 0);
    recreate(world, a, number);
    CHECK(look(monitor) == Texts{"removed " + a, "created " + a});
    CHECK(remove(world, a) == 0);
    recreate(world, a, number, "CONTRACT-2");
    CHECK(look(monitor) == Texts{"removed " + a, "created " + a});
  }
  CHECK(remove(world, a) == 0);
  recreate(world, b, number);
  CHECK(look(monitor) == Texts{"removed " + a, "created " + b});
  CHECK(rename(world, b, a) == 0);
  CHECK(look(monitor) == Texts{"renamed " + b + " to " + a});
  CHECK(remove(world, a) == 0);
  recreate(world, a, number);  // the event number is 0 again
  CHECK(look(monitor) == Texts{"removed " + a, "created " + a});
}

TEST_CASE("events: the first uuid is a rename to the same name") {
  World world;
  if (!listsUuids(world)) return;
  const std::string a = world.name();
  makeDevice(world, a);
  EventMonitor monitor = watch(world);
  REQUIRE(giveUuid(world, a, "CONTRACT-late") == 0);
  CHECK(look(monitor) == Texts{"renamed " + a + " to " + a});
  CHECK(find(monitor, a)->uuid == "CONTRACT-late");
}

TEST_CASE("events: what the interface does not tell") {
  World world;
  const std::string a = world.name();
  const std::string b = world.name("b");
  EventMonitor monitor = watch(world);
  const DeviceNumber number = makeDevice(world, a);
  (void)look(monitor);
  CHECK(remove(world, a) == 0);
  recreate(world, a, number);
  CHECK(look(monitor).empty());  // same number and name, no uuid
  CHECK(remove(world, a) == 0);
  recreate(world, a, number);
  CHECK(rename(world, a, b) == 0);
  CHECK(look(monitor) == Texts{"renamed " + a + " to " + b});  // is another device
  reload(world, b, 100);
  CHECK(look(monitor).empty());  // the same table
  REQUIRE(create(world, a) == 0);
  (void)look(monitor);
  const std::string c = world.name("c");
  CHECK(rename(world, a, c) == 0);  // without table or uuid
  CHECK(look(monitor) == Texts{"removed " + a, "created " + c});
}

TEST_CASE("events: target events are counted") {
  World world;
  const std::string a = world.name();
  Raiser raiser(world, a);
  if (!raiser.works) return;
  EventMonitor monitor = watch(world);
  raiser.raise();
  CHECK(look(monitor) == Texts{"event " + a});
  for (int i = 0; i < 3; ++i) raiser.raise();
  CHECK(look(monitor) == Texts{"event " + a + " * 3"});
}

TEST_CASE("events: next gives one at a time, and read the rest") {
  World world;
  EventMonitor monitor = watch(world);
  Texts wanted;
  for (const char* tag : {"a", "b", "c"}) {
    const std::string name = world.name(tag);
    REQUIRE(create(world, name) == 0);
    wanted.push_back("created " + name);
  }
  auto first = monitor.next(10s);
  REQUIRE(first);
  CHECK(textOf(*first) == wanted[0]);
  CHECK(find(monitor, world.name("c")) != nullptr);
  CHECK(look(monitor) == Texts{wanted[1], wanted[2]});
  auto none = monitor.next(Timeout{0});
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::timedOut);
  const auto begin = world.kernel().now();
  none = monitor.next(30ms);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::timedOut);
  CHECK(world.kernel().now() - begin >= 30ms);
}

TEST_CASE(
    "events: without tableChanges a look is two ioctls, with it one more for each device, read as "
    "a secret") {
  World world;
  const std::string a = world.name();
  makeDevice(world, a);
  CountingKernel kernel(world.kernel());
  EventMonitor plain = watch(kernel, {.tableChanges = false});
  kernel.ioctls = {};
  reload(world, a, 16);
  CHECK(look(plain).empty());
  CHECK(kernel.count(DmCommand::armPoll) == 1);
  CHECK(kernel.count(DmCommand::listDevices) == 1);
  CHECK(kernel.count(DmCommand::tableStatus) == 0);
  EventMonitor monitor = watch(kernel);
  kernel.ioctls = {};
  kernel.before = [](DmCommand command, std::span<const std::byte> packet) {
    if (command != DmCommand::tableStatus) return;
    CHECK((reinterpret_cast<const dm_ioctl*>(packet.data())->flags & DM_SECURE_DATA_FLAG) != 0);
  };
  CHECK(look(monitor).empty());
  CHECK(kernel.count(DmCommand::tableStatus) == monitor.devices().size());
}
