// makeNodes.

#include <devmap/device.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <base/text_files.hpp>
#include <operations/operation.hpp>
#include <udev/nodes.hpp>

namespace devmap {
namespace {

Result<void> runOn(DeviceMapper& context, const DeviceRef& device) noexcept {
  auto task = detail::taskFor(context, TaskType::DeviceMknodes, device);
  if (!task) return std::move(task).error();
  return task->run();
}

}  // namespace

Result<void> makeNodes(DeviceMapper& context, const DeviceRef& device) noexcept {
  return runOn(context, device);
}

Result<void> makeNodes(DeviceMapper& context) noexcept {
  auto all = Task::create(context, TaskType::DeviceMknodes);
  if (!all) return std::move(all).error();
  if (auto done = all->run(); !done) return done;
  std::vector<std::string> nodes;
  const std::string& directory = context.options().directory;
  const int errnum = detail::listWhole(context.kernel(), directory, nodes);
  if (errnum == ENOENT) return {};
  if (errnum != 0)
    return Error{.code = Errc::refusedByKernel,
                 .operation = "list nodes",
                 .errnum = errnum,
                 .detail = directory};
  std::vector<std::string> wanted;
  const NameMangling mode = context.options().mangling;
  for (const ListedDevice& device : all->names())
    wanted.push_back(detail::nodeName(device.name, mode));
  std::ranges::sort(wanted);
  for (const std::string& node : nodes) {
    // What is not a valid name is not a node of ours: the control node, other files.
    if (std::ranges::binary_search(wanted, node) || !Name::parse(node)) continue;
    if (auto done = runOn(context, unmangle(node, mode)); !done) return done;
  }
  return {};
}

}  // namespace devmap
