// Suspending with a guard that resumes: on every path, also where the device was renamed, removed
// or replaced meanwhile.

#include <cerrno>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

TEST_CASE("operations: a suspension resumes on every path") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name);
  const auto suspended = [&] { return need(info(lab.mapper(), name)).suspended; };
  {
    Suspension still = need(suspend(lab.mapper(), name, {.noFlush = true, .skipLockfs = true}));
    CHECK(still.active());
    CHECK(suspended());
    const Suspension within = need(suspend(lab.mapper(), name));
    CHECK_FALSE(within.active());  // it was suspended already: not to be resumed by this guard
    Suspension moved = std::move(still);
    CHECK(suspended());
    checkGood(moved.resume());
    CHECK_FALSE(suspended());
    checkGood(moved.resume());
  }
  { const Suspension still = need(suspend(lab.mapper(), DeviceRef(*lab.number(name)))); }
  CHECK_FALSE(suspended());
  {
    Suspension still = need(suspend(lab.mapper(), name));
    still.release();
    CHECK_FALSE(still.active());
  }
  CHECK(suspended());
  CHECK(lab.cookies() == 0);
  checkGood(resume(lab.mapper(), name));
  CHECK_FALSE(suspended());
  checkFails(suspend(lab.mapper(), lab.name("missing")),
             {Errc::notFound, ENXIO, lab.name("missing"), {}, {}, {}});
  lab.remove(name);
}

TEST_CASE("operations: a device that was renamed while suspended is resumed all the same") {
  Lab lab;
  const std::string name = lab.name();
  const std::string other = lab.name("b");
  lab.make(name);
  {
    const Suspension still = need(suspend(lab.mapper(), name));
    checkGood(devmap::rename(lab.mapper(), name, other));
  }
  CHECK_FALSE(need(info(lab.mapper(), other)).suspended);
  lab.world.settle();
  lab.remove(other);
}

namespace {

// Suspends `name` under a guard and replaces it by another device that waits for a resume. Then
// ends the guard.
void replaceSuspended(Lab& lab, const std::string& name, const CreateOptions& first,
                      const std::string& other, CreateOptions second) {
  const DeviceNumber number =
      need(devmap::create(lab.mapper(), name, oneRow(100, "zero"), first)).device;
  lab.world.settle();
  Suspension still = need(suspend(lab.mapper(), name));
  checkGood(devmap::remove(lab.mapper(), name, {.retryBusy = true}));
  second.minor = number.minor;
  REQUIRE(need(devmap::create(lab.mapper(), other, oneRow(200, "zero"), second)).device == number);
  Suspension othersOwn = need(suspend(lab.mapper(), other));
  othersOwn.release();
  checkGood(load(lab.mapper(), other, oneRow(300, "zero")));
  checkFails(still.resume(),
             {Errc::notFound, ENXIO, name, {}, "belongs to '" + other + "' now", {}});
  CHECK_FALSE(still.active());
  const DeviceInfo stranger = need(info(lab.mapper(), other));
  CHECK(stranger.suspended);
  CHECK(stranger.inactiveTable);
  CHECK(need(table(lab.mapper(), other)).rows.at(0).length == Sectors{200});
  CHECK(lab.cookies() == 0);
  checkGood(clear(lab.mapper(), other));
  checkGood(resume(lab.mapper(), other));
  lab.world.settle();
  lab.remove(other);
}

}  // namespace

TEST_CASE("operations: a suspension leaves a device alone that has taken the number of its own") {
  Lab lab;
  SUBCASE("another name") { replaceSuspended(lab, lab.name(), {}, lab.name("b"), {}); }
  SUBCASE("another uuid") {
    replaceSuspended(lab, lab.name(), {.uuid = "CONTRACT-guard-1"}, lab.name(),
                     {.uuid = "CONTRACT-guard-2"});
  }
  SUBCASE("no uuid any more") {
    replaceSuspended(lab, lab.name(), {.uuid = "CONTRACT-guard-1"}, lab.name(), {});
  }
  SUBCASE("the same name, none has a uuid") {
    replaceSuspended(lab, lab.name(), {}, lab.name(), {});
  }
  SUBCASE("the same uuid") {
    replaceSuspended(lab, lab.name(), {.uuid = "CONTRACT-guard"}, lab.name("b"),
                     {.uuid = "CONTRACT-guard"});
  }
  SUBCASE("another name, where disks have no sequence number") {
    if (lab.world.fake() != nullptr) lab.world.fake()->setInterfaceVersion({4, 44, 0});
    replaceSuspended(lab, lab.name(), {}, lab.name("b"), {});
  }
}

TEST_CASE("operations: a suspended device that is gone cannot be resumed") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name);
  lab.world.settle();
  Suspension still = need(suspend(lab.mapper(), name));
  checkGood(devmap::remove(lab.mapper(), name, {.retryBusy = true}));
  checkFails(still.resume(), {Errc::notFound, ENXIO, name, {}, "no such device", {}});
  CHECK(lab.cookies() == 0);
}

TEST_CASE("operations: a suspended device is resumed whatever happened to it meanwhile") {
  Lab lab;
  const std::string name = lab.name();
  const std::string other = lab.name("b");
  lab.make(name);
  Suspension still = need(suspend(lab.mapper(), name));
  checkGood(devmap::rename(lab.mapper(), name, other));
  checkGood(devmap::setUuid(lab.mapper(), other, "CONTRACT-late"));
  checkGood(load(lab.mapper(), other, oneRow(400, "zero")));
  checkGood(still.resume());
  CHECK_FALSE(need(info(lab.mapper(), other)).suspended);
  CHECK(need(table(lab.mapper(), other)).rows.at(0).length == Sectors{400});
  lab.world.settle();
  lab.remove(other);
}

TEST_CASE("operations: an empty device has nothing to suspend") {
  Lab lab;
  const std::string name = lab.name();
  checkGood(devmap::create(lab.mapper(), name, {}));
  CHECK_FALSE(need(suspend(lab.mapper(), name)).active());
  CHECK_FALSE(need(info(lab.mapper(), name)).suspended);
  checkGood(devmap::remove(lab.mapper(), name));
}

TEST_CASE("operations: a suspension whose resume fails resumes without the new table") {
  Lab lab;
  const Disk disk = lab.world.disk();
  const std::string name = lab.name();
  const std::string number = toString(disk.number);
  lab.make(name, 100, "linear", number + " 0");
  Suspension still = need(suspend(lab.mapper(), name));
  checkGood(load(lab.mapper(), name,
                 oneRow(200, "linear", number + " " + std::to_string(disk.bytes / 512 - 100))));
  checkFails(still.resume(),
             {Errc::refusedByKernel, EINVAL, name, {}, "resumed without its inactive table", {}});
  const DeviceInfo after = need(info(lab.mapper(), name));
  CHECK_FALSE(after.suspended);
  CHECK_FALSE(after.inactiveTable);
  CHECK(liveText(lab, name) == "linear " + number + " 0;");
  CHECK(lab.cookies() == 0);
  lab.world.settle();
  lab.remove(name);
}
