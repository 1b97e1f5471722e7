// A consumer's test, on FakeKernel.

#include <devmap/devmap.hpp>
#include <devmap/fake/kernel.hpp>

#include <cstdio>

int main() {
  devmap::FakeKernel kernel;
  kernel.addBlockDevice("/dev/sdb", {8, 16}, std::uint64_t{1} << 30);
  auto context = devmap::DeviceMapper::open(kernel);
  if (!context) return std::fprintf(stderr, "%s\n", context.error().message().c_str()), 1;
  auto task = createTask(*context, devmap::TaskType::DeviceCreate, "disk");
  if (!task) return 1;
  if (!task->addTarget(devmap::Sectors{0}, devmap::Sectors{2048}, "linear", "/dev/sdb 0")) return 1;
  if (auto done = task->run(); !done)
    return std::fprintf(stderr, "%s\n", done.error().message().c_str()), 1;
  auto info = getInfo(*context, "disk");
  return info && info->exists && info->liveTable ? 0 : 1;
}
