// Block devices by their number, without opening them.

#include <cerrno>
#include <string>

#include <devmap/block.hpp>
#include <devmap/dependencies.hpp>

#include "lab.hpp"

using namespace contract;
using namespace devmap;

TEST_CASE("blocks: the kernel's name of a device, by its number") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name);
  const DeviceNumber device = *lab.number(name);
  CHECK(kernelName(device, lab.kernel()) == "dm-" + std::to_string(device.minor));
  const Disk disk = lab.world.disk();
  const std::string diskName = kernelName(disk.number, lab.kernel());
  CHECK(disk.path == "/dev/" + diskName);
  CHECK(kernelName(World::nothing, lab.kernel()).empty());
  lab.remove(name);
  CHECK(kernelName(device, lab.kernel()).empty());
}

TEST_CASE("blocks: the major number of device-mapper") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name);
  CHECK(deviceMapperMajor(lab.kernel()) == lab.number(name)->major);
  lab.remove(name);
  if (FakeKernel* fake = lab.world.fake()) {
    fake->setFileText("/proc/devices",
                      "Character devices:\n 77 device-mapper\n\nBlock devices:\n  7 loop\n");
    CHECK_FALSE(deviceMapperMajor(lab.kernel()).has_value());
    fake->failCall(FakeCall::readText, EACCES);
    CHECK_FALSE(deviceMapperMajor(lab.kernel()).has_value());
  }
}

TEST_CASE("blocks: who uses a device, by its number") {
  Lab lab;
  const Disk disk = lab.world.disk();
  const std::string top = lab.name();
  CHECK(usersOf(disk.number, lab.kernel()).empty());
  checkGood(devmap::create(lab.mapper(), top, linearRow(disk.number)));
  CHECK(usersOf(disk.number, lab.kernel()).devices == std::vector{top});
  CHECK(usersOf(World::nothing, lab.kernel()).empty());
  lab.world.settle();
  checkGood(devmap::remove(lab.mapper(), top, {.retryBusy = true}));
}

TEST_CASE("blocks: a file system of another mount namespace is a user") {
  Lab lab;
  FakeKernel* fake = lab.world.fake();
  if (fake == nullptr) return;  // needs a file system; tests/guest/libdm has one
  const std::string name = lab.name();
  lab.make(name);
  const DeviceNumber device = *lab.number(name);
  fake->addFile("/sys/fs/ext4/" + kernelName(device, *fake) + "/state");
  fake->addFile("/sys/fs/xfs/stats");
  CHECK(usersOf(device, *fake).fileSystems == std::vector<std::string>{"ext4"});
  REQUIRE(fake->openDevice(name));
  checkFails(devmap::remove(lab.mapper(), name),
             {Errc::busy, EBUSY, name, {}, "mounted in another mount namespace as ext4", {}});
  REQUIRE(fake->closeDevice(name));
  lab.remove(name);
}
