// Each call of the seam fails in turn, through the C interface. Whatever fails, no semaphore is
// left once the program has waited, and no descriptor once the library is released. A device is
// there or it is not; it is not suspended.

#include <cerrno>
#include <functional>

#include "lab.hpp"

using namespace libdmtest;
using devmap::FakeUdev;

namespace {

struct Operation {
  const char* name;
  std::function<void()> prepare;
  std::function<int()> run;
};

void fill() { REQUIRE(make("one") == 1); }
void nothing() {}

int withCookie(int type, const char* name, const std::function<void(dm_task*)>& set) {
  dm_task* const task = dm_task_create(type);
  if (task == nullptr) return 0;
  std::uint32_t cookie = 0;
  int done = dm_task_set_name(task, name);
  set(task);
  done = done == 1 && dm_task_set_cookie(task, &cookie, 0) == 1 ? dm_task_run(task) : 0;
  static_cast<void>(dm_udev_wait(cookie));
  dm_task_destroy(task);
  return done;
}

int plain(int type, const char* name) {
  dm_task* const task = dm_task_create(type);
  if (task == nullptr) return 0;
  const int done = (name == nullptr || dm_task_set_name(task, name) == 1) ? dm_task_run(task) : 0;
  dm_task_destroy(task);
  return done;
}

int sweepTree() {
  dm_tree* const tree = dm_tree_create();
  const int done = dm_tree_add_dev(tree, 253, 0) == 1
                       ? dm_tree_deactivate_children(dm_tree_find_node(tree, 0, 0), "", 0)
                       : 0;
  dm_tree_free(tree);
  return done;
}

const Operation operations[]{
    {"create", nothing,
     [] {
       return withCookie(DM_DEVICE_CREATE, "one",
                         [](dm_task* task) { dm_task_add_target(task, 0, 8, "zero", ""); });
     }},
    {"create without a cookie", nothing,
     [] {
       dm_task* const task = dm_task_create(DM_DEVICE_CREATE);
       if (task == nullptr) return 0;
       dm_task_set_name(task, "one");
       dm_task_add_target(task, 0, 8, "zero", "");
       const int done = dm_task_run(task);
       dm_task_destroy(task);
       return done;
     }},
    {"remove", fill, [] { return withCookie(DM_DEVICE_REMOVE, "one", [](dm_task*) {}); }},
    {"rename", fill,
     [] {
       return withCookie(DM_DEVICE_RENAME, "one",
                         [](dm_task* task) { dm_task_set_newname(task, "two"); });
     }},
    {"reload", fill,
     [] {
       return withCookie(DM_DEVICE_RELOAD, "one",
                         [](dm_task* task) { dm_task_add_target(task, 0, 8, "zero", ""); });
     }},
    {"info", fill, [] { return plain(DM_DEVICE_INFO, "one"); }},
    {"table", fill, [] { return plain(DM_DEVICE_TABLE, "one"); }},
    {"deps", fill, [] { return plain(DM_DEVICE_DEPS, "one"); }},
    {"list", fill, [] { return plain(DM_DEVICE_LIST, nullptr); }},
    {"versions", fill, [] { return plain(DM_DEVICE_LIST_VERSIONS, nullptr); }},
    {"mknodes", fill, [] { return dm_mknodes(nullptr); }},
    {"by path", fill, [] { return plain(DM_DEVICE_INFO, "/dev/mapper/one"); }},
    {"tree", fill, sweepTree},
};

/// The first line of the trace with this errno.
std::string failedCall(const std::string& trace, int errnum) {
  const std::size_t end = trace.find(" = " + devmap::errnoName(errnum) + '\n');
  if (end == std::string::npos) return {};
  const std::size_t line = trace.rfind('\n', end);
  const std::size_t start = line == std::string::npos ? 0 : line + 1;
  return trace.substr(start, end - start);
}

/// False if the operation makes fewer calls than that.
bool failNth(const Operation& operation, FakeUdev udev, int errnum, unsigned nth) {
  Lab lab(udev);
  operation.prepare();
  lab.kernel.runUdev();
  lab.kernel.setTracing(true);
  lab.kernel.failAny(errnum, nth);
  const int done = operation.run();
  const bool failed = lab.kernel.faultsGiven() != 0;
  lab.kernel.clearFaults();
  lab.kernel.runUdev();
  dm_lib_release();
  INFO(std::string(operation.name), ", call ", nth, ", errno ", errnum, ", result ", done);
  const devmap::FakeUsage usage = lab.kernel.usage();
  const std::string call = failedCall(lab.kernel.trace(), errnum);
  INFO(call);
  CHECK(usage.semaphores == 0);
  CHECK(usage.descriptors == 0);
  CHECK(usage.suspended == 0);
  CHECK(usage.devices <= 1);
  return failed;
}

}  // namespace

TEST_CASE("libdm: each call fails in turn") {
  for (const Operation& operation : operations)
    for (const FakeUdev udev : {FakeUdev::off, FakeUdev::immediate, FakeUdev::deferred})
      for (const int errnum : {EINTR, EBUSY, ENOMEM, EINVAL, ENXIO, EPERM}) {
        unsigned nth = 1;
        while (failNth(operation, udev, errnum, nth)) ++nth;
        CHECK(nth > 1);
      }
}
