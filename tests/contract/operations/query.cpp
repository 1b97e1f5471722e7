// Operations that read.

#include <algorithm>
#include <cerrno>

#include <devmap/forwarding_kernel.hpp>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

TEST_CASE("operations: status, table and info by name, uuid and number") {
  Lab lab;
  const Disk disk = lab.world.disk();
  const std::string name = lab.name();
  const DeviceInfo made =
      need(devmap::create(lab.mapper(), name, linearRow(disk.number), {.uuid = "CONTRACT-query"}));
  for (const DeviceRef& ref :
       {DeviceRef(name), DeviceRef::uuid("CONTRACT-query"), DeviceRef(made.device)}) {
    CHECK(need(info(lab.mapper(), ref)).name == name);
    const DeviceRows rows = need(table(lab.mapper(), ref));
    CHECK(rows.info.uuid == "CONTRACT-query");
    REQUIRE(rows.rows.size() == 1);
    CHECK(rows.rows[0].type == "linear");
    CHECK(rows.rows[0].params == toString(disk.number) + " 0");
    CHECK(need(status(lab.mapper(), ref)).rows.at(0).params.empty());
    CHECK(need(dependencies(lab.mapper(), ref)) == std::vector{disk.number});
    CHECK(need(dependencies(lab.mapper(), ref, TableSlot::inactive)).empty());
  }
  const std::string missing = lab.name("missing");
  CHECK_FALSE(need(info(lab.mapper(), missing)).exists);
  checkFails(status(lab.mapper(), missing), {Errc::notFound, ENXIO, missing, {}, {}, {}});
  checkFails(table(lab.mapper(), missing), {Errc::notFound, ENXIO, missing, {}, {}, {}});
  checkFails(imaTable(lab.mapper(), missing), {Errc::notFound, ENXIO, missing, {}, {}, {}});
  checkFails(dependencies(lab.mapper(), missing), {Errc::notFound, ENXIO, missing, {}, {}, {}});
  checkFails(info(lab.mapper(), DeviceNumber{5000, 0}), {Errc::invalidArgument, 0, {}, {}, {}, {}});
  checkFails(info(lab.mapper(), ""), {Errc::invalidName, 0, {}, {}, {}, {}});
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("operations: what IMA measures") {
  Lab lab;
  const Disk disk = lab.world.disk();
  const std::string name = lab.name();
  checkGood(devmap::create(lab.mapper(), name, linearRow(disk.number)));
  const std::string striped = "1 64 " + toString(disk.number) + " 128";
  checkGood(load(
      lab.mapper(), name,
      {{{Sectors{0}, Sectors{128}, "striped", striped}, {Sectors{128}, Sectors{8}, "zero", ""}}}));
  const auto rows = imaTable(lab.mapper(), name);
  if (rows) {
    CHECK(rows->rows.at(0).params == "target_name=linear,target_version=" +
                                         toString(need(targetVersion(lab.mapper(), "linear"))) +
                                         ",device_name=" + toString(disk.number) + ",start=0;");
    const DeviceRows inactive = need(imaTable(lab.mapper(), name, TableSlot::inactive));
    CHECK(inactive.rows.at(0).params ==
          "target_name=striped,target_version=" +
              toString(need(targetVersion(lab.mapper(), "striped"))) +
              ",stripes=1,chunk_size=64,stripe_0_device_name=" + toString(disk.number) +
              ",stripe_0_physical_start=128,stripe_0_status=A;");
    CHECK(inactive.rows.at(1).params.empty());
  } else {
    checkFails(rows, {Errc::unsupported, 0, name, {}, {}, {}});
  }
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("operations: find a device by whatever a person types") {
  Lab lab;
  const std::string name = lab.name();
  const DeviceInfo made = need(devmap::create(
      lab.mapper(), name, {{{Sectors{0}, Sectors{8}, "zero", ""}}}, {.uuid = "CONTRACT-find"}));
  const std::string node = "/dev/dm-" + std::to_string(made.device.minor);
  for (const std::string& text :
       {name, std::string("CONTRACT-find"), toString(made.device), "/dev/mapper/" + name, node})
    CHECK(need(findDevice(lab.mapper(), text)).device == made.device);
  REQUIRE(lab.kernel().removeNode(("/dev/mapper/" + name).c_str()) == 0);
  CHECK(need(findDevice(lab.mapper(), "/dev/mapper/" + name)).device == made.device);
  checkGood(makeNodes(lab.mapper(), name));
  const Disk disk = lab.world.disk();
  checkFails(findDevice(lab.mapper(), disk.path),
             {Errc::notFound, 0, disk.path, {}, "not a device of the device-mapper", {}});
  const std::string file = lab.world.file();
  checkFails(findDevice(lab.mapper(), file), {Errc::notABlockDevice, 0, file, {}, {}, {}});
  checkFails(findDevice(lab.mapper(), "/dev/no/such"),
             {Errc::notFound, 0, "/dev/no/such", {}, {}, {}});
  checkFails(findDevice(lab.mapper(), "/dev/mapper/no-such"),
             {Errc::notFound, ENXIO, "/dev/mapper/no-such", {}, {}, {}});
  for (const char* text : {"no-such", "4000:17", "9999:1", "control", "a/b"})
    checkFails(findDevice(lab.mapper(), text), {Errc::notFound, ENXIO, text, {}, {}, {}});
  checkFails(findDevice(lab.mapper(), ""), {Errc::invalidArgument, 0, {}, {}, {}, {}});
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("operations: list with uuids and event numbers, by prefix") {
  Lab lab;
  const std::string prefix = lab.name("list-");
  checkGood(devmap::create(lab.mapper(), lab.name("list-1"),
                           {{{Sectors{0}, Sectors{8}, "zero", ""}}}, {.uuid = "CONTRACT-LIST-1"}));
  checkGood(devmap::create(lab.mapper(), lab.name("list-2"), {}, {.uuid = "CONTRACT-LIST-2"}));
  checkGood(devmap::create(lab.mapper(), lab.name("other"), {}));
  const auto named = need(list(lab.mapper(), {.namePrefix = prefix}));
  REQUIRE(named.size() == 2);
  for (const DeviceEntry& entry : named) {
    const DeviceInfo present = need(info(lab.mapper(), entry.name));
    CHECK(entry.device == present.device);
    CHECK(entry.uuid == present.uuid);
    CHECK(entry.eventNr == present.eventNr);
  }
  CHECK(need(list(lab.mapper(), {.uuidPrefix = "CONTRACT-LIST-"})).size() == 2);
  CHECK(need(list(lab.mapper(), {.namePrefix = prefix, .uuidPrefix = "CONTRACT-LIST-2"})).size() ==
        1);
  CHECK(need(list(lab.mapper(), {.namePrefix = lab.name("other"), .uuidPrefix = "CONTRACT-"}))
            .empty());
  CHECK(need(list(lab.mapper())).size() >= 3);
  CHECK(need(list(lab.mapper(), {.namePrefix = "control"})).empty());
  checkFails(list(lab.mapper(), {.namePrefix = std::string(128, 'n')}),
             {Errc::invalidName, 0, {}, {}, {}, {}});
  checkFails(list(lab.mapper(), {.uuidPrefix = std::string(129, 'u')}),
             {Errc::invalidUuid, 0, {}, {}, {}, {}});
  lab.world.settle();
  for (const char* tag : {"list-1", "list-2", "other"}) lab.remove(lab.name(tag));
}

TEST_CASE("operations: wait for an event") {
  Lab lab;
  const std::string name = lab.name();
  const std::string renamed = lab.name("b");
  lab.make(name);
  const std::uint32_t seen = need(info(lab.mapper(), name)).eventNr;
  if (lab.world.minor() >= 37) {
    const auto start = lab.kernel().now();
    checkFails(waitForEvent(lab.mapper(), name, seen, 100ms),
               {Errc::timedOut, 0, name, {}, {}, {}});
    CHECK(lab.kernel().now() - start >= 100ms);
  }
  checkGood(devmap::rename(lab.mapper(), name, renamed));
  for (const auto timeout : {std::optional<Timeout>(5s), std::optional<Timeout>()}) {
    const DeviceRows rows = need(waitForEvent(lab.mapper(), renamed, seen, timeout));
    CHECK(rows.info.eventNr != seen);
    CHECK(rows.rows.size() == 1);
  }
  checkFails(waitForEvent(lab.mapper(), name, 0, 1s), {Errc::notFound, ENXIO, name, {}, {}, {}});
  lab.world.settle();
  lab.remove(renamed);
}

namespace {

// A kernel that replaces a device by another of the same name as soon as its state has been read.
class ReplacingKernel final : public ForwardingKernel {
 public:
  ReplacingKernel(Lab& lab, std::string name)
      : ForwardingKernel(lab.kernel()), lab_(lab), name_(std::move(name)) {}

  int ioctl(int control, DmCommand command, std::span<std::byte> packet) noexcept override {
    if (command == DmCommand::wait) return EDEADLK;  // would wait forever
    const int errnum = kernel_.ioctl(control, command, packet);
    if (command == DmCommand::status && !replaced_) {
      replaced_ = true;
      lab_.remove(name_);
      lab_.make(name_);
    }
    return errnum;
  }

 private:
  Lab& lab_;
  std::string name_;
  bool replaced_ = false;
};

}  // namespace

TEST_CASE("operations: waiting for an event ends in time where the device is replaced meanwhile") {
  Lab lab;
  if (lab.world.minor() < 37) return;
  const std::string name = lab.name();
  lab.make(name);
  checkGood(devmap::setUuid(lab.mapper(), name, "CONTRACT-replaced"));  // an event
  lab.world.settle();
  REQUIRE(need(info(lab.mapper(), name)).eventNr == 1);
  ReplacingKernel kernel(lab, name);
  {
    DeviceMapper mapper = need(DeviceMapper::open(kernel));
    checkFails(waitForEvent(mapper, name, 0, 100ms), {Errc::timedOut, 0, name, {}, {}, {}});
  }
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("operations: dependency trees visit each device once") {
  Lab lab;
  const Disk disk = lab.world.disk();
  const std::string bottom = lab.name("bottom"), left = lab.name("left"), right = lab.name("right"),
                    top = lab.name("top");
  lab.make(bottom, 1000, "linear", toString(disk.number) + " 0");
  lab.make(left, 100, "linear", toString(*lab.number(bottom)) + " 0");
  lab.make(right, 100, "linear", toString(*lab.number(bottom)) + " 100");
  checkGood(devmap::create(
      lab.mapper(), top,
      {{{Sectors{0}, Sectors{100}, "linear", toString(*lab.number(left)) + " 0"},
        {Sectors{100}, Sectors{100}, "linear", toString(*lab.number(right)) + " 0"}}}));
  const auto tree = need(dependencyTree(lab.mapper(), top));
  REQUIRE(tree.size() == 5);
  CHECK(tree[0].name == top);
  CHECK(tree[0].below.size() == 2);
  const auto find = [&](const std::string& name) {
    return std::ranges::find(tree, name, &DependencyNode::name);
  };
  REQUIRE(find(left) != tree.end());
  CHECK(find(left)->below == find(right)->below);
  CHECK(tree[find(left)->below.at(0)].name == bottom);
  const DependencyNode& lowest = tree[find(bottom)->below.at(0)];
  CHECK(lowest.device == disk.number);
  CHECK(lowest.name.empty());
  CHECK(lowest.below.empty());
  checkFails(dependencyTree(lab.mapper(), top, 4), {Errc::refusedByKernel, 0, {}, {}, "limit", {}});
  checkFails(dependencyTree(lab.mapper(), lab.name("no")),
             {Errc::notFound, ENXIO, lab.name("no"), {}, {}, {}});
  const auto all = need(dependencyTree(lab.mapper()));
  CHECK(std::ranges::count(all, disk.number, &DependencyNode::device) == 1);
  CHECK(std::ranges::count(all, top, &DependencyNode::name) == 1);
  lab.world.settle();
  for (const std::string& name : {top, right, left, bottom}) lab.remove(name);
}

TEST_CASE("operations: what the kernel can do") {
  Lab lab;
  const Capabilities can = capabilities(lab.mapper());
  CHECK(can.interface == lab.mapper().interfaceVersion());
  CHECK(can.udevCookies);
  CHECK(can.listFilters == (lab.world.minor() >= 45));
  CHECK(can.multipathProbe == (lab.world.minor() >= 50));
  CHECK_FALSE(capabilities(Version{4, 14, 9}).udevCookies);
  CHECK(need(hasTarget(lab.mapper(), "linear")));
  CHECK_FALSE(need(hasTarget(lab.mapper(), "linear", {99, 0, 0})));
  CHECK_FALSE(need(hasTarget(lab.mapper(), "no-such-type")));
  checkFails(targetVersion(lab.mapper(), "no-such-type"),
             {Errc::notFound, anyErrno, "no-such-type", {}, {}, {}});
  const Version linear = need(targetVersion(lab.mapper(), "linear"));
  const auto types = need(targetTypes(lab.mapper()));
  const auto found = std::ranges::find(types, "linear", &TargetType::name);
  REQUIRE(found != types.end());
  CHECK(found->version == linear);
}

TEST_CASE("operations: old kernels, whose lists hold names only") {
  Lab lab;
  FakeKernel* fake = lab.world.fake();
  if (fake == nullptr) return;
  fake->setInterfaceVersion({4, 36, 0});
  DeviceMapper old = need(DeviceMapper::open(*fake));
  checkGood(devmap::create(old, lab.name("1"), {}, {.uuid = "OLD-1"}));
  checkGood(devmap::create(old, lab.name("2"), {}, {.uuid = "NEW-2"}));
  const auto devices = need(list(old, {.uuidPrefix = "OLD-"}));
  REQUIRE(devices.size() == 1);
  CHECK(devices[0].uuid == "OLD-1");
  CHECK(need(list(old, {.namePrefix = lab.name("2")})).size() == 1);
  CHECK(need(hasTarget(old, "linear")));
  CHECK_FALSE(need(hasTarget(old, "no-such-type")));
  checkFails(probePaths(old, lab.name("1")), {Errc::unsupported, 0, lab.name("1"), {}, {}, {}});
  checkGood(devmap::remove(old, lab.name("1")));
  checkGood(devmap::remove(old, lab.name("2")));
}

TEST_CASE("operations: read-ahead") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name, 4096);
  CHECK(need(setReadAhead(lab.mapper(), name, Sectors{512})) == Sectors{512});
  CHECK(need(readAhead(lab.mapper(), name)) == Sectors{512});
  CHECK(need(setReadAhead(lab.mapper(), name, Sectors{64}, ReadAhead::atLeast)) == Sectors{512});
  CHECK(need(setReadAhead(lab.mapper(), name, Sectors{1001}, ReadAhead::atLeast)) == Sectors{1008});
  CHECK(need(setReadAhead(lab.mapper(), name, Sectors{0})) == Sectors{0});
  checkFails(readAhead(lab.mapper(), lab.name("no")),
             {Errc::notFound, ENXIO, lab.name("no"), {}, {}, {}});
  checkFails(setReadAhead(lab.mapper(), lab.name("no"), Sectors{8}),
             {Errc::notFound, ENXIO, lab.name("no"), {}, {}, {}});
  const std::string empty = lab.name("empty");
  checkGood(devmap::create(lab.mapper(), empty, {}));
  if (lab.world.minor() >= 46)
    checkFails(readAhead(lab.mapper(), empty), {Errc::unsupported, ENOENT, empty, {}, {}, {}});
  checkGood(devmap::remove(lab.mapper(), empty));
  lab.remove(name);
}

TEST_CASE("operations: probing the paths of a multipath device") {
  Lab lab;
  const std::string name = lab.name();
  const std::string plain = lab.name("plain");
  lab.make(plain);
  if (lab.world.minor() < 50) {
    checkFails(probePaths(lab.mapper(), plain), {Errc::unsupported, 0, plain, {}, {}, {}});
    lab.remove(plain);
    return;
  }
  checkFails(probePaths(lab.mapper(), plain), {Errc::unsupported, ENOTTY, plain, {}, {}, {}});
  lab.remove(plain);
  checkFails(probePaths(lab.mapper(), plain), {Errc::notFound, ENXIO, plain, {}, {}, {}});
  FakeKernel* fake = lab.world.fake();
  if (fake != nullptr) fake->addTargetType("multipath", {1, 15, 0});
  if (!need(hasTarget(lab.mapper(), "multipath"))) {
    MESSAGE("SKIP: this kernel has no multipath target");
    return;
  }
  const Disk disk = lab.world.disk();
  const std::string params = "0 0 1 1 round-robin 0 1 1 " + toString(disk.number) + " 1";
  checkGood(
      devmap::create(lab.mapper(), name, {{{Sectors{0}, Sectors{100}, "multipath", params}}}));
  lab.world.settle();
  CHECK(need(probePaths(lab.mapper(), name)));
  if (fake != nullptr) {
    fake->setUsablePaths(name, false);
  } else {
    checkGood(sendMessage(lab.mapper(), name, "fail_path " + toString(disk.number)));
  }
  CHECK_FALSE(need(probePaths(lab.mapper(), name)));
  {
    const Suspension still = need(suspend(lab.mapper(), name));
    checkFails(probePaths(lab.mapper(), name), {Errc::suspended, EAGAIN, name, {}, {}, {}});
  }
  lab.remove(name);
}
