// The library: bad input. After each case nothing is left that was not there before (Lab checks
// it).

#include <cerrno>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

namespace {

// Runs DeviceCreate with one row. The error must be as expected, and no device may exist.
void checkCreateFails(Lab& lab, const std::string& name, std::uint64_t length,
                      const std::string& type, const std::string& params,
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

}  // namespace

TEST_CASE("bad name: what the kernel or udev would not take is refused before anything happens") {
  Lab lab;
  struct Case {
    std::string name;
    const char* why;
  };
  for (const Case& bad :
       {Case{std::string(128, 'n'), "127"}, Case{"a/b", "/"}, Case{".", "."}, Case{"..", ".."},
        Case{"control", "control"}, Case{std::string("a\0b", 3), "NUL"}}) {
    CAPTURE(bad.name);
    for (const TaskType type :
         {TaskType::DeviceCreate, TaskType::DeviceRemove, TaskType::DeviceInfo}) {
      checkFails(Task::create(lab.mapper(), type, bad.name),
                 {Errc::invalidName, 0, "", {}, bad.why, ""});
    }
    Task rename = lab.task(TaskType::DeviceRename, lab.name());
    checkFails(rename.setNewName(bad.name), {Errc::invalidName, 0, "", {}, bad.why, ""});
  }
  checkFails(Task::create(lab.mapper(), TaskType::DeviceCreate, ""),
             {Errc::invalidName, 0, "", {}, "", ""});
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
  for (const Case& odd :
       {Case{"a b", "a\\x20b"}, Case{"a\nb", "a\\x0ab"}, Case{"a,b", "a\\x2cb"}}) {
    const std::string name = lab.name(odd.name);
    checkFails(Task::create(lab.mapper(), TaskType::DeviceCreate, name),
               {Errc::invalidName, 0, "", {}, odd.mangled, ""});
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
  const auto refused = [&](std::uint64_t start, std::uint64_t length, std::string_view type,
                           std::string_view params, std::uint32_t row, const char* why) {
    CAPTURE(why);
    checkFails(create.addTarget(Sectors{start}, Sectors{length}, type, params),
               {Errc::invalidTable, 0, name, row, why, ""});
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
  CHECK(create.info().targetCount == 2);  // the valid ones
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("bad table: no rows to load") {
  Lab lab;
  checkFails(lab.task(TaskType::DeviceReload, lab.name()).run(),
             {Errc::invalidTable, 0, lab.name(), {}, "", ""});
}

TEST_CASE("bad table: longer than the data device") {
  Lab lab;
  const Disk disk = lab.world.disk(1 << 20);
  const NothingLeft nothing = lab.nothingMore();
  checkCreateFails(lab, lab.name(), 2049, "linear", disk.path + " 0",
                   {Errc::refusedByKernel, EINVAL, lab.name(), 0, "",
                    "too small for target: start=0, len=2049, dev_size=2048"});
}

TEST_CASE("bad table: a target type that does not exist") {
  Lab lab;
  const std::string name = lab.name();
  const bool canAsk = lab.world.minor() >= 41;
  Expected expected{canAsk ? Errc::unsupported : Errc::refusedByKernel,
                    EINVAL,
                    name,
                    0,
                    canAsk ? "no-such-type" : "",
                    "no-such-type: unknown target type"};
  checkCreateFails(lab, name, 100, "no-such-type", "", expected);
  Task create = lab.task(TaskType::DeviceCreate, name);
  checkGood(create.addTarget(Sectors{0}, Sectors{100}, "zero", ""));
  checkGood(create.addTarget(Sectors{100}, Sectors{100}, "zero", ""));
  checkGood(create.addTarget(Sectors{200}, Sectors{100}, "no-such-type", ""));
  expected.row = 2;
  checkFails(create.run(), expected);
}

TEST_CASE(
    "bad table: the row to blame is told where the kernel's sentence or the count of rows tells "
    "it") {
  Lab lab;
  const std::string name = lab.name();
  Task create = lab.task(TaskType::DeviceCreate, name);
  checkGood(create.addTarget(Sectors{0}, Sectors{100}, "zero", ""));
  checkGood(create.addTarget(Sectors{100}, Sectors{100}, "linear", "/dev/no-such-device 0"));
  checkFails(create.run(),
             {Errc::notFound, missing(lab), name, 1, "", "linear: Device lookup failed"});
  checkCreateFails(lab, name, 100, "zero", "surplus",
                   {Errc::refusedByKernel, EINVAL, name, 0, "", "zero: No arguments required"});
}

TEST_CASE("bad device: paths and numbers in parameters that are no block device") {
  Lab lab;
  const Disk disk = lab.world.disk();
  const std::string file = lab.world.file();
  const NothingLeft nothing = lab.nothingMore();
  const std::string name = lab.name();
  checkCreateFails(lab, name, 100, "thin-pool", "/dev/no-such-meta " + disk.path + " 128 0",
                   {Errc::notFound, missing(lab), name, 0, "",
                    "thin-pool: Error opening metadata block device"});
  checkCreateFails(
      lab, name, 100, "thin-pool", disk.path + " /dev/no-such-data 128 0",
      {Errc::notFound, missing(lab), name, 0, "", "thin-pool: Error getting data device"});
  checkCreateFails(lab, name, 100, "linear", toString(World::nothing) + " 0",
                   {Errc::notFound, ENXIO, name, 0, "", "linear: Device lookup failed"});
  checkCreateFails(
      lab, name, 100, "linear", file + " 0",
      {lab.world.strict() ? Errc::notABlockDevice : Errc::notFound,
       lab.world.strict() ? ENOTBLK : ENODEV, name, 0, "", "linear: Device lookup failed"});
}

TEST_CASE("bad message: empty, with a NUL, to nobody") {
  Lab lab;
  const std::string name = lab.name();
  Task message = lab.task(TaskType::DeviceTargetMsg, name);
  checkFails(message.setMessage(""), {Errc::invalidArgument, 0, name, {}, "", ""});
  checkFails(message.setMessage(std::string_view("a\0b", 3)),
             {Errc::invalidArgument, 0, name, {}, "", ""});
  checkFails(message.run(), {Errc::invalidArgument, 0, name, {}, "", ""});
  lab.make(name);
  checkGood(message.setMessage("hello"));
  checkFails(
      message.run(),
      {Errc::refusedByKernel, EINVAL, name, {}, "", "Target type does not support messages"});
  checkGood(message.setSector(Sectors{100}));
  checkFails(
      message.run(),
      {Errc::refusedByKernel, EINVAL, name, {}, "", "Target message sector outside device."});
  lab.remove(name);
}

TEST_CASE("bad message: a device without a live table has no target to take it") {
  Lab lab;
  const std::string name = lab.name();
  checkGood(lab.task(TaskType::DeviceCreate, name).run());
  Task message = lab.task(TaskType::DeviceTargetMsg, name);
  checkGood(message.setMessage("hello"));
  const auto refused = [&] {
    const auto sent = message.run();
    REQUIRE_FALSE(sent);
    CHECK(sent.error().code == Errc::refusedByKernel);
    CHECK(sent.error().detail == "the device has no table");
    CHECK_FALSE(message.response());
    return sent.error().errnum;
  };
  // Up to 6.1 the ioctl returns 2 and does nothing. That must count neither as success nor as an
  // errno.
  const int errnum = refused();
  CHECK((errnum == EINVAL || errnum == 0));
  if (FakeKernel* const fake = lab.world.fake(); fake != nullptr) {
    CHECK(errnum == (lab.world.minor() >= 50 ? EINVAL : 0));
    fake->setInterfaceVersion({4, 47, 0});
    CHECK(refused() == 0);
  }
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
  for (const TaskType type : {TaskType::DeviceSuspend, TaskType::DeviceReload,
                              TaskType::DeviceClear, TaskType::DeviceRemoveAll}) {
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
  checkFails(lab.task(TaskType::DeviceGetTargetVersion, "no-such-type").run(),
             {Errc::notFound, EINVAL, "no-such-type", {}, "", ""});
}
