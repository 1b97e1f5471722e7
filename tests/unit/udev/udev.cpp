// udev synchronisation in every mode and under every failure, on FakeKernel. Its clock jumps, so a
// timeout costs nothing.

#include <devmap/devmap.hpp>
#include <devmap/fake/kernel.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>

using namespace devmap;
using namespace std::chrono_literals;

namespace {

Result<void> create(DeviceMapper& context, const char* name, UdevCookie& cookie) {
  auto task = createTask(context, TaskType::DeviceCreate, name);
  if (!task) return task.error();
  if (auto added = task->addTarget(Sectors{0}, Sectors{8}, "zero", ""); !added) return added;
  if (auto set = task->setCookie(cookie); !set) return set;
  return task->run();
}

Result<void> remove(DeviceMapper& context, const char* name, UdevCookie& cookie) {
  auto task = createTask(context, TaskType::DeviceRemove, name);
  if (!task) return task.error();
  if (auto set = task->setCookie(cookie); !set) return set;
  return task->run();
}

DeviceMapper openWith(FakeKernel& kernel, UdevMode mode = UdevMode::automatic) {
  Options options;
  options.udevMode = mode;
  auto context = DeviceMapper::open(kernel, options);
  REQUIRE(context);
  return *std::move(context);
}

bool hasNode(const FakeKernel& kernel, const std::string& name) {
  for (const std::string& entry : kernel.list("/dev/mapper"))
    if (entry.rfind(name + " ", 0) == 0) return true;
  return false;
}

}  // namespace

TEST_CASE("udev in another IPC namespace is noticed, and the nodes are looked at instead") {
  FakeKernel kernel;
  kernel.setUdev(FakeUdev::foreign);
  DeviceMapper context = openWith(kernel);
  CHECK(context.udevState().mode == UdevMode::flagsOnly);
  CHECK(std::string(context.udevState().reason).find("another IPC namespace") != std::string::npos);
  UdevCookie cookie;
  REQUIRE(create(context, "a", cookie));
  CHECK(cookie.mode() == UdevMode::flagsOnly);
  CHECK(cookie.value() == 0);
  CHECK(udevWait(cookie, 5s));
  CHECK(hasNode(kernel, "a"));
  CHECK(kernel.usage().semaphores == 0);
}

TEST_CASE("a udev daemon that was killed is not waited for") {
  FakeKernel kernel;
  kernel.setUdev(FakeUdev::deferred);
  CHECK(udevDaemon(kernel) == UdevDaemon::running);
  kernel.setUdev(FakeUdev::off);
  CHECK(udevDaemon(kernel) == UdevDaemon::absent);
  kernel.setSocket("/run/udev/control", false);
  CHECK(udevDaemon(kernel) == UdevDaemon::ended);
  DeviceMapper context = openWith(kernel);
  CHECK(kernel.calls(FakeCall::probeSocket) ==
        5);  // 1, and 2 if the first one is missing or refuses; the context has asked nothing
  CHECK(context.udevState().mode == UdevMode::none);
  CHECK(std::string(context.udevState().reason).find("killed") != std::string::npos);
  const std::size_t asked = kernel.calls(FakeCall::probeSocket);
  const auto before = kernel.now();
  for (const char* name : {"a", "b"}) {
    UdevCookie cookie;
    REQUIRE(create(context, name, cookie));
    CHECK(hasNode(kernel, name));
    CHECK(udevWait(cookie, 30s));
  }
  CHECK(kernel.now() == before);
  CHECK(kernel.calls(FakeCall::probeSocket) == asked);  // once per context
}

TEST_CASE(
    "a udev daemon has either of two sockets, and whatever does not refuse counts as running") {
  FakeKernel kernel;
  kernel.setSocket("/run/udev/io.systemd.Udev", true);
  CHECK(udevDaemon(kernel) == UdevDaemon::running);
  kernel.setSocket("/run/udev/control", false);
  CHECK(udevDaemon(kernel) == UdevDaemon::running);
  kernel.setSocket("/run/udev/io.systemd.Udev", false);
  CHECK(udevDaemon(kernel) == UdevDaemon::ended);
  for (const int errnum : {EACCES, EAGAIN, EPERM, EAFNOSUPPORT, ENOTSOCK}) {
    kernel.failCall(FakeCall::probeSocket, errnum);
    CHECK(udevDaemon(kernel) == UdevDaemon::running);
  }
}

TEST_CASE("where systemd holds udev's socket, it is not asked") {
  FakeKernel kernel;
  kernel.addFile("/run/systemd/system/any.service");
  CHECK(udevDaemon(kernel) == UdevDaemon::absent);
  kernel.addFile("/run/udev/io.systemd.Udev");
  CHECK(udevDaemon(kernel) == UdevDaemon::systemd);
  kernel.addFile("/run/udev/control");
  CHECK(udevDaemon(kernel) == UdevDaemon::systemd);
  CHECK(kernel.calls(FakeCall::probeSocket) == 0);
}

TEST_CASE("a udev daemon that is killed while it is waited for is told of") {
  FakeKernel kernel;
  kernel.setUdev(FakeUdev::stuck);
  DeviceMapper context = openWith(kernel);
  UdevCookie cookie;
  REQUIRE(create(context, "a", cookie));
  kernel.setSocket("/run/udev/control", false);
  const auto waited = udevWait(cookie, 1s);
  REQUIRE_FALSE(waited);
  CHECK(waited.error().code == Errc::timedOut);
  CHECK(waited.error().detail.find("the udev daemon was killed") != std::string::npos);
  CHECK(hasNode(kernel, "a"));
}

TEST_CASE("what is missing of udev's rules decides the mode") {
  FakeKernel kernel;
  kernel.setUdev(FakeUdev::deferred);
  CHECK(openWith(kernel).udevState().mode == UdevMode::cookies);

  SUBCASE("the rule that completes cookies") { kernel.setUdevCompletes(false); }
  SUBCASE("the same, masked by an empty file") {
    kernel.setFileText("/etc/udev/rules.d/95-dm-notify.rules", "");
  }
  SUBCASE("all") { kernel.setUdevRules(false); }
  SUBCASE("all, masked") { kernel.setFileText("/run/udev/rules.d/55-dm.rules", ""); }
  DeviceMapper context = openWith(kernel);
  const UdevState state = context.udevState();
  const bool completion = std::string(state.reason).find("95-dm-notify.rules") != std::string::npos;
  const bool rules = std::string(state.reason).find("55-dm.rules") != std::string::npos;
  REQUIRE(completion != rules);
  CHECK(state.mode == (completion ? UdevMode::flagsOnly : UdevMode::none));
  UdevCookie cookie;
  REQUIRE(create(context, "a", cookie));
  CHECK(hasNode(kernel, "a") == rules);  // made in `run`, or by udev
  const auto before = kernel.now();
  CHECK(udevWait(cookie, 5s));
  CHECK(kernel.now() - before < 1s);
  CHECK(hasNode(kernel, "a"));
  UdevCookie gone;
  REQUIRE(remove(context, "a", gone));
  CHECK(udevWait(gone, 5s));
  CHECK_FALSE(hasNode(kernel, "a"));
}

TEST_CASE("mode none tells a udevd that runs all the same to leave the nodes alone") {
  FakeKernel kernel;
  kernel.setUdev(FakeUdev::immediate);
  DeviceMapper context = openWith(kernel, UdevMode::none);
  UdevCookie cookie;
  REQUIRE(create(context, "a", cookie));
  const UdevFlags flags = UdevFlag::primarySource | UdevFlags(UdevFlag::disableDmRules) |
                          UdevFlag::disableSubsystemRules;
  CHECK(kernel.uevents().back().ends_with(" DM_COOKIE=" +
                                          std::to_string(std::uint32_t{flags.bits()} << 16)));
  CHECK(hasNode(kernel, "a"));
}

TEST_CASE("the udev mode is decided when it is needed, and anew when asked to") {
  FakeKernel kernel;
  DeviceMapper context = openWith(kernel);
  kernel.setUdev(FakeUdev::deferred);
  CHECK(context.udevState().mode == UdevMode::cookies);
  kernel.setUdev(FakeUdev::off);
  CHECK(context.udevState().mode == UdevMode::cookies);
  context.detectUdev();
  CHECK(context.udevState().mode == UdevMode::none);
}

TEST_CASE("without a free semaphore everything still works, and the cookie says how") {
  for (const bool supported : {true, false}) {
    CAPTURE(supported);
    FakeKernel kernel;
    kernel.setUdev(FakeUdev::deferred);
    kernel.setSemaphoreLimit(0);
    kernel.setSemaphoresSupported(supported);
    DeviceMapper context = openWith(kernel);
    CHECK(context.udevState().mode == (supported ? UdevMode::cookies : UdevMode::flagsOnly));
    UdevCookie cookie;
    REQUIRE(create(context, "a", cookie));
    CHECK(cookie.mode() == UdevMode::flagsOnly);
    CHECK(udevWait(cookie, 5s));
    CHECK(hasNode(kernel, "a"));
    UdevCookie gone;
    REQUIRE(remove(context, "a", gone));
    CHECK(udevWait(gone, 5s));
    CHECK_FALSE(hasNode(kernel, "a"));
  }
}

TEST_CASE("a stuck udevd: timed out at the deadline, with a working node and no semaphore") {
  FakeKernel kernel;
  kernel.setUdev(FakeUdev::stuck);
  DeviceMapper context = openWith(kernel);
  UdevCookie cookie;
  REQUIRE(create(context, "a", cookie));
  const auto before = kernel.now();
  auto waited = udevWait(cookie, 3s);
  const auto elapsed = kernel.now() - before;
  REQUIRE_FALSE(waited);
  CHECK(waited.error().code == Errc::timedOut);
  CHECK(waited.error().device == "a");
  CHECK(waited.error().detail.find("devmap made sure of the node itself") != std::string::npos);
  CHECK(elapsed >= 3s);
  CHECK(elapsed < 3500ms);
  CHECK(hasNode(kernel, "a"));
  CHECK(kernel.usage().semaphores == 0);
  kernel.setUdev(FakeUdev::deferred);  // it continues, and finds everything in order
  kernel.runUdev();
  CHECK(hasNode(kernel, "a"));
}

TEST_CASE(
    "the rule that completes cookies is missing: cookies time out and say so, monitor does not "
    "need it") {
  FakeKernel kernel;
  kernel.setUdev(FakeUdev::deferred);
  kernel.setUdevCompletes(false);
  DeviceMapper context = openWith(kernel, UdevMode::cookies);
  UdevCookie cookie;
  REQUIRE(create(context, "a", cookie));
  auto waited = udevWait(cookie, 3s);
  REQUIRE_FALSE(waited);
  CHECK(waited.error().code == Errc::timedOut);
  CHECK(waited.error().detail.find("95-dm-notify.rules") != std::string::npos);

  DeviceMapper listening = openWith(kernel, UdevMode::monitor);
  UdevCookie heard;
  REQUIRE(create(listening, "b", heard));
  CHECK(heard.mode() == UdevMode::monitor);
  CHECK(heard.value() == 0);
  CHECK(udevWait(heard, 3s));
  CHECK(hasNode(kernel, "b"));
}

TEST_CASE("monitor: rename and remove, and nothing stays open") {
  FakeKernel kernel;
  kernel.setUdev(FakeUdev::deferred);
  DeviceMapper context = openWith(kernel, UdevMode::monitor);
  UdevCookie made;
  REQUIRE(create(context, "a", made));
  REQUIRE(udevWait(made, 3s));
  const std::size_t open = kernel.usage().descriptors;
  {
    auto rename = createTask(context, TaskType::DeviceRename, "a");
    REQUIRE(rename->setNewName("b"));
    UdevCookie renamed;
    REQUIRE(rename->setCookie(renamed));
    REQUIRE(rename->run());
    CHECK(udevReady(renamed).value_or(true) == false);
    CHECK(udevWait(renamed, 3s));
    CHECK(hasNode(kernel, "b"));
    CHECK_FALSE(hasNode(kernel, "a"));
  }
  UdevCookie gone;
  REQUIRE(remove(context, "b", gone));
  CHECK(udevWait(gone, 3s));
  CHECK_FALSE(hasNode(kernel, "b"));
  UdevCookie unused;
  auto task = createTask(context, TaskType::DeviceRemove, "b");
  REQUIRE(task->setCookie(unused));
  CHECK_FALSE(task->run());
  CHECK(udevWait(unused, 3s));
  CHECK(kernel.usage().descriptors == open);
}

TEST_CASE("monitor without libudev is an error at setCookie, not a silent change of mode") {
  FakeKernel kernel;
  kernel.setUdev(FakeUdev::immediate);
  kernel.setUdevMonitorsSupported(false);
  DeviceMapper context = openWith(kernel, UdevMode::monitor);
  UdevCookie cookie;
  auto made = create(context, "a", cookie);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Errc::unsupported);
  CHECK(kernel.devices().empty());
}

TEST_CASE("a wait can be stopped, and taken up again") {
  FakeKernel kernel;
  kernel.setUdev(FakeUdev::deferred, 10s);
  DeviceMapper context = openWith(kernel);
  UdevCookie cookie;
  REQUIRE(create(context, "a", cookie));
  const std::atomic<bool> stop{true};
  auto stopped = udevWait(cookie, 60s, stop);
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == Errc::interrupted);
  CHECK(cookie.value() != 0);
  CHECK(udevReady(cookie).value_or(true) == false);
  CHECK(udevWait(cookie, 60s));
  CHECK(kernel.usage().semaphores == 0);
}

TEST_CASE("create and remove under one cookie, without semaphores: the last word counts") {
  FakeKernel kernel;
  kernel.setUdev(FakeUdev::deferred);
  DeviceMapper context = openWith(kernel, UdevMode::flagsOnly);
  UdevCookie cookie;
  REQUIRE(create(context, "a", cookie));
  REQUIRE(remove(context, "a", cookie));
  CHECK(udevWait(cookie, 3s));
  CHECK_FALSE(hasNode(kernel, "a"));
}

TEST_CASE("one cookie for many devices is one wait") {
  FakeKernel kernel;
  kernel.setUdev(FakeUdev::deferred);
  DeviceMapper context = openWith(kernel);
  UdevCookie cookie;
  for (int i = 0; i < 100; ++i) REQUIRE(create(context, ("d" + std::to_string(i)).c_str(), cookie));
  CHECK(kernel.usage().semaphores == 1);
  CHECK(udevWait(cookie, 30s));
  CHECK(kernel.list("/dev/mapper").size() == 101);
  CHECK(kernel.usage().semaphores == 0);
}

TEST_CASE("reclaim removes the cookies of ended processes, and only those") {
  FakeKernel kernel;
  kernel.setProcess(7);
  auto dead = UdevCookie::create(kernel);
  REQUIRE(dead);
  kernel.setProcess(8);
  auto alive = UdevCookie::create(kernel);
  REQUIRE(alive);
  kernel.setProcess(0);  // as dmsetup's: its maker is not known
  auto foreign = UdevCookie::create(kernel);
  REQUIRE(foreign);
  kernel.endProcess(7);
  auto first = reclaimUdevCookies({}, kernel);
  REQUIRE(first);
  REQUIRE(first->size() == 1);
  CHECK(static_cast<std::uint32_t>((*first)[0].key) == dead->value());
  kernel.advance(60s);
  CHECK(reclaimUdevCookies(120s, kernel)->empty());
  auto second = reclaimUdevCookies(60s, kernel);
  REQUIRE(second);
  REQUIRE(second->size() == 1);
  CHECK(static_cast<std::uint32_t>((*second)[0].key) == foreign->value());
  CHECK(udevCookies(kernel)->size() == 1);
}

TEST_CASE("a semaphore that was removed by udevcomplete_all ends the wait in success") {
  FakeKernel kernel;
  kernel.setUdev(FakeUdev::stuck);
  DeviceMapper context = openWith(kernel);
  UdevCookie cookie;
  REQUIRE(create(context, "a", cookie));
  int id = -1;
  REQUIRE(kernel.semFind(static_cast<std::int32_t>(cookie.value()), id) == 0);
  REQUIRE(kernel.semRemove(id) == 0);
  CHECK(udevWait(cookie, 3s));
}

TEST_CASE("a cookie that was completed too often is its own error") {
  FakeKernel kernel;
  kernel.setUdev(FakeUdev::immediate);
  DeviceMapper context = openWith(kernel);
  UdevCookie cookie;
  REQUIRE(create(context, "a", cookie));
  REQUIRE(udevComplete(cookie.value(), kernel));
  auto waited = udevWait(cookie, 1s);
  REQUIRE_FALSE(waited);
  CHECK(waited.error().code == Errc::cookieState);
  CHECK(kernel.usage().semaphores == 0);
}
