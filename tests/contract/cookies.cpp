// The library: udev cookies, by the protocol that dmsetup and the rules use.

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <set>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

namespace {

Options withCookies() {
  Options options;
  options.udevMode = UdevMode::cookies;
  return options;
}

int valueOf(const Lab& lab, const UdevCookie& cookie) {
  int id = -1;
  int value = -1;
  if (lab.kernel().semFind(static_cast<std::int32_t>(cookie.value()), id) == 0)
    CHECK(lab.kernel().semValue(id, value) == 0);
  return value;
}

}  // namespace

TEST_CASE("cookie: an empty one is done, and owns nothing") {
  Lab lab;
  UdevCookie cookie;
  CHECK(cookie.value() == 0);
  CHECK(need(udevReady(cookie)));
  checkGood(udevWait(cookie, 0ms));
  UdevCookie moved = std::move(cookie);
  CHECK(moved.value() == 0);
  CHECK(moved.release() == 0);
}

TEST_CASE("cookie: made at once, counted down from outside, waited for") {
  Lab lab;
  UdevCookie cookie = need(UdevCookie::create(lab.kernel()));
  CHECK((cookie.value() >> 16) == 0x0D4D);
  CHECK((cookie.value() & 0xffff) != 0);
  CHECK(lab.cookies() == 1);
  CHECK(valueOf(lab, cookie) == 1);  // its maker's hold
  checkGood(udevWait(cookie, 1s));
  CHECK(cookie.value() == 0);
  CHECK(lab.cookies() == 0);
}

TEST_CASE("cookie: made at once by a context, each with another key") {
  Lab lab;
  const std::size_t before = lab.cookies();
  std::vector<UdevCookie> cookies;
  for (int i = 0; i < 20; ++i) cookies.push_back(need(UdevCookie::create(lab.mapper())));
  std::set<std::uint32_t> values;
  for (const UdevCookie& cookie : cookies) {
    CHECK((cookie.value() >> 16) == 0x0D4D);
    CHECK(valueOf(lab, cookie) == 1);  // its maker's hold
    values.insert(cookie.value());
  }
  CHECK(values.size() == cookies.size());
  CHECK(lab.cookies() == before + cookies.size());
  for (UdevCookie& cookie : cookies) checkGood(udevWait(cookie, 1s));
  CHECK(lab.cookies() == before);
}

TEST_CASE(
    "cookie: a number of dmsetup's can be borrowed, and is left to its maker; adopted, it goes") {
  Lab lab;
  UdevCookie made = need(UdevCookie::create(lab.kernel()));
  const std::uint32_t value = made.release();
  CHECK(made.value() == 0);
  CHECK(lab.cookies() == 1);
  {
    UdevCookie borrowed = need(UdevCookie::borrow(value, lab.kernel()));
    CHECK(borrowed.value() == value);
    checkFails(udevWait(borrowed, 0ms), {Errc::invalidArgument, 0, "", {}, "", ""});
  }
  CHECK(lab.cookies() == 1);
  { UdevCookie adopted = need(UdevCookie::adopt(value, lab.kernel())); }
  CHECK(lab.cookies() == 0);
}

TEST_CASE(
    "cookie: udevComplete counts down and never below zero; flags alone are nothing to complete") {
  Lab lab;
  UdevCookie cookie = need(UdevCookie::create(lab.kernel()));
  const std::uint32_t wire = 0x00430000U | (cookie.value() & 0xffff);  // a DM_COOKIE with flags
  checkGood(udevComplete(wire, lab.kernel()));
  CHECK(valueOf(lab, cookie) == 0);
  checkFails(udevComplete(wire, lab.kernel()), {Errc::cookieState, EAGAIN, "", {}, "", ""});
  checkGood(udevComplete(0x00430000U, lab.kernel()));
  auto waited = udevWait(cookie, 10ms);  // completed once too often
  REQUIRE_FALSE(waited);
  CHECK((waited.error().code == Errc::cookieState || waited.error().code == Errc::timedOut));
  CHECK(lab.cookies() == 0);
}

TEST_CASE(
    "cookie: waiting for one that was completed once too often fails at once, and removes it") {
  const std::atomic<bool> stop{false};
  for (const bool stoppable : {false, true}) {
    Lab lab;
    UdevCookie cookie = need(UdevCookie::create(lab.kernel()));
    checkGood(udevComplete(cookie.value(), lab.kernel()));
    const auto start = lab.kernel().now();
    checkFails(stoppable ? udevWait(cookie, 60s, stop) : udevWait(cookie, 60s),
               {Errc::cookieState, 0, "", {}, "completed more often than it was taken", ""});
    CHECK(lab.kernel().now() - start < 5s);
    CHECK(lab.cookies() == 0);
  }
}

TEST_CASE("cookie: udevCookies lists what is there") {
  Lab lab;
  const UdevCookie cookie = need(UdevCookie::create(lab.kernel()));
  const auto all = need(udevCookies(lab.kernel()));
  const auto found = std::ranges::find_if(all, [&](const SemaphoreState& state) {
    return static_cast<std::uint32_t>(state.key) == cookie.value();
  });
  REQUIRE(found != all.end());
  CHECK(found->value == 1);
}

TEST_CASE("cookie: one that was given away has no owner, and only its age lets it be reclaimed") {
  Lab lab;
  UdevCookie cookie = need(UdevCookie::create(lab.kernel()));
  const auto state = [&, key = cookie.value()] {
    for (const SemaphoreState& one : need(udevCookies(lab.kernel())))
      if (static_cast<std::uint32_t>(one.key) == key) return one;
    return SemaphoreState{};
  };
  CHECK(udevCookieOwner(state(), lab.kernel()) == CookieOwner::running);
  CHECK(need(reclaimUdevCookies(0s, lab.kernel())).empty());
  const std::uint32_t value = cookie.release();
  CHECK(udevCookieOwner(state(), lab.kernel()) == CookieOwner::unknown);
  CHECK(need(reclaimUdevCookies({}, lab.kernel())).empty());
  CHECK(need(reclaimUdevCookies(1h, lab.kernel())).empty());
  UdevCookie again = need(UdevCookie::adopt(value, lab.kernel()));
  checkGood(udevWait(again, 1s));
}

TEST_CASE(
    "cookie: one whose maker ended between the two calls that make it is reclaimed, but not at "
    "once") {
  Lab lab;
  int id = -1;
  REQUIRE(lab.kernel().semCreate(0x0D4D0C17, id) == 0);
  CHECK(need(reclaimUdevCookies({}, lab.kernel())).empty());
  (void)lab.kernel().sleep(4s);
  const auto removed = need(reclaimUdevCookies({}, lab.kernel()));
  REQUIRE(removed.size() == 1);
  CHECK(removed[0].id == id);
  CHECK(lab.cookies() == 0);
}

TEST_CASE("cookie: the maker of one that was reclaimed under its hands makes another") {
  if (World::real()) return;
  Lab lab;
  lab.world.fake()->failCall(FakeCall::semSetValue, EIDRM);
  const UdevCookie cookie = need(UdevCookie::create(lab.kernel()));
  CHECK(valueOf(lab, cookie) == 1);
  CHECK(need(udevCookies(lab.kernel())).size() == 1);  // the one that could not be used is removed
}

TEST_CASE("cookie: a set removed by udevcomplete_all counts as done") {
  Lab lab;
  UdevCookie cookie = need(UdevCookie::create(lab.kernel()));
  int id = -1;
  REQUIRE(lab.kernel().semFind(static_cast<std::int32_t>(cookie.value()), id) == 0);
  REQUIRE(lab.kernel().semRemove(id) == 0);
  checkGood(udevWait(cookie, 1s));
  CHECK(cookie.value() == 0);
}

TEST_CASE("cookie: attached to tasks it starts at two, one for each task and one for the waiter") {
  Lab lab(withCookies());
  UdevCookie cookie;
  {
    Task first = lab.task(TaskType::DeviceRemove, lab.name());
    checkGood(first.setCookie(cookie));
    CHECK(valueOf(lab, cookie) == 2);
    Task second = lab.task(TaskType::DeviceRemove, lab.name("b"));
    checkGood(second.setCookie(cookie));
    CHECK(valueOf(lab, cookie) == 3);
    checkGood(second.setCookie(cookie));  // again: the same task holds it once
    CHECK(valueOf(lab, cookie) == 3);
    CHECK_FALSE(need(udevReady(cookie)));
  }  // tasks that never ran release their share
  CHECK(valueOf(lab, cookie) == 1);
  CHECK(need(udevReady(cookie)));
  checkGood(udevWait(cookie, 1s));
}

TEST_CASE("cookie: one cookie serves many tasks") {
  Lab lab;
  UdevCookie cookie;
  constexpr int count = 5;
  for (int i = 0; i < count; ++i) {
    Task create = lab.task(TaskType::DeviceCreate, lab.name(std::to_string(i)));
    checkGood(create.addTarget(Sectors{0}, Sectors{100}, "zero", ""));
    checkGood(create.setCookie(cookie));
    checkGood(create.run());
  }
  CHECK(lab.cookies() <= 1);
  checkGood(udevWait(cookie, 30s));
  for (int i = 0; i < count; ++i) lab.checkNode(lab.name(std::to_string(i)));
  lab.world.settle();
  for (int i = 0; i < count; ++i) {
    Task remove = lab.task(TaskType::DeviceRemove, lab.name(std::to_string(i)));
    checkGood(remove.retryRemove(5s));
    checkGood(remove.setCookie(cookie));
    checkGood(remove.run());
  }
  checkGood(udevWait(cookie, 30s));
  for (int i = 0; i < count; ++i) lab.checkNoNode(lab.name(std::to_string(i)));
}

TEST_CASE(
    "cookie: when udev does not answer, the wait ends in time, the set goes, and the device is "
    "usable") {
  Lab lab(withCookies());
  if (lab.world.fake() != nullptr) {
    lab.world.fake()->setUdev(FakeUdev::stuck);
  } else if (lab.world.udev()) {
    return;  // a real udevd would answer
  }
  const std::string name = lab.name();
  Task create = lab.task(TaskType::DeviceCreate, name);
  checkGood(create.addTarget(Sectors{0}, Sectors{100}, "zero", ""));
  UdevCookie cookie;
  checkGood(create.setCookie(cookie));
  checkGood(create.run());
  CHECK_FALSE(need(udevReady(cookie)));
  const auto before = lab.kernel().now();
  checkFails(udevWait(cookie, 50ms), {Errc::timedOut, anyErrno, "", {}, "", ""});
  const auto took = lab.kernel().now() - before;
  CHECK(took >= 50ms);
  CHECK(took < 10s);
  CHECK(cookie.value() == 0);
  CHECK(lab.cookies() == 0);
  lab.checkNode(name);
  Task remove = lab.task(TaskType::DeviceRemove, name);
  checkGood(remove.setCookie(cookie));
  checkGood(remove.run());
  checkFails(udevWait(cookie, 50ms), {Errc::timedOut, anyErrno, "", {}, "", ""});
  lab.checkNoNode(name);
  if (lab.world.fake() != nullptr)
    lab.world.fake()->runUdev();  // late events of a lost cookie do no harm
  lab.checkNoNode(name);
}

TEST_CASE("cookie: udev in another IPC namespace is a udev that does not answer") {
  if (World::real()) return;
  Lab lab(withCookies());
  lab.world.fake()->setUdev(FakeUdev::foreign);
  const std::string name = lab.name();
  Task create = lab.task(TaskType::DeviceCreate, name);
  checkGood(create.addTarget(Sectors{0}, Sectors{100}, "zero", ""));
  UdevCookie cookie;
  checkGood(create.setCookie(cookie));
  checkGood(create.run());
  checkFails(udevWait(cookie, 50ms), {Errc::timedOut,
                                      anyErrno,
                                      name,
                                      {},
                                      "timed out: the udev daemon lives in another IPC namespace",
                                      ""});
  lab.checkNode(name);
  Task remove = lab.task(TaskType::DeviceRemove, name);
  checkGood(remove.run());
  lab.checkNoNode(name);
}

TEST_CASE("cookie: where no semaphore can be had, operations work without waiting") {
  if (World::real()) return;
  for (const bool supported : {true, false}) {
    Lab lab(withCookies());
    lab.world.fake()->setUdev(FakeUdev::immediate);
    lab.world.fake()->setSemaphoreLimit(0);
    lab.world.fake()->setSemaphoresSupported(supported);
    const std::string name = lab.name();
    lab.make(name);
    lab.checkNode(name);
    lab.remove(name);
    lab.checkNoNode(name);
    checkFails(UdevCookie::create(lab.kernel()), {supported ? Errc::noSpace : Errc::unsupported,
                                                  supported ? ENOSPC : ENOSYS,
                                                  "",
                                                  {},
                                                  "",
                                                  ""});
    lab.world.fake()->setSemaphoresSupported(true);
  }
}

TEST_CASE("cookie: a taken key is not the end") {
  if (World::real()) return;
  Lab lab;
  const std::uint16_t base = 0x1234;
  const std::uint16_t bases[] = {base, base, 0x4321};
  int id = -1;
  REQUIRE(lab.kernel().semCreate(0x0D4D1234, id) == 0);
  lab.world.fake()->scriptRandom(std::as_bytes(std::span(bases)));
  {
    const UdevCookie cookie = need(UdevCookie::create(lab.kernel()));
    CHECK(cookie.value() != 0x0D4D1234U);
  }
  CHECK(lab.kernel().semRemove(id) == 0);
}

TEST_CASE("cookie: an over-full namespace of keys ends in an error, not in a loop") {
  if (World::real()) return;
  Lab lab;
  lab.world.fake()->failCall(FakeCall::semCreate, EEXIST, 1, 1'000'000);
  CHECK_FALSE(UdevCookie::create(lab.kernel()));
  CHECK(lab.world.fake()->calls(FakeCall::semCreate) < 100'000);
  lab.world.fake()->clearFaults();
}

TEST_CASE("cookie: the wire value carries the flags and primary source, the key does not") {
  if (World::real()) return;
  Lab lab(withCookies());
  lab.world.fake()->setUdev(FakeUdev::immediate);
  const std::string name = lab.name();
  Task create = lab.task(TaskType::DeviceCreate, name);
  checkGood(create.addTarget(Sectors{0}, Sectors{100}, "zero", ""));
  UdevCookie cookie;
  checkGood(create.setCookie(cookie, privateDeviceFlags));
  const std::uint32_t wire = 0x004e0000U | (cookie.value() & 0xffff);
  checkGood(create.run());
  checkGood(udevWait(cookie, 1s));
  const auto events = lab.world.fake()->uevents();
  REQUIRE(events.size() == 2);
  CHECK(events[0].starts_with("add "));
  CHECK(events[0].find("DM_COOKIE") == std::string::npos);
  CHECK(events[1].starts_with("change "));
  CHECK(events[1].ends_with(" DM_COOKIE=" + std::to_string(wire)));
  Task remove = lab.task(TaskType::DeviceRemove, name);
  checkGood(remove.run());  // without a cookie: flags only
  CHECK(lab.world.fake()->uevents()[2].find(" DM_COOKIE=" + std::to_string(0x00400000)) !=
        std::string::npos);
}
