// What a person can do about an error: one sentence, only where there is something to do.

#include <algorithm>
#include <cerrno>

#include "print.hpp"
#include "session.hpp"

namespace tool {
namespace {

/// Names of the devices whose table stands on `number`.
std::string usersOf(DeviceMapper& context, DeviceNumber number) {
  std::string users;
  auto list = createTask(context, TaskType::DeviceList);
  if (!list || !list->run()) return users;
  for (const ListedDevice& device : list->names()) {
    auto deps = createTask(context, TaskType::DeviceDeps, device.name);
    if (!deps || !deps->run() || std::ranges::find(deps->deps(), number) == deps->deps().end()) continue;
    users += join(users.empty() ? "" : ", ", displayable(device.name));
  }
  return users;
}

std::string hintForBusy(const Error& error, DeviceMapper* context) {
  if (context == nullptr) return {};
  auto info = createTask(*context, TaskType::DeviceInfo, error.device);
  if (!info || !info->run() || !info->info().exists || info->info().openCount == 0) return {};
  const DeviceInfo& device = info->info();
  const std::string users = usersOf(*context, device.device);
  if (!users.empty()) return join("remove what stands on it first: ", users);
  return join("it is mounted, used as swap, or held by a process: 'fuser -vm /dev/dm-", device.device.minor, "' may tell");
}

std::string hintForExisting(const Error& error, DeviceMapper* context) {
  if (context == nullptr || error.device.empty()) return {};
  auto info = createTask(*context, TaskType::DeviceInfo, error.device);
  if (!info || !info->run() || !info->info().exists) return {};
  return join("'devmap info ", displayable(error.device), "' shows the device that has this name");
}

/// Whether the error's device is the one that the verb was to make.
bool makesDevice(const Call& call) noexcept {
  const std::string_view verb = call.verb.name;
  return verb.ends_with("create") || verb.ends_with("activate");
}

}  // namespace

std::string hintFor(const Error& error, const Call& call, DeviceMapper* context) {
  switch (error.code) {
    case Errc::busy: return hintForBusy(error, context);
    case Errc::permissionDenied: return error.detail.empty() ? "run it as root" : "";
    case Errc::alreadyExists: return makesDevice(call) && error.errnum == EBUSY ? hintForExisting(error, context) : "";
    case Errc::notFound:
      if (context == nullptr || makesDevice(call) || error.device.empty() || error.row) return {};
      if (error.errnum != 0 && error.errnum != ENXIO) return {};  // not the device, but a thin id or a backing device
      return "'devmap ls' lists the devices there are";
    case Errc::suspended: return join("'devmap resume ", displayable(error.device), "' lets its I/O flow again");
    case Errc::refusedByKernel: return error.kernelMessage.empty() && error.errnum != 0 ? "the kernel log (dmesg) may say more" : "";
    default: return {};
  }
}

}  // namespace tool
