#include "show/device_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace tool {
namespace {

using namespace devmap;

/// The devices that a device uses. Its state goes into `info`, unless it is another driver's or
/// gone.
Result<std::vector<DeviceNumber>> readDevice(DeviceMapper& context, bool inactive,
                                             DeviceNumber device, DeviceInfo& info) {
  auto task = createTask(context, TaskType::DeviceDeps);
  if (!task) return std::move(task).error();
  Result<void> done = task->setDevice(device);
  if (done) done = task->queryInactiveTable(inactive);
  if (done) done = task->run();
  if (!done && done.error().errnum == ENXIO) return std::vector<DeviceNumber>();
  if (!done) return std::move(done).error();
  info = task->info();
  return std::vector<DeviceNumber>(task->deps().begin(), task->deps().end());
}

/// Adds a device and all devices below it, unless it is there already. Returns its index.
Result<std::size_t> addDevice(DeviceMapper& context, bool inactive, DeviceTree& tree,
                              DeviceNumber device) {
  const auto place = std::ranges::lower_bound(tree.index, device, {}, &DeviceTree::Entry::device);
  if (place != tree.index.end() && place->device == device) return place->node;
  const std::size_t index = tree.nodes.size();
  tree.index.insert(place, {device, index});
  tree.nodes.emplace_back().info.device = device;
  const auto dependencies = readDevice(context, inactive, device, tree.nodes[index].info);
  if (!dependencies) return dependencies.error();
  for (const DeviceNumber dependency : *dependencies) {
    const auto below = addDevice(context, inactive, tree, dependency);
    if (!below) return below;
    tree.nodes[index].below.push_back(*below);
    tree.nodes[*below].above.push_back(index);
  }
  return index;
}

}  // namespace

const TreeNode* DeviceTree::find(DeviceNumber device) const noexcept {
  const auto place = std::ranges::lower_bound(index, device, {}, &Entry::device);
  return place != index.end() && place->device == device ? &nodes[place->node] : nullptr;
}

Result<DeviceTree> readTree(DeviceMapper& context, bool inactive) {
  const auto devices = list(context);
  if (!devices) return devices.error();
  DeviceTree tree;
  for (const DeviceEntry& device : *devices)
    if (auto added = addDevice(context, inactive, tree, device.device); !added)
      return std::move(added).error();
  for (const DeviceEntry& device : *devices) {
    const TreeNode* const node = tree.find(device.device);  // not null: it was added
    if (node->above.empty())
      tree.tops.push_back(static_cast<std::size_t>(node - tree.nodes.data()));
  }
  for (std::size_t i = 0; i < tree.nodes.size(); ++i)
    if (tree.nodes[i].below.empty()) tree.bottoms.push_back(i);
  return tree;
}

Result<std::span<const DeviceNumber>> Relatives::below(DeviceMapper& context, bool inactive,
                                                       DeviceNumber device) {
  if (device_ != device) {
    DeviceInfo info;
    auto read = readDevice(context, inactive, device, info);
    if (!read) return std::move(read).error();
    below_ = *std::move(read);
    device_ = device;
  }
  return std::span<const DeviceNumber>(below_);
}

Result<const DeviceTree*> Relatives::all(DeviceMapper& context) {
  if (!tree_) {
    auto read = readTree(context);
    if (!read) return std::move(read).error();
    tree_ = *std::move(read);
  }
  return &*tree_;
}

void Relatives::forget() noexcept {
  device_.reset();
  tree_.reset();
}

}  // namespace tool
