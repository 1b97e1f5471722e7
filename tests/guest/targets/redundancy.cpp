// The states of targets that survive, or detect, devices that fail: each produced on a real kernel
// and read from its status line.
#include <cstdio>
#include <string>

#include "part.hpp"

using namespace devmap;
using namespace devmap::targets;
using namespace devmap::targets::test;

TEST_CASE("state: raid1 synchronises, checks, loses a leg, misses one") {
  zeroDevices();
  using Action = RaidStatus::Action;
  const Part leg("devmap-target-leg", 3, 131072);
  {
    const Device device;
    make(device, "raid",
         withDevices(
             "raid1 7 0 region_size 1024 max_recovery_rate 128 min_recovery_rate 64 2 D E F") +
             ' ' + leg.path(),
         65536);
    CHECK(becomes([&] { return look<RaidStatus>(device).action == Action::resync; }));
    const auto busy = look<RaidStatus>(device);
    CHECK(busy.health == "aa");
    CHECK(busy.synchronised.used < busy.synchronised.total);
    if (const auto sent = sendMessage(context(), device.id, Raid::frozen()))
      CHECK(becomes([&] { return look<RaidStatus>(device).action == Action::frozen; }));
    else
      std::printf("SKIP - raid that synchronises is not frozen: %s\n",
                  sent.error().message().c_str());  // seen on 6.12 and 7.3
  }
  zeroDevices();
  {
    const Device device;
    make(device, "raid", withDevices("raid1 1 0 2 D E F") + ' ' + leg.path(), 16384);
    CHECK(becomes([&] { return look<RaidStatus>(device).health == "AA"; }));
    REQUIRE(becomes(
        [&] { return sendMessage(context(), device.id, Raid::checkMismatches()).has_value(); }));
    CHECK(becomes([&] {
      const auto status = look<RaidStatus>(device);
      return status.action == Action::idle && status.mismatches;
    }));
    leg.fail();
    (void)fill(device.path(), 1 << 20);
    CHECK(becomes([&] { return look<RaidStatus>(device).health == "AD"; }));
  }
  const Device device;
  make(device, "raid", withDevices("raid1 1 0 2 D E - -"), 16384);
  CHECK(becomes([&] { return look<RaidStatus>(device).health == "A-"; }));
}

TEST_CASE("state: raid5 recovers a leg that was replaced") {
  zeroDevices();
  {
    const Device device;
    make(device, "raid", withDevices("raid5_ls 1 128 3 - D - E - F"), 16384);
    CHECK(becomes([&] { return look<RaidStatus>(device).health == "AAA"; }));
  }
  const Device device;
  make(device, "raid",
       withDevices(
           "raid5_ls 7 128 rebuild 1 max_recovery_rate 128 min_recovery_rate 64 3 - D - E - F"),
       65536);
  CHECK(becomes([&] { return look<RaidStatus>(device).action == RaidStatus::Action::recover; }));
  CHECK(look<RaidStatus>(device).health == "AaA");
}

TEST_CASE("state: a mirror whose leg fails") {
  zeroDevices();
  const Part leg("devmap-target-leg", 1, 16384), log("devmap-target-log", 2, 2048);
  const Device device;
  make(device, "mirror",
       "disk 3 " + log.path() + " 1024 sync 2 " + devices()[0] + " 0 " + leg.path() +
           " 0 2 handle_errors keep_log",
       16384);
  CHECK(becomes([&] { return look<MirrorStatus>(device).inSync == Fraction{16, 16}; }));
  CHECK(look<MirrorStatus>(device).health == "AA");
  CHECK(look<MirrorStatus>(device).diskLogHealth() == 'A');
  leg.fail();
  (void)fill(device.path(), 1 << 16);
  CHECK(becomes([&] { return look<MirrorStatus>(device).health[1] == 'D'; }));
  // Without keep_log the write would have been held until the next table load. A write would be
  // held now too; a resume reads the log.
  log.fail();
  {
    auto suspension = suspend(context(), device.id, {.noFlush = true, .waiting = unscanned});
    REQUIRE(suspension);
  }
  CHECK(becomes([&] { return look<MirrorStatus>(device).diskLogHealth() != 'A'; }));
}

TEST_CASE("state: a stripe with errors") {
  zeroDevices();
  const Part leg("devmap-target-leg", 1, 8192);
  const Device device;
  make(device, "striped", "2 128 " + devices()[0] + " 0 " + leg.path() + " 0", 16384);
  CHECK(look<StripedStatus>(device).health == "AA");
  leg.fail();
  CHECK_FALSE(fill(device.path(), 1 << 20));
  CHECK(becomes([&] { return look<StripedStatus>(device).health == "AD"; }));
}

TEST_CASE("state: multipath: paths fail, come back, a group is off, nothing is left") {
  zeroDevices();
  const Part path("devmap-target-path", 0, 2048);
  const Device device;
  make(device, "multipath",
       "2 queue_mode bio 0 2 1 service-time 0 1 2 " + path.path() + " 1 1 round-robin 0 1 1 " +
           devices()[1] + " 1",
       2048);
  const auto paths = [&] { return look<MultipathStatus>(device); };
  REQUIRE(paths().groups.size() == 2);
  CHECK(paths().groups[0].paths[0].state == MultipathStatus::PathState::active);
  const auto shownPath = shown(device).as<Multipath>()->groups[0].paths[0].device;
  REQUIRE(sendMessage(context(), device.id, Multipath::failPath(shownPath)));
  CHECK(paths().groups[0].paths[0].state == MultipathStatus::PathState::failed);
  CHECK(paths().groups[0].paths[0].failures == 1);
  REQUIRE(sendMessage(context(), device.id, Multipath::reinstatePath(shownPath)));
  CHECK(paths().groups[0].paths[0].state == MultipathStatus::PathState::active);
  REQUIRE(sendMessage(context(), device.id, Multipath::disableGroup(2)));
  CHECK(paths().groups[1].state == MultipathStatus::GroupState::disabled);
  REQUIRE(sendMessage(context(), device.id, Multipath::enableGroup(2)));
  path.fail();
  CHECK(readThrough(device.path(), 1 << 16));  // through the other path
  CHECK(paths().groups[0].paths[0].state == MultipathStatus::PathState::failed);
  CHECK(paths().groups[1].state == MultipathStatus::GroupState::active);
}

TEST_CASE("state: verity: valid, corrupted") {
  zeroDevices();
  // The devices hold zeros, so no hash tree on them matches.
  const Device device;
  make(
      device, "verity",
      withDevices(
          "1 D E 4096 4096 64 1 sha256 "
          "8f1ce0d2ad2d8bb9a5c9e4b1f2cb5d4a3d0ef0ff3ad27a6ef8dfd8ad4b8f6a11 - 1 ignore_corruption"),
      512, true);
  CHECK(look<VerityStatus>(device).state == VerityStatus::State::valid);
  CHECK(readThrough(device.path(), 1 << 16));
  CHECK(look<VerityStatus>(device).state == VerityStatus::State::corrupted);
}

TEST_CASE("state: integrity: recalculated, mismatches") {
  zeroDevices();
  const std::string params =
      withDevices("D 0 4 J 3 internal_hash:crc32c recalculate meta_device:") + devices()[1];
  {
    const Device device;
    make(device, "integrity", params, 8);
  }
  const Device device;
  make(device, "integrity", params, 8192);
  CHECK(look<IntegrityStatus>(device).provided.count > 8192);
  CHECK(becomes([&] {
    const auto status = look<IntegrityStatus>(device);
    return status.recalculated && status.recalculated->count >= 8192;
  }));
  CHECK(readThrough(device.path(), 1 << 16));
  CHECK(look<IntegrityStatus>(device).mismatches == 0);
  CHECK(fill(devices()[0], 1 << 16));  // bypasses the target: the tags are on the other device
  CHECK_FALSE(readThrough(device.path(), 1 << 16));
  CHECK(look<IntegrityStatus>(device).mismatches > 0);
}
