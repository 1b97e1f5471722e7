// dependencies, dependencyTree.

#include <devmap/dependencies.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <operations/operation.hpp>

namespace devmap {

namespace {

// A device's table dependencies and its state, from one reply.
Result<Task> depsTask(DeviceMapper& context, const DeviceRef& device, TableSlot slot) noexcept {
  auto task = detail::taskFor(context, TaskType::DeviceDeps, device);
  if (!task) return task;
  if (auto set = task->queryInactiveTable(slot == TableSlot::inactive); !set)
    return std::move(set).error();
  if (auto done = task->run(); !done) return std::move(done).error();
  return task;
}

}  // namespace

Result<std::vector<DeviceNumber>> dependencies(DeviceMapper& context, const DeviceRef& device,
                                               TableSlot slot) noexcept {
  auto task = depsTask(context, device, slot);
  if (!task) return std::move(task).error();
  return task->deps();
}

namespace {

// Breadth first: `nodes_` is the queue, `seen_` indexes it by number, sorted.
class Walk {
 public:
  Walk(DeviceMapper& context, std::size_t limit) noexcept : context_(context), limit_(limit) {}

  /// The node of `device`, a new one if it has none.
  Result<std::size_t> add(DeviceNumber device) noexcept;
  /// Expands all nodes. `major`: that of the device-mapper.
  Result<void> run(std::uint32_t major) noexcept;
  std::vector<DependencyNode> take() noexcept { return std::move(nodes_); }

 private:
  struct Seen {
    DeviceNumber device;
    std::size_t index;
  };
  Result<void> expand(std::size_t index) noexcept;

  DeviceMapper& context_;
  std::size_t limit_;
  std::vector<DependencyNode> nodes_;
  std::vector<Seen> seen_;
};

Result<std::size_t> Walk::add(DeviceNumber device) noexcept {
  const auto at = std::ranges::lower_bound(seen_, device, {}, &Seen::device);
  if (at != seen_.end() && at->device == device) return at->index;
  if (nodes_.size() >= limit_)
    return Error{.code = Errc::refusedByKernel,
                 .operation = "walk dependencies",
                 .device = toString(device),
                 .detail = "more devices than the caller's limit"};
  seen_.insert(at, {device, nodes_.size()});
  nodes_.push_back({device, {}, {}, {}});
  return nodes_.size() - 1;
}

Result<void> Walk::expand(std::size_t index) noexcept {
  auto task = depsTask(context_, nodes_[index].device, TableSlot::live);
  if (!task && task.error().errnum == ENXIO) return {};  // removed meanwhile
  if (!task) return std::move(task).error();
  nodes_[index].name = task->info().name;
  nodes_[index].uuid = task->info().uuid;
  for (const DeviceNumber device : task->deps()) {
    auto below = add(device);
    if (!below) return std::move(below).error();
    nodes_[index].below.push_back(*below);
  }
  return {};
}

Result<void> Walk::run(std::uint32_t major) noexcept {
  for (std::size_t index = 0; index < nodes_.size(); ++index) {
    if (nodes_[index].device.major != major) continue;
    if (auto done = expand(index); !done) return done;
  }
  return {};
}

}  // namespace

Result<std::vector<DependencyNode>> dependencyTree(DeviceMapper& context, const DeviceRef& device,
                                                   std::size_t limit) noexcept {
  auto root = info(context, device);
  if (!root) return std::move(root).error();
  if (!root->exists) return detail::noSuchDevice("walk dependencies", device);
  Walk walk(context, limit);
  if (auto added = walk.add(root->device); !added) return std::move(added).error();
  if (auto done = walk.run(root->device.major); !done) return std::move(done).error();
  return walk.take();
}

Result<std::vector<DependencyNode>> dependencyTree(DeviceMapper& context,
                                                   std::size_t limit) noexcept {
  auto devices = list(context);
  if (!devices) return std::move(devices).error();
  Walk walk(context, limit);
  for (const DeviceEntry& entry : *devices)
    if (auto added = walk.add(entry.device); !added) return std::move(added).error();
  if (devices->empty()) return std::vector<DependencyNode>();
  if (auto done = walk.run(devices->front().device.major); !done) return std::move(done).error();
  return walk.take();
}

}  // namespace devmap
