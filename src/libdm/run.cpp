// Running a task.

#include <array>
#include <atomic>
#include <cerrno>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <devmap/block_queue.hpp>
#include <devmap/name.hpp>

#include "log.hpp"
#include "process.hpp"
#include "run.hpp"

namespace devmap::libdm {
namespace {

/// What libdevmapper calls a type in its log.
constexpr std::array<const char*, 21> typeNames{
    "create", "reload",  "remove",   "remove_all", "suspend",     "resume",    "info",
    "deps",   "rename",  "version",  "status",     "table",       "waitevent", "names",
    "clear",  "mknodes", "versions", "message",    "setgeometry", "armpoll",   "target-version",
};

std::string numberText(const dm_task& task) {
  if (task.major < 0 || task.minor < 0) return {};
  return '(' + std::to_string(task.major) + ':' + std::to_string(task.minor) + ')';
}

std::string subjectOf(const dm_task& task, std::optional<DeviceNumber> made) {
  // A new device is loaded by its number, and no longer by its uuid.
  if (made) return task.name + " (" + toString(*made) + ") ";
  return task.name + ' ' + task.uuid + numberText(task) + ' ';
}

void setReadAheadOf(const dm_task& task, DeviceMapper& context, const DeviceInfo& info) noexcept {
  const Settings& settings = task.settings;
  if (settings.readAhead == DM_READ_AHEAD_AUTO || !causesEvent(task)) return;
  if (!isOneOf(task.type, {DM_DEVICE_CREATE, DM_DEVICE_RESUME})) return;
  const bool atLeast = (settings.readAheadFlags & DM_READ_AHEAD_MINIMUM_FLAG) != 0;
  const auto set = setReadAhead(context, info.device, Sectors{settings.readAhead},
                                atLeast ? ReadAhead::atLeast : ReadAhead::exactly);
  if (!set) log(Level::debug, set.error().message());
}

Outcome fail(dm_task& task, int errnum, const char* step = nullptr,
             std::optional<DeviceNumber> made = {}) noexcept {
  task.errnum = errnum;
  const char* const what = step != nullptr ? step : typeNames[static_cast<std::size_t>(task.type)];
  // A signal is how a program ends a wait.
  log(errnum == EINTR ? Level::notice : Level::error,
      "device-mapper: " + std::string(what) + " ioctl on " + subjectOf(task, made) +
          "failed: " + std::string(errnoWords(errnum)));
  return {false, errnum};
}

/// Which step of a create failed; null: the first.
const char* failedStep(const dm_task& task, const Error& error) noexcept {
  if (task.type != DM_DEVICE_CREATE) return nullptr;
  if (error.code == Errc::invalidTable || error.command == DmCommand::tableLoad) return "reload";
  return error.command == DmCommand::suspend ? "resume" : nullptr;
}

Outcome fail(dm_task& task, const Error& error) noexcept {
  // Its words are for people: programs look for those of an errno in the line of the error.
  if (logs(Level::debug)) log(Level::debug, error.message());
  const int errnum = error.errnum != 0                 ? error.errnum
                     : error.code == Errc::outOfMemory ? ENOMEM
                     : error.code == Errc::noSpace     ? ENOSPC
                                                       : EINVAL;
  return fail(task, errnum, failedStep(task, error), error.number);
}

/// A device that does not exist is an answer to some questions.
Outcome missing(dm_task& task) {
  task.results.present = true;
  task.results.name = unmangle(task.name, mangling());
  task.results.uuid = unmangle(task.uuid, mangling());
  task.results.nameInKernel = task.name;
  task.results.uuidInKernel = task.uuid;
  task.errnum = ENXIO;
  return {true, 0};
}

/// Reasons to fail before the kernel is asked.
bool complete(const dm_task& task) noexcept {
  if (task.type < DM_DEVICE_CREATE || task.type > DM_DEVICE_GET_TARGET_VERSION) {
    logError("Internal error: unknown device-mapper task " + std::to_string(task.type));
    return false;
  }
  const Settings& settings = task.settings;
  if (task.type == DM_DEVICE_TARGET_MSG && settings.sector != 0 && !settings.message) {
    logError("message is required with sector");
    logError("Couldn't create ioctl argument.");
    return false;
  }
  return true;
}

/// Whether the live table has the task's rows already; its reply is then the result.
bool isIdentical(dm_task& task, DeviceMapper& context, const Address& address) {
  dm_task live(DM_DEVICE_TABLE);
  live.settings.secure = task.settings.secure;
  auto target = build(live, context, address, nullptr);
  if (!target || !target->run() || target->rows().size() != task.rows.size()) return false;
  for (std::size_t i = 0; i < task.rows.size(); ++i) {
    const TableRow& row = target->rows()[i];
    const AddedRow& wanted = task.rows[i];
    if (row.start.count != wanted.start || row.length.count != wanted.length ||
        row.type != wanted.type || row.params != wanted.params)
      return false;
  }
  return target->info().readOnly == task.settings.readOnly && copyResults(task, *target);
}

/// Devices that this process has suspended, and not resumed.
std::atomic<int> suspendedByUs{0};

void countSuspensions(const dm_task& task) noexcept {
  if (task.type == DM_DEVICE_SUSPEND) ++suspendedByUs;
  if (task.type != DM_DEVICE_RESUME) return;
  int count = suspendedByUs;
  while (count > 0 && !suspendedByUs.compare_exchange_weak(count, count - 1)) {
  }
}

Outcome runOn(dm_task& task, DeviceMapper& context, const Address& address) noexcept {
  if (task.type == DM_DEVICE_RELOAD && task.settings.suppressIdentical &&
      isIdentical(task, context, address))
    return {true, 0};
  const std::shared_ptr<Cookie> cookie = task.cookie != 0 ? findCookie(task.cookie) : nullptr;
  task.cookie = 0;  // it serves one run
  std::unique_lock<std::mutex> lock;
  if (cookie != nullptr) lock = std::unique_lock(cookie->mutex);
  auto target = build(task, context, address, cookie.get());
  const Result<void> done = target ? target->run() : Result<void>(target.error());
  if (lock) lock.unlock();  // the program's log may call in again
  // A message whose reply did not fit was executed: it must not be sent again.
  if (!done && done.error().code != Errc::replyTruncated) return fail(task, done.error());
  countSuspensions(task);
  if (!copyResults(task, *target)) return fail(task, ENOMEM);
  setReadAheadOf(task, context, target->info());
  return {true, 0};
}

}  // namespace

Outcome run(dm_task& task) noexcept {
  if (task.settings.secure) task.results.rows.wipe();
  task.results = {};
  task.errnum = 0;
  if (!complete(task)) return {false, 0};
  const auto present = context();
  if (present == nullptr) return {false, errno};
  Address address;
  const int errnum = addressOf(task, address);
  if (needsDevice(task.type) && errnum != 0)
    return errnum == ENXIO && (task.type == DM_DEVICE_INFO || task.type == DM_DEVICE_STATUS)
               ? missing(task)
               : fail(task, errnum);
  return runOn(task, *present, address);
}

}  // namespace devmap::libdm

int dm_get_suspended_counter() { return devmap::libdm::suspendedByUs; }
