// EventMonitor: what it reports of each change, what it cannot tell, and that no race and no failure loses anything.

#include <devmap/events.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../events/forwarding_kernel.hpp"
#include "check.hpp"
#include "packet.hpp"
#include "world.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;
using Kind = DeviceEvent::Kind;
using Texts = std::vector<std::string>;

namespace {

int rename(const World& world, std::string_view from, std::string_view to) {
  return Packet().name(from).event(quietEvent).text(to).send(world, DmCommand::rename);
}

int giveUuid(const World& world, std::string_view name, std::string_view uuid) {
  return Packet().name(name).flags(DM_UUID_FLAG).event(quietEvent).text(uuid).send(world, DmCommand::rename);
}

// With that very number, and a live table.
void recreate(const World& world, std::string_view name, DeviceNumber number, std::string_view uuid = {}, std::uint64_t length = 100) {
  Packet packet(312);
  REQUIRE(packet.name(name).uuid(uuid).device(number).flags(DM_PERSISTENT_DEV_FLAG).send(world, DmCommand::create) == 0);
  REQUIRE(packet.device() == number);
  REQUIRE(load(world, name, length, "zero", {}) == 0);
  REQUIRE(resume(world, name) == 0);
  world.settle();
}

void reload(const World& world, std::string_view name, std::uint64_t length) {
  REQUIRE(load(world, name, length, "zero", {}) == 0);
  REQUIRE(resume(world, name) == 0);
}

// An event of the device's target. False: this kernel cannot be made to raise one.
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
    while (status(world_, name_).head().event_nr == before) (void)world_.kernel().sleep(1ms);  // a work queue's
  }
  bool works = true;

 private:
  World& world_;
  std::string name_;
  std::string path_;
  bool failed_ = false;
};

const char* kindName(Kind kind) {
  switch (kind) {
    case Kind::removed: return "removed";
    case Kind::renamed: return "renamed";
    case Kind::created: return "created";
    case Kind::tableChanged: return "table";
    case Kind::targetEvent: return "event";
  }
  return "?";
}

// `renamed A to B`, `event A * 3`, ...
std::string textOf(const DeviceEvent& event) {
  std::string text = kindName(event.kind);
  if (event.kind == Kind::renamed) text += " " + event.oldName + " to";
  text += " " + event.name;
  if (event.count != 1) text += " * " + std::to_string(event.count);
  return text;
}

Texts look(EventMonitor& monitor) {
  auto events = monitor.read();
  if (!events) FAIL(events.error().message());
  Texts texts;
  for (const DeviceEvent& event : *events) texts.push_back(textOf(event));
  return texts;
}

EventMonitor watch(Kernel& kernel, EventOptions options = {}) {
  auto context = DeviceMapper::open(kernel);
  REQUIRE(context);
  auto monitor = EventMonitor::open(*context, options);
  if (!monitor) FAIL(monitor.error().message());
  return *std::move(monitor);  // the context goes, the monitor stays
}

EventMonitor watch(const World& world, EventOptions options = {}) { return watch(world.kernel(), options); }

const WatchedDevice* find(const EventMonitor& monitor, std::string_view name) {
  const auto found = std::ranges::find(monitor.devices(), name, &WatchedDevice::name);
  return found == monitor.devices().end() ? nullptr : &*found;
}

bool listsUuids(const World& world) { return world.minor() >= 45; }

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
  world.settle();
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

TEST_CASE("events: changes of one device between two looks merge, and are counted where they can be") {
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
  world.settle();
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
  recreate(world, a, number);  // the event number is back at 0
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

TEST_CASE("events: without tableChanges a look is two ioctls, with it one more for each device, read as a secret") {
  World world;
  const std::string a = world.name();
  makeDevice(world, a);
  ForwardingKernel kernel(world.kernel());
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

namespace {

// A change that somebody makes while the monitor looks, and its events.
struct Change {
  const char* what;
  void (*make)(World& world, const std::string& a, const std::string& b, DeviceNumber number);
  Texts (*events)(const std::string& a, const std::string& b);
};

const Change changesMeanwhile[] = {
    {"remove", [](World& world, const std::string& a, const std::string&, DeviceNumber) { CHECK(remove(world, a) == 0); },
     [](const std::string& a, const std::string&) { return Texts{"removed " + a}; }},
    {"rename", [](World& world, const std::string& a, const std::string& b, DeviceNumber) { CHECK(rename(world, a, b) == 0); },
     [](const std::string& a, const std::string& b) { return Texts{"renamed " + a + " to " + b}; }},
    {"reload", [](World& world, const std::string& a, const std::string&, DeviceNumber) { reload(world, a, 200); },
     [](const std::string& a, const std::string&) { return Texts{"table " + a}; }},
    {"rename and reload",
     [](World& world, const std::string& a, const std::string& b, DeviceNumber) {
       CHECK(rename(world, a, b) == 0);
       reload(world, b, 200);
     },
     [](const std::string& a, const std::string& b) {
       return Texts{"renamed " + a + " to " + b, "table " + b};
     }},
    {"create", [](World& world, const std::string&, const std::string& b, DeviceNumber) { REQUIRE(create(world, b) == 0); },
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

// `change` before or behind the first ioctl of this kind; gives the events of that look and the next one.
Texts changeAt(DmCommand point, bool behind, const Change& change, World& world, const std::string& a, const std::string& b) {
  REQUIRE(create(world, b, "CONTRACT-1") == 0);
  reload(world, b, 100);
  CHECK(rename(world, b, a) == 0);
  world.settle();
  const DeviceNumber number = status(world, a).device();
  ForwardingKernel kernel(world.kernel());
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
  for (const DmCommand point : {DmCommand::armPoll, DmCommand::listDevices, DmCommand::tableStatus}) {
    for (const bool behind : {false, true}) {
      for (const Change& change : changesMeanwhile) {
        CAPTURE(static_cast<int>(point));
        CAPTURE(behind);
        CAPTURE(change.what);
        World world;
        const std::string a = world.name();
        const std::string b = world.name("b");
        if (!listsUuids(world) && std::string_view(change.what).find("uuid") != std::string_view::npos) continue;
        CHECK(changeAt(point, behind, change, world, a, b) == change.events(a, b));
      }
    }
  }
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
      const bool fatal = !world.fake()->faultsPending() && nth > 1;  // the first call is for random bytes, which are not needed
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
  ForwardingKernel kernel(world.kernel());
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

// Applies events to what it knows, by number, and fails where they do not fit.
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
  std::string any() { return std::next(uuids.begin(), below(static_cast<unsigned>(uuids.size())))->first; }
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
