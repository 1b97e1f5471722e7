// info, ls, deps, targets, target-version, version.

#include "each_device.hpp"
#include "print.hpp"

namespace tool {
namespace {

std::string_view tablesOf(const DeviceInfo& device) noexcept {
  if (device.liveTable) return device.inactiveTable ? "LIVE & INACTIVE" : "LIVE";
  return device.inactiveTable ? "INACTIVE" : "None";
}

void printInfo(const DeviceInfo& device) {
  print("Name:              ", displayable(device.name), "\n");
  print("State:             ", device.suspended ? "SUSPENDED" : "ACTIVE", device.readOnly ? " (READ-ONLY)" : "",
        device.deferredRemove ? " (DEFERRED REMOVE)" : "", "\n");
  print("Tables present:    ", tablesOf(device), "\n");
  print("Open count:        ", device.openCount, "\n");
  print("Event number:      ", device.eventNr, "\n");
  print("Major, minor:      ", device.device.major, ", ", device.device.minor, "\n");
  print("Number of targets: ", device.targetCount, "\n");
  if (!device.uuid.empty()) print("UUID: ", displayable(device.uuid), "\n");
  print("\n");
}

/// Runs a task of this type on the device; its knobs from the options.
Result<Task> look(Session& session, TaskType type, const Address& address) {
  auto task = session.task(type, address);
  if (!task) return task;
  Result<void> done = session.applyOptions(*task);
  if (done) done = task->run();
  if (!done) return std::move(done).error();
  return task;
}

/// Names a device that has a row of the wanted target type.
Shown showTarget(Session& session, const Address& address, bool) {
  const auto task = look(session, TaskType::DeviceStatus, address);
  if (!task) return task.error();
  const std::string_view wanted = session.call().value(Option::target).value_or("");
  const DeviceInfo& device = task->info();
  for (const TableRow& row : task->rows()) {
    if (row.type != wanted) continue;
    print(displayable(device.name), "\t(", device.device.major, ", ", device.device.minor, ")\n");
    break;
  }
  return true;
}

Shown showInfo(Session& session, const Address& address, bool) {
  const auto task = look(session, TaskType::DeviceInfo, address);
  if (!task) return task.error();
  if (task->info().exists) printInfo(task->info());
  return task->info().exists;
}

Shown showDeps(Session& session, const Address& address, bool several) {
  const auto task = look(session, TaskType::DeviceDeps, address);
  if (!task) return task.error();
  if (several) print(displayable(task->info().name), ": ");
  print(task->deps().size(), " dependencies\t:");
  for (const DeviceNumber device : task->deps()) print(" (", device.major, ", ", device.minor, ")");
  print("\n");
  return true;
}

void printVersions(const std::vector<TargetVersion>& versions) {
  for (const TargetVersion& target : versions) print(padded(target.name, 16), " v", toString(target.version), "\n");
}

}  // namespace

bool runInfo(const Call& call) { return forEachDevice(call, &showInfo); }

bool runList(const Call& call) {
  if (call.has(Option::target)) return forEachDevice(call, &showTarget);
  Session session(call);
  if (!session.open()) return false;
  const auto list = look(session, TaskType::DeviceList, {});
  if (!list) return session.fail(list.error());
  if (list->names().empty()) print("No devices found\n");
  for (const ListedDevice& device : list->names()) print(displayable(device.name), "\t(", toString(device.device), ")\n");
  return true;
}

bool runDeps(const Call& call) { return forEachDevice(call, &showDeps); }

bool runTargets(const Call& call) {
  Session session(call);
  if (!session.open()) return false;
  const auto list = look(session, TaskType::DeviceListVersions, {});
  if (!list) return session.fail(list.error());
  printVersions(list->versions());
  return true;
}

bool runTargetVersion(const Call& call) {
  Session session(call);
  if (!session.open()) return false;
  for (const std::string_view type : call.operands) {
    const auto task = look(session, TaskType::DeviceGetTargetVersion, {std::string(type), {}, {}});
    if (!task) return session.fail(task.error());
    printVersions(task->versions());
  }
  return true;
}

bool runVersion(const Call& call) {
  print("Library version:   ", toString(libraryVersion), "\n");
  Session session(call);
  if (!session.open()) return false;
  print("Driver version:    ", toString(session.context().interfaceVersion()), "\n");
  return true;
}

}  // namespace tool
