// EventMonitor: races and failures lose no event.

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "watching.hpp"

using namespace contract;
using namespace contract::watching;
using namespace std::chrono_literals;

namespace {

// A change that another process makes during a look of the monitor, and its events.
struct Change {
  const char* what;
  void (*make)(World& world, const std::string& a, const std::string& b, DeviceNumber number);
  Texts (*events)(const std::string& a, const std::string& b);
};

const Change changesMeanwhile[] = {
    {"remove",
     [](World& world, const std::string& a, const std::string&, DeviceNumber) {
       CHECK(remove(world, a) == 0);
     },
     [](const std::string& a, const std::string&) { return Texts{"removed " + a}; }},
    {"rename",
     [](World& world, const std::string& a, const std::string& b, DeviceNumber) {
       CHECK(rename(world, a, b) == 0);
     },
     [](const std::string& a, const std::string& b) { return Texts{"renamed " + a + " to " + b}; }},
    {"reload",
     [](World& world, const std::string& a, const std::string&, DeviceNumber) {
       reload(world, a, 200);
     },
     [](const std::string& a, const std::string&) { return Texts{"table " + a}; }},
    {"rename and reload",
     [](World& world, const std::string& a, const std::string& b, DeviceNumber) {
       CHECK(rename(world, a, b) == 0);
       reload(world, b, 200);
     },
     [](const std::string& a, const std::string& b) {
       return Texts{"renamed " + a + " to " + b, "table " + b};
     }},
    {"create",
     [](World& world, const std::string&, const std::string& b, DeviceNumber) {
       REQUIRE(create(world, b) == 0);
     },
     [](const std::string&, const std::string& b) { return Texts{"created " + b}; }},
    {"remove and create, smaller event number",
     [](World& world, const std::string& a, const std::string&, DeviceNumber number) {
       CHECK(remove(world, a) == 0);
       recreate(world, a, number, "CONTRACT-1", 200);
     },
     [](const std::string& a, const std::string&) {
       return Texts{"removed " + a, "created " + a};
     }},
    {"remove and create, larger event number, another uuid",
     [](World& world, const std::string& a, const std::string& b, DeviceNumber number) {
       CHECK(remove(world, a) == 0);
       recreate(world, b, number, "CONTRACT-2", 200);
       for (int i = 0; i < 3; ++i) CHECK((rename(world, b, a) == 0 && rename(world, a, b) == 0));
       CHECK(rename(world, b, a) == 0);
     },
     [](const std::string& a, const std::string&) {
       return Texts{"removed " + a, "created " + a};
     }},
};

// Makes `change` before or after the first ioctl of this kind. Returns the events of that look and
// of the next one.
Texts changeAt(DmCommand point, bool behind, const Change& change, World& world,
               const std::string& a, const std::string& b) {
  REQUIRE(create(world, b, "CONTRACT-1") == 0);
  reload(world, b, 100);
  CHECK(rename(world, b, a) == 0);
  const DeviceNumber number = status(world, a).device();
  CountingKernel kernel(world.kernel());
  EventMonitor monitor = watch(kernel);
  bool due = true;
  (behind ? kernel.after : kernel.before) = [&](DmCommand command, std::span<const std::byte>) {
    if (command == point && std::exchange(due, false)) change.make(world, a, b, number);
  };
  Texts seen = look(monitor);
  const bool news = world.kernel().pollControl(monitor.fd(), 0ns) == 0;
  const Texts late = look(monitor);
  CHECK((late.empty() || news));
  seen.insert(seen.end(), late.begin(), late.end());
  CHECK(look(monitor).empty());
  return seen;
}

}  // namespace

TEST_CASE("events: changes while it looks are seen by this look or the next, once") {
  bool skipped = false;
  for (const DmCommand point :
       {DmCommand::armPoll, DmCommand::listDevices, DmCommand::tableStatus}) {
    for (const bool behind : {false, true}) {
      for (const Change& change : changesMeanwhile) {
        CAPTURE(static_cast<int>(point));
        CAPTURE(behind);
        CAPTURE(change.what);
        World world;
        // Hundreds of uevents: a slow udevd takes minutes for them, and is not what this tests. All
        // of it runs without udevd.
        if (world.udev() && (point != DmCommand::listDevices || behind)) {
          skipped = true;
          continue;
        }
        const std::string a = world.name();
        const std::string b = world.name("b");
        if (!listsUuids(world) &&
            std::string_view(change.what).find("uuid") != std::string_view::npos)
          continue;
        CHECK(changeAt(point, behind, change, world, a, b) == change.events(a, b));
      }
    }
  }
  if (skipped)
    std::printf(
        "SKIP - changes around most ioctls of a look: hundreds of uevents; they are run without "
        "udevd\n");
}

TEST_CASE("events: whatever call fails, nothing is lost") {
  if (World::real()) return;
  bool reached = true;
  for (unsigned nth = 1; reached; ++nth) {
    CAPTURE(nth);
    World world;
    FakeKernel& fake = *world.fake();
    const std::string a = world.name();
    const std::string b = world.name("b");
    const std::string c = world.name("c");
    makeDevice(world, a);
    makeDevice(world, b);
    makeDevice(world, c);
    EventMonitor monitor = watch(world);
    CHECK(rename(world, a, world.name("d")) == 0);
    reload(world, b, 16);
    CHECK(remove(world, c) == 0);
    Texts seen;
    fake.failAny(ENOMEM, nth);
    for (int round = 0; round < 5; ++round) {
      auto event = monitor.next(1ms);
      if (event) {
        seen.push_back(textOf(*event));
      } else {
        CHECK((event.error().code == Errc::timedOut || event.error().errnum == ENOMEM));
      }
    }
    reached = !fake.faultsPending();
    fake.clearFaults();
    std::ranges::sort(seen);
    CHECK(seen == Texts{"removed " + c, "renamed " + a + " to " + world.name("d"), "table " + b});
  }
}

TEST_CASE("events: opening fails as a whole, and leaves no descriptor") {
  if (World::real()) return;
  for (unsigned nth = 1; nth < 12; ++nth) {
    CAPTURE(nth);
    World world;
    makeDevice(world, world.name());
    auto context = DeviceMapper::open(world.kernel());
    REQUIRE(context);
    const FakeUsage before = world.fake()->usage();
    world.fake()->failAny(EACCES, nth);
    {
      auto monitor = EventMonitor::open(*context);
      const bool fatal = !world.fake()->faultsPending() &&
                         nth > 1;  // the first call is for random bytes, which are not essential
      CHECK(monitor.has_value() != fatal);
      if (!monitor) CHECK(monitor.error().code == Errc::permissionDenied);
    }
    world.fake()->clearFaults();
    CHECK(world.fake()->usage() == before);
  }
}

TEST_CASE("events: a signal ends the wait") {
  if (World::real()) return;
  World world;
  EventMonitor monitor = watch(world);
  world.fake()->failCall(FakeCall::pollControl, EINTR);
  auto event = monitor.next(Timeout::max());
  REQUIRE_FALSE(event);
  CHECK(event.error().code == Errc::interrupted);
}

TEST_CASE("events: news without events do not prolong the wait") {
  if (World::real()) return;
  World world;
  const std::string a = world.name();
  makeDevice(world, a);
  CountingKernel kernel(world.kernel());
  EventMonitor monitor = watch(kernel);
  kernel.ioctls = {};
  kernel.after = [&](DmCommand command, std::span<const std::byte>) {
    if (command != DmCommand::listDevices) return;
    reload(world, a, 100);  // news for the next look: the same table again
    world.fake()->advance(10ms);
  };
  auto event = monitor.next(95ms);
  REQUIRE_FALSE(event);
  CHECK(event.error().code == Errc::timedOut);
  CHECK(kernel.count(DmCommand::listDevices) <= 1);  // there was no news at first
  reload(world, a, 100);
  event = monitor.next(95ms);
  REQUIRE_FALSE(event);
  CHECK(event.error().code == Errc::timedOut);
  CHECK(kernel.count(DmCommand::listDevices) == 10);
}

TEST_CASE("events: before interface 4.37 unsupported; from then on all but uuids") {
  if (World::real()) return;
  FakeKernel kernel;
  kernel.setInterfaceVersion({4, 36, 0});
  auto context = DeviceMapper::open(kernel);
  REQUIRE(context);
  const FakeUsage before = kernel.usage();
  auto monitor = EventMonitor::open(*context);
  REQUIRE_FALSE(monitor);
  CHECK(monitor.error().code == Errc::unsupported);
  CHECK(monitor.error().message().find("4.37") != std::string::npos);
  CHECK(kernel.usage() == before);
}

namespace {

// Applies events to its own model, by number, and fails if they do not match it.
struct Follower {
  std::map<DeviceNumber, std::string> names;

  void apply(const DeviceEvent& event) {
    const auto known = names.find(event.device);
    if (event.kind == Kind::created) {
      CHECK(known == names.end());
      names[event.device] = event.name;
      return;
    }
    REQUIRE(known != names.end());
    CHECK(known->second == (event.kind == Kind::renamed ? event.oldName : event.name));
    if (event.kind == Kind::removed) names.erase(known);
    if (event.kind == Kind::renamed) known->second = event.name;
  }
};

struct Model {
  explicit Model(FakeKernel& fake) : kernel(fake) {}
  FakeKernel& kernel;
  std::mt19937 random{20240607};
  std::map<std::string, std::string> uuids;  // of all devices by name
  unsigned serial = 0;

  unsigned below(unsigned limit) { return static_cast<unsigned>(random() % limit); }
  std::string any() {
    return std::next(uuids.begin(), below(static_cast<unsigned>(uuids.size())))->first;
  }
  Task task(DeviceMapper& context, TaskType type, std::string_view name) {
    auto made = createTask(context, type, name);
    REQUIRE(made);
    return *std::move(made);
  }

  void step(DeviceMapper& context) {
    const unsigned choice = uuids.empty() ? 0 : below(5);
    const std::string fresh = "m" + std::to_string(++serial);
    if (choice == 0) {
      Task create = task(context, TaskType::DeviceCreate, fresh);
      REQUIRE(create.setUuid("M-" + fresh));
      REQUIRE(create.addTarget(Sectors{0}, Sectors{8}, "zero", ""));
      REQUIRE(create.run());
      uuids[fresh] = "M-" + fresh;
    } else if (choice == 1) {
      const std::string name = any();
      REQUIRE(task(context, TaskType::DeviceRemove, name).run());
      uuids.erase(name);
    } else if (choice == 2) {
      const std::string name = any();
      Task rename = task(context, TaskType::DeviceRename, name);
      REQUIRE(rename.setNewName(fresh));
      REQUIRE(rename.run());
      uuids[fresh] = uuids[name];
      uuids.erase(name);
    } else if (choice == 3) {
      const std::string name = any();
      Task reload = task(context, TaskType::DeviceReload, name);
      REQUIRE(reload.addTarget(Sectors{0}, Sectors{8 + serial}, "zero", ""));
      REQUIRE(reload.run());
      REQUIRE(task(context, TaskType::DeviceResume, name).run());
    } else {
      REQUIRE(kernel.raiseEvent(any()));
    }
  }
};

}  // namespace

TEST_CASE("events: after any changes, events lead to what is there") {
  if (World::real()) return;
  FakeKernel kernel;
  auto context = DeviceMapper::open(kernel);
  REQUIRE(context);
  Model model(kernel);
  EventMonitor monitor = watch(kernel);
  Follower follower;
  for (int round = 0; round < 1500; ++round) {
    for (unsigned steps = 1 + model.below(12); steps > 0; --steps) model.step(*context);
    auto events = monitor.read();
    REQUIRE(events);
    for (const DeviceEvent& event : *events) follower.apply(event);
    std::map<std::string, std::string> uuids;
    for (const WatchedDevice& device : monitor.devices()) {
      uuids[device.name] = device.uuid;
      CHECK(follower.names.at(device.device) == device.name);
    }
    REQUIRE(uuids == model.uuids);
    REQUIRE(follower.names.size() == uuids.size());
  }
}
