// Operations that make, change and remove devices.

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include <devmap/forwarding_kernel.hpp>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

namespace {

std::vector<Row> zeroRow(std::uint64_t length = 100) {
  return {{Sectors{0}, Sectors{length}, "zero", ""}};
}
std::vector<Row> linearRow(DeviceNumber below, std::uint64_t length = 100) {
  return {{Sectors{0}, Sectors{length}, "linear", toString(below) + " 0"}};
}

// Mode, uid and gid of a node as `b 0640 7:8`; `->` for a link.
std::string nodeText(const Lab& lab, const std::string& name) {
  if (const FakeKernel* fake = lab.world.fake()) {
    for (const std::string& line : fake->list("/dev/mapper")) {
      if (!line.starts_with(name + " ")) continue;
      const auto parts = words(line);
      return parts[1] == "b" ? "b " + std::string(parts[3]) + " " + std::string(parts[4])
                             : std::string(parts[1]);
    }
    return {};
  }
  struct stat entry {};
  if (::lstat(("/dev/mapper/" + name).c_str(), &entry) != 0) return {};
  if (S_ISLNK(entry.st_mode)) return "->";
  char text[64];
  std::snprintf(text, sizeof text, "%s 0%o %u:%u", S_ISBLK(entry.st_mode) ? "b" : "?",
                entry.st_mode & 07777U, entry.st_uid, entry.st_gid);
  return text;
}

}  // namespace

TEST_CASE("verbs: create with every knob, remove by uuid") {
  Lab lab;
  const std::string name = lab.name();
  CreateOptions options;
  options.uuid = "CONTRACT-verbs";
  options.minor = 913;
  options.readOnly = true;
  const DeviceInfo made = need(devmap::create(lab.mapper(), name, zeroRow(), options));
  CHECK(made.exists);
  CHECK(made.name == name);
  CHECK(made.uuid == "CONTRACT-verbs");
  CHECK(made.device.minor == 913);
  CHECK(made.readOnly);
  CHECK(made.liveTable);
  lab.checkNode(name);
  lab.world.settle();
  CHECK(need(devmap::remove(lab.mapper(), DeviceRef::uuid("CONTRACT-verbs"),
                            {.retryBusy = true})) == Removal::done);
  lab.checkNoNode(name);
}

namespace {

// A kernel in which another context makes the node of the same device just before this one puts its
// node in place.
class RacingKernel final : public ForwardingKernel {
 public:
  RacingKernel(Lab& lab, std::string name)
      : ForwardingKernel(lab.kernel()), lab_(lab), name_(std::move(name)) {}

  int renameNode(const char* from, const char* to) noexcept override {
    if (!raced_) {
      raced_ = true;
      checkGood(lab_.task(TaskType::DeviceMknodes, name_).run());
    }
    return kernel_.renameNode(from, to);
  }

 private:
  Lab& lab_;
  std::string name_;
  bool raced_ = false;
};

}  // namespace

TEST_CASE("verbs: two that make the same node at the same time both succeed") {
  Options own;
  own.udevMode = UdevMode::none;
  Lab lab(own);
  const std::string name = lab.name();
  RacingKernel kernel(lab, name);
  {
    DeviceMapper mapper = need(DeviceMapper::open(kernel, own));
    checkGood(devmap::create(mapper, name, zeroRow()));
  }
  lab.checkNode(name);
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("verbs: create without rows is an empty device") {
  Lab lab;
  const std::string name = lab.name();
  const DeviceInfo made = need(devmap::create(lab.mapper(), name, {}));
  CHECK_FALSE(made.liveTable);
  lab.checkNoNode(name);
  checkGood(devmap::remove(lab.mapper(), made.device));
}

TEST_CASE("verbs: a create that fails leaves nothing") {
  Lab lab;
  const std::string name = lab.name();
  const std::vector<Row> badRow{{Sectors{0}, Sectors{100}, "zero", "what"}};
  checkFails(devmap::create(lab.mapper(), name, badRow),
             {Errc::refusedByKernel, EINVAL, name, 0, {}, {}});
  const std::vector<Row> gap{{Sectors{0}, Sectors{8}, "zero", ""},
                             {Sectors{16}, Sectors{8}, "zero", ""}};
  checkFails(devmap::create(lab.mapper(), name, gap), {Errc::invalidTable, 0, name, 1, "gap", {}});
  checkFails(devmap::create(lab.mapper(), "", zeroRow()), {Errc::invalidName, 0, {}, {}, {}, {}});
  checkFails(devmap::create(lab.mapper(), "a/b", zeroRow()),
             {Errc::invalidName, 0, {}, {}, {}, {}});
  checkFails(devmap::create(lab.mapper(), name, zeroRow(), {.uuid = std::string(129, 'u')}),
             {Errc::invalidUuid, 0, {}, {}, {}, {}});
  checkFails(devmap::create(lab.mapper(), name, zeroRow(), {.minor = 1U << 20}),
             {Errc::invalidArgument, 0, name, {}, {}, {}});
  checkFails(devmap::create(lab.mapper(), name, zeroRow(), {.node = NodeAttributes{010000, 0, 0}}),
             {Errc::invalidArgument, 0, name, {}, "mode", {}});
  CHECK_FALSE(lab.number(name));
  lab.make(name);
  const DeviceNumber before = *lab.number(name);
  checkFails(devmap::create(lab.mapper(), name, zeroRow()),
             {Errc::alreadyExists, EBUSY, name, {}, {}, {}});
  CHECK(lab.number(name) == before);
  lab.remove(name);
}

TEST_CASE("verbs: an own node has the attributes asked for") {
  Lab lab;
  const std::string name = lab.name();
  CreateOptions options;
  options.node = NodeAttributes{0640, 7, 8};
  options.waiting.udevFlags = UdevFlag::disableDmRules;
  checkGood(devmap::create(lab.mapper(), name, zeroRow(), options));
  CHECK(nodeText(lab, name) == "b 0640 7:8");
  lab.checkNode(name);
  lab.world.settle();
  RemoveOptions away;
  away.retryBusy = true;
  away.waiting.udevFlags = UdevFlag::disableDmRules;
  checkGood(devmap::remove(lab.mapper(), name, away));
  lab.checkNoNode(name);
  // Without them it is a link next to the node that the kernel or udev made.
  options.node.reset();
  checkGood(devmap::create(lab.mapper(), name, zeroRow(), options));
  CHECK(nodeText(lab, name) == "->");
  lab.world.settle();
  checkGood(devmap::remove(lab.mapper(), name, away));
}

TEST_CASE("verbs: a node that udev does not make in time has the attributes asked for") {
  Options cookies;
  cookies.udevMode = UdevMode::cookies;
  Lab lab(cookies);
  if (lab.world.fake() != nullptr) {
    lab.world.fake()->setUdev(FakeUdev::stuck);
  } else if (lab.world.udev()) {
    return;  // a real udevd would make it
  }
  const std::string first = lab.name("first");
  const std::string second = lab.name("second");
  UdevCookie cookie;
  CreateOptions options;
  options.waiting.cookie = &cookie;
  options.node = NodeAttributes{0640, 7, 8};
  checkGood(devmap::create(lab.mapper(), first, zeroRow(), options));
  options.node.reset();
  checkGood(devmap::create(lab.mapper(), second, zeroRow(), options));
  checkFails(udevWait(cookie, 50ms), {Errc::timedOut, anyErrno, "", {}, "", ""});
  CHECK(nodeText(lab, first) == "b 0640 7:8");
  lab.checkNode(first);
  CHECK(nodeText(lab, second) == "->");
  lab.checkNode(second);
  for (const std::string& name : {first, second}) {
    RemoveOptions away;
    away.waiting.timeout = 50ms;
    checkFails(devmap::remove(lab.mapper(), name, away),
               {Errc::timedOut, anyErrno, "", {}, "", ""});
    lab.checkNoNode(name);
  }
}

TEST_CASE("verbs: node on create") {
  Lab lab;
  const std::string name = lab.name();
  CreateOptions options;
  options.addNode = AddNode::onCreate;
  options.waiting.udevFlags = UdevFlag::disableDmRules;
  checkGood(devmap::create(lab.mapper(), name, zeroRow(), options));
  CHECK(nodeText(lab, name).starts_with("b 0600"));
  lab.checkNode(name);
  lab.world.settle();
  RemoveOptions away;
  away.retryBusy = true;
  away.waiting.udevFlags = UdevFlag::disableDmRules;
  checkGood(devmap::remove(lab.mapper(), name, away));
}

TEST_CASE("verbs: rename and uuid") {
  Lab lab;
  const std::string name = lab.name();
  const std::string other = lab.name("b");
  lab.make(name);
  checkGood(devmap::rename(lab.mapper(), *lab.number(name), other));
  lab.checkNode(other);
  lab.checkNoNode(name);
  checkGood(devmap::setUuid(lab.mapper(), other, "CONTRACT-one"));
  checkFails(devmap::setUuid(lab.mapper(), other, "CONTRACT-two"),
             {Errc::refusedByKernel, EINVAL, other, {}, {}, {}});
  CHECK(need(info(lab.mapper(), other)).uuid == "CONTRACT-one");
  checkFails(devmap::rename(lab.mapper(), other, other),
             {Errc::alreadyExists, EBUSY, other, {}, {}, {}});
  checkFails(devmap::rename(lab.mapper(), other, "x/y"), {Errc::invalidName, 0, {}, {}, {}, {}});
  checkFails(devmap::rename(lab.mapper(), name, lab.name("c")),
             {Errc::notFound, ENXIO, name, {}, {}, {}});
  checkFails(devmap::setUuid(lab.mapper(), other, ""), {Errc::invalidUuid, 0, {}, {}, {}, {}});
  lab.remove(other);
}

TEST_CASE("verbs: one cookie for many") {
  Lab lab;
  UdevCookie cookie;
  Waiting waiting;
  waiting.cookie = &cookie;
  const std::string first = lab.name("1");
  const std::string second = lab.name("2");
  checkGood(devmap::create(lab.mapper(), first, zeroRow(), {.waiting = waiting}));
  checkGood(devmap::create(lab.mapper(), second, zeroRow(), {.waiting = waiting}));
  checkGood(udevWait(cookie, 30s));
  lab.checkNode(first);
  lab.checkNode(second);
  lab.world.settle();
  checkGood(devmap::remove(lab.mapper(), first, {.retryBusy = true, .waiting = waiting}));
  checkGood(devmap::remove(lab.mapper(), second, {.retryBusy = true, .waiting = waiting}));
  checkGood(udevWait(cookie, 30s));
  lab.checkNoNode(first);
  lab.checkNoNode(second);
}

TEST_CASE("verbs: remove names who is in the way, and keeps its deadline") {
  Lab lab;
  const std::string below = lab.name("below");
  const std::string top = lab.name("top");
  lab.make(below, 1000);
  checkGood(devmap::create(lab.mapper(), top, linearRow(*lab.number(below))));
  lab.world.settle();
  checkFails(devmap::remove(lab.mapper(), below),
             {Errc::busy, EBUSY, below, {}, "in use: by device " + top, {}});
  const auto start = lab.kernel().now();
  checkFails(
      devmap::remove(lab.mapper(), below, {.retryBusy = true, .waiting = {.timeout = 300ms}}),
      {Errc::busy, EBUSY, below, {}, "by device " + top, {}});
  const auto took = lab.kernel().now() - start;
  CHECK(took >= 300ms);
  CHECK(took < 3s);
  const DeviceUsers users = need(usersOf(lab.mapper(), below));
  CHECK(users.devices == std::vector{top});
  CHECK(users.mounts.empty());
  CHECK_FALSE(users.swap);
  checkGood(devmap::remove(lab.mapper(), top, {.retryBusy = true}));
  CHECK(need(usersOf(lab.mapper(), below)).empty());
  const int held = hold(lab.world, *lab.number(below));
  checkFails(devmap::remove(lab.mapper(), below),
             {Errc::busy, EBUSY, below, {}, "a program holds it", {}});
  CHECK(lab.kernel().close(held) == 0);
  checkGood(devmap::remove(lab.mapper(), below, {.retryBusy = true}));
  checkFails(devmap::remove(lab.mapper(), below), {Errc::notFound, ENXIO, below, {}, {}, {}});
  checkFails(usersOf(lab.mapper(), below), {Errc::notFound, ENXIO, below, {}, {}, {}});
}

TEST_CASE("verbs: who uses a disk") {
  Lab lab;
  const BlockDevice disk = lab.block(lab.world.disk());
  const std::string top = lab.name("top");
  CHECK(usersOf(lab.mapper(), disk).empty());
  checkGood(devmap::create(lab.mapper(), top, linearRow(disk.number())));
  CHECK(usersOf(lab.mapper(), disk).devices == std::vector{top});
  lab.world.settle();
  checkGood(devmap::remove(lab.mapper(), top, {.retryBusy = true}));
  CHECK(usersOf(lab.mapper(), disk).empty());
}

TEST_CASE("verbs: mounts and swap as holders") {
  Lab lab;
  FakeKernel* fake = lab.world.fake();
  if (fake == nullptr) return;  // needs file systems on the real kernel
  const std::string name = lab.name();
  lab.make(name);
  const std::string number = toString(*lab.number(name));
  fake->setFileText("/proc/self/mountinfo",
                    "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 22 " + number +
                        " / /mnt/a\\040b rw,relatime shared:1 - ext4 /dev/mapper/x rw\nbroken\n31 "
                        "22 0:40 / /btrfs rw - btrfs "
                        "/dev/mapper/" +
                        name + " rw\n");
  fake->setFileText("/proc/swaps", "Filename Type Size Used Priority\n/dev/mapper/" + name +
                                       " partition 1 0 -2\n");
  const DeviceUsers users = need(usersOf(lab.mapper(), name));
  CHECK(users.mounts == std::vector<std::string>{"/mnt/a b", "/btrfs"});
  CHECK(users.swap);
  const std::vector<BlockUse> uses =
      blockUses(lab.mapper());  // 0:40 is not the number of a block device: its source counts
  REQUIRE(uses.size() == 4);
  CHECK((uses[0].device == DeviceNumber{8, 1} && uses[0].mount == "/"));
  const DeviceNumber own = *lab.number(name);
  CHECK((uses[1].device == own && uses[1].mount == "/mnt/a b"));
  CHECK((uses[2].device == own && uses[2].mount == "/btrfs"));
  CHECK((uses[3].device == own && uses[3].mount.empty()));
  REQUIRE(fake->openDevice(name));
  checkFails(
      devmap::remove(lab.mapper(), name),
      {Errc::busy, EBUSY, name, {}, "mounted on /mnt/a b, mounted on /btrfs, as swap space", {}});
  REQUIRE(fake->closeDevice(name));
  fake->failCall(FakeCall::readText, EACCES, 1, 100);
  fake->failCall(FakeCall::listDirectory, EACCES, 1, 100);
  CHECK(need(usersOf(lab.mapper(), name)).empty());
  CHECK(blockUses(lab.mapper()).empty());
  fake->clearFaults();
  lab.remove(name);
}

TEST_CASE("verbs: deferred removal, and its cancelling") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name);
  checkGood(cancelRemove(lab.mapper(), name));
  const int held = hold(lab.world, *lab.number(name));
  CHECK(need(devmap::remove(lab.mapper(), name, {.deferred = true})) == Removal::deferred);
  CHECK(need(info(lab.mapper(), name)).deferredRemove);
  checkGood(cancelRemove(lab.mapper(), name));
  CHECK_FALSE(need(info(lab.mapper(), name)).deferredRemove);
  CHECK(need(devmap::remove(lab.mapper(), name, {.deferred = true})) == Removal::deferred);
  CHECK(lab.kernel().close(held) == 0);
  // The kernel removes it asynchronously (dm.c: deferred_remove_work).
  for (int i = 0; i < 100 && lab.number(name); ++i) static_cast<void>(lab.kernel().sleep(50ms));
  lab.world.settle();
  CHECK_FALSE(lab.number(name));
  // Without udev no one removed the link. It is stale once its target is gone, which is a moment
  // after the device's name.
  NodeInfo node;
  const std::string path = "/dev/mapper/" + name;
  for (int i = 0;
       i < 100 && !lab.world.udev() && lab.kernel().nodeInfo(path.c_str(), false, node) == 0; ++i) {
    checkGood(makeNodes(lab.mapper(), name));
    static_cast<void>(lab.kernel().sleep(50ms));
  }
  lab.checkNoNode(name);
  checkFails(cancelRemove(lab.mapper(), name), {Errc::notFound, ENXIO, name, {}, {}, {}});
}

TEST_CASE("verbs: remove all") {
  Lab lab;
  if (!lab.world.fake()) return;  // would remove the devices of others
  lab.make(lab.name("1"));
  lab.make(lab.name("2"));
  const int held = hold(lab.world, *lab.number(lab.name("2")));
  checkGood(removeAll(lab.mapper()));
  CHECK(need(list(lab.mapper())).size() == 1);
  checkGood(removeAll(lab.mapper(), true));
  CHECK(need(info(lab.mapper(), lab.name("2"))).deferredRemove);
  CHECK(lab.kernel().close(held) == 0);
  CHECK(need(list(lab.mapper())).empty());
  checkGood(makeNodes(lab.mapper()));
}

TEST_CASE("verbs: geometry and messages") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name, 96);
  checkGood(setGeometry(lab.mapper(), name, {100, 16, 63, Sectors{5}}));
  checkFails(setGeometry(lab.mapper(), name, {65536, 16, 63, Sectors{0}}),
             {Errc::refusedByKernel, EINVAL, name, {}, {}, {}});
  checkFails(setGeometry(lab.mapper(), lab.name("no"), {1, 1, 1, Sectors{0}}),
             {Errc::notFound, ENXIO, lab.name("no"), {}, {}, {}});
  CHECK(need(sendMessage(lab.mapper(), name, "@stats_create - 8 contract")) == "0");
  CHECK(need(sendMessage(lab.mapper(), name, "@stats_delete 0")) == std::nullopt);
  checkFails(sendMessage(lab.mapper(), name, "nonsense"),
             {Errc::refusedByKernel, EINVAL, name, {}, {}, {}});
  checkFails(sendMessage(lab.mapper(), name, ""), {Errc::invalidArgument, 0, name, {}, {}, {}});
  checkFails(sendMessage(lab.mapper(), name, "nonsense", {.sector = Sectors{96}}),
             {Errc::refusedByKernel, EINVAL, name, {}, {}, {}});
  lab.remove(name);
}

TEST_CASE("verbs: nodes are put right, and those of others left alone") {
  Lab lab;
  const std::string name = lab.name();
  const std::string path = "/dev/mapper/" + name;
  lab.make(name);
  const std::uint32_t major = lab.number(name)->major;
  REQUIRE(lab.kernel().removeNode(path.c_str()) == 0);
  checkGood(makeNodes(lab.mapper(), name));
  lab.checkNode(name);
  REQUIRE(lab.kernel().removeNode(path.c_str()) == 0);
  const std::string dangling = lab.name("dangling");
  const std::string stale = lab.name("stale");
  REQUIRE(lab.kernel().makeLink("../dm-98765", ("/dev/mapper/" + dangling).c_str()) == 0);
  REQUIRE(lab.kernel().makeNode(("/dev/mapper/" + stale).c_str(), NodeType::blockDevice,
                                {major, 98765}, 0600) == 0);
  const Disk disk = lab.world.disk();
  const std::string foreign = "/dev/mapper/" + lab.name("foreign");
  REQUIRE(lab.kernel().makeNode(foreign.c_str(), NodeType::blockDevice, disk.number, 0600) == 0);
  checkGood(makeNodes(lab.mapper()));
  lab.checkNode(name);
  lab.checkNoNode(dangling);
  lab.checkNoNode(stale);
  NodeInfo node;
  CHECK(lab.kernel().nodeInfo(foreign.c_str(), false, node) == 0);
  CHECK(lab.kernel().removeNode(foreign.c_str()) == 0);
  lab.remove(name);
}
