// The library: devices that are missing, in use, or taken; and systems without permission or
// device-mapper. After each case nothing is left that was not there before (Lab checks it).

#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

namespace {

// Errc and errnum of opening a context in a child process that `prepare` has restricted.
template <typename Prepare>
Error openWeakened(Prepare prepare) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    int answer[2] = {-1, 0};
    if (prepare()) {
      const auto context = DeviceMapper::open();
      if (!context) {
        answer[0] = static_cast<int>(context.error().code);
        answer[1] = context.error().errnum;
      }
    }
    (void)!::write(ends[1], answer, sizeof answer);
    ::_exit(0);
  }
  int answer[2] = {-1, 0};
  CHECK(::read(ends[0], answer, sizeof answer) == sizeof answer);
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  REQUIRE(answer[0] >= 0);
  Error error;
  error.code = static_cast<Errc>(answer[0]);
  error.errnum = answer[1];
  return error;
}

bool dropAdministration() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  if (::syscall(SYS_capget, &header, data) != 0) return false;
  constexpr unsigned bit = 1U << CAP_SYS_ADMIN;
  data[0].effective &= ~bit;
  data[0].permitted &= ~bit;
  return ::syscall(SYS_capset, &header, data) == 0;
}

}  // namespace

TEST_CASE("bad device: opening what is no block device") {
  Lab lab;
  const std::string file = lab.world.file();
  checkFails(BlockDevice::open("/dev/no-such-device", lab.kernel()),
             {Errc::notFound, ENOENT, "/dev/no-such-device", {}, "", ""});
  checkFails(BlockDevice::open(file, lab.kernel()),
             {Errc::notABlockDevice, ENOTBLK, file, {}, "", ""});
  checkFails(BlockDevice::open(World::characterDevice(), lab.kernel()),
             {Errc::notABlockDevice, ENOTBLK, World::characterDevice(), {}, "", ""});
  checkFails(BlockDevice::open("/dev", lab.kernel()),
             {Errc::notABlockDevice, ENOTBLK, "/dev", {}, "", ""});
  checkFails(BlockDevice::open("", lab.kernel()), {Errc::invalidArgument, 0, "", {}, "", ""});
  checkFails(getBlockDeviceSize("/dev/no-such-device", lab.kernel()),
             {Errc::notFound, ENOENT, "/dev/no-such-device", {}, "", ""});
  checkFails(getBlockDeviceSize("", lab.kernel()), {Errc::invalidArgument, 0, "", {}, "", ""});
  const auto cut = getBlockDeviceSize(std::string_view("/dev/a\0b", 8), lab.kernel());
  REQUIRE_FALSE(cut);
  CHECK(cut.error().code == Errc::invalidArgument);
  checkFails(getBlockDeviceSize(file, lab.kernel()),
             {Errc::notABlockDevice, ENOTBLK, file, {}, "", ""});
}

TEST_CASE("bad device: it does not exist") {
  Lab lab;
  const std::string name = lab.name();
  const Expected expected{Errc::notFound, ENXIO, name, {}, "", ""};
  const auto fails = [&](TaskType type, auto prepare) {
    CAPTURE(static_cast<int>(type));
    Task task = lab.task(type, name);
    prepare(task);
    checkFails(task.run(), expected);
    CHECK_FALSE(task.info().exists);
  };
  const auto nothing = [](Task&) {};
  for (const TaskType type : {TaskType::DeviceRemove, TaskType::DeviceSuspend,
                              TaskType::DeviceResume, TaskType::DeviceDeps, TaskType::DeviceTable,
                              TaskType::DeviceClear, TaskType::DeviceWaitEvent}) {
    fails(type, nothing);
  }
  fails(TaskType::DeviceReload,
        [](Task& task) { checkGood(task.addTarget(Sectors{0}, Sectors{1}, "zero", "")); });
  fails(TaskType::DeviceRename, [&](Task& task) { checkGood(task.setNewName(lab.name("b"))); });
  fails(TaskType::DeviceTargetMsg, [](Task& task) { checkGood(task.setMessage("hello")); });
  fails(TaskType::DeviceSetGeometry, [](Task& task) {
    checkGood(task.setGeometry({1, 1, 1, Sectors{0}}));
  });
  Task byUuid = lab.task(TaskType::DeviceRemove);
  checkGood(byUuid.setUuid("CONTRACT-none"));
  checkFails(byUuid.run(), {Errc::notFound, ENXIO, "CONTRACT-none", {}, "", ""});
  Task byNumber = lab.task(TaskType::DeviceRemove);
  checkGood(byNumber.setDevice(World::nothing));
  checkFails(byNumber.run(), {Errc::notFound, ENXIO, toString(World::nothing), {}, "", ""});
}

TEST_CASE("bad device: it is open") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name);
  const int fd = hold(lab.world, *lab.number(name));
  {
    const NothingLeft nothing = lab.nothingMore();
    Task remove = lab.task(TaskType::DeviceRemove, name);
    UdevCookie cookie;
    checkGood(remove.setCookie(cookie));
    checkFails(remove.run(), {Errc::busy, EBUSY, name, {}, "open", ""});
  }
  lab.checkNode(name);
  CHECK(lab.kernel().close(fd) == 0);
  lab.remove(name);
}

TEST_CASE("bad device: it exists already, and stays as it is") {
  Lab lab;
  const std::string name = lab.name();
  const std::string other = lab.name("b");
  Task first = lab.task(TaskType::DeviceCreate, name);
  checkGood(first.setUuid("CONTRACT-first"));
  checkGood(first.addTarget(Sectors{0}, Sectors{100}, "zero", ""));
  lab.finish(first);
  lab.world.settle();
  const auto number = lab.number(name);
  {
    const NothingLeft nothing = lab.nothingMore();
    Task again = lab.task(TaskType::DeviceCreate, name);
    checkGood(again.addTarget(Sectors{0}, Sectors{200}, "zero", ""));
    UdevCookie cookie;
    checkGood(again.setCookie(cookie));
    checkFails(again.run(), {Errc::alreadyExists, EBUSY, name, {}, "", ""});
    Task sameUuid = lab.task(TaskType::DeviceCreate, other);
    checkGood(sameUuid.setUuid("CONTRACT-first"));
    checkFails(sameUuid.run(), {Errc::alreadyExists, EBUSY, other, {}, "", ""});
    Task rename = lab.task(TaskType::DeviceRename, name);
    checkGood(rename.setNewName(name));
    checkFails(rename.run(), {Errc::alreadyExists, EBUSY, name, {}, "", ""});
    Task uuid = lab.task(TaskType::DeviceRename, name);
    checkGood(uuid.setNewUuid("CONTRACT-second"));
    checkFails(uuid.run(),
               {Errc::refusedByKernel, EINVAL, name, {}, "uuid", "uuid is already set"});
  }
  CHECK(lab.number(name) == number);
  Task table = lab.task(TaskType::DeviceTable, name);
  checkGood(table.run());
  CHECK(table.rows()[0].length == Sectors{100});
  lab.checkNode(name);
  lab.remove(name);
}

TEST_CASE("no permission") {
  if (World::real()) {
    const Error user = openWeakened([] {
      return ::setresgid(65534, 65534, 65534) == 0 && ::setresuid(65534, 65534, 65534) == 0;
    });
    CHECK(user.code == Errc::permissionDenied);
    CHECK(user.errnum == EACCES);
    const Error weak = openWeakened(dropAdministration);
    CHECK(weak.code == Errc::permissionDenied);
    CHECK(weak.errnum == EACCES);
    return;
  }
  for (const FakePrivilege privilege : {FakePrivilege::noCapability, FakePrivilege::user}) {
    FakeKernel fake;
    fake.setPrivilege(privilege);
    checkFails(DeviceMapper::open(fake),
               {Errc::permissionDenied, EACCES, "", {}, "CAP_SYS_ADMIN", ""});
    CHECK(fake.usage() == FakeKernel().usage());
  }
}

TEST_CASE("no device-mapper") {
  if (World::real()) return;
  FakeKernel fake;
  fake.setDeviceMapperPresent(false);
  const FakeUsage before = fake.usage();
  checkFails(DeviceMapper::open(fake), {Errc::noDeviceMapper, ENODEV, "", {}, "dm-mod", ""});
  CHECK(fake.usage() == before);
  REQUIRE(fake.removeNode("/dev/mapper/control") == 0);
  const FakeUsage without = fake.usage();
  auto opened = DeviceMapper::open(fake);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::noDeviceMapper);
  CHECK(fake.usage() == without);
  fake.setDeviceMapperPresent(true);
  CHECK(DeviceMapper::open(fake));  // makes the node if no one else did
}

TEST_CASE("no such cookie") {
  Lab lab;
  constexpr std::uint32_t unused = 0x0D4D0001;
  checkFails(UdevCookie::borrow(unused, lab.kernel()),
             {Errc::cookieNotFound, ENOENT, "", {}, "", ""});
  checkFails(UdevCookie::adopt(unused, lab.kernel()),
             {Errc::cookieNotFound, ENOENT, "", {}, "", ""});
  checkFails(udevComplete(unused, lab.kernel()), {Errc::cookieNotFound, ENOENT, "", {}, "", ""});
  for (const std::uint32_t bad : {0U, 0x0D4D0000U, 0x12345678U}) {
    checkFails(UdevCookie::borrow(bad, lab.kernel()), {Errc::invalidArgument, 0, "", {}, "", ""});
  }
}
