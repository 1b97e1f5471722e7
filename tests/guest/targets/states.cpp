// The states of targets that keep metadata, each produced on a real kernel and read from its status
// line. A device that must fail under the target is a linear one, whose row becomes `error`.
#include <cstdio>
#include <string>

#include "part.hpp"

using namespace devmap;
using namespace devmap::targets;
using namespace devmap::targets::test;

TEST_CASE("state: a thin pool and its volume, from empty to out of space") {
  zeroDevices();
  const Device data("devmap-target-data"), pool("devmap-target-pool"), device;
  make(data, "linear", devices()[1] + " 0", 1024);
  const targets::ThinPool row{
      .metadata = devices()[0], .data = data.path(), .errorIfNoSpace = true};
  make(pool, targets::ThinPool::type, std::string(row.toParams()), 1024);
  REQUIRE(sendMessage(context(), pool.id, targets::ThinPool::createThin(0)));
  const Thin volume{.pool = pool.path()};
  make(device, Thin::type, std::string(volume.toParams()), 8192);
  CHECK_FALSE(look<ThinStatus>(device).highestMapped);
  REQUIRE(sendMessage(context(), pool.id, targets::ThinPool::reserveMetadataSnapshot()));
  CHECK(look<ThinPoolStatus>(pool).heldRoot);
  REQUIRE(sendMessage(context(), pool.id, targets::ThinPool::releaseMetadataSnapshot()));
  REQUIRE(sendMessage(context(), pool.id, targets::ThinPool::setTransactionId(0, 7)));
  CHECK_FALSE(fill(device.path(), 1 << 21));
  const auto full = look<ThinPoolStatus>(pool);
  CHECK(full.transactionId == 7);
  CHECK(full.mode == ThinPoolStatus::Mode::outOfDataSpace);
  CHECK(full.data == Fraction{8, 8});
  CHECK(full.onNoSpace == ThinPoolStatus::OnNoSpace::error);
  CHECK(look<ThinStatus>(device).mapped == Sectors{1024});
}

TEST_CASE(
    "state: a thin pool whose metadata fails: read-only and needs a check, or failed, and its "
    "volume with it") {
  for (const bool readable : {true, false}) {
    zeroDevices();
    const Part metadata("devmap-target-meta", 0, 8192);
    const Device pool("devmap-target-pool"), device;
    const targets::ThinPool row{.metadata = metadata.path(), .data = devices()[1]};
    make(pool, targets::ThinPool::type, std::string(row.toParams()), 131072);
    REQUIRE(sendMessage(context(), pool.id, targets::ThinPool::createThin(0)));
    make(device, Thin::type, std::string(Thin{.pool = pool.path()}.toParams()), 8192);
    REQUIRE(fill(device.path(), 1 << 18));
    CHECK(look<ThinPoolStatus>(pool, true).mode == ThinPoolStatus::Mode::readWrite);
    if (readable)
      change(metadata.device, "flakey", devices()[0] + " 0 0 60 1 error_writes", metadata.length);
    else
      metadata.fail();
    CHECK_FALSE(fill(device.path(), 1 << 20));
    if (readable) {
      CHECK(becomes(
          [&] { return look<ThinPoolStatus>(pool, true).mode == ThinPoolStatus::Mode::readOnly; }));
      CHECK(look<ThinPoolStatus>(pool).needsCheck);
      CHECK(look<ThinStatus>(device).state == ThinStatus::State::active);
    } else {
      CHECK(becomes(
          [&] { return look<ThinPoolStatus>(pool, true).state == ThinPoolStatus::State::failed; }));
      CHECK(look<ThinStatus>(device).state == ThinStatus::State::failed);
      // No number or mode that the kernel did not report.
      CHECK_FALSE(look<ThinPoolStatus>(pool).data);
      CHECK(look<ThinPoolStatus>(pool).mode == ThinPoolStatus::Mode::unreported);
      CHECK_FALSE(look<ThinStatus>(device).mapped);
      CHECK(state(pool).fields().size() == 1);
      CHECK(state(device).fields().size() == 1);
      REQUIRE(shown(device).as<Thin>() != nullptr);
      CHECK(shown(device).as<Thin>()->shown == Thin::Shown::failed);
      CHECK(shown(device).fields().size() == 1);
    }
    CHECK_FALSE(sendMessage(context(), pool.id, targets::ThinPool::createThin(1)));
  }
}

TEST_CASE("state: a thin pool that was loaded read-only") {
  zeroDevices();
  {
    const Device pool;
    make(pool, "thin-pool", withDevices("D E 128 0"), 131072);
  }
  const Device pool;
  make(pool, "thin-pool", withDevices("D E 128 0 1 read_only"), 131072);
  CHECK(look<ThinPoolStatus>(pool).mode == ThinPoolStatus::Mode::readOnly);
  CHECK_FALSE(look<ThinPoolStatus>(pool).needsCheck);
}

TEST_CASE("state: snapshots: overflow, invalid") {
  zeroDevices();
  for (const bool tells : {true, false}) {
    const Part cow("devmap-target-cow", 1, 128);
    const Device device;
    make(device, "snapshot", devices()[0] + " " + cow.path() + (tells ? " PO 8" : " P 8"), 2048);
    const auto fresh = look<SnapshotStatus>(device);
    REQUIRE(fresh.allocated);
    CHECK(fresh.allocated->total == 128);
    CHECK(fresh.merged());
    CHECK_FALSE(fill(device.path(), 1 << 19));
    CHECK(look<SnapshotStatus>(device).state ==
          (tells ? SnapshotStatus::State::overflow : SnapshotStatus::State::invalid));
    CHECK_FALSE(look<SnapshotStatus>(device).allocated);
    CHECK(state(device).fields().size() == 1);
    zeroDevices();
  }
}

TEST_CASE("state: a snapshot merges into its origin, and one that cannot") {
  for (const bool broken : {false, true}) {
    zeroDevices();
    const Part origin("devmap-target-origin", 0, 8192);
    {
      const Device snapshot;
      make(snapshot, "snapshot", origin.path() + ' ' + devices()[1] + " P 8", 8192);
      REQUIRE(fill(snapshot.path(), 1 << 21));
      CHECK(look<SnapshotStatus>(snapshot).allocated.value_or(Fraction{}).used > 4096);
    }
    if (broken) origin.fail();
    const Device merge;
    make(merge, "snapshot-merge", origin.path() + ' ' + devices()[1] + " P 8", 8192);
    if (broken)
      CHECK(becomes(
          [&] { return look<SnapshotStatus>(merge).state == SnapshotStatus::State::mergeFailed; }));
    else
      CHECK(becomes([&] { return look<SnapshotStatus>(merge).merged(); }));
  }
}

TEST_CASE("state: a cache that is dirty, and one whose metadata fails") {
  zeroDevices();
  const Part metadata("devmap-target-meta", 0, 16384);
  const Device device;
  make(device, "cache",
       metadata.path() + ' ' + devices()[1] + ' ' + devices()[2] + " 64 1 writeback smq 0", 65536);
  for (int i = 0; i < 8; ++i) CHECK(fill(device.path(), 1 << 18));
  const auto warm = look<CacheStatus>(device);
  CHECK(warm.state == CacheStatus::State::active);
  CHECK(warm.access == CacheStatus::Access::readWrite);
  CHECK(warm.writeHits.value_or(0) + warm.writeMisses.value_or(0) > 0);
  metadata.fail();
  const bool gone = becomes([&] {
    (void)fill(device.path(), 1 << 22);
    const auto status = look<CacheStatus>(device, true);
    return status.state == CacheStatus::State::failed ||
           status.access == CacheStatus::Access::readOnly;
  });
  CHECK(gone);
  const auto failed = look<CacheStatus>(device);
  CHECK((failed.state == CacheStatus::State::failed || failed.needsCheck));
}

TEST_CASE("state: a writecache that cannot write back") {
  zeroDevices();
  const Part origin("devmap-target-origin", 0, 65536);
  const Device device;
  make(device, "writecache", "s " + origin.path() + ' ' + devices()[1] + " 4096 0", 65536);
  CHECK(fill(device.path(), 1 << 18));
  const auto warm = look<WritecacheStatus>(device);
  CHECK(warm.error == 0);
  CHECK(warm.freeBlocks < warm.blocks);
  origin.fail();
  (void)sendMessage(context(), device.id, Writecache::flush());
  CHECK(becomes([&] { return look<WritecacheStatus>(device).error != 0; }));
}

TEST_CASE("state: a clone hydrates, is hydrated, and loses its metadata") {
  if (!available("clone")) return;
  zeroDevices();
  const Part metadata("devmap-target-meta", 0, 16384);
  const Device device;
  make(device, "clone",
       metadata.path() + ' ' + devices()[1] + ' ' + devices()[2] + " 8 1 no_hydration", 65536);
  CHECK(look<CloneStatus>(device).hydrated.value_or(Fraction{1, 1}).used == 0);
  REQUIRE(sendMessage(context(), device.id, Clone::enableHydration()));
  CHECK(becomes([&] { return look<CloneStatus>(device).hydrated == Fraction{8192, 8192}; }));
  metadata.fail();
  (void)fill(device.path(), 1 << 16);
  const auto status = look<CloneStatus>(device, true);
  CHECK((status.state == CloneStatus::State::failed ||
         status.access != CloneStatus::Access::readWrite));
}

TEST_CASE("state: an era whose metadata fails") {
  zeroDevices();
  const Part metadata("devmap-target-meta", 0, 16384);
  const Device device;
  make(device, "era", metadata.path() + ' ' + devices()[1] + " 128", 65536);
  CHECK(fill(device.path(), 1 << 18));
  CHECK(look<EraStatus>(device).state == EraStatus::State::active);
  metadata.fail();
  CHECK_FALSE(sendMessage(context(), device.id, Era::checkpoint()));
  CHECK(look<EraStatus>(device).state != EraStatus::State::active);
  CHECK_FALSE(look<EraStatus>(device).era);
  CHECK(state(device).fields().size() == 1);
}

TEST_CASE("state: vdo, formatted by the kernel: written, compressed, without its index") {
  const Value value = parseParams(
      "vdo",
      "V4 " + largeDevice() +
          " 2097152 4096 32768 16380 slabSize 32768 indexMemory 0.25 logical 1 physical 1 hash 1");
  REQUIRE_MESSAGE(value.typed(), value.whyRaw());
  CHECK(value.check(Sectors{262144}));
  if (!available("vdo", value)) return;
  const Device device;
  make(device, "vdo", std::string(value.text()), 262144);
  CHECK(std::string(shown(device).text()) == std::string(value.text()));
  CHECK(becomes([&] { return look<VdoStatus>(device).index == VdoStatus::Index::online; }));
  const auto fresh = look<VdoStatus>(device);
  CHECK(fresh.mode == VdoStatus::Mode::normal);
  CHECK(fresh.compression == VdoStatus::Compression::offline);
  CHECK(fill(device.path(), 1 << 20));
  CHECK(look<VdoStatus>(device).usedBlocks > fresh.usedBlocks);
  REQUIRE(sendMessage(context(), device.id, Vdo::setCompression(true)));
  CHECK(look<VdoStatus>(device).compression == VdoStatus::Compression::online);
  REQUIRE(sendMessage(context(), device.id, Vdo::closeIndex()));
  CHECK(becomes([&] { return look<VdoStatus>(device).index == VdoStatus::Index::closed; }));
  {
    auto suspension = suspend(context(), device.id, {.waiting = unscanned});
    REQUIRE(suspension);
    CHECK(look<VdoStatus>(device).index != VdoStatus::Index::online);
  }
}
