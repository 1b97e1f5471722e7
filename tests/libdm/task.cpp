// Tasks of the C interface. What libdevmapper does was seen with 1.02.185 and 1.02.214 on
// Linux 6.1.

#include <cerrno>
#include <cstring>

#include "lab.hpp"

using namespace libdmtest;
using devmap::FakeUdev;

namespace {

void callBack(int /*level*/, const char* /*file*/, int /*line*/, int /*errnum*/,
              const char* /*format*/, ...) {
  dm_task* const task = dm_task_create(DM_DEVICE_VERSION);
  CHECK(dm_task_run(task) == 1);
  dm_task_destroy(task);
}

}  // namespace

TEST_CASE("libdm task: create, look, remove; nothing is left") {
  Lab lab;
  REQUIRE(make("one", "UUID-1") == 1);
  CHECK(lab.kernel.list("/dev/mapper").size() == 2);  // with control
  CTask info(DM_DEVICE_INFO, "one");
  REQUIRE(dm_task_run(info) == 1);
  dm_info state;
  REQUIRE(dm_task_get_info(info, &state) == 1);
  CHECK(state.exists == 1);
  CHECK(state.live_table == 1);
  CHECK(state.target_count == 1);
  CHECK(std::string(dm_task_get_name(info)) == "one");
  CHECK(std::string(dm_task_get_uuid(info)) == "UUID-1");
  REQUIRE(removeDevice("one") == 1);
  const devmap::FakeUsage usage = lab.kernel.usage();
  CHECK(usage.devices == 0);
  CHECK(usage.semaphores == 0);
  CHECK(lines.empty());
}

TEST_CASE("libdm task: a missing device is an answer to info and status, and an error else") {
  Lab lab;
  for (const int type : {DM_DEVICE_INFO, DM_DEVICE_STATUS}) {
    CTask task(type, "none");
    REQUIRE(dm_task_run(task) == 1);
    dm_info state;
    std::memset(&state, 0x55, sizeof state);
    REQUIRE(dm_task_get_info(task, &state) == 1);
    CHECK(state.exists == 0);
    CHECK(dm_task_get_errno(task) == ENXIO);
    CHECK(std::string(dm_task_get_name(task)) == "none");
    CHECK(std::string(dm_task_get_uuid(task)).empty());
  }
  CHECK(lines.empty());
  CTask table(DM_DEVICE_TABLE, "none");
  errno = 0;
  CHECK(dm_task_run(table) == 0);
  CHECK(errno == ENXIO);
  CHECK(dm_task_get_errno(table) == ENXIO);
  dm_info state;
  CHECK(dm_task_get_info(table, &state) == 0);
  CHECK(dm_task_get_name(table) == nullptr);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == "device-mapper: table ioctl on none  failed: No such device or address");
}

TEST_CASE("libdm task: the step of a create that failed, its errno, and nothing left") {
  Lab lab;
  CHECK(make("bad", nullptr, "linear", "nonsense") == 0);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == "device-mapper: reload ioctl on bad (253:0) failed: Invalid argument");
  lines.clear();
  REQUIRE(make("one", "UUID-1") == 1);
  CHECK(make("one", "UUID-2") == 0);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == "device-mapper: create ioctl on one UUID-2 failed: Device or resource busy");
  CHECK(lab.kernel.devices() == std::vector<std::string>{"one"});
  CHECK(lab.kernel.usage().semaphores == 0);
}

TEST_CASE("libdm task: rows with a gap are refused at the run, and no shorter device is made") {
  Lab lab;
  CTask task(DM_DEVICE_CREATE, "gap");
  CHECK(dm_task_add_target(task, 0, 8, "zero", "") == 1);
  CHECK(dm_task_add_target(task, 16, 8, "zero", "") == 1);
  errno = 0;
  CHECK(dm_task_run(task) == 0);
  CHECK(errno == EINVAL);
  CHECK(lab.kernel.devices().empty());
  CHECK(dm_task_add_target(task, 24, 8, "sixteenbytesname", "") == 0);
}

TEST_CASE("libdm task: settings that do not belong to the type are accepted and ignored") {
  Lab lab;
  REQUIRE(make("one") == 1);
  CTask info(DM_DEVICE_INFO, "one");
  CHECK(dm_task_set_ro(info) == 1);
  CHECK(dm_task_skip_lockfs(info) == 1);
  CHECK(dm_task_retry_remove(info) == 1);
  CHECK(dm_task_deferred_remove(info) == 1);
  CHECK(dm_task_set_message(info, "hello") == 1);
  CHECK(dm_task_set_newname(info, "two") == 1);
  CHECK(dm_task_set_geometry(info, "a", "b", "c", "d") == 1);
  CHECK(dm_task_set_event_nr(info, 7) == 1);
  CHECK(dm_task_add_target(info, 0, 8, "zero", "") == 1);
  CHECK(dm_task_run(info) == 1);
  CTask geometry(DM_DEVICE_SET_GEOMETRY, "one");
  CHECK(dm_task_set_geometry(geometry, "a", "b", "c", "d") == 1);
  errno = 0;
  CHECK(dm_task_run(geometry) == 0);
  CHECK(errno == EINVAL);
}

TEST_CASE("libdm task: names in the layout of the kernel") {
  Lab lab;
  CTask none(DM_DEVICE_LIST);
  REQUIRE(dm_task_run(none) == 1);
  REQUIRE(dm_task_get_names(none) != nullptr);
  CHECK(dm_task_get_names(none)->dev == 0);
  REQUIRE(make("a") == 1);
  REQUIRE(make("longer", "UUID-2") == 1);
  CTask list(DM_DEVICE_LIST);
  REQUIRE(dm_task_run(list) == 1);
  const dm_names* first = dm_task_get_names(list);
  CHECK(std::string(first->name) == "a");
  REQUIRE(first->next != 0);
  CHECK((first->next % 8) == 0);
  const auto* const second =
      reinterpret_cast<const dm_names*>(reinterpret_cast<const char*>(first) + first->next);
  CHECK(std::string(second->name) == "longer");
  CHECK(second->next == 0);
  // What multipathd reads: event number and flags, then the uuid.
  const char* end = second->name + std::strlen(second->name) + 1;
  end += (8 - reinterpret_cast<std::uintptr_t>(end) % 8) % 8;
  std::uint32_t words[2];
  std::memcpy(words, end, sizeof words);
  CHECK(words[0] == 0);
  CHECK(words[1] == 1);
  CHECK(std::string(end + 8) == "UUID-2");
  dm_info state;
  REQUIRE(dm_task_get_info(list, &state) == 1);
  CHECK(state.exists == 1);
}

TEST_CASE("libdm task: rows of a table, and of the task itself") {
  Lab lab;
  CTask task(DM_DEVICE_CREATE, "two");
  dm_task_add_target(task, 0, 8, "zero", "");
  dm_task_add_target(task, 8, 16, "error", "");
  std::uint64_t start = 7, length = 7;
  char *type = nullptr, *params = nullptr;
  void* next = dm_get_next_target(task, nullptr, &start, &length, &type, &params);
  CHECK(next != nullptr);
  CHECK(length == 8);
  REQUIRE(dm_task_run(task) == 1);
  CTask table(DM_DEVICE_TABLE, "two");
  REQUIRE(dm_task_run(table) == 1);
  next = dm_get_next_target(table, nullptr, &start, &length, &type, &params);
  REQUIRE(next != nullptr);
  CHECK(std::string(type) == "zero");
  next = dm_get_next_target(table, next, &start, &length, &type, &params);
  CHECK(next == nullptr);
  CHECK(start == 8);
  CHECK(length == 16);
  CHECK(std::string(type) == "error");
  type[0] = 'E';  // programs write into the text
  CTask info(DM_DEVICE_INFO, "two");
  REQUIRE(dm_task_run(info) == 1);
  CHECK(dm_get_next_target(info, nullptr, &start, &length, &type, &params) == nullptr);
  CHECK(type == nullptr);
  CHECK(length == 0);
}

TEST_CASE("libdm task: names are mangled as the process wishes") {
  Lab lab;
  REQUIRE(make("a b") == 1);
  CHECK(lab.kernel.devices() == std::vector<std::string>{"a\\x20b"});
  CTask info(DM_DEVICE_INFO, "a\\x20b");
  REQUIRE(dm_task_run(info) == 1);
  CHECK(std::string(dm_task_get_name(info)) == "a b");
  char* const mangled = dm_task_get_name_mangled(info);
  CHECK(std::string(mangled) == "a\\x20b");
  std::free(mangled);
  CHECK(dm_task_set_name(info, "a\\x20b c") == 0);
  CHECK(dm_task_run(info) == 1);  // no name now: nothing exists
  CHECK(dm_task_get_errno(info) == ENXIO);
  CHECK(dm_set_name_mangling_mode(DM_STRING_MANGLING_NONE) == 1);
  CTask plain(DM_DEVICE_INFO, "a b");
  REQUIRE(dm_task_run(plain) == 1);
  CHECK(dm_task_get_errno(plain) == ENXIO);
  CHECK(dm_set_name_mangling_mode(DM_STRING_MANGLING_AUTO) == 1);
}

TEST_CASE("libdm task: bad input ends in an error, and never in a crash") {
  Lab lab;
  CHECK(dm_task_run(nullptr) == 0);
  CHECK(errno == EINVAL);
  dm_task_destroy(nullptr);
  CHECK(dm_task_set_name(nullptr, "x") == 0);
  CHECK(dm_task_get_name(nullptr) == nullptr);
  CHECK(dm_task_get_names(nullptr) == nullptr);
  CHECK(dm_get_next_target(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr) == nullptr);
  CTask info(DM_DEVICE_INFO);
  CHECK(dm_task_set_name(info, nullptr) == 0);
  CHECK(dm_task_set_name(info, std::string(128, 'n').c_str()) == 0);
  CHECK(dm_task_set_name(info, std::string(127, 'n').c_str()) == 1);
  CHECK(dm_task_set_uuid(info, std::string(129, 'u').c_str()) == 0);
  CHECK(dm_task_set_newname(info, "") == 0);
  CHECK(dm_task_set_newname(info, "a/b") == 0);
  CHECK(dm_task_add_target(info, 0, 8, nullptr, "") == 0);
  CHECK(dm_task_set_cookie(info, nullptr, 0) == 0);
  CTask create(DM_DEVICE_CREATE);
  CHECK(dm_task_set_name(create, "a/b") == 0);
  lines.clear();
  CTask odd(99);
  errno = EIO;
  CHECK(dm_task_run(odd) == 0);
  CHECK(errno == 0);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == "Internal error: unknown device-mapper task 99");
  char small[4];
  CHECK(dm_get_library_version(small, sizeof small) == 0);
  CHECK(dm_task_get_driver_version(odd, small, 0) == 0);
}

TEST_CASE("libdm task: two ways to name a device are refused") {
  Lab lab;
  REQUIRE(make("one", "UUID-1") == 1);
  CTask info(DM_DEVICE_INFO, "one");
  CHECK(dm_task_set_uuid(info, "UUID-1") == 1);
  errno = 0;
  CHECK(dm_task_run(info) == 0);
  CHECK(errno == EINVAL);
  CTask resume(DM_DEVICE_RESUME, "other");  // the number counts
  CHECK(dm_task_set_major(resume, 253) == 1);
  CHECK(dm_task_set_minor(resume, 0) == 1);
  CHECK(dm_task_run(resume) == 1);
  CTask fallback(DM_DEVICE_INFO);
  CHECK(dm_task_set_major_minor(fallback, 3, 0, 1) == 1);
  REQUIRE(dm_task_run(fallback) == 1);
  CHECK(std::string(dm_task_get_name(fallback)) == "one");
}

TEST_CASE("libdm task: an identical reload is not sent") {
  Lab lab;
  REQUIRE(make("one") == 1);
  const std::size_t loads = lab.kernel.calls(devmap::DmCommand::tableLoad);
  CTask same(DM_DEVICE_RELOAD, "one");
  dm_task_add_target(same, 0, 8, "zero", "");
  dm_task_suppress_identical_reload(same);
  CHECK(dm_task_run(same) == 1);
  CHECK(lab.kernel.calls(devmap::DmCommand::tableLoad) == loads);
  CTask other(DM_DEVICE_RELOAD, "one");
  dm_task_add_target(other, 0, 16, "zero", "");
  dm_task_suppress_identical_reload(other);
  CHECK(dm_task_run(other) == 1);
  CHECK(lab.kernel.calls(devmap::DmCommand::tableLoad) == loads + 1);
}

TEST_CASE("libdm task: a wait that a signal ends fails without an error line") {
  Lab lab;
  REQUIRE(make("one") == 1);
  lab.kernel.failIoctl(devmap::DmCommand::wait, EINTR);
  CTask wait(DM_DEVICE_WAITEVENT, "one");
  errno = 0;
  CHECK(dm_task_run(wait) == 0);
  CHECK(errno == EINTR);
  CHECK(dm_task_get_errno(wait) == EINTR);
  CHECK(lines.empty());
}

TEST_CASE("libdm task: a log callback may call the library back") {
  Lab lab;
  dm_log_with_errno_init(callBack);
  CTask table(DM_DEVICE_TABLE, "none");
  CHECK(dm_task_run(table) == 0);
}

namespace {

int calls = 0;

/// A program whose log asks the library while it cannot be opened.
void askOnce(int level, const char* /*file*/, int /*line*/, int /*errnum*/, const char* /*format*/,
             ...) {
  if (level > 3 || ++calls > 1) return;
  CHECK(dm_task_create(DM_DEVICE_VERSION) == nullptr);
  CHECK(dm_udev_get_sync_support() == 0);
}

}  // namespace

TEST_CASE("libdm task: the log may call in while the control node cannot be opened") {
  Lab lab;
  lab.kernel.setDeviceMapperPresent(false);
  dm_log_with_errno_init(askOnce);
  calls = 0;
  errno = 0;
  CHECK(dm_task_create(DM_DEVICE_INFO) == nullptr);
  CHECK(errno != 0);
  CHECK(calls > 1);
}

TEST_CASE("libdm task: an identical table that becomes read-only is loaded") {
  Lab lab;
  REQUIRE(make("one") == 1);
  const std::size_t loads = lab.kernel.calls(devmap::DmCommand::tableLoad);
  CTask reload(DM_DEVICE_RELOAD, "one");
  dm_task_add_target(reload, 0, 8, "zero", "");
  dm_task_set_ro(reload);
  dm_task_suppress_identical_reload(reload);
  REQUIRE(dm_task_run(reload) == 1);
  CHECK(lab.kernel.calls(devmap::DmCommand::tableLoad) == loads + 1);
  std::uint64_t start = 0, length = 0;
  char *type = nullptr, *params = nullptr;
  CHECK(dm_get_next_target(reload, nullptr, &start, &length, &type, &params) == nullptr);
}

TEST_CASE("libdm task: secret rows and messages are sent as given, also a second time") {
  Lab lab;
  CTask create(DM_DEVICE_CREATE, "one");
  dm_task_secure_data(create);
  dm_task_add_target(create, 0, 8, "zero", "");
  REQUIRE(dm_task_run(create) == 1);
  const std::string key(64, 'a');
  lab.kernel.addTargetType("crypt-like", {1, 0, 0});
  CTask load(DM_DEVICE_RELOAD, "one");
  dm_task_secure_data(load);
  dm_task_add_target(load, 0, 8, "crypt-like", ("aes " + key + " 0 8:0 0").c_str());
  for (int time = 0; time < 2; ++time) {
    REQUIRE(dm_task_run(load) == 1);
    CTask table(DM_DEVICE_TABLE, "one");
    dm_task_secure_data(table);
    dm_task_query_inactive_table(table);
    REQUIRE(dm_task_run(table) == 1);
    char* params = nullptr;
    std::uint64_t start = 0, length = 0;
    char* type = nullptr;
    dm_get_next_target(table, nullptr, &start, &length, &type, &params);
    REQUIRE(params != nullptr);
    CHECK(std::string(params) == "aes " + key + " 0 8:0 0");
  }
  CTask message(DM_DEVICE_TARGET_MSG, "one");
  dm_task_secure_data(message);
  lab.kernel.answerMessage("second", "");
  CHECK(dm_task_set_message(message, "first") == 1);
  CHECK(dm_task_set_message(message, "second") == 1);
  CHECK(dm_task_run(message) == 1);
  CHECK(lab.kernel.messages() == std::vector<std::string>{"one: second"});
}
