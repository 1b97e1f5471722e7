// The library: mistakes that others made here, and that must not happen again. Numbers: the list of
// bugs of the go bindings.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>
#include <thread>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

namespace {

std::set<int> descriptors() {
  std::set<int> numbers;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    numbers.insert(std::stoi(entry.path().filename()));
  return numbers;
}

}  // namespace

TEST_CASE("regress 1: a run that fails gives its semaphore back, also when nobody waits") {
  Options options;
  options.udevMode = UdevMode::cookies;
  Lab lab(options);
  const NothingLeft nothing = lab.nothingMore();
  for (int i = 0; i < 200; ++i) {  // more than some systems have sets
    UdevCookie cookie;
    Task remove = lab.task(TaskType::DeviceRemove, lab.name());
    checkGood(remove.setCookie(cookie));
    CHECK_FALSE(remove.run());
  }
  for (int i = 0; i < 200; ++i) CHECK_FALSE(removeDevice(lab.mapper(), lab.name()));
}

TEST_CASE(
    "regress 1: no path out of an operation keeps a semaphore: not run, cookie replaced, task "
    "moved") {
  Options options;
  options.udevMode = UdevMode::cookies;
  Lab lab(options);
  UdevCookie cookie;
  {
    Task never = lab.task(TaskType::DeviceRemove, lab.name());
    checkGood(never.setCookie(cookie));
    Task moved = std::move(never);
    never = lab.task(TaskType::DeviceRemove, lab.name("b"));
    checkGood(never.setCookie(cookie));
  }
  CHECK(need(udevReady(cookie)));
  cookie = UdevCookie();
  CHECK(lab.cookies() == 0);
  Task orphan = lab.task(TaskType::DeviceRemove, lab.name());
  {
    UdevCookie gone;
    checkGood(orphan.setCookie(gone));
  }
  CHECK(lab.cookies() == 0);
  CHECK_FALSE(orphan.run());  // its cookie is gone; no crash, no leak
}

TEST_CASE("regress 2: cookies that live at the same time differ") {
  Lab lab;
  std::set<std::uint32_t> values;
  std::vector<UdevCookie> cookies;
  for (int i = 0; i < 100; ++i) {
    cookies.push_back(need(UdevCookie::create(lab.kernel())));
    values.insert(cookies.back().value());
  }
  CHECK(values.size() == cookies.size());
}

TEST_CASE("regress 3: a wait that failed is not success") {
  if (World::real()) return;
  Options options;
  options.udevTimeout = 50ms;
  options.udevMode = UdevMode::cookies;
  Lab lab(options);
  const std::string pool = lab.name("pool");
  lab.world.fake()->setUdev(FakeUdev::stuck);
  const Disk data = lab.world.disk();
  const Disk meta = lab.world.disk(4 << 20);
  {
    const BlockDevice dataDevice = lab.block(data);
    const BlockDevice metaDevice = lab.block(meta);
    checkFails(createPool(lab.mapper(), pool, dataDevice, metaDevice, Sectors{128}),
               {Errc::timedOut, anyErrno, "", {}, "", ""});
  }
  CHECK(lab.number(pool));  // the operation itself is done, and the device is usable
  lab.checkNode(pool);
  checkFails(removeDevice(lab.mapper(), pool), {Errc::timedOut, anyErrno, "", {}, "", ""});
  CHECK_FALSE(lab.number(pool));
  lab.checkNoNode(pool);
}

TEST_CASE("regress 4: errors of threads do not mix") {
  Lab lab;
  const std::string pool = lab.name("pool");
  lab.makePool(pool);
  checkGood(createDevice(lab.mapper(), pool, 1));
  constexpr int rounds = 100;
  int exists = 0;
  int missing = 0;
  int absent = 0;
  std::thread first([&] {
    for (int i = 0; i < rounds; ++i)
      exists += createDevice(lab.mapper(), pool, 1).error().code == Errc::alreadyExists ? 1 : 0;
  });
  std::thread second([&] {
    for (int i = 0; i < rounds; ++i)
      missing += removeDevice(lab.mapper(), lab.name("none")).error().errnum == ENXIO ? 1 : 0;
  });
  std::thread third([&] {
    for (int i = 0; i < rounds; ++i) {
      absent += createSnapDeviceRaw(lab.mapper(), pool, 2, 9).error().errnum == ENODATA ? 1 : 0;
      checkGood(deleteDevice(lab.mapper(), pool, 77));
    }
  });
  first.join();
  second.join();
  third.join();
  CHECK(exists == rounds);
  CHECK(missing == rounds);
  CHECK(absent == rounds);
  lab.world.settle();
  checkGood(removeDevice(lab.mapper(), pool));
}

TEST_CASE("regress 4: threads with devices of their own share a context") {
  Lab lab;
  constexpr std::size_t threads = 4;
  constexpr int rounds = 8;
  std::vector<std::string> names;
  std::vector<std::string> complaints(threads);
  for (std::size_t i = 0; i < threads; ++i) names.push_back(lab.name(std::to_string(i)));
  // One round: make, look at the node, remove. Returns an empty string, or what went wrong.
  const auto round = [&](const std::string& name) -> std::string {
    Task create = lab.task(TaskType::DeviceCreate, name);
    UdevCookie cookie;
    if (auto r = create.addTarget(Sectors{0}, Sectors{100}, "zero", ""); !r)
      return r.error().message();
    if (auto r = create.setCookie(cookie); !r) return r.error().message();
    if (auto r = create.run(); !r) return r.error().message();
    if (auto r = udevWait(cookie, 120s); !r) return r.error().message();
    NodeInfo info;
    if (const int error = lab.kernel().nodeInfo(("/dev/mapper/" + name).c_str(), true, info))
      return "no node: " + errnoName(error);
    if (info.device != create.info().device) return "a wrong node";
    Task remove = lab.task(TaskType::DeviceRemove, name);
    if (auto r = remove.retryRemove(120s); !r) return r.error().message();
    if (auto r = remove.setCookie(cookie); !r) return r.error().message();
    if (auto r = remove.run(); !r) return r.error().message();
    if (auto r = udevWait(cookie, 120s); !r) return r.error().message();
    return {};
  };
  std::vector<std::thread> running;
  for (std::size_t i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      for (int n = 0; n < rounds && complaints[i].empty(); ++n) complaints[i] = round(names[i]);
    });
  }
  for (std::thread& thread : running) thread.join();
  for (const std::string& complaint : complaints) CHECK(complaint == "");
}

TEST_CASE("regress 5: results stay readable when the task moves") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name);
  Task table = lab.task(TaskType::DeviceTable, name);
  checkGood(table.run());
  const Task moved = std::move(table);
  REQUIRE(moved.rows().size() == 1);
  CHECK(moved.rows()[0].type == "zero");
  CHECK(moved.info().name == name);
  lab.remove(name);
}

TEST_CASE("regress 6: no descriptor of devmap survives exec") {
  if (!World::real()) return;
  Lab lab;
  const std::string pool = lab.name("pool");
  const auto before = descriptors();
  lab.makePool(pool);
  CHECK_FALSE(createDevice(lab.mapper(), lab.name("none"), 1));  // opens the kernel log
  const auto other = need(DeviceMapper::open());
  {
    const BlockDevice block =
        need(BlockDevice::open("/dev/dm-" + std::to_string(lab.number(pool)->minor)));
    const auto now = descriptors();
    CHECK(now.size() >= before.size() + 5);  // two disks, log, control, block
    for (const int fd : now) {
      if (before.contains(fd)) continue;
      const int flags = ::fcntl(fd, F_GETFD);
      CHECK((flags < 0 || (flags & FD_CLOEXEC) != 0));  // the directory's descriptor is closed now
    }
  }
  lab.world.settle();
  checkGood(removeDevice(lab.mapper(), pool));
}

TEST_CASE("regress: a failed create never removes somebody else's device, nor its node") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name);
  const auto number = lab.number(name);
  for (int i = 0; i < 10; ++i) {
    Task create = lab.task(TaskType::DeviceCreate, name);
    checkGood(create.addTarget(Sectors{0}, Sectors{100}, "no-such-type", ""));
    CHECK_FALSE(create.run());
  }
  CHECK(lab.number(name) == number);
  lab.checkNode(name);
  lab.remove(name);
}

TEST_CASE("regress: a node that is not of the device is not removed with it") {
  Lab lab;
  const std::string name = lab.name();
  checkGood(lab.task(TaskType::DeviceCreate, name).run());
  const std::string path = "/dev/mapper/" + name;
  REQUIRE(lab.kernel().makeLink("/dev/null", path.c_str()) == 0);
  checkGood(lab.task(TaskType::DeviceRemove, name).run());
  NodeInfo info;
  CHECK(lab.kernel().nodeInfo(path.c_str(), false, info) == 0);
  CHECK(lab.kernel().removeNode(path.c_str()) == 0);
}

TEST_CASE(
    "regress: a table that cannot become live is undone by create, and leaves a reload resumable") {
  Lab lab;
  const std::string name = lab.name();
  const Disk disk = lab.world.disk();
  const std::string key(64, '3');
  lab.make(name, 2048, "crypt", "aes-xts-plain64 " + key + " 0 " + toString(disk.number) + " 0");
  Task suspend = lab.task(TaskType::DeviceSuspend, name);
  checkGood(suspend.run());
  Task message = lab.task(TaskType::DeviceTargetMsg, name);
  checkGood(message.setMessage("key wipe"));
  checkGood(message.run());
  Task resume = lab.task(TaskType::DeviceResume, name);
  UdevCookie cookie;
  checkGood(resume.setCookie(cookie));
  checkFails(resume.run(), {Errc::refusedByKernel, EAGAIN, name, {}, "", "crypt"});
  checkGood(udevWait(cookie, 1s));
  message.secureData();
  checkGood(message.setMessage("key set " + key));
  checkGood(message.run());
  lab.finish(resume);
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("regress: the kernel's sentence is found behind a module's own prefix") {
  Lab lab;
  const std::string name = lab.name();
  const Disk disk = lab.world.disk();
  lab.make(name, 2048, "crypt",
           "aes-xts-plain64 " + std::string(64, '3') + " 0 " + toString(disk.number) + " 0");
  Task message = lab.task(TaskType::DeviceTargetMsg, name);
  checkGood(message.setMessage("key wipe"));
  checkFails(
      message.run(),
      {Errc::refusedByKernel, EINVAL, name, {}, "", "not suspended during key manipulation"});
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("regress: a message whose reply does not fit is not sent again") {
  if (World::real()) return;
  Lab lab;
  const std::string name = lab.name();
  lab.make(name);
  lab.world.fake()->answerMessage("tell", std::string(std::size_t{2} << 20, 'x'));
  Task message = lab.task(TaskType::DeviceTargetMsg, name);
  checkGood(message.setMessage("tell"));
  const auto told = message.run();
  if (!told) checkFails(told, {Errc::replyTruncated, 0, name, {}, "", ""});
  CHECK(lab.world.fake()->messages().size() == 1);
  lab.remove(name);
}

TEST_CASE("regress: a stale name in a header hides no device from a list") {
  Lab lab;
  const std::string name = lab.name();
  checkGood(lab.task(TaskType::DeviceCreate, name).run());
  Task list = lab.task(TaskType::DeviceList);
  for (int i = 0; i < 2; ++i) {
    checkGood(list.run());
    CHECK(std::any_of(list.names().begin(), list.names().end(),
                      [&](const ListedDevice& device) { return device.name == name; }));
  }
  checkGood(lab.task(TaskType::DeviceRemove, name).run());
}

TEST_CASE("regress: createSnapDevice resumes the origin whatever fails in between") {
  if (World::real()) return;
  for (const int errnum : {EIO, EINTR, ENOMEM, EOPNOTSUPP}) {
    Lab lab;
    FakeKernel& fake = *lab.world.fake();
    const std::string pool = lab.name("pool");
    const std::string volume = lab.name("volume");
    lab.makePool(pool);
    checkGood(createDevice(lab.mapper(), pool, 1));
    checkGood(activateDevice(lab.mapper(), pool, volume, 1, Sectors{2048}));
    fake.failIoctl(DmCommand::targetMessage, errnum);
    CHECK(createSnapDevice(lab.mapper(), pool, 2, volume, 1).error().errnum == errnum);
    CHECK_FALSE(fake.isSuspended(volume));
    fake.failIoctl(DmCommand::suspend, errnum);  // the suspend itself
    CHECK(createSnapDevice(lab.mapper(), pool, 3, volume, 1).error().errnum == errnum);
    CHECK_FALSE(fake.isSuspended(volume));
    // Message and resume fail: the error is the resume's and reports both.
    fake.failIoctl(DmCommand::targetMessage, errnum);
    fake.failIoctl(DmCommand::suspend, EIO, 2);
    const auto both = createSnapDevice(lab.mapper(), pool, 4, volume, 1);
    if (!both && fake.isSuspended(volume)) {
      CHECK(both.error().errnum == EIO);
      CHECK(both.error().detail.find("snapshot") != std::string::npos);
      checkGood(resumeDevice(lab.mapper(), volume));
    }
    fake.clearFaults();
    checkGood(removeDevice(lab.mapper(), volume));
    checkGood(removeDevice(lab.mapper(), pool));
  }
}
