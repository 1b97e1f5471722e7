// The library: the operations of the graph driver, on pools and thin volumes.

#include <algorithm>
#include <cerrno>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

TEST_CASE("thin: pool, volume, snapshot, and everything removed again") {
  Lab lab;
  const std::string pool = lab.name("pool");
  const std::string volume = lab.name("volume");
  const std::string snapshot = lab.name("snapshot");
  lab.makePool(pool);
  DeviceMapper& mapper = lab.mapper();
  lab.checkNode(pool);
  const auto poolTable = need(getTable(mapper, pool));
  REQUIRE(poolTable.size() == 1);
  CHECK(poolTable[0].type == "thin-pool");
  CHECK(poolTable[0].length == Sectors{32768});
  CHECK(poolTable[0].params.ends_with(" 128 32768 1 skip_block_zeroing "));
  CHECK(need(getDeps(mapper, pool)).size() == 2);
  CHECK(words(need(getStatus(mapper, pool))[0].params)[0] == "0");

  checkGood(createDevice(mapper, pool, 1));
  checkFails(createDevice(mapper, pool, 1),
             {Errc::alreadyExists, EEXIST, pool, {}, "", "device with id 1 failed"});
  checkGood(setTransactionId(mapper, pool, 0, 1));
  checkFails(setTransactionId(mapper, pool, 0, 1),
             {Errc::refusedByKernel, EINVAL, pool, {}, "", "transaction id"});
  checkGood(activateDevice(mapper, pool, volume, 1, Sectors{2048}));
  lab.checkNode(volume);
  lab.world.settle();
  CHECK(need(getTable(mapper, volume))[0].params == toString(*lab.number(pool)) + " 1");
  CHECK(need(getInfo(mapper, pool)).openCount == 1);
  checkFails(deleteDevice(mapper, pool, 1),
             {Errc::busy, EBUSY, pool, {}, "", "Deletion of thin device 1 failed"});

  checkGood(createSnapDevice(mapper, pool, 2, volume, 1));
  CHECK_FALSE(need(getInfo(mapper, volume)).suspended);
  checkFails(createSnapDevice(mapper, pool, 2, volume, 1),
             {Errc::alreadyExists, EEXIST, pool, {}, "", "snapshot 2 of device 1 failed"});
  CHECK_FALSE(need(getInfo(mapper, volume)).suspended);
  checkGood(activateDevice(mapper, pool, snapshot, 2, Sectors{2048}));
  lab.world.settle();
  checkFails(removeDevice(mapper, pool), {Errc::busy, EBUSY, pool, {}, "", ""});
  checkGood(removeDevice(mapper, snapshot));
  checkGood(removeDevice(mapper, volume));
  checkGood(deleteDevice(mapper, pool, 2));
  checkGood(deleteDevice(mapper, pool, 2));  // a missing device counts as deleted
  checkGood(deleteDevice(mapper, pool, 1));
  checkGood(removeDevice(mapper, pool));
}

TEST_CASE("thin: createSnapDevice resumes what it suspended, and only that") {
  Lab lab;
  const std::string pool = lab.name("pool");
  const std::string volume = lab.name("volume");
  lab.makePool(pool);
  DeviceMapper& mapper = lab.mapper();
  checkGood(createDevice(mapper, pool, 1));
  checkGood(createSnapDevice(mapper, pool, 2, lab.name("inactive"),
                             1));  // an inactive base needs nothing
  checkFails(createSnapDevice(mapper, pool, 3, lab.name("inactive"), 9),
             {Errc::notFound, ENODATA, pool, {}, "", "snapshot 3 of device 9"});
  checkGood(activateDevice(mapper, pool, volume, 1, Sectors{2048}));
  lab.world.settle();
  checkGood(suspendDevice(mapper, volume));
  checkGood(createSnapDevice(mapper, pool, 4, volume, 1));
  CHECK(need(getInfo(mapper, volume)).suspended);
  checkFails(createSnapDevice(mapper, pool, 4, volume, 1),
             {Errc::alreadyExists, EEXIST, pool, {}, "", ""});
  CHECK(need(getInfo(mapper, volume)).suspended);
  checkGood(resumeDevice(mapper, volume));
  checkFails(createSnapDevice(mapper, lab.name("nopool"), 5, volume, 1),
             {Errc::notFound, ENXIO, lab.name("nopool"), {}, "", ""});
  CHECK_FALSE(need(getInfo(mapper, volume)).suspended);
  lab.world.settle();
  checkGood(removeDevice(mapper, volume));
  checkGood(removeDevice(mapper, pool));
}

TEST_CASE("thin: bad pools leave nothing") {
  Lab lab;
  const std::string pool = lab.name("pool");
  const Disk data = lab.world.disk();
  const Disk meta = lab.world.disk(4 << 20);
  const NothingLeft nothing = lab.nothingMore();
  {
    const BlockDevice dataDevice = lab.block(data);
    const BlockDevice metaDevice = lab.block(meta);
    for (const std::uint64_t size : {0U, 64U, 127U, 129U, 2097280U}) {
      checkFails(createPool(lab.mapper(), pool, dataDevice, metaDevice, Sectors{size}),
                 {Errc::refusedByKernel, EINVAL, pool, 0, std::to_string(size),
                  "thin-pool: Invalid block size"});
    }
    checkFails(createPool(lab.mapper(), pool, dataDevice, dataDevice, Sectors{128}),
               {Errc::refusedByKernel, EINVAL, pool, 0, "",
                "thin-pool: Error setting metadata or data device"});
    checkFails(createPool(lab.mapper(), "a/b", dataDevice, metaDevice, Sectors{128}),
               {Errc::invalidName, 0, "", {}, "", ""});
    checkFails(reloadPool(lab.mapper(), pool, dataDevice, metaDevice, Sectors{128}),
               {Errc::notFound, ENXIO, pool, {}, "", ""});
    checkGood(createPool(lab.mapper(), pool, dataDevice, metaDevice, Sectors{128}));
    checkFails(createPool(lab.mapper(), pool, dataDevice, metaDevice, Sectors{128}),
               {Errc::alreadyExists, EBUSY, pool, {}, "", ""});
    checkFails(
        createPool(lab.mapper(), lab.name("second"), dataDevice, metaDevice, Sectors{128}),
        {Errc::busy, EBUSY, lab.name("second"), 0, "", "metadata device already in use by a pool"});
  }
  checkGood(removeDevice(lab.mapper(), pool));
}

TEST_CASE("thin: bad volumes leave nothing") {
  Lab lab;
  const std::string pool = lab.name("pool");
  const std::string volume = lab.name("volume");
  lab.makePool(pool);
  DeviceMapper& mapper = lab.mapper();
  {
    const NothingLeft nothing = lab.nothingMore();
    checkFails(
        activateDevice(mapper, pool, volume, 1, Sectors{2048}),
        {Errc::notFound, ENODATA, volume, 0, "", "thin: Couldn't open thin internal device"});
    checkFails(activateDevice(mapper, lab.name("nopool"), volume, 1, Sectors{2048}),
               {Errc::notFound, ENXIO, lab.name("nopool"), {}, "", ""});
    checkFails(activateDevice(mapper, pool, volume, 1, Sectors{0}),
               {Errc::invalidTable, 0, volume, 0, "", ""});
    checkFails(createDevice(mapper, pool, 1U << 24),
               {Errc::invalidArgument, 0, pool, {}, "16777215", ""});
    checkFails(createDevice(mapper, lab.name("nopool"), 1),
               {Errc::notFound, ENXIO, lab.name("nopool"), {}, "", ""});
    checkFails(deleteDevice(mapper, lab.name("nopool"), 1),
               {Errc::notFound, ENXIO, lab.name("nopool"), {}, "", ""});
    checkFails(createSnapDeviceRaw(mapper, pool, 2, 1),
               {Errc::notFound, ENODATA, pool, {}, "", "snapshot 2 of device 1 failed"});
    checkFails(getStatus(mapper, lab.name("none")),
               {Errc::notFound, ENXIO, lab.name("none"), {}, "", ""});
    checkFails(getTable(mapper, lab.name("none")),
               {Errc::notFound, ENXIO, lab.name("none"), {}, "", ""});
    CHECK_FALSE(need(getInfo(mapper, lab.name("none"))).exists);
  }
  checkGood(createDevice(mapper, pool, 1));
  checkGood(suspendDevice(mapper, pool));
  checkFails(activateDevice(mapper, pool, volume, 1, Sectors{2048}),
             {Errc::refusedByKernel, EINVAL, volume, 0, "",
              "Unable to activate thin device while pool is suspended"});
  checkGood(resumeDevice(mapper, pool));
  lab.world.settle();
  checkGood(removeDevice(mapper, pool));
}

TEST_CASE("thin: a pool that failed or is read-only says so") {
  if (World::real()) return;
  Lab lab;
  const std::string pool = lab.name("pool");
  lab.makePool(pool);
  for (const FakePoolMode mode : {FakePoolMode::ro, FakePoolMode::needsCheck, FakePoolMode::fail}) {
    REQUIRE(lab.world.fake()->setPoolMode(pool, mode));
    checkFails(createDevice(lab.mapper(), pool, 1),
               {Errc::readOnly, EOPNOTSUPP, pool, {}, "", "READ_ONLY or FAIL mode"});
  }
  CHECK(need(getStatus(lab.mapper(), pool))[0].params == "Fail");
  lab.world.settle();
  checkGood(removeDevice(lab.mapper(), pool));
}

TEST_CASE("thin: deferred removal and its cancellation") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name);
  int fd = hold(lab.world, *lab.number(name));
  CHECK(need(removeDeviceDeferred(lab.mapper(), name)));
  CHECK(need(getInfo(lab.mapper(), name)).deferredRemove);
  lab.checkNode(name);
  checkGood(cancelDeferredRemove(lab.mapper(), name));
  CHECK_FALSE(need(getInfo(lab.mapper(), name)).deferredRemove);
  CHECK(lab.kernel().close(fd) == 0);
  CHECK_FALSE(need(removeDeviceDeferred(lab.mapper(), name)));
  lab.checkNoNode(name);
  checkFails(cancelDeferredRemove(lab.mapper(), name), {Errc::notFound, ENXIO, name, {}, "", ""});
  checkFails(removeDeviceDeferred(lab.mapper(), name), {Errc::notFound, ENXIO, name, {}, "", ""});
}

TEST_CASE("thin: an external origin") {
  Lab lab;
  const std::string pool = lab.name("pool");
  const std::string volume = lab.name("volume");
  lab.makePool(pool);
  const Disk origin = lab.world.disk();
  checkGood(createDevice(lab.mapper(), pool, 1));
  {
    const BlockDevice device = lab.block(origin);
    checkGood(activateDevice(lab.mapper(), pool, volume, 1, Sectors{2048}, &device));
  }
  CHECK(need(getTable(lab.mapper(), volume))[0].params ==
        toString(*lab.number(pool)) + " 1 " + toString(origin.number));
  lab.world.settle();
  checkGood(removeDevice(lab.mapper(), volume));
  checkGood(removeDevice(lab.mapper(), pool));
}
