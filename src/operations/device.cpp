// create, rename, setUuid, setGeometry, sendMessage.

#include <devmap/device.hpp>

#include <utility>

#include <operations/operation.hpp>

namespace devmap {

using detail::taskFor;

namespace {

Result<void> setUp(Task& task, std::span<const Row> rows, const CreateOptions& options) noexcept {
  task.secureData(options.secure);
  if (!options.uuid.empty())
    if (auto set = task.setUuid(options.uuid); !set) return set;
  if (options.minor)
    if (auto set = task.setDevice({0, *options.minor}); !set) return set;
  if (options.node)
    if (auto set = task.setNodeAttributes(*options.node); !set) return set;
  if (auto set = task.setReadOnly(options.readOnly); !set) return set;
  if (auto set = task.setAddNode(options.addNode); !set) return set;
  return detail::addRows(task, rows, options.backslash);
}

}  // namespace

Result<DeviceInfo> create(DeviceMapper& context, std::string_view name, std::span<const Row> rows,
                          const CreateOptions& options) noexcept {
  auto task = Task::create(context, TaskType::DeviceCreate, name);
  if (!task) return std::move(task).error();
  if (auto set = setUp(*task, rows, options); !set) return std::move(set).error();
  // Without rows there is no event to wait for.
  auto done = rows.empty() ? task->run() : detail::runAndWait(context, *task, options.waiting);
  if (!done) return std::move(done).error();
  return task->info();
}

Result<void> rename(DeviceMapper& context, const DeviceRef& device, std::string_view newName,
                    const Waiting& waiting) noexcept {
  auto task = taskFor(context, TaskType::DeviceRename, device);
  if (!task) return std::move(task).error();
  if (auto set = task->setNewName(newName); !set) return set;
  return detail::runAndWait(context, *task, waiting);
}

Result<void> setUuid(DeviceMapper& context, const DeviceRef& device, std::string_view uuid,
                     const Waiting& waiting) noexcept {
  auto task = taskFor(context, TaskType::DeviceRename, device);
  if (!task) return std::move(task).error();
  if (auto set = task->setNewUuid(uuid); !set) return set;
  return detail::runAndWait(context, *task, waiting);
}

Result<void> setGeometry(DeviceMapper& context, const DeviceRef& device,
                         Geometry geometry) noexcept {
  auto task = taskFor(context, TaskType::DeviceSetGeometry, device);
  if (!task) return std::move(task).error();
  if (auto set = task->setGeometry(geometry); !set) return set;
  return task->run();
}

Result<std::optional<std::string>> sendMessage(DeviceMapper& context, const DeviceRef& device,
                                               std::string_view message,
                                               const MessageOptions& options) noexcept {
  auto task = taskFor(context, TaskType::DeviceTargetMsg, device);
  if (!task) return std::move(task).error();
  task->secureData(options.secure);
  if (auto set = task->setSector(options.sector); !set) return std::move(set).error();
  if (auto set = task->setMessage(message); !set) return std::move(set).error();
  if (auto done = task->run(); !done) return std::move(done).error();
  std::optional<std::string> reply;
  if (task->response()) reply.emplace(*task->response());
  return reply;
}

}  // namespace devmap
