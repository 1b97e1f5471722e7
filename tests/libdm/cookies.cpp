// Cookies of the C interface, in every setup of udev.

#include "lab.hpp"

using namespace libdmtest;
using devmap::FakeUdev;

TEST_CASE("libdm cookie: made, shared by tasks, waited for once") {
  Lab lab(FakeUdev::deferred);
  std::uint32_t cookie = 0;
  for (const char* const name : {"one", "two"}) {
    CTask task(DM_DEVICE_CREATE, name);
    dm_task_add_target(task, 0, 8, "zero", "");
    CHECK(dm_task_set_cookie(task, &cookie, 0) == 1);
    CHECK(dm_task_run(task) == 1);
  }
  CHECK((cookie >> 16) == DM_COOKIE_MAGIC);
  CHECK(lab.kernel.usage().semaphores == 1);
  CHECK(dm_udev_wait(cookie) == 1);
  CHECK(lab.kernel.usage().semaphores == 0);
  CHECK(dm_udev_wait(cookie) == 0);
  REQUIRE_FALSE(lines.empty());
  CHECK(lines.back().starts_with("Could not find notification semaphore identified by cookie"));
  CHECK(lab.kernel.list("/dev/mapper").size() == 3);
}

TEST_CASE("libdm cookie: on a task without an event, or one that fails, nothing is waited for") {
  Lab lab(FakeUdev::deferred);
  REQUIRE(make("one") == 1);
  std::uint32_t cookie = 0;
  CTask reload(DM_DEVICE_RELOAD, "one");
  dm_task_add_target(reload, 0, 16, "zero", "");
  CHECK(dm_task_set_cookie(reload, &cookie, 0) == 1);
  CHECK(dm_task_run(reload) == 1);
  CTask fails(DM_DEVICE_REMOVE, "none");
  CHECK(dm_task_set_cookie(fails, &cookie, 0) == 1);
  CHECK(dm_task_run(fails) == 0);
  CHECK(dm_udev_wait(cookie) == 1);
  CHECK(lab.kernel.usage().semaphores == 0);
}

namespace {

std::uint32_t cookieInLog = 0;

/// A program whose log uses the cookie of the task that failed.
void useCookie(int level, const char* /*file*/, int /*line*/, int /*errnum*/,
               const char* /*format*/, ...) {
  if (level > 3 || cookieInLog == 0) return;
  std::uint32_t cookie = cookieInLog;
  cookieInLog = 0;
  CTask task(DM_DEVICE_REMOVE, "one");
  CHECK(dm_task_set_cookie(task, &cookie, 0) == 1);
  CHECK(dm_task_run(task) == 1);
  CHECK(dm_udev_wait(cookie) == 1);
}

}  // namespace

TEST_CASE("libdm cookie: the log of a task that failed may use its cookie") {
  Lab lab(FakeUdev::immediate);
  REQUIRE(make("one") == 1);
  std::uint32_t cookie = 0;
  CTask task(DM_DEVICE_REMOVE, "none");
  REQUIRE(dm_task_set_cookie(task, &cookie, 0) == 1);
  dm_log_with_errno_init(useCookie);
  cookieInLog = cookie;
  CHECK(dm_task_run(task) == 0);
  CHECK(cookieInLog == 0);
  CHECK(lab.kernel.devices().empty());
  CHECK(lab.kernel.usage().semaphores == 0);
}

TEST_CASE("libdm cookie: wrong ones are refused") {
  Lab lab;
  CHECK(dm_udev_wait(0) == 1);
  CHECK(dm_udev_wait(0x12340001) == 0);
  CHECK(dm_udev_wait(0x0d4d0001) == 0);
  CHECK(dm_udev_complete(0x0d4d0001) == 0);
  CTask task(DM_DEVICE_REMOVE, "one");
  std::uint32_t gone = 0x0d4d0001, odd = 0x12340001;
  CHECK(dm_task_set_cookie(task, &gone, 0) == 0);
  CHECK(dm_task_set_cookie(task, &odd, 0) == 0);
  int ready = 7;
  CHECK(dm_udev_wait_immediate(0, &ready) == 1);
  CHECK(ready == 1);
  std::uint32_t made = 0;
  REQUIRE(dm_udev_create_cookie(&made) == 1);
  CHECK(dm_udev_wait_immediate(made, &ready) == 1);
  CHECK(ready == 1);
  CHECK(lab.kernel.usage().semaphores == 0);
}

TEST_CASE("libdm cookie: without one the node is there when the run returns") {
  for (const FakeUdev udev : {FakeUdev::off, FakeUdev::immediate, FakeUdev::deferred}) {
    Lab lab(udev);
    CTask create(DM_DEVICE_CREATE, "one");
    dm_task_add_target(create, 0, 8, "zero", "");
    REQUIRE(dm_task_run(create) == 1);
    CHECK(lab.kernel.list("/dev/mapper").size() == 2);
    lab.kernel.runUdev();
    CTask remove(DM_DEVICE_REMOVE, "one");
    REQUIRE(dm_task_run(remove) == 1);
    CHECK(lab.kernel.list("/dev/mapper").size() == 1);
  }
}

TEST_CASE("libdm cookie: where there are no semaphores a token stands for the nodes") {
  Lab lab(FakeUdev::deferred);
  lab.kernel.setSemaphoreLimit(0);
  CHECK(dm_udev_get_sync_support() == 1);
  std::uint32_t cookie = 0;
  CTask create(DM_DEVICE_CREATE, "one");
  dm_task_add_target(create, 0, 8, "zero", "");
  CHECK(dm_task_set_cookie(create, &cookie, 0) == 1);
  CHECK((cookie >> 16) == DM_COOKIE_MAGIC);
  REQUIRE(dm_task_run(create) == 1);
  CHECK(dm_udev_wait(cookie) == 1);
  CHECK(lab.kernel.list("/dev/mapper").size() == 2);
}

TEST_CASE("libdm cookie: a program that does not wish to be synchronised gets none") {
  Lab lab(FakeUdev::deferred);
  dm_udev_set_sync_support(0);
  CHECK(dm_udev_get_sync_support() == 0);
  std::uint32_t cookie = 7;
  CTask create(DM_DEVICE_CREATE, "one");
  dm_task_add_target(create, 0, 8, "zero", "");
  CHECK(dm_task_set_cookie(create, &cookie, 0) == 1);
  CHECK(cookie == 0);
  REQUIRE(dm_task_run(create) == 1);
  CHECK(lab.kernel.list("/dev/mapper").size() == 2);
}

TEST_CASE("libdm cookie: udevd that does not answer costs the deadline, and the node is right") {
  Lab lab(FakeUdev::deferred);
  lab.kernel.setUdevCompletes(false);
  CHECK(make("one") == 1);
  CHECK(lab.kernel.usage().semaphores == 0);
  CHECK(lab.kernel.list("/dev/mapper").size() == 2);
}
