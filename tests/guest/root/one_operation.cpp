// One create with a table under a cookie, and one remove, between marks for a trace of system
// calls. Each mark is an access(2) of a path that does not exist. The control node is open before
// the first mark.

#include <devmap/devmap.hpp>

#include <unistd.h>

#include <cstdio>

using namespace devmap;

namespace {

void mark(const char* path) { static_cast<void>(access(path, F_OK)); }

int report(const Error& error) {
  std::fprintf(stderr, "%s\n", error.message().c_str());
  return 1;
}

}  // namespace

int main() {
  constexpr Timeout patience = std::chrono::seconds{20};
  auto context = DeviceMapper::open();
  if (!context) return report(context.error());
  for (int round = 0; round < 2; ++round) {  // the first round warms up: allocator, log reader
    mark(round == 0 ? "/mark-warm" : "/mark-create-begin");
    {
      auto task = createTask(*context, TaskType::DeviceCreate, "devmap-traced");
      if (!task) return report(task.error());
      if (auto added = task->addTarget(Sectors{0}, Sectors{8}, "zero", ""); !added)
        return report(added.error());
      UdevCookie cookie;
      if (auto set = task->setCookie(cookie); !set) return report(set.error());
      if (auto done = task->run(); !done) return report(done.error());
      if (auto waited = udevWait(cookie, patience); !waited) return report(waited.error());
    }
    mark(round == 0 ? "/mark-warm" : "/mark-create-end");
    {
      auto task = createTask(*context, TaskType::DeviceRemove, "devmap-traced");
      if (!task) return report(task.error());
      UdevCookie cookie;
      if (auto set = task->setCookie(cookie); !set) return report(set.error());
      if (auto done = task->run(); !done) return report(done.error());
      if (auto waited = udevWait(cookie, patience); !waited) return report(waited.error());
    }
    mark(round == 0 ? "/mark-warm" : "/mark-remove-end");
  }
  return 0;
}
