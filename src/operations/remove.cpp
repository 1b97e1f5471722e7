// remove, cancelRemove, removeAll.

#include <devmap/device.hpp>

#include <utility>

#include <devmap/dependencies.hpp>
#include <operations/operation.hpp>

namespace devmap {

using detail::taskFor;

namespace {

// Formats who uses the device.
std::string describe(const DeviceUsers& users) {
  std::string text;
  const auto append = [&](const char* what, const std::string& who) {
    text += text.empty() ? "; in use: " : ", ";
    text += what;
    text += who;
  };
  for (const std::string& device : users.devices) append("by device ", device);
  for (const std::string& mount : users.mounts) append("mounted on ", mount);
  if (users.swap) append("as swap space", {});
  if (users.mounts.empty())
    for (const std::string& type : users.fileSystems)
      append("mounted in another mount namespace as ", type);
  if (text.empty())
    text =
        "; no device, mount or swap space on it is to be seen here: a program holds it, or another "
        "mount namespace";
  return text;
}

}  // namespace

Result<Removal> remove(DeviceMapper& context, const DeviceRef& device,
                       const RemoveOptions& options) noexcept {
  auto task = taskFor(context, TaskType::DeviceRemove, device);
  if (!task) return std::move(task).error();
  const detail::Deadline deadline(context, options.waiting);
  if (auto set = task->deferredRemove(options.deferred); !set) return std::move(set).error();
  if (options.retryBusy)
    if (auto set = task->retryRemove(deadline.whole()); !set) return std::move(set).error();
  detail::VerbCookie cookie(options.waiting);
  if (auto set = cookie.attach(*task); !set) return std::move(set).error();
  if (auto done = task->run(); !done) {
    if (done.error().code == Errc::busy)
      if (auto users = usersOf(context, device)) done.error().detail += describe(*users);
    return std::move(done).error();
  }
  const Removal removal = task->info().deferredRemove ? Removal::deferred : Removal::done;
  if (auto waited = cookie.wait(deadline.left()); !waited) return std::move(waited).error();
  return removal;
}

Result<void> cancelRemove(DeviceMapper& context, const DeviceRef& device) noexcept {
  auto sent = sendMessage(context, device, "@cancel_deferred_remove");
  if (!sent) return std::move(sent).error();
  return {};
}

Result<void> removeAll(DeviceMapper& context, bool deferred) noexcept {
  auto task = Task::create(context, TaskType::DeviceRemoveAll);
  if (!task) return std::move(task).error();
  if (auto set = task->deferredRemove(deferred); !set) return set;
  return task->run();
}

}  // namespace devmap
