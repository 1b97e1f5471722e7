// A fake kernel behind the C interface, and the lines that the library logs.
#pragma once

#include <cstdarg>
#include <cstdio>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <libdevmapper.h>

#include <devmap/fake/kernel.hpp>

#include "process.hpp"

namespace libdmtest {

/// Errors and warnings since the last Lab was made.
inline std::vector<std::string> lines;

inline void collect(int level, const char* /*file*/, int /*line*/, int /*errnum*/,
                    const char* format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if ((level & 0x0f) <= 4) lines.emplace_back(text);
}

class Lab {
 public:
  explicit Lab(devmap::FakeUdev udev = devmap::FakeUdev::immediate) {
    kernel.setUdev(udev);
    devmap::libdm::replaceKernel(kernel);
    dm_log_with_errno_init(collect);
    lines.clear();
  }
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;
  ~Lab() {
    dm_log_with_errno_init(nullptr);
    dm_udev_set_sync_support(1);
    devmap::libdm::replaceKernel(devmap::systemKernel());
  }

  devmap::FakeKernel kernel;
};

/// A task that its destructor destroys.
class CTask {
 public:
  explicit CTask(int type, const char* name = nullptr) : task_(dm_task_create(type)) {
    if (name != nullptr) CHECK(dm_task_set_name(task_, name) == 1);
  }
  CTask(const CTask&) = delete;
  CTask& operator=(const CTask&) = delete;
  ~CTask() { dm_task_destroy(task_); }
  operator dm_task*() const { return task_; }  // NOLINT(google-explicit-constructor)

 private:
  dm_task* task_;
};

/// Makes a device with one row, and waits for udev. 1 or 0.
inline int make(const char* name, const char* uuid = nullptr, const char* type = "zero",
                const char* params = "", std::uint64_t length = 8) {
  const CTask task(DM_DEVICE_CREATE, name);
  std::uint32_t cookie = 0;
  if (uuid != nullptr) CHECK(dm_task_set_uuid(task, uuid) == 1);
  CHECK(dm_task_add_target(task, 0, length, type, params) == 1);
  CHECK(dm_task_set_cookie(task, &cookie, 0) == 1);
  const int done = dm_task_run(task);
  CHECK(dm_udev_wait(cookie) == 1);
  return done;
}

inline int removeDevice(const char* name) {
  const CTask task(DM_DEVICE_REMOVE, name);
  std::uint32_t cookie = 0;
  CHECK(dm_task_set_cookie(task, &cookie, 0) == 1);
  const int done = dm_task_run(task);
  CHECK(dm_udev_wait(cookie) == 1);
  return done;
}

}  // namespace libdmtest
