// dmsetup's lines for errors: the wording of errnos, and that every command of the library has its
// word.

#include <doctest/doctest.h>

#include <cerrno>
#include <cstring>
#include <string>

#include <devmap/devmap.hpp>
#include <devmap/fake/kernel.hpp>

#include "dmsetup/errors.hpp"

using namespace devmap;
using namespace tool;

#ifdef __GLIBC__
TEST_CASE("errnos are worded as by glibc") {
  for (int errnum = 1; errnum < 140; ++errnum) {
    const std::string wanted = std::strerror(errnum);  // a copy: its text lives until the next call
    CHECK(dmsetup::errnoText(errnum) == wanted);
  }
}
#endif

TEST_CASE("an errno of the control node is a line of dmsetup's") {
  const Error busy{.code = Errc::busy,
                   .operation = "remove device",
                   .errnum = EBUSY,
                   .device = "a",
                   .detail = "the device is open"};
  const auto line = [&](const Address& asked) {
    return dmsetup::ioctlLine(busy, asked, NameMangling::automatic);
  };
  CHECK(line({"a", {}, {}}) == "device-mapper: remove ioctl on a  failed: Device or resource busy");
  CHECK(line({"a b", {}, {}}) ==
        "device-mapper: remove ioctl on a\\x20b  failed: Device or resource busy");
  CHECK(line({{}, "U", {}}) == "device-mapper: remove ioctl on  U failed: Device or resource busy");
  CHECK(line({{}, {}, DeviceNumber{254, 0}}) ==
        "device-mapper: remove ioctl on  (254:0) failed: Device or resource busy");
  CHECK(line({"a", "U", DeviceNumber{254, 3}}) ==
        "device-mapper: remove ioctl on a U(254:3) failed: Device or resource busy");
}

TEST_CASE(
    "rows that make no table are refused in the kernel's words, other errors without an errno are "
    "not") {
  const Error gap{.code = Errc::invalidTable,
                  .operation = "add row",
                  .device = "a",
                  .row = 1,
                  .detail = "there is a gap"};
  CHECK(dmsetup::ioctlLine(gap, {"a", {}, {}}, NameMangling::none) ==
        "device-mapper: reload ioctl on a  failed: Invalid argument");
  const Error other{.code = Errc::invalidArgument,
                    .operation = "load table",
                    .device = "a",
                    .detail = "no device given"};
  CHECK(dmsetup::ioctlLine(other, {"a", {}, {}}, NameMangling::none).empty());
}

TEST_CASE("each task that names a device which is not there has a word for its command") {
  FakeKernel kernel;
  auto context = DeviceMapper::open(kernel);
  REQUIRE(context);
  for (const TaskType type :
       {TaskType::DeviceReload, TaskType::DeviceRemove, TaskType::DeviceSuspend,
        TaskType::DeviceResume, TaskType::DeviceDeps, TaskType::DeviceRename, TaskType::DeviceTable,
        TaskType::DeviceWaitEvent, TaskType::DeviceClear, TaskType::DeviceTargetMsg,
        TaskType::DeviceSetGeometry}) {
    auto task = createTask(*context, type, "absent");
    REQUIRE(task);
    if (type == TaskType::DeviceReload)
      REQUIRE(task->addTarget(Sectors{0}, Sectors{8}, "zero", ""));
    if (type == TaskType::DeviceRename) REQUIRE(task->setNewName("other"));
    if (type == TaskType::DeviceTargetMsg) REQUIRE(task->setMessage("hello"));
    if (type == TaskType::DeviceSetGeometry) REQUIRE(task->setGeometry({1, 1, 1, Sectors{0}}));
    const auto run = task->run();
    REQUIRE(!run);
    const std::string line =
        dmsetup::ioctlLine(run.error(), {"absent", {}, {}}, NameMangling::none);
    INFO(std::string(run.error().operation));
    CHECK(line.starts_with("device-mapper: "));
    CHECK(line.ends_with(" ioctl on absent  failed: No such device or address"));
  }
}
