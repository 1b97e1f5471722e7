// 1,000 devices, 4 processes that change them, and one EventMonitor that must see everything. Run
// as root on a real kernel.
//
//   1. 5,000 changes (rename, reload, remove, create, first table). A device is changed again only
//      after its previous change was seen. Each change must be reported exactly once, in order,
//      with the right names. Numbers are reused all the time.
//   2. 5,000 changes (4 renames and a reload of each device) as fast as the processes can. Event
//      numbers must add up.
//   3. Quiet: no look, no wake-up.
//
// Prints `ok - ` lines and figures, and ends with `N passed, N failed`.

#include <devmap/devmap.hpp>

#include <dirent.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "counting_kernel.hpp"

using namespace devmap;
using namespace std::chrono_literals;
using Kind = DeviceEvent::Kind;
using Clock = std::chrono::steady_clock;

namespace {

constexpr unsigned deviceCount = 1000;
constexpr unsigned workerCount = 4;
constexpr unsigned changesEach = 5;  // of each device, in either part
constexpr unsigned renamesEach = changesEach - 1;
constexpr std::string_view prefix = "devmap-flood-";
constexpr Timeout patience = 60s;

// What the processes share: how many changes of a device were begun, and how many the monitor has
// reported.
struct Shared {
  std::array<std::atomic<unsigned>, deviceCount> made{};
  std::array<std::atomic<unsigned>, deviceCount> seen{};
  std::atomic<unsigned> failures{0};
};

int passed = 0;
int failed = 0;

void check(bool good, const char* what) {
  ++(good ? passed : failed);
  std::printf("%sok - %s\n", good ? "" : "not ", what);
  std::fflush(stdout);
}

template <typename T>
T need(Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "%s\n", result.error().message().c_str());
  std::_Exit(1);
}

void need(const Result<void>& result) {
  if (result) return;
  std::fprintf(stderr, "%s\n", result.error().message().c_str());
  std::_Exit(1);
}

// Processes must not spend time on udev or the kernel's log.
DeviceMapper openContext(Kernel& kernel) {
  Options options;
  options.udevMode = UdevMode::flagsOnly;
  options.readKernelLog = false;
  return need(DeviceMapper::open(kernel, options));
}

/// The life of one device, the same in the process that makes it and in the one that checks what is
/// reported.
class Life {
 public:
  explicit Life(unsigned index) : index_(index) {}

  struct Change {
    Kind kind = Kind::created;
    std::string oldName;
    std::string name;
    std::string uuid;
  };

  /// reload, rename, remove, create, first table, reload, ...; each device starts at one of the
  /// first three.
  Change next() {
    constexpr std::array<Kind, changesEach> steps{Kind::tableChanged, Kind::renamed, Kind::removed,
                                                  Kind::created, Kind::tableChanged};
    const Kind kind = steps[(index_ % 3 + changes_++) % changesEach];
    return make(kind);
  }
  Change make(Kind kind) {
    Change change{kind, name(), {}, {}};
    if (kind == Kind::renamed || kind == Kind::created) ++names_;
    if (kind == Kind::created) ++births_;
    change.name = name();
    change.uuid = uuid();
    return change;
  }
  [[nodiscard]] std::string name() const {
    return std::string(prefix) + std::to_string(index_) + "-" + std::to_string(names_);
  }
  [[nodiscard]] std::string uuid() const {
    return "DEVMAPFLOOD-" + std::to_string(index_) + "-" + std::to_string(births_);
  }

 private:
  unsigned index_;
  unsigned changes_ = 0;
  unsigned names_ = 0;
  unsigned births_ = 0;
};

void run(DeviceMapper& context, TaskType type, std::string_view name,
         const std::string& newText = {}) {
  Task task = need(createTask(context, type, name));
  UdevCookie cookie;
  if (type != TaskType::DeviceCreate && type != TaskType::DeviceReload)
    need(task.setCookie(cookie, privateDeviceFlags));
  if (type == TaskType::DeviceCreate) need(task.setUuid(newText));
  if (type == TaskType::DeviceRename) need(task.setNewName(newText));
  if (type == TaskType::DeviceRemove) need(task.retryRemove(patience));
  need(task.run());
}

void swapTable(DeviceMapper& context, std::string_view name, std::uint64_t length) {
  Task load = need(createTask(context, TaskType::DeviceReload, name));
  need(load.addTarget(Sectors{0}, Sectors{length}, "zero", ""));
  need(load.run());
  run(context, TaskType::DeviceResume, name);
}

void apply(DeviceMapper& context, const Life::Change& change, unsigned serial) {
  switch (change.kind) {
    case Kind::created: return run(context, TaskType::DeviceCreate, change.name, change.uuid);
    case Kind::removed: return run(context, TaskType::DeviceRemove, change.name);
    case Kind::renamed: return run(context, TaskType::DeviceRename, change.oldName, change.name);
    default: return swapTable(context, change.name, 16 + serial);
  }
}

bool awaitSeen(const Shared& shared, unsigned index, unsigned count) {
  const auto deadline = Clock::now() + patience;
  while (shared.seen[index].load() < count) {
    if (Clock::now() > deadline) return false;
    usleep(200);
  }
  return true;
}

// The changing processes: each owns every fourth device.
void workInStep(Shared& shared, unsigned worker) {
  DeviceMapper context = openContext(systemKernel());
  std::vector<Life> lives;
  for (unsigned i = 0; i < deviceCount; ++i) lives.emplace_back(i);
  for (unsigned round = 0; round < changesEach; ++round) {
    for (unsigned i = worker; i < deviceCount; i += workerCount) {
      if (!awaitSeen(shared, i, round)) return void(++shared.failures);
      ++shared.made[i];
      apply(context, lives[i].next(), round);
    }
  }
}

void workFast(unsigned worker, std::vector<Life> lives) {
  DeviceMapper context = openContext(systemKernel());
  for (unsigned round = 0; round < changesEach; ++round)
    for (unsigned i = worker; i < deviceCount; i += workerCount)
      apply(context, lives[i].make(round == 2 ? Kind::tableChanged : Kind::renamed), 100);
}

template <typename Work>
std::vector<pid_t> start(Work work) {
  std::vector<pid_t> workers;
  for (unsigned worker = 0; worker < workerCount; ++worker) {
    const pid_t pid = fork();
    if (pid == 0) {
      work(worker);
      std::_Exit(0);
    }
    workers.push_back(pid);
  }
  return workers;
}

bool finish(const std::vector<pid_t>& workers) {
  bool good = true;
  for (const pid_t pid : workers) {
    int status = 1;
    good = waitpid(pid, &status, 0) == pid && status == 0 && good;
  }
  return good;
}

void removeOurs(DeviceMapper& context) {
  Task list = need(createTask(context, TaskType::DeviceList, prefix));
  need(list.run());
  for (const ListedDevice& device : list.names()) run(context, TaskType::DeviceRemove, device.name);
}

unsigned openDescriptors() {
  unsigned count = 0;
  DIR* directory = opendir("/proc/self/fd");
  while (directory != nullptr && readdir(directory) != nullptr) ++count;
  if (directory != nullptr) closedir(directory);
  return count;
}

/// Index of one of our devices; deviceCount for any other device.
unsigned indexOf(const DeviceEvent& event) {
  if (!event.name.starts_with(prefix)) return deviceCount;
  const unsigned long index = std::strtoul(event.name.c_str() + prefix.size(), nullptr, 10);
  return index < deviceCount ? static_cast<unsigned>(index) : deviceCount;
}

struct Figures {
  explicit Figures(const CountingKernel& kernel)
      : source(kernel),
        looks(kernel.count(DmCommand::listDevices)),
        tables(kernel.count(DmCommand::tableStatus)),
        polls(kernel.polls) {}
  const CountingKernel& source;
  std::size_t looks, tables, polls;
  Clock::time_point begin = Clock::now();

  void print(unsigned changes) const {
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
    std::printf("    %u changes in %lld ms: %zu polls, %zu looks, %zu tables read\n", changes,
                static_cast<long long>(took), source.polls - polls,
                source.count(DmCommand::listDevices) - looks,
                source.count(DmCommand::tableStatus) - tables);
  }
  [[nodiscard]] std::size_t newLooks() const {
    return source.count(DmCommand::listDevices) - looks;
  }
  [[nodiscard]] std::size_t newPolls() const { return source.polls - polls; }
};

// At most one look for each event of the kernel, and one poll for each look. A change causes up to
// three such events.
void checkBounded(const Figures& figures, unsigned changes) {
  figures.print(changes);
  check(figures.newLooks() <= 3 * changes && figures.newPolls() <= figures.newLooks() + 1,
        "no more looks than news, no more polls than looks");
}

void inStep(EventMonitor& monitor, const CountingKernel& kernel, Shared& shared,
            std::vector<Life>& lives) {
  const Figures figures(kernel);
  const auto workers = start([&](unsigned worker) { workInStep(shared, worker); });
  unsigned good = 0;
  unsigned wrong = 0;
  while (good + wrong < deviceCount * changesEach) {
    auto event = monitor.next(20s);
    if (!event) {
      std::printf("    %s\n", event.error().message().c_str());
      break;
    }
    const unsigned index = indexOf(*event);
    if (index == deviceCount) continue;
    const bool due = shared.seen[index].load() < shared.made[index].load();
    const Life::Change change = lives[index].next();
    const bool right =
        due && event->kind == change.kind && event->name == change.name &&
        event->uuid == change.uuid && event->count == 1 &&
        event->oldName == (change.kind == Kind::renamed ? change.oldName : std::string());
    if (!right && wrong < 5)
      std::printf("    kind %d of %s, due: %s\n", static_cast<int>(event->kind),
                  event->name.c_str(), change.name.c_str());
    ++(right ? good : wrong);
    ++shared.seen[index];
  }
  check(finish(workers) && shared.failures == 0, "4 processes made 5000 changes of 1000 devices");
  check(good == deviceCount * changesEach && wrong == 0,
        "each change was reported once, in order, with its names");
  check(!monitor.next(Timeout{0}), "and nothing else");
  checkBounded(figures, deviceCount * changesEach);
}

struct Sums {
  std::array<unsigned, deviceCount> raised{};
  std::array<unsigned, deviceCount> tables{};
  unsigned events = 0;
  bool others = false;
};

Sums followFast(EventMonitor& monitor) {
  Sums sums;
  unsigned total = 0;
  while (total < deviceCount * changesEach) {
    auto event = monitor.next(20s);
    if (!event) break;
    const unsigned index = indexOf(*event);
    if (index == deviceCount) continue;
    ++sums.events;
    total += event->count;
    if (event->kind == Kind::tableChanged)
      ++sums.tables[index];
    else if (event->kind == Kind::renamed || event->kind == Kind::targetEvent)
      sums.raised[index] += event->count;
    else
      sums.others = true;
  }
  return sums;
}

void fast(EventMonitor& monitor, const CountingKernel& kernel, const std::vector<Life>& lives) {
  const Figures figures(kernel);
  const auto workers = start([&](unsigned worker) { workFast(worker, lives); });
  const Sums sums = followFast(monitor);
  check(finish(workers), "4 processes made 5000 changes of 1000 devices without waiting");
  unsigned exact = 0;
  for (unsigned i = 0; i < deviceCount; ++i)
    exact += sums.raised[i] == renamesEach && sums.tables[i] == 1 ? 1 : 0;
  check(exact == deviceCount && !sums.others,
        "renames and events of each device add up, and each table change was reported");
  unsigned rightNames = 0;
  for (const WatchedDevice& device : monitor.devices()) {
    DeviceEvent event;
    event.name = device.name;
    const unsigned index = indexOf(event);
    if (index == deviceCount) continue;
    Life life = lives[index];
    for (unsigned i = 0; i < renamesEach; ++i) (void)life.make(Kind::renamed);
    rightNames += device.name == life.name() && device.uuid == life.uuid() ? 1 : 0;
  }
  check(rightNames == deviceCount, "all devices have their last names");
  checkBounded(figures, deviceCount * changesEach);
  std::printf("    merged into %u events\n", sums.events);
}

void quiet(EventMonitor& monitor, const CountingKernel& kernel) {
  while (monitor.next(200ms)) {
  }
  const Figures figures(kernel);
  const std::clock_t before = std::clock();
  const auto event = monitor.next(1s);
  check(!event && event.error().code == Errc::timedOut && figures.newPolls() == 1 &&
            figures.newLooks() == 0,
        "quiet: one poll, no look");
  check(std::clock() - before < CLOCKS_PER_SEC / 20, "quiet: no processor time");
}

void timeLooks(DeviceMapper& context, EventOptions options, const char* what) {
  EventMonitor monitor = need(EventMonitor::open(context, options));
  constexpr int looks = 20;
  const auto begin = Clock::now();
  for (int i = 0; i < looks; ++i) (void)need(monitor.read());
  const auto took =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin).count();
  std::printf("    a look at %zu devices %s: %lld us\n", monitor.devices().size(), what,
              static_cast<long long>(took / looks));
}

}  // namespace

int main() {
  CountingKernel kernel(systemKernel());
  DeviceMapper context = openContext(kernel);
  removeOurs(context);
  std::vector<Life> lives;
  for (unsigned i = 0; i < deviceCount; ++i) {
    lives.emplace_back(i);
    run(context, TaskType::DeviceCreate, lives[i].name(), lives[i].uuid());
    swapTable(context, lives[i].name(), 8);
  }
  void* memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 1;
  auto& shared = *new (memory) Shared;
  const unsigned descriptors = openDescriptors();
  {
    EventMonitor monitor = need(EventMonitor::open(context));
    check(monitor.devices().size() >= deviceCount && openDescriptors() == descriptors + 1,
          "1000 devices are watched over one descriptor");
    inStep(monitor, kernel, shared, lives);
    fast(monitor, kernel, lives);
    quiet(monitor, kernel);
  }
  check(openDescriptors() == descriptors, "the descriptor is closed");
  timeLooks(context, {.tableChanges = true}, "and their tables");
  timeLooks(context, {.tableChanges = false}, "without their tables");
  removeOurs(context);
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
