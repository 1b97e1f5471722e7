// 4 threads on one context, each of which creates and removes its device again and again. tests/run
// builds it with ThreadSanitizer.
//  threads real ROUNDS   on this machine's kernel
//  threads fake ROUNDS   on FakeKernel with its udevd

#include <devmap/devmap.hpp>
#include <devmap/fake/kernel.hpp>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

using namespace devmap;

namespace {

constexpr int threadCount = 4;
constexpr Timeout patience = std::chrono::seconds{60};
std::atomic<int> failures{0};

void fail(const char* step, const Error& error) {
  if (failures.fetch_add(1) < 10) std::fprintf(stderr, "%s: %s\n", step, error.message().c_str());
}

bool createOne(DeviceMapper& context, const std::string& name) {
  auto task = createTask(context, TaskType::DeviceCreate, name);
  if (!task) return fail("set up", task.error()), false;
  if (auto added = task->addTarget(Sectors{0}, Sectors{8}, "zero", ""); !added)
    return fail("row", added.error()), false;
  UdevCookie cookie;
  if (auto set = task->setCookie(cookie); !set) return fail("cookie", set.error()), false;
  if (auto done = task->run(); !done) return fail("create", done.error()), false;
  if (auto waited = udevWait(cookie, patience); !waited) return fail("wait", waited.error()), false;
  return true;
}

void work(DeviceMapper& context, int number, int rounds) {
  const std::string name = "devmap-thread-" + std::to_string(number);
  for (int round = 0; round < rounds; ++round) {
    if (!createOne(context, name)) return;
    auto rows = getTable(context, name);
    if (!rows) fail("table", rows.error());
    auto task = createTask(context, TaskType::DeviceRemove, name);
    if (!task) return fail("set up", task.error());
    if (auto set = task->retryRemove(patience); !set) fail("retry", set.error());
    UdevCookie cookie;
    if (auto set = task->setCookie(cookie); !set) fail("cookie", set.error());
    if (auto done = task->run(); !done) return fail("remove", done.error());
    if (auto waited = udevWait(cookie, patience); !waited) fail("wait", waited.error());
  }
}

int runAll(DeviceMapper& context, int rounds) {
  std::array<std::thread, threadCount> threads;
  for (int i = 0; i < threadCount; ++i)
    threads[static_cast<std::size_t>(i)] =
        std::thread([&context, i, rounds] { work(context, i, rounds); });
  for (auto& thread : threads) thread.join();
  auto cookies = udevCookies(context.kernel());
  const std::size_t left = cookies ? cookies->size() : 0;
  std::printf("%d threads, %d rounds each, %d failures, %zu cookies left, udev: %s\n", threadCount,
              rounds, failures.load(), left, context.udevState().reason);
  return failures.load() == 0 && left == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  const std::string_view kind = count > 1 ? words[1] : "";
  const int rounds = count > 2 ? std::atoi(words[2]) : 200;
  FakeKernel fake;
  fake.setClock(FakeClock::real);
  fake.setUdev(FakeUdev::deferred);
  if (kind != "real" && kind != "fake") {
    std::fprintf(stderr, "usage: threads real|fake [ROUNDS]\n");
    return 2;
  }
  auto context = kind == "fake" ? DeviceMapper::open(fake) : DeviceMapper::open();
  if (!context) {
    std::fprintf(stderr, "%s\n", context.error().message().c_str());
    return 1;
  }
  return runAll(*context, rounds);
}
