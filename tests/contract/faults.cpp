// The library on FakeKernel: each call of the seam fails once, in turn. Whatever the outcome,
// nothing is left half done.

#include <cerrno>
#include <functional>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

namespace {

// The call that failed last, from the trace.
std::string failedCall(const FakeKernel& fake, int errnum) {
  const std::string trace = fake.trace();
  const std::string mark = " = " + errnoName(errnum);
  std::string failed;
  for (std::size_t at = 0; at < trace.size();) {
    const std::size_t end = trace.find('\n', at);
    const std::string line = trace.substr(at, end - at);
    if (line.ends_with(mark)) failed = line;
    at = end + 1;
  }
  return failed;
}

struct Scenario {
  std::string name;
  std::function<void(DeviceMapper&)> prepare;
  std::function<Result<void>(DeviceMapper&)> run;
  bool makesDevice = false;  ///< a failure may leave "v" if it is complete
};

struct Fixture {
  explicit Fixture(FakeUdev udev) {
    fake.addBlockDevice("/dev/data", {8, 0}, 16 << 20);
    fake.addBlockDevice("/dev/meta", {8, 1}, 4 << 20);
    fake.setUdev(udev);
  }
  FakeKernel fake;
};

Result<void> pool(DeviceMapper& mapper) {
  auto data = BlockDevice::open("/dev/data", mapper.kernel());
  if (!data) return data.error();
  auto meta = BlockDevice::open("/dev/meta", mapper.kernel());
  if (!meta) return meta.error();
  return createPool(mapper, "pool", *data, *meta, Sectors{128});
}

void withVolume(DeviceMapper& mapper) {
  checkGood(pool(mapper));
  checkGood(createDevice(mapper, "pool", 1));
  checkGood(activateDevice(mapper, "pool", "base", 1, Sectors{2048}));
}

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all{
      {"createPool", [](DeviceMapper&) {}, pool, true},
      {"activateDevice", withVolume,
       [](DeviceMapper& mapper) { return activateDevice(mapper, "pool", "v", 1, Sectors{1024}); },
       true},
      {"createSnapDevice", withVolume,
       [](DeviceMapper& mapper) { return createSnapDevice(mapper, "pool", 2, "base", 1); }},
      {"removeDevice", withVolume,
       [](DeviceMapper& mapper) { return removeDevice(mapper, "base"); }},
      {"resumeDevice",
       [](DeviceMapper& mapper) {
         withVolume(mapper);
         checkGood(suspendDevice(mapper, "base"));
       },
       [](DeviceMapper& mapper) { return resumeDevice(mapper, "base"); }},
      {"getStatus", withVolume,
       [](DeviceMapper& mapper) {
         auto status = getStatus(mapper, "base");
         return status ? Result<void>() : Result<void>(status.error());
       }},
  };
  return all;
}

// No link under /dev/mapper dangles.
void checkConsistent(FakeKernel& fake) {
  for (const std::string& line : fake.list("/dev/mapper")) {
    const std::string name = line.substr(0, line.find(' '));
    if (name == "control") continue;
    NodeInfo info;
    CAPTURE(line);
    CHECK(fake.nodeInfo(("/dev/mapper/" + name).c_str(), true, info) == 0);
  }
}

// Returns false if the fault was not reached.
bool failNth(const Scenario& scenario, FakeUdev udev, int errnum, unsigned nth) {
  Fixture fixture(udev);
  FakeKernel& fake = fixture.fake;
  FakeUsage before;
  std::string failed;
  bool good = false;
  {
    DeviceMapper mapper = need(DeviceMapper::open(fake));
    scenario.prepare(mapper);
    before = fake.usage();
    const auto devices = fake.devices().size();
    fake.clearTrace();
    fake.failAny(errnum, nth);
    const Result<void> result = scenario.run(mapper);
    good = result.has_value();
    if (fake.faultsPending()) return false;
    failed = failedCall(fake, errnum);
    CAPTURE(scenario.name);
    CAPTURE(failed);
    CAPTURE(nth);
    if (!good && scenario.makesDevice)
      CHECK((fake.devices().size() == devices || fake.devices().size() == devices + 1));
    if (!good) CHECK(result.error().code != Errc{});
  }
  CAPTURE(scenario.name);
  CAPTURE(failed);
  CAPTURE(nth);
  fake.runUdev();
  const FakeUsage after = fake.usage();
  if (!failed.starts_with("semRemove")) CHECK(after.semaphores == before.semaphores);
  const bool wasSuspended = before.suspended > 0;
  if (!wasSuspended && !failed.starts_with("ioctl DEV_SUSPEND")) CHECK(after.suspended == 0);
  CHECK(after.descriptors == 0);
  if (!failed.starts_with("removeNode") && !failed.starts_with("nodeInfo")) checkConsistent(fake);
  return true;
}

}  // namespace

TEST_CASE("faults: whatever call fails, no semaphore, descriptor or suspended device stays") {
  if (World::real()) return;
  for (const FakeUdev udev : {FakeUdev::off, FakeUdev::immediate, FakeUdev::deferred}) {
    for (const Scenario& scenario : scenarios()) {
      for (const int errnum : {EIO, EINTR, ENOMEM}) {
        unsigned nth = 1;
        while (failNth(scenario, udev, errnum, nth)) ++nth;
        CHECK(nth > 1);
      }
    }
  }
}
