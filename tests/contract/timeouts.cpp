// The library: waits without a limit (Timeout::max()) end when what they wait for happens. Negative
// timeouts are zero.

#include <cerrno>
#include <thread>

#include "lab.hpp"
#include "watching.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

namespace {

/// Longer than the first look at a cookie (udev.cpp: 200 ms), so that its deadline counts too.
constexpr auto later = 300ms;

/// On FakeKernel with a clock that does not jump: another thread ends the wait.
struct Patient {
  Lab lab;
  explicit Patient(Options options = {}) : lab(options) {
    if (lab.world.fake() != nullptr) lab.world.fake()->setClock(FakeClock::real);
  }
};

/// Runs an action after `later`, as the test waits for it.
template <typename Action>
class Later {
 public:
  explicit Later(Action action)
      : thread_([action] {
          std::this_thread::sleep_for(later);
          action();
        }) {}
  ~Later() { thread_.join(); }
  Later(const Later&) = delete;
  Later& operator=(const Later&) = delete;

 private:
  std::thread thread_;
};

/// A cookie that another holder still has to complete.
UdevCookie pendingCookie(const Lab& lab) {
  UdevCookie cookie = need(UdevCookie::create(lab.kernel()));
  int id = -1;
  const std::array<short, 1> one{1};
  REQUIRE(lab.kernel().semFind(static_cast<std::int32_t>(cookie.value()), id) == 0);
  REQUIRE(lab.kernel().semOperate(id, one, {}) == 0);
  return cookie;
}

const Expected timedOut{Errc::timedOut, anyErrno, "", {}, "", ""};

}  // namespace

TEST_CASE("timeouts: a cookie is waited for as long as it takes") {
  Patient patient;
  Lab& lab = patient.lab;
  for (const bool stoppable : {false, true}) {
    UdevCookie cookie = pendingCookie(lab);
    const std::atomic<bool> stop = false;
    const std::uint32_t value = cookie.value();
    const Later completed([&lab, value] { CHECK(udevComplete(value, lab.kernel())); });
    checkGood(stoppable ? udevWait(cookie, Timeout::max(), stop)
                        : udevWait(cookie, Timeout::max()));
  }
  CHECK(lab.cookies() == 0);
}

TEST_CASE("timeouts: a context whose udev timeout is for ever") {
  Options options;
  options.udevTimeout = Timeout::max();
  Lab lab(options);
  const std::string name = lab.name();
  const std::vector<Row> rows{{Sectors{0}, Sectors{100}, "zero", ""}};
  checkGood(devmap::create(lab.mapper(), name, rows));
  lab.checkNode(name);
  lab.world.settle();
  checkGood(devmap::remove(lab.mapper(), name, {.waiting = {.timeout = Timeout::max()}}));
  lab.checkNoNode(name);
}

TEST_CASE("timeouts: a busy device is removed when it is closed") {
  Patient patient;
  Lab& lab = patient.lab;
  const std::string name = lab.name();
  for (const bool verb : {false, true}) {
    lab.make(name);
    lab.world.settle();
    const int fd = hold(lab.world, *lab.number(name));
    const Later closed([&lab, fd] { CHECK(lab.kernel().close(fd) == 0); });
    if (verb) {
      checkGood(devmap::remove(lab.mapper(), name,
                               {.retryBusy = true, .waiting = {.timeout = Timeout::max()}}));
    } else {
      Task remove = lab.task(TaskType::DeviceRemove, name);
      checkGood(remove.retryRemove(Timeout::max()));
      lab.finish(remove);
    }
    CHECK_FALSE(lab.number(name));
  }
}

TEST_CASE("timeouts: an event is waited for as long as it takes") {
  Patient patient;
  Lab& lab = patient.lab;
  if (lab.world.minor() < 37) return;  // no waits with a timeout in these versions
  const std::string name = lab.name();
  const std::string renamed = lab.name("b");
  lab.make(name);
  lab.world.settle();
  const DeviceInfo before = need(info(lab.mapper(), name));
  {
    const Later change(
        [&lab, &name, &renamed] { CHECK(watching::rename(lab.world, name, renamed) == 0); });
    const DeviceRows rows =
        need(waitForEvent(lab.mapper(), before.device, before.eventNr, Timeout::max()));
    CHECK(rows.info.eventNr != before.eventNr);
  }
  EventMonitor monitor = watching::watch(lab.world);
  const Later change(
      [&lab, &name, &renamed] { CHECK(watching::rename(lab.world, renamed, name) == 0); });
  const DeviceEvent event = need(monitor.next(Timeout::max()));
  CHECK(event.kind == DeviceEvent::Kind::renamed);
  CHECK(event.name == name);
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("timeouts: less than zero is zero: look once") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name);
  lab.world.settle();
  const DeviceInfo present = need(info(lab.mapper(), name));
  const int fd = hold(lab.world, present.device);
  const auto begin = lab.kernel().now();
  for (const Timeout timeout : {Timeout{-1}, Timeout::min()}) {
    UdevCookie cookie = pendingCookie(lab);
    checkFails(udevWait(cookie, timeout), timedOut);
    if (lab.world.minor() >= 37)
      checkFails(waitForEvent(lab.mapper(), name, present.eventNr, timeout), timedOut);
    Task remove = lab.task(TaskType::DeviceRemove, name);
    checkGood(remove.retryRemove(timeout));
    checkFails(remove.run(), {Errc::busy, EBUSY, name, {}, "", ""});
    checkFails(
        devmap::remove(lab.mapper(), name, {.retryBusy = true, .waiting = {.timeout = timeout}}),
        {Errc::busy, EBUSY, name, {}, "", ""});
    if (lab.world.minor() >= 37) checkFails(watching::watch(lab.world).next(timeout), timedOut);
  }
  CHECK(lab.kernel().now() - begin < 5s);
  CHECK(lab.kernel().close(fd) == 0);
  lab.world.settle();
  lab.remove(name);
}
