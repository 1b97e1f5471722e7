// What tests/guest/sync/run does with the library itself. Each command prints figures. Its exit
// status says whether all went well.
//  client cycles COUNT SECONDS MODE    makes and removes one device, again and again; ends early
//                                      after SECONDS. MODE: cookies, none, or self: cookies that
//                                      this program counts down in place of udevd.
//  client loop                         the same forever, with cookies if they work.
//  client waiter                       makes a cookie, counts it up, prints it, and waits until it
//                                      is counted down.
//  client stop                         waits for a device, is stopped by a flag that a signal sets,
//                                      and waits again.
//  client together COUNT MODE          makes devices under one cookie, waits once, and removes them
//                                      the same way.
//  client libdevmapper COUNT           makes devices by libdevmapper, with a wait for each, and
//                                      removes them the same way.

#include <devmap/devmap.hpp>

#include <dirent.h>
#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

using namespace devmap;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr Timeout patience = 600s;  // a hundred events take a minute on a busy machine

bool fail(const char* step, const Error& error) {
  std::printf("%s: %s\n", step, error.message().c_str());
  return false;
}

double secondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

DeviceMapper open(UdevMode mode) {
  Options options;
  options.udevMode = mode;
  auto context = DeviceMapper::open(options);
  if (context) return *std::move(context);
  fail("open", context.error());
  std::exit(1);
}

bool create(DeviceMapper& context, const std::string& name, UdevCookie& cookie) {
  auto task = createTask(context, TaskType::DeviceCreate, name);
  if (!task) return fail("set up", task.error());
  if (auto added = task->addTarget(Sectors{0}, Sectors{8}, "zero", ""); !added)
    return fail("row", added.error());
  if (auto set = task->setCookie(cookie); !set) return fail("cookie", set.error());
  if (auto done = task->run(); !done) return fail("create", done.error());
  return true;
}

bool remove(DeviceMapper& context, const std::string& name, UdevCookie& cookie) {
  auto task = createTask(context, TaskType::DeviceRemove, name);
  if (!task) return fail("set up", task.error());
  if (auto set = task->retryRemove(patience); !set) return fail("retry", set.error());
  if (auto set = task->setCookie(cookie); !set) return fail("cookie", set.error());
  if (auto done = task->run(); !done) return fail("remove", done.error());
  return true;
}

/// Waits. `self`: this program counts the cookie down, as a udev rule would.
bool await(UdevCookie& cookie, bool self) {
  if (self)
    if (auto completed = udevComplete(cookie.value()); !completed)
      return fail("complete", completed.error());
  if (auto waited = udevWait(cookie, patience); !waited) return fail("wait", waited.error());
  return true;
}

bool cycle(DeviceMapper& context, const std::string& name, bool self) {
  UdevCookie cookie;
  return create(context, name, cookie) && await(cookie, self) && remove(context, name, cookie) &&
         await(cookie, self);
}

struct Usage {
  int descriptors = 0;
  std::size_t cookies = 0;
  long residentKib = 0;
};

Usage usage() {
  Usage now;
  if (DIR* const directory = ::opendir("/proc/self/fd")) {
    while (::readdir(directory) != nullptr) ++now.descriptors;
    ::closedir(directory);
  }
  if (auto cookies = udevCookies()) now.cookies = cookies->size();
  if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
    long pages = 0;
    if (std::fscanf(file, "%*d %ld", &pages) == 1)
      now.residentKib = pages * ::sysconf(_SC_PAGESIZE) / 1024;
    std::fclose(file);
  }
  return now;
}

// Exit status 0: all cycles are done or the time is up, and nothing grew.
int cycles(int count, int limit, std::string_view mode) {
  constexpr int warmUp = 20;  // until heap and buffers have reached their size
  DeviceMapper context = open(mode == "none" ? UdevMode::none : UdevMode::cookies);
  const bool self = mode == "self";
  Usage before;
  const auto begin = Clock::now();
  int done = 0;
  for (; done < count && secondsSince(begin) < limit; ++done) {
    if (done == warmUp) before = usage();
    if (!cycle(context, "devmap-cycle", self)) return 1;
  }
  const Usage after = usage();
  std::printf(
      "%d cycles, %.0f a second; descriptors %d -> %d, cookies %zu -> %zu, resident memory %ld -> "
      "%ld KiB\n",
      done, done / secondsSince(begin), before.descriptors, after.descriptors, before.cookies,
      after.cookies, before.residentKib, after.residentKib);
  constexpr long slack = 128;  // a page here and there is first touched late
  const bool flat = done > warmUp && before.descriptors == after.descriptors &&
                    before.cookies == after.cookies &&
                    after.residentKib - before.residentKib <= slack;
  return flat ? 0 : 1;
}

int loop() {
  DeviceMapper context = open(UdevMode::automatic);
  while (cycle(context, "devmap-loop", false)) {
  }
  return 1;
}

int waiter() {
  auto cookie = UdevCookie::create();
  if (!cookie) return fail("cookie", cookie.error()), 1;
  int id = -1;
  const short up[] = {1};
  Kernel& kernel = systemKernel();
  if (kernel.semFind(static_cast<std::int32_t>(cookie->value()), id) != 0 ||
      kernel.semOperate(id, up, {}) != 0)
    return 1;
  std::printf("0x%08x\n", cookie->value());
  std::fflush(stdout);
  auto waited = udevWait(*cookie, 600s);
  if (!waited) return fail("wait", waited.error()), 1;
  std::printf("done\n");
  return 0;
}

std::atomic<bool> stop{false};

int stopped() {
  DeviceMapper context = open(UdevMode::automatic);
  UdevCookie cookie;
  if (!create(context, "devmap-stop", cookie)) return 1;
  struct sigaction action {};
  action.sa_handler = [](int) { stop = true; };
  ::sigaction(SIGALRM, &action, nullptr);
  ::ualarm(300'000, 0);
  const auto begin = Clock::now();
  auto waited = udevWait(cookie, patience, stop);
  const double took = secondsSince(begin);
  const bool interrupted = !waited && waited.error().code == Errc::interrupted;
  const std::uint32_t value = cookie.value();
  std::printf("stopped after %.3f s, cookie 0x%08x: %s\n", took, value,
              waited ? "success" : waited.error().message().c_str());
  std::fflush(stdout);
  const bool again = await(cookie, false);
  if (again) std::printf("waited again: success\n");
  const bool removed = remove(context, "devmap-stop", cookie) && await(cookie, false);
  return interrupted && value != 0 && again && removed ? 0 : 1;
}

std::string nameOf(int number) { return "devmap-many-" + std::to_string(number); }

void report(const char* who, int count, int waits, double made, double removed) {
  std::printf("%s: %d devices, %d waits: made in %.3f s, removed in %.3f s\n", who, count, waits,
              made, removed);
}

int together(int count, std::string_view mode) {
  DeviceMapper context = open(mode == "monitor" ? UdevMode::monitor : UdevMode::cookies);
  UdevCookie cookie;
  auto begin = Clock::now();
  for (int i = 0; i < count; ++i)
    if (!create(context, nameOf(i), cookie)) return 1;
  if (!await(cookie, false)) return 1;
  const double made = secondsSince(begin);
  for (int i = 0; i < count; ++i)
    if (::access(("/dev/mapper/" + nameOf(i)).c_str(), F_OK) != 0)
      return std::printf("%s has no node\n", nameOf(i).c_str()), 1;
  begin = Clock::now();
  for (int i = 0; i < count; ++i)
    if (!remove(context, nameOf(i), cookie)) return 1;
  if (!await(cookie, false)) return 1;
  report(mode == "monitor" ? "together, monitor" : "together", count, 1, made, secondsSince(begin));
  return 0;
}

// The functions of libdevmapper used here (libdevmapper.h), found at run time: the build does not
// need it.
struct LibDevmapper {
  void* (*create)(int type);
  int (*setName)(void* task, const char* name);
  int (*addTarget)(void* task, std::uint64_t start, std::uint64_t size, const char* type,
                   const char* params);
  int (*setCookie)(void* task, std::uint32_t* cookie, std::uint16_t flags);
  int (*retryRemove)(void* task);
  int (*run)(void* task);
  void (*destroy)(void* task);
  int (*wait)(std::uint32_t cookie);

  bool load() {
    void* const library = ::dlopen("libdevmapper.so.1.02.1", RTLD_NOW);
    if (library == nullptr) return std::printf("SKIP: %s\n", ::dlerror()), false;
    bool all = true;
    const auto find = [&](auto& function, const char* name) {
      void* const address = ::dlsym(library, name);
      std::memcpy(&function, &address, sizeof function);
      all = all && address != nullptr;
    };
    find(create, "dm_task_create");
    find(setName, "dm_task_set_name");
    find(addTarget, "dm_task_add_target");
    find(setCookie, "dm_task_set_cookie");
    find(retryRemove, "dm_task_retry_remove");
    find(run, "dm_task_run");
    find(destroy, "dm_task_destroy");
    find(wait, "dm_udev_wait");
    return all;
  }

  bool one(bool make, const std::string& name) const {
    constexpr int typeCreate = 0, typeRemove = 2;
    void* const task = create(make ? typeCreate : typeRemove);
    std::uint32_t cookie = 0;
    bool good = task != nullptr && setName(task, name.c_str()) != 0;
    good = good && (make ? addTarget(task, 0, 8, "zero", "") : retryRemove(task)) != 0;
    good = good && setCookie(task, &cookie, 0) != 0 && run(task) != 0;
    if (cookie != 0) good = wait(cookie) != 0 && good;
    destroy(task);
    return good;
  }
};

int libdevmapper(int count) {
  LibDevmapper library{};
  if (!library.load()) return 77;
  auto begin = Clock::now();
  for (int i = 0; i < count; ++i)
    if (!library.one(true, nameOf(i))) return 1;
  const double made = secondsSince(begin);
  begin = Clock::now();
  for (int i = 0; i < count; ++i)
    if (!library.one(false, nameOf(i))) return 1;
  report("libdevmapper", count, count, made, secondsSince(begin));
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const std::string_view command = count > 1 ? words[1] : "";
  const auto number = [&](int index) { return std::atoi(words[index]); };
  if (command == "cycles" && count == 5) return cycles(number(2), number(3), words[4]);
  if (command == "loop") return loop();
  if (command == "waiter") return waiter();
  if (command == "stop") return stopped();
  if (command == "together" && count == 4) return together(number(2), words[3]);
  if (command == "libdevmapper" && count == 3) return libdevmapper(number(2));
  std::fprintf(stderr,
               "usage: client cycles COUNT SECONDS MODE | loop | waiter | stop | together COUNT "
               "MODE | libdevmapper COUNT\n");
  return 2;
}
