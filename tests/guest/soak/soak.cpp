// All operations at once for a long time, in one process, while tests/guest/soak/run disturbs
// udevd, semaphores and other processes.
//  soak SECONDS POOL      POOL: the name of an existing thin pool
//
// Four threads each own a few names and know what state their devices must be in. A fifth makes and
// deletes volumes of the pool, and a sixth reads events. Devices are named devmap-soak-*. Prints
// what was done and how it ended. Exit status 0: nothing was wrong and nothing grew.

#include <devmap/devmap.hpp>
#include <devmap/graph_driver.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace devmap;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr Timeout patience = 2s;  // udevd is stopped for up to three

// What was done, by operation and outcome; and what was wrong.
class Ledger {
 public:
  void count(std::string_view operation, std::string_view outcome) {
    const std::lock_guard hold(lock_);
    ++counts_[std::string(operation) + ", " + std::string(outcome)];
    ++total_;
  }
  void wrong(std::string_view operation, std::string_view what) {
    const std::lock_guard hold(lock_);
    if (++wrong_ <= 20)
      std::printf("wrong: %.*s: %.*s\n", int(operation.size()), operation.data(), int(what.size()),
                  what.data());
  }
  [[nodiscard]] unsigned long total() {
    const std::lock_guard hold(lock_);
    return total_;
  }
  unsigned long print() {
    const std::lock_guard hold(lock_);
    for (const auto& [what, times] : counts_) std::printf("%8lu %s\n", times, what.c_str());
    std::printf("%8lu operations, %lu wrong\n", total_, wrong_);
    return wrong_;
  }

 private:
  std::mutex lock_;
  std::map<std::string, unsigned long> counts_;
  unsigned long total_ = 0, wrong_ = 0;
};

Ledger ledger;
std::atomic<bool> over{false};

// What disturbance from outside explains: udev did not answer in time, or there were no semaphores.
// Such an operation may be done or not.
bool troubled(const Error& error) {
  return error.code == Errc::timedOut || error.code == Errc::noSpace;
}

template <typename T>
bool note(std::string_view operation, const Result<T>& result) {
  if (result) return ledger.count(operation, "done"), true;
  if (troubled(result.error()))
    ledger.count(operation, result.error().code == Errc::timedOut ? "udev late" : "no semaphores");
  else
    ledger.wrong(operation, result.error().message());
  return false;
}

template <typename T>
void refused(std::string_view operation, const Result<T>& result, Errc expected) {
  if (result)
    ledger.wrong(operation, "it succeeded");
  else if (result.error().code != expected && !troubled(result.error()))
    ledger.wrong(operation, result.error().message());
  else
    ledger.count(operation, "refused");
}

// The state of an existing device.
std::optional<DeviceInfo> present(DeviceMapper& context, const std::string& name) {
  auto state = info(context, name);
  if (!state) ledger.wrong("info", state.error().message());
  if (!state || !state->exists) return {};
  return *std::move(state);
}

// One thread with one device, which has one of two names or does not exist.
class Owner {
 public:
  Owner(DeviceMapper& context, int number)
      : context_(context),
        random_(static_cast<unsigned>(number)),
        names_{"devmap-soak-" + std::to_string(number) + "a",
               "devmap-soak-" + std::to_string(number) + "b"} {}

  void run() {
    while (!over) {
      step();
      check();
    }
    end();
  }

 private:
  [[nodiscard]] unsigned any(unsigned below) { return static_cast<unsigned>(random_()) % below; }
  [[nodiscard]] const std::string& name() const { return names_[which_]; }
  [[nodiscard]] static Waiting waiting() { return {.timeout = patience}; }

  std::vector<Row> rows() {
    std::vector<Row> rows;
    std::uint64_t start = 0;
    for (unsigned i = 0, count = 1 + any(4); i < count; ++i) {
      const std::uint64_t length = 8 * (1 + any(16));
      rows.push_back({Sectors{start}, Sectors{length}, any(2) != 0 ? "zero" : "error", ""});
      start += length;
    }
    return rows;
  }

  void step() {
    if (!there_) return make();
    switch (any(10)) {
      case 0:
        return refused("create, name taken",
                       create(context_, name(), rows(), {.waiting = waiting()}),
                       Errc::alreadyExists);
      case 1: return swap();
      case 2: return pause();
      case 3: return move();
      case 4: return hold();
      case 5: return look();
      case 6:
        return refused(
            "load, wrong row",
            load(context_, name(), std::vector<Row>{{Sectors{0}, Sectors{8}, "linear", "0:0 0"}}),
            Errc::notFound);
      case 7:
        return refused("rename, name taken", rename(context_, name(), name(), waiting()),
                       Errc::alreadyExists);
      default: return drop();
    }
  }

  void make() {
    if (any(6) == 0) {
      const std::vector<Row> wrong{{Sectors{0}, Sectors{8}, "zero", ""},
                                   {Sectors{8}, Sectors{8}, "linear", "0:0 0"}};
      return refused("create, wrong row", create(context_, name(), wrong, {.waiting = waiting()}),
                     Errc::notFound);
    }
    const std::vector<Row> table = rows();
    if (any(2) == 0) {
      there_ = settled("create", create(context_, name(), table, {.waiting = waiting()}));
      return;
    }
    UdevCookie cookie;
    there_ = settled("create, own cookie",
                     create(context_, name(), table, {.waiting = {.cookie = &cookie}}));
    if (cookie.value() != 0) note("wait", udevWait(cookie, patience));
  }
  // Whether it was done. If udev or the semaphores were disturbed, the kernel is asked.
  template <typename T>
  bool settled(std::string_view operation, const Result<T>& result) {
    return note(operation, result) || present(context_, name()).has_value();
  }

  void swap() {
    note("reload", reload(context_, name(), rows(), {.resume = {.waiting = waiting()}}));
  }
  void pause() {
    auto guard = suspend(context_, name(), {.waiting = waiting()});
    if (!note("suspend", guard)) return;
    const auto state = present(context_, name());
    if (state && !state->suspended) ledger.wrong("suspend", "the device is not suspended");
    note("resume", guard->resume());
  }
  void move() {
    const unsigned other = 1 - which_;
    const auto moved = rename(context_, name(), names_[other], waiting());
    if (note("rename", moved) || present(context_, names_[other])) which_ = other;
  }
  void hold() {
    const int fd = ::open(("/dev/mapper/" + name()).c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return ledger.count("open", "no node yet");
    refused("remove, held", remove(context_, name(), {.waiting = {.timeout = 100ms}}), Errc::busy);
    const auto later = remove(context_, name(), {.deferred = true, .waiting = waiting()});
    if (note("remove, deferred", later)) note("remove, cancelled", cancelRemove(context_, name()));
    ::close(fd);
    // A removal that was answered late may still be deferred: cancelled, or done on last close.
    if (!later) {
      (void)cancelRemove(context_, name());
      there_ = present(context_, name()).has_value();
    }
  }
  void look() {
    note("info", info(context_, name()));
    note("table", table(context_, name()));
    note("status", status(context_, name()));
    note("list", list(context_));
    note("cookies", udevCookies());
  }
  void drop() {
    const auto gone = remove(context_, name(), {.retryBusy = true, .waiting = {.timeout = 10s}});
    there_ = !note("remove", gone) && present(context_, name()).has_value();
  }

  // Checks that the device is as the model says.
  void check() {
    const auto state = present(context_, name());
    if (there_ != state.has_value())
      return ledger.wrong("check", name() + (there_ ? " is gone" : " is there"));
    if (const auto stray = present(context_, names_[1 - which_]))
      ledger.wrong("check", names_[1 - which_] + " is there");
    if (!there_) return;
    if (state->suspended) ledger.wrong("check", name() + " is suspended");
    if (!state->liveTable) ledger.wrong("check", name() + " has no table");
    if (state->inactiveTable) ledger.wrong("check", name() + " has an inactive table");
  }
  void end() {
    if (!there_) return;
    if (auto gone = remove(context_, name(), {.retryBusy = true, .waiting = {.timeout = 60s}});
        !gone && present(context_, name()))
      ledger.wrong("remove at the end", gone.error().message());
  }

  DeviceMapper& context_;
  std::minstd_rand random_;
  std::array<std::string, 2> names_;
  unsigned which_ = 0;
  bool there_ = false;
};

// Volumes of a pool: made, snapshotted while active, written, deleted.
void volumes(DeviceMapper& context, const std::string& pool) {
  constexpr Sectors size{2048};
  const std::string origin = "devmap-soak-origin";
  constexpr ThinId first = 1, second = 2;
  while (!over) {
    if (!note("volume", createDevice(context, pool, first))) continue;
    const auto active = activateDevice(context, pool, origin, first, size);
    note("volume, active", active);
    if (present(context, origin)) {
      const int fd = ::open(("/dev/mapper/" + origin).c_str(), O_WRONLY | O_CLOEXEC | O_DSYNC);
      std::array<char, 4096> block{};
      if (fd >= 0) {
        if (::write(fd, block.data(), block.size()) != static_cast<ssize_t>(block.size()))
          ledger.wrong("write", "it failed");
        ::close(fd);
      }
      const auto snap = createSnapDevice(context, pool, second, origin, first);
      if (note("snapshot", snap) ||
          troubled(snap.error())) {  // only the origin's resume is late: the snapshot is made
        note("snapshot, deleted", deleteDevice(context, pool, second));
      }
      if (const auto state = present(context, origin); state && state->suspended)
        ledger.wrong("snapshot", "the origin is suspended");
      const auto gone = remove(context, origin, {.retryBusy = true, .waiting = {.timeout = 30s}});
      note("volume, inactive", gone);
      for (int i = 0; i < 30 && present(context, origin); ++i)
        (void)remove(context, origin, {.retryBusy = true, .waiting = {.timeout = 1s}});
    }
    note("volume, deleted", deleteDevice(context, pool, first));
  }
}

void events(DeviceMapper& context) {
  auto monitor = EventMonitor::open(context);
  if (!monitor) return ledger.wrong("monitor", monitor.error().message());
  while (!over) {
    const auto event = monitor->next(200ms);
    if (event)
      ledger.count("event", "seen");
    else if (event.error().code != Errc::timedOut)
      ledger.wrong("monitor", event.error().message());
  }
}

struct Usage {
  int descriptors = 0;
  long residentKib = 0;
};

Usage usage() {
  Usage now;
  if (DIR* const directory = ::opendir("/proc/self/fd")) {
    while (::readdir(directory) != nullptr) ++now.descriptors;
    ::closedir(directory);
  }
  if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
    long pages = 0;
    if (std::fscanf(file, "%*d %ld", &pages) == 1)
      now.residentKib = pages * ::sysconf(_SC_PAGESIZE) / 1024;
    std::fclose(file);
  }
  return now;
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return std::fprintf(stderr, "usage: soak SECONDS POOL\n"), 2;
  const auto seconds = std::chrono::seconds(std::atoi(words[1]));
  const Usage before = usage();
  Usage early;
  {  // a context keeps a few descriptors until it is destroyed
    Options options;
    options.udevTimeout = patience;
    auto context = DeviceMapper::open(options);
    if (!context) return std::printf("open: %s\n", context.error().message().c_str()), 1;
    std::vector<std::thread> threads;
    for (int number = 1; number <= 4; ++number)
      threads.emplace_back([&, number] { Owner(*context, number).run(); });
    threads.emplace_back([&] { volumes(*context, words[2]); });
    threads.emplace_back([&] { events(*context); });
    const auto begin = Clock::now();
    for (auto next = begin; Clock::now() - begin < seconds;) {
      std::this_thread::sleep_for(200ms);
      if (early.residentKib == 0 && Clock::now() - begin > seconds / 5)
        early = usage();  // heaps have reached their sizes by then
      if (Clock::now() < next) continue;
      next += 10s;
      const Usage now = usage();
      std::printf("%4.0f s: %lu operations, %ld KiB resident\n",
                  std::chrono::duration<double>(Clock::now() - begin).count(), ledger.total(),
                  now.residentKib);
      std::fflush(stdout);
    }
    over = true;
    for (std::thread& thread : threads) thread.join();
  }
  const Usage after = usage();
  std::printf("descriptors %d -> %d, resident memory %ld -> %ld -> %ld KiB\n", before.descriptors,
              after.descriptors, before.residentKib, early.residentKib, after.residentKib);
  if (after.descriptors != before.descriptors) {
    ledger.wrong("end", "descriptors are left open");
    std::fflush(stdout);
    (void)std::system("ls -l /proc/$PPID/fd");  // NOLINT(cert-env33-c)
  }
  constexpr long slack = 512;
  if (after.residentKib > early.residentKib + slack) ledger.wrong("end", "memory grew");
  return ledger.print() == 0 ? 0 : 1;
}
