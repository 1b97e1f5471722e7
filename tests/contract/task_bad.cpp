// The library: bad input and bad surroundings. After each nothing is left that was not there before (Lab checks it).

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/capability.h>

#include <cerrno>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

namespace {

// Runs DeviceCreate with one row; the error must be as expected and no device there.
void checkCreateFails(Lab& lab, const std::string& name, std::uint64_t length, const std::string& type, const std::string& params,
                      const Expected& expected) {
  Task create = lab.task(TaskType::DeviceCreate, name);
  checkGood(create.addTarget(Sectors{0}, Sectors{length}, type, params));
  UdevCookie cookie;
  checkGood(create.setCookie(cookie));
  checkFails(create.run(), expected);
  CHECK_FALSE(create.info().exists);
  CHECK_FALSE(lab.number(name));
  CHECK(udevWait(cookie, 0ms));  // counted down: nothing to wait for
}

// errno of a missing backing path.
int missing(const Lab& lab) { return lab.world.strict() ? ENOENT : ENODEV; }

// Errc and errnum of opening a context in a child process that `prepare` has weakened.
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

TEST_CASE("bad name: what the kernel or udev would not take is refused before anything happens") {
  Lab lab;
  struct Case {
    std::string name;
    const char* why;
  };
  for (const Case& bad : {Case{std::string(128, 'n'), "127"}, Case{"a/b", "/"}, Case{".", "."}, Case{"..", ".."}, Case{"control", "control"},
                          Case{std::string("a\0b", 3), "NUL"}}) {
    CAPTURE(bad.name);
    for (const TaskType type : {TaskType::DeviceCreate, TaskType::DeviceRemove, TaskType::DeviceInfo}) {
      checkFails(Task::create(lab.mapper(), type, bad.name), {Errc::invalidName, 0, "", {}, bad.why, ""});
    }
    Task rename = lab.task(TaskType::DeviceRename, lab.name());
    checkFails(rename.setNewName(bad.name), {Errc::invalidName, 0, "", {}, bad.why, ""});
  }
  checkFails(Task::create(lab.mapper(), TaskType::DeviceCreate, ""), {Errc::invalidName, 0, "", {}, "", ""});
  Task info = lab.task(TaskType::DeviceInfo);
  checkFails(info.setName(""), {Errc::invalidName, 0, "", {}, "", ""});
  checkFails(info.run(), {Errc::invalidArgument, 0, "", {}, "", ""});
}

TEST_CASE("bad name: blanks and newlines are for lookups, not for new devices") {
  Lab lab;
  struct Case {
    const char* name;
    const char* mangled;
  };
  for (const Case& odd : {Case{"a b", "a\\x20b"}, Case{"a\nb", "a\\x0ab"}, Case{"a,b", "a\\x2cb"}}) {
    const std::string name = lab.name(odd.name);
    checkFails(Task::create(lab.mapper(), TaskType::DeviceCreate, name), {Errc::invalidName, 0, "", {}, odd.mangled, ""});
    REQUIRE(create(lab.world, name) == 0);
    Task info = lab.task(TaskType::DeviceInfo, name);
    checkGood(info.run());
    CHECK(info.info().name == name);
    checkGood(lab.task(TaskType::DeviceRemove, name).run());
  }
}

TEST_CASE("bad uuid: 1 to 128 bytes without NUL") {
  Lab lab;
  Task create = lab.task(TaskType::DeviceCreate, lab.name());
  checkFails(create.setUuid(std::string(129, 'u')), {Errc::invalidUuid, 0, "", {}, "128", ""});
  checkFails(create.setUuid(""), {Errc::invalidUuid, 0, "", {}, "", ""});
  checkFails(create.setUuid(std::string("a\0b", 3)), {Errc::invalidUuid, 0, "", {}, "", ""});
  Task rename = lab.task(TaskType::DeviceRename, lab.name());
  checkFails(rename.setNewUuid(std::string(129, 'u')), {Errc::invalidUuid, 0, "", {}, "", ""});
  checkGood(create.setUuid(std::string(128, 'u')));
  checkGood(create.run());
  CHECK(create.info().uuid == std::string(128, 'u'));
  checkGood(lab.task(TaskType::DeviceRemove, lab.name()).run());
}

TEST_CASE("bad table: rows that do not follow each other are refused where they are added") {
  Lab lab;
  const std::string name = lab.name();
  Task create = lab.task(TaskType::DeviceCreate, name);
  const auto refused = [&](std::uint64_t start, std::uint64_t length, std::string_view type, std::string_view params, std::uint32_t row,
                           const char* why) {
    CAPTURE(why);
    checkFails(create.addTarget(Sectors{start}, Sectors{length}, type, params), {Errc::invalidTable, 0, name, row, why, ""});
  };
  refused(5, 100, "zero", "", 0, "start");
  refused(0, 0, "zero", "", 0, "at least one sector");
  refused(0, 100, "", "", 0, "type");
  refused(0, 100, "sixteen-bytes-ab", "", 0, "15 bytes");
  refused(0, 100, "zero", std::string_view("a\0b", 3), 0, "NUL");
  refused(0, 100, std::string_view("ze\0o", 4), "", 0, "NUL");
  checkGood(create.addTarget(Sectors{0}, Sectors{100}, "zero", ""));
  refused(200, 100, "zero", "", 1, "gap");
  refused(50, 100, "zero", "", 1, "overlap");
  refused(100, ~std::uint64_t{0}, "zero", "", 1, "");
  checkGood(create.addTarget(Sectors{100}, Sectors{100}, "zero", ""));
  lab.finish(create);
  CHECK(create.info().targetCount == 2);  // those that were good
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("bad table: no rows to load") {
  Lab lab;
  checkFails(lab.task(TaskType::DeviceReload, lab.name()).run(), {Errc::invalidTable, 0, lab.name(), {}, "", ""});
}

TEST_CASE("bad table: longer than the data device") {
  Lab lab;
  const Disk disk = lab.world.disk(1 << 20);
  const NothingLeft nothing = lab.nothingMore();
  checkCreateFails(lab, lab.name(), 2049, "linear", disk.path + " 0",
                   {Errc::refusedByKernel, EINVAL, lab.name(), 0, "", "too small for target: start=0, len=2049, dev_size=2048"});
}

TEST_CASE("bad table: a target type that does not exist") {
  Lab lab;
  const std::string name = lab.name();
  checkCreateFails(lab, name, 100, "no-such-type", "", {Errc::unsupported, EINVAL, name, 0, "no-such-type", "no-such-type: unknown target type"});
  Task create = lab.task(TaskType::DeviceCreate, name);
  checkGood(create.addTarget(Sectors{0}, Sectors{100}, "zero", ""));
  checkGood(create.addTarget(Sectors{100}, Sectors{100}, "zero", ""));
  checkGood(create.addTarget(Sectors{200}, Sectors{100}, "no-such-type", ""));
  checkFails(create.run(), {Errc::unsupported, EINVAL, name, 2, "no-such-type", "unknown target type"});
}

TEST_CASE("bad table: the row to blame is told where the kernel's sentence or the count of rows tells it") {
  Lab lab;
  const std::string name = lab.name();
  Task create = lab.task(TaskType::DeviceCreate, name);
  checkGood(create.addTarget(Sectors{0}, Sectors{100}, "zero", ""));
  checkGood(create.addTarget(Sectors{100}, Sectors{100}, "linear", "/dev/no-such-device 0"));
  checkFails(create.run(), {Errc::notFound, missing(lab), name, 1, "", "linear: Device lookup failed"});
  checkCreateFails(lab, name, 100, "zero", "surplus", {Errc::refusedByKernel, EINVAL, name, 0, "", "zero: No arguments required"});
}

TEST_CASE("bad device: paths and numbers in parameters that are no block device") {
  Lab lab;
  const Disk disk = lab.world.disk();
  const std::string file = lab.world.file();
  const NothingLeft nothing = lab.nothingMore();
  const std::string name = lab.name();
  checkCreateFails(lab, name, 100, "thin-pool", "/dev/no-such-meta " + disk.path + " 128 0",
                   {Errc::notFound, missing(lab), name, 0, "", "thin-pool: Error opening metadata block device"});
  checkCreateFails(lab, name, 100, "thin-pool", disk.path + " /dev/no-such-data 128 0",
                   {Errc::notFound, missing(lab), name, 0, "", "thin-pool: Error getting data device"});
  checkCreateFails(lab, name, 100, "linear", toString(World::nothing) + " 0",
                   {Errc::notFound, ENXIO, name, 0, "", "linear: Device lookup failed"});
  checkCreateFails(lab, name, 100, "linear", file + " 0",
                   {lab.world.strict() ? Errc::notABlockDevice : Errc::notFound, lab.world.strict() ? ENOTBLK : ENODEV, name, 0, "",
                    "linear: Device lookup failed"});
}

TEST_CASE("bad device: opening what is no block device") {
  Lab lab;
  const std::string file = lab.world.file();
  checkFails(BlockDevice::open("/dev/no-such-device", lab.kernel()), {Errc::notFound, ENOENT, "/dev/no-such-device", {}, "", ""});
  checkFails(BlockDevice::open(file, lab.kernel()), {Errc::notABlockDevice, ENOTBLK, file, {}, "", ""});
  checkFails(BlockDevice::open(World::characterDevice(), lab.kernel()),
             {Errc::notABlockDevice, ENOTBLK, World::characterDevice(), {}, "", ""});
  checkFails(BlockDevice::open("/dev", lab.kernel()), {Errc::notABlockDevice, ENOTBLK, "/dev", {}, "", ""});
  checkFails(BlockDevice::open("", lab.kernel()), {Errc::invalidArgument, 0, "", {}, "", ""});
  checkFails(getBlockDeviceSize("/dev/no-such-device", lab.kernel()), {Errc::notFound, ENOENT, "/dev/no-such-device", {}, "", ""});
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
  for (const TaskType type :
       {TaskType::DeviceRemove, TaskType::DeviceSuspend, TaskType::DeviceResume, TaskType::DeviceDeps, TaskType::DeviceTable,
        TaskType::DeviceClear, TaskType::DeviceWaitEvent}) {
    fails(type, nothing);
  }
  fails(TaskType::DeviceReload, [](Task& task) { checkGood(task.addTarget(Sectors{0}, Sectors{1}, "zero", "")); });
  fails(TaskType::DeviceRename, [&](Task& task) { checkGood(task.setNewName(lab.name("b"))); });
  fails(TaskType::DeviceTargetMsg, [](Task& task) { checkGood(task.setMessage("hello")); });
  fails(TaskType::DeviceSetGeometry, [](Task& task) { checkGood(task.setGeometry({1, 1, 1, Sectors{0}})); });
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
    checkFails(uuid.run(), {Errc::refusedByKernel, EINVAL, name, {}, "uuid", "uuid is already set"});
  }
  CHECK(lab.number(name) == number);
  Task table = lab.task(TaskType::DeviceTable, name);
  checkGood(table.run());
  CHECK(table.rows()[0].length == Sectors{100});
  lab.checkNode(name);
  lab.remove(name);
}

TEST_CASE("bad message: empty, with a NUL, to nobody") {
  Lab lab;
  const std::string name = lab.name();
  Task message = lab.task(TaskType::DeviceTargetMsg, name);
  checkFails(message.setMessage(""), {Errc::invalidArgument, 0, name, {}, "", ""});
  checkFails(message.setMessage(std::string_view("a\0b", 3)), {Errc::invalidArgument, 0, name, {}, "", ""});
  checkFails(message.run(), {Errc::invalidArgument, 0, name, {}, "", ""});
  lab.make(name);
  checkGood(message.setMessage("hello"));
  checkFails(message.run(), {Errc::refusedByKernel, EINVAL, name, {}, "", "Target type does not support messages"});
  checkGood(message.setSector(Sectors{100}));
  checkFails(message.run(), {Errc::refusedByKernel, EINVAL, name, {}, "", "Target message sector outside device."});
  lab.remove(name);
}

TEST_CASE("bad message: a device without a live table has nobody to take it") {
  Lab lab;
  const std::string name = lab.name();
  checkGood(lab.task(TaskType::DeviceCreate, name).run());
  Task message = lab.task(TaskType::DeviceTargetMsg, name);
  checkGood(message.setMessage("hello"));
  CHECK_FALSE(message.run());  // up to 6.x the ioctl gives 2 and executes nothing: that must not pass for success
  CHECK_FALSE(message.response());
  checkGood(lab.task(TaskType::DeviceRemove, name).run());
}

TEST_CASE("bad setters: each belongs to some task types only") {
  Lab lab;
  const Expected invalid{Errc::invalidArgument, 0, "", {}, "", ""};
  Task info = lab.task(TaskType::DeviceInfo, lab.name());
  UdevCookie cookie;
  checkFails(info.setCookie(cookie), invalid);
  CHECK(cookie.value() == 0);
  checkFails(info.addTarget(Sectors{0}, Sectors{1}, "zero", ""), invalid);
  checkFails(info.setMessage("x"), invalid);
  checkFails(info.setSector(Sectors{1}), invalid);
  checkFails(info.setNewName("x"), invalid);
  checkFails(info.setNewUuid("x"), invalid);
  checkFails(info.setGeometry({}), invalid);
  checkFails(info.setEventNr(1), invalid);
  checkFails(info.waitTimeout(1s), invalid);
  checkFails(info.retryRemove(1s), invalid);
  checkFails(info.deferredRemove(), invalid);
  checkFails(info.setReadOnly(), invalid);
  checkFails(info.setAddNode(AddNode::onCreate), invalid);
  checkFails(info.setDevice({1U << 12, 0}), invalid);
  checkFails(info.setDevice({0, 1U << 20}), invalid);
  for (const TaskType type : {TaskType::DeviceSuspend, TaskType::DeviceReload, TaskType::DeviceClear, TaskType::DeviceRemoveAll}) {
    checkFails(lab.task(type).setCookie(cookie), invalid);
  }
  checkGood(info.setUuid("CONTRACT-x"));
  checkFails(info.run(), invalid);  // name and uuid
}

TEST_CASE("bad geometry: the kernel's limits") {
  Lab lab;
  const std::string name = lab.name();
  checkGood(lab.task(TaskType::DeviceCreate, name).run());
  Task geometry = lab.task(TaskType::DeviceSetGeometry, name);
  checkGood(geometry.setGeometry({1, 256, 1, Sectors{0}}));
  auto ran = geometry.run();
  REQUIRE_FALSE(ran);
  CHECK((ran.error().code == Errc::refusedByKernel || ran.error().code == Errc::invalidArgument));
  checkGood(lab.task(TaskType::DeviceRemove, name).run());
}

TEST_CASE("bad target type: asking for the version of one that does not exist") {
  Lab lab;
  if (lab.world.minor() < 41) return;
  checkFails(lab.task(TaskType::DeviceGetTargetVersion, "no-such-type").run(), {Errc::notFound, EINVAL, "no-such-type", {}, "", ""});
}

TEST_CASE("no permission") {
  if (World::real()) {
    const Error user = openWeakened([] { return ::setresgid(65534, 65534, 65534) == 0 && ::setresuid(65534, 65534, 65534) == 0; });
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
    checkFails(DeviceMapper::open(fake), {Errc::permissionDenied, EACCES, "", {}, "CAP_SYS_ADMIN", ""});
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
  CHECK(DeviceMapper::open(fake));  // makes the node where nobody else did
}

TEST_CASE("no such cookie") {
  Lab lab;
  constexpr std::uint32_t unused = 0x0D4D0001;
  checkFails(UdevCookie::borrow(unused, lab.kernel()), {Errc::cookieNotFound, ENOENT, "", {}, "", ""});
  checkFails(UdevCookie::adopt(unused, lab.kernel()), {Errc::cookieNotFound, ENOENT, "", {}, "", ""});
  checkFails(udevComplete(unused, lab.kernel()), {Errc::cookieNotFound, ENOENT, "", {}, "", ""});
  for (const std::uint32_t bad : {0U, 0x0D4D0000U, 0x12345678U}) {
    checkFails(UdevCookie::borrow(bad, lab.kernel()), {Errc::invalidArgument, 0, "", {}, "", ""});
  }
}
