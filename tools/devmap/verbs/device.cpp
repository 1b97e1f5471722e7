// create, remove, rename, suspend, resume, mknodes, clear: verbs that change which devices exist
// and whether they run.

#include "cli/numbers.hpp"
#include "cli/print.hpp"
#include "cli/session.hpp"
#include "show/table_text.hpp"

namespace tool {
namespace {

bool checkCreate(const Call& call) {
  const bool file = call.operands.size() > 1;
  if (call.has(Option::noTable) && (call.has(Option::table) || file))
    return failUsage(call, "--notable and a table exclude each other");
  if (call.has(Option::table) && file)
    return failUsage(call, "'", call.operands[1], "': the table is already given by --table");
  if (call.has(Option::addNodeOnCreate) && call.has(Option::addNodeOnResume))
    return failUsage(call, "--addnodeoncreate and --addnodeonresume exclude each other");
  return checkFile(call, call.operands.subspan(1));
}

/// Sets --uuid, --major and --minor of a new device.
bool setIdentity(Session& session, Task& task) {
  const Call& call = session.call();
  if (const auto& uuid = call.value(Option::uuid))
    if (!session.ok(task.setUuid(*uuid))) return false;
  const auto major = decimal(call.value(Option::major).value_or("0"), 0xfff);
  if (!major) return failUsage(call, "'", *call.value(Option::major), "' is not a major number");
  if (!call.value(Option::minor))
    return call.has(Option::major) ? failUsage(call, "--major needs --minor") : true;
  const auto minor = decimal(*call.value(Option::minor), 0xfffff);
  if (!minor) return failUsage(call, "'", *call.value(Option::minor), "' is not a minor number");
  return session.ok(
      task.setDevice({static_cast<std::uint32_t>(*major), static_cast<std::uint32_t>(*minor)}));
}

/// Sets everything of a new device but its table.
bool prepare(Session& session, Task& task) {
  if (!setIdentity(session, task)) return false;
  if (!session.ok(session.applyOptions(task))) return false;
  if (!session.call().has(Option::addNodeOnCreate)) return true;
  return session.ok(task.setAddNode(AddNode::onCreate));
}

/// Rows of the new table; none with --notable or from an empty file.
Result<SecretRows> rowsFor(const Call& call) {
  if (call.has(Option::noTable)) return SecretRows();
  return readRows(call, call.operands.subspan(1));
}

/// Runs a task of this type on each device that the call names, until one fails.
bool runOnEach(Session& session, TaskType type, bool causesEvent) {
  const Call& call = session.call();
  const auto devices = session.devices(call.operands);
  if (!devices) return false;
  if (devices->empty()) return failUsage(call, "no device given");
  if (!session.open()) return false;
  bool done = true;
  for (auto device = devices->begin(); done && device != devices->end(); ++device) {
    auto task = session.task(type, *device);
    if (!task) return session.fail(task.error());
    Result<void> ran = session.applyOptions(*task);
    if (ran && type == TaskType::DeviceSuspend)
      ran = session.runInTime(*task, *device);
    else if (ran)
      ran = causesEvent ? session.runWithEvent(*task) : task->run();
    if (!ran) done = session.fail(ran.error());
  }
  return session.settle() && done;
}

}  // namespace

bool runCreate(Session& session) {
  const Call& call = session.call();
  if (!checkCreate(call)) return false;
  const auto name = Name::parseForNode(call.operands[0]);
  if (!name) return session.fail(name.error());
  if (!session.open()) return false;
  auto task = session.task(TaskType::DeviceCreate, {name->str(), {}, {}});
  if (!task) return session.fail(task.error());
  if (!prepare(session, *task)) return false;
  const auto rows = rowsFor(call);
  if (!rows) return session.fail(rows.error());
  if (!session.ok(rows->addTo(*task))) return false;
  // A device without a table causes no event that could complete a cookie.
  const auto ran = rows->empty() ? task->run() : session.runWithEvent(*task);
  return session.ok(ran) && session.settle();
}

namespace {

/// Length of a device's live table.
Result<Sectors> lengthOf(Session& session, const Address& address) {
  auto table = session.task(TaskType::DeviceTable, address);
  if (!table) return std::move(table).error();
  table->secureData();
  if (auto ran = table->run(); !ran) return std::move(ran).error();
  if (table->rows().empty()) return Sectors{0};
  const TableRow& last = table->rows().back();
  return Sectors{last.start.count + last.length.count};
}

/// Makes a device fail all I/O, so that processes that wait for it let go.
Result<void> replaceByErrors(Session& session, const Address& address) {
  const auto length = lengthOf(session, address);
  if (!length || length->count == 0) return length ? Result<void>() : Result<void>(length.error());
  auto load = session.task(TaskType::DeviceReload, address);
  if (!load) return std::move(load).error();
  if (auto added = load->addTarget(Sectors{0}, *length, "error", ""); !added) return added;
  if (auto ran = load->run(); !ran) return ran;
  auto resume = session.task(TaskType::DeviceResume, address);
  if (!resume) return std::move(resume).error();
  if (auto set = resume->noFlush(); !set) return set;
  if (auto set = resume->skipLockfs(); !set) return set;
  auto swapped = session.runInTime(*resume, address);
  if (swapped || swapped.error().code != Errc::timedOut) return swapped;
  auto clear = session.task(TaskType::DeviceClear, address);
  if (!clear || !clear->run())
    swapped.error().detail += ", but for a table of errors in its inactive slot";
  return swapped;
}

bool removeOne(Session& session, const Address& address, std::optional<Timeout> retry) {
  if (session.call().has(Option::force)) {
    if (!session.ok(replaceByErrors(session, address))) return false;
    if (!session.settle()) return false;  // udev opens the changed device, and would keep it busy
  }
  auto task = session.task(TaskType::DeviceRemove, address);
  if (!task) return session.fail(task.error());
  Result<void> done = session.applyOptions(*task);
  if (done && retry) done = task->retryRemove(*retry);
  if (done) done = session.runWithEvent(*task);
  return session.ok(done);
}

}  // namespace

bool runRemove(Session& session) {
  const Call& call = session.call();
  std::optional<Timeout> retry;
  if (const auto& text = call.value(Option::retry)) {
    retry = text->empty() ? Timeout{5000} : seconds(*text);
    if (!retry) return failUsage(call, "'", *text, "' is not a number of seconds");
  }
  const auto devices = session.devices(call.operands);
  if (!devices) return false;
  if (devices->empty()) return failUsage(call, "no device given");
  if (!session.open()) return false;
  bool done = true;
  for (auto device = devices->begin(); done && device != devices->end(); ++device)
    done = removeOne(session, *device, retry);
  return session.settle() && done;
}

bool runRename(Session& session) {
  const Call& call = session.call();
  auto operands = call.operands;
  auto device = session.device(operands);
  if (!device) return false;
  if (operands.size() != 1)
    return failUsage(call, call.has(Option::setUuid) ? "give the new uuid" : "give the new name");
  if (!session.open()) return false;
  if (device->name.empty()) {  // the kernel renames by name only
    auto info = session.task(TaskType::DeviceInfo, *device);
    if (!info) return session.fail(info.error());
    if (!session.ok(info->run())) return false;
    if (!info->info().exists) return session.failMissing(*device);
    *device = {info->info().name, {}, {}};
  }
  auto task = session.task(TaskType::DeviceRename, *device);
  if (!task) return session.fail(task.error());
  if (call.has(Option::setUuid)) {
    if (!session.ok(task->setNewUuid(operands[0]))) return false;
  } else {
    const auto name = Name::parseForNode(operands[0]);
    if (!name) return session.fail(name.error());
    if (!session.ok(task->setNewName(name->str()))) return false;
  }
  const auto ran = session.runWithEvent(*task);
  return session.ok(ran) && session.settle();
}

bool runSuspend(Session& session) { return runOnEach(session, TaskType::DeviceSuspend, false); }

bool runResume(Session& session) { return runOnEach(session, TaskType::DeviceResume, true); }

bool runClear(Session& session) { return runOnEach(session, TaskType::DeviceClear, false); }

bool runMknodes(Session& session) {
  const Call& call = session.call();
  if (!call.operands.empty()) return runOnEach(session, TaskType::DeviceMknodes, false);
  if (!session.open()) return false;
  auto task = session.task(TaskType::DeviceMknodes);
  if (!task) return session.fail(task.error());
  return session.ok(task->run());
}

}  // namespace tool
