// Threads that use the C interface at the same time. tests/run builds this with ThreadSanitizer
// too.

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "lab.hpp"

using namespace libdmtest;

namespace {

constexpr int threadCount = 4;
constexpr int rounds = 40;

void quiet(int /*level*/, const char* /*file*/, int /*line*/, int /*errnum*/,
           const char* /*format*/, ...) {}
void quietAsOfOld(int /*level*/, const char* /*file*/, int /*line*/, const char* /*format*/, ...) {}

/// Each round creates, reads and removes a device, and fails once. Returns how many rounds went
/// wrong.
int work(const std::string& name) {
  int wrong = 0;
  for (int round = 0; round < rounds; ++round) {
    bool good = make(name.c_str()) == 1;
    const CTask status(DM_DEVICE_STATUS, name.c_str());
    good = dm_task_run(status) == 1 && good;
    const CTask fails(DM_DEVICE_TABLE, "none");
    good = dm_task_run(fails) == 0 && good;
    good = removeDevice(name.c_str()) == 1 && good;
    if (!good) ++wrong;
  }
  return wrong;
}

}  // namespace

TEST_CASE("libdm threads: each with its own device, while one changes what the process wishes") {
  Lab lab(devmap::FakeUdev::deferred);
  lab.kernel.setClock(devmap::FakeClock::real);
  dm_log_with_errno_init(quiet);
  std::atomic<int> wrong{0}, running{threadCount};
  std::vector<std::thread> threads;
  for (int i = 0; i < threadCount; ++i)
    threads.emplace_back([&wrong, &running, i] {
      wrong += work("thread" + std::to_string(i));
      --running;
    });
  for (int round = 0; running > 0; ++round) {
    dm_udev_set_sync_support(round % 2);
    CHECK(dm_udev_get_sync_support() == round % 2);
    dm_log_init(quietAsOfOld);
    CHECK(dm_log_is_non_default() == 1);
    dm_log_with_errno_init(quiet);
    dm_lib_release();
    CHECK(dm_cookie_supported() == 1);
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(lab.kernel.devices().empty());
  CHECK(lab.kernel.usage().semaphores == 0);
}
