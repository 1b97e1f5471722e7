// info, ls, deps, targets, target-version, version.

#include "cli/each_device.hpp"
#include "cli/print.hpp"
#include "show/json.hpp"

namespace tool {
namespace {

std::string_view tablesOf(const DeviceInfo& device) noexcept {
  if (device.liveTable) return device.inactiveTable ? "LIVE & INACTIVE" : "LIVE";
  return device.inactiveTable ? "INACTIVE" : "None";
}

void printInfo(const DeviceInfo& device) {
  print("Name:              ", displayable(device.name), "\n");
  print("State:             ", device.suspended ? "SUSPENDED" : "ACTIVE",
        device.readOnly ? " (READ-ONLY)" : "", device.deferredRemove ? " (DEFERRED REMOVE)" : "",
        "\n");
  print("Tables present:    ", tablesOf(device), "\n");
  print("Open count:        ", device.openCount, "\n");
  print("Event number:      ", device.eventNr, "\n");
  print("Major, minor:      ", device.device.major, ", ", device.device.minor, "\n");
  print("Number of targets: ", device.targetCount, "\n");
  if (!device.uuid.empty()) print("UUID: ", displayable(device.uuid), "\n");
  print("\n");
}

void printInfoJson(const DeviceInfo& device) {
  JsonLine json;
  json.text("name", device.name).text("uuid", device.uuid).text("device", toString(device.device));
  json.boolean("suspended", device.suspended)
      .boolean("read_only", device.readOnly)
      .boolean("deferred_remove", device.deferredRemove);
  json.boolean("live_table", device.liveTable).boolean("inactive_table", device.inactiveTable);
  json.number("open_count", device.openCount)
      .number("event_nr", device.eventNr)
      .number("targets", device.targetCount)
      .end();
}

/// Prints a device of `ls`.
void printListedJson(std::string_view name, std::string_view uuid, DeviceNumber number,
                     std::optional<std::uint32_t> eventNr) {
  JsonLine json;
  json.text("name", name).text("uuid", uuid).text("device", toString(number));
  eventNr ? json.number("event_nr", *eventNr) : json.null("event_nr");
  json.end();
}

/// Runs a task of this type on the device, with the settings from the options.
Result<Task> look(Session& session, TaskType type, const Address& address) {
  auto task = session.task(type, address);
  if (!task) return task;
  Result<void> done = session.applyOptions(*task);
  if (done) done = task->run();
  if (!done) return std::move(done).error();
  return task;
}

/// Prints the name of a device that has a row of the wanted target type.
Shown showTarget(Session& session, const Address& address, bool) {
  auto task = look(session, TaskType::DeviceStatus, address);
  if (!task) return std::move(task).error();
  const std::string_view wanted = session.call().value(Option::target).value_or("");
  const DeviceInfo& device = task->info();
  for (const TableRow& row : task->rows()) {
    if (row.type != wanted) continue;
    if (session.call().has(Option::json))
      printListedJson(device.name, device.uuid, device.device, device.eventNr);
    else
      print(displayable(device.name), "\t(", device.device.major, ", ", device.device.minor, ")\n");
    break;
  }
  return true;
}

Shown showInfo(Session& session, const Address& address, bool) {
  auto task = look(session, TaskType::DeviceInfo, address);
  if (!task) return std::move(task).error();
  if (task->info().exists)
    (session.call().has(Option::json) ? printInfoJson : printInfo)(task->info());
  return task->info().exists;
}

Shown showDeps(Session& session, const Address& address, bool several) {
  auto task = look(session, TaskType::DeviceDeps, address);
  if (!task) return std::move(task).error();
  if (session.call().has(Option::json)) {
    JsonLine()
        .text("name", task->info().name)
        .text("device", toString(task->info().device))
        .devices("deps", task->deps())
        .end();
    return true;
  }
  if (several) print(displayable(task->info().name), ": ");
  print(task->deps().size(), " dependencies\t:");
  for (const DeviceNumber device : task->deps()) print(" (", device.major, ", ", device.minor, ")");
  print("\n");
  return true;
}

void printVersions(const Call& call, const std::vector<TargetVersion>& versions) {
  for (const TargetVersion& target : versions) {
    if (call.has(Option::json))
      JsonLine().text("target", target.name).text("version", toString(target.version)).end();
    else
      print(padded(target.name, 16), " v", toString(target.version), "\n");
  }
}

}  // namespace

bool runInfo(Session& session) { return forEachDevice(session, &showInfo); }

bool runList(Session& session) {
  const Call& call = session.call();
  if (call.has(Option::tree)) return runTree(session);
  if (call.has(Option::target)) return forEachDevice(session, &showTarget);
  if (!session.open()) return false;
  const auto list = look(session, TaskType::DeviceList, {});
  if (!list) return session.fail(list.error());
  const bool json = call.has(Option::json);
  if (list->names().empty() && !json) print("No devices found\n");
  for (const ListedDevice& device : list->names()) {
    if (json)
      printListedJson(device.name, device.uuid, device.device, device.eventNr);
    else
      print(displayable(device.name), "\t(", toString(device.device), ")\n");
  }
  return true;
}

bool runDeps(Session& session) { return forEachDevice(session, &showDeps); }

bool runTargets(Session& session) {
  const Call& call = session.call();
  if (!session.open()) return false;
  const auto list = look(session, TaskType::DeviceListVersions, {});
  if (!list) return session.fail(list.error());
  printVersions(call, list->versions());
  return true;
}

bool runTargetVersion(Session& session) {
  const Call& call = session.call();
  if (!session.open()) return false;
  for (const std::string_view type : call.operands) {
    const auto task = look(session, TaskType::DeviceGetTargetVersion, {std::string(type), {}, {}});
    if (!task) return session.fail(task.error());
    printVersions(call, task->versions());
  }
  return true;
}

bool runVersion(Session& session) {
  const Call& call = session.call();
  const bool json = call.has(Option::json);
  if (!json) print("Library version:   ", toString(libraryVersion), "\n");
  if (!session.open()) return false;
  if (json)
    JsonLine()
        .text("library", toString(libraryVersion))
        .text("driver", toString(session.context().interfaceVersion()))
        .end();
  else
    print("Driver version:    ", toString(session.context().interfaceVersion()), "\n");
  return true;
}

}  // namespace tool
