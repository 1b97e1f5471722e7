#include "device_tree.hpp"

#include <cerrno>
#include <utility>

namespace tool {
namespace {

using namespace devmap;

/// Adds a device, unless it is there, and all it stands on. Its index.
Result<std::size_t> addDevice(DeviceMapper& context, bool inactive, DeviceTree& tree, DeviceNumber device) {
  for (std::size_t i = 0; i < tree.nodes.size(); ++i)
    if (tree.nodes[i].info.device == device) return i;
  const std::size_t index = tree.nodes.size();
  tree.nodes.emplace_back().info.device = device;
  auto task = createTask(context, TaskType::DeviceDeps);
  if (!task) return std::move(task).failure();
  Result<void> done = task->setDevice(device);
  if (done) done = task->queryInactiveTable(inactive);
  if (done) done = task->run();
  if (!done && done.error().errnum == ENXIO) return index;  // a device of another driver, or gone
  if (!done) return std::move(done).failure();
  tree.nodes[index].info = task->info();
  for (const DeviceNumber dependency : task->deps()) {
    const auto below = addDevice(context, inactive, tree, dependency);
    if (!below) return below;
    tree.nodes[index].below.push_back(*below);
    tree.nodes[*below].above.push_back(index);
  }
  return index;
}

}  // namespace

const TreeNode* DeviceTree::find(DeviceNumber device) const noexcept {
  for (const TreeNode& node : nodes)
    if (node.info.device == device) return &node;
  return nullptr;
}

Result<DeviceTree> readTree(DeviceMapper& context, bool inactive) {
  const auto devices = list(context);
  if (!devices) return devices.error();
  DeviceTree tree;
  for (const DeviceEntry& device : *devices)
    if (auto added = addDevice(context, inactive, tree, device.device); !added) return std::move(added).failure();
  for (const DeviceEntry& device : *devices) {
    const TreeNode* const node = tree.find(device.device);
    if (node->above.empty()) tree.tops.push_back(static_cast<std::size_t>(node - tree.nodes.data()));
  }
  for (std::size_t i = 0; i < tree.nodes.size(); ++i)
    if (tree.nodes[i].below.empty()) tree.bottoms.push_back(i);
  return tree;
}

}  // namespace tool
