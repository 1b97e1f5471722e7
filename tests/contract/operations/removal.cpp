// Removing devices, and who holds one that cannot be removed.

#include <algorithm>
#include <cerrno>

#include <devmap/forwarding_kernel.hpp>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

TEST_CASE("operations: remove names who is in the way, and keeps its deadline") {
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

TEST_CASE("operations: who uses a disk") {
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

TEST_CASE("operations: mounts and swap as holders") {
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

TEST_CASE("operations: deferred removal, and its cancelling") {
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

TEST_CASE("operations: remove all") {
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
