// Operations that make and change devices.

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include <devmap/forwarding_kernel.hpp>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

namespace {

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

TEST_CASE("operations: create with every knob, remove by uuid") {
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

TEST_CASE("operations: two that make the same node at the same time both succeed") {
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

TEST_CASE("operations: create without rows is an empty device") {
  Lab lab;
  const std::string name = lab.name();
  const DeviceInfo made = need(devmap::create(lab.mapper(), name, {}));
  CHECK_FALSE(made.liveTable);
  lab.checkNoNode(name);
  checkGood(devmap::remove(lab.mapper(), made.device));
}

TEST_CASE("operations: a create that fails leaves nothing") {
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
  const std::string other = lab.name("other");
  checkFails(devmap::create(lab.mapper(), other, zeroRow(), {.minor = before.minor}),
             {Errc::notFound, ENXIO, other, {}, "taken", {}});
  checkFails(devmap::create(lab.mapper(), name, zeroRow()),
             {Errc::alreadyExists, EBUSY, name, {}, {}, {}});
  CHECK(lab.number(name) == before);
  lab.remove(name);
}

TEST_CASE("operations: an own node has the attributes asked for") {
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

TEST_CASE("operations: a node that udev does not make in time has the attributes asked for") {
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

TEST_CASE("operations: node on create") {
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

TEST_CASE("operations: rename and uuid") {
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

TEST_CASE("operations: one cookie for many") {
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

TEST_CASE("operations: geometry and messages") {
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

TEST_CASE("operations: nodes are put right, and those of others left alone") {
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
