// Setters and accessors.

#include "task.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

#include "entry.hpp"
#include "layout.hpp"
#include "log.hpp"
#include "process.hpp"

using namespace devmap::libdm;

namespace {

constexpr std::size_t longestType = 15;

void wipeText(std::string& text) noexcept { explicit_bzero(text.data(), text.size()); }

template <typename T, typename U>
int set(dm_task* task, T Settings::*setting, U value) noexcept {
  if (task == nullptr) return 0;
  task->settings.*setting = value;
  return 1;
}

const char* orNull(const dm_task* task, const std::string Results::*text) noexcept {
  return task != nullptr && task->results.present ? (task->results.*text).c_str() : nullptr;
}

char* copyOf(const dm_task* task, const std::string& text) noexcept {
  return task != nullptr && task->results.present ? strdup(text.c_str()) : nullptr;
}

}  // namespace

dm_task::~dm_task() {
  if (!settings.secure) return;
  for (AddedRow& row : rows) row.text.wipe();
  results.rows.wipe();
  if (settings.message) wipeText(*settings.message);
}

int devmap::libdm::runForC(dm_task* task) noexcept {
  const Entry entry;
  const Outcome outcome = task == nullptr ? Outcome{false, EINVAL} : run(*task);
  if (!outcome.done) errno = outcome.errnum;
  return outcome.done ? 1 : 0;
}

dm_task* dm_task_create(int type) {
  const Entry entry;
  if (context() == nullptr) return nullptr;
  return new (std::nothrow) dm_task(type);
}

void dm_task_destroy(dm_task* task) {
  const Entry entry;
  delete task;
}

int dm_task_set_major(dm_task* task, int major) {
  if (task == nullptr) return 0;
  task->major = major;
  task->ownMajor = false;
  return 1;
}

int dm_task_set_minor(dm_task* task, int minor) {
  if (task == nullptr) return 0;
  task->minor = minor;
  return 1;
}

int dm_task_set_major_minor(dm_task* task, int major, int minor, int allowOwnMajor) {
  if (task == nullptr) return 0;
  task->major = major;
  task->minor = minor;
  task->ownMajor = allowOwnMajor != 0;
  return 1;
}

int dm_task_add_target(dm_task* task, uint64_t start, uint64_t length, const char* type,
                       const char* params) {
  const Entry entry;
  if (task == nullptr || type == nullptr || params == nullptr) return 0;
  if (std::strlen(type) > longestType) {
    logError("Target type name " + std::string(type) + " is too long.");
    return 0;
  }
  const std::string_view words(type), rest(params);
  Block text(words.size() + rest.size() + 2);
  if (text.empty()) {
    logError("No memory for a row of target type " + std::string(words) + '.');
    errno = ENOMEM;
    return 0;
  }
  char* const typeText = text.text(words);
  char* const paramsText = text.text(rest);
  task->rows.push_back({{start, length, typeText, paramsText}, std::move(text)});
  return 1;
}

int dm_task_set_message(dm_task* task, const char* message) {
  const Entry entry;
  if (task == nullptr || message == nullptr) return 0;
  if (task->settings.message && task->settings.secure) wipeText(*task->settings.message);
  task->settings.message = message;
  return 1;
}

int dm_task_set_sector(dm_task* task, uint64_t sector) {
  return set(task, &Settings::sector, sector);
}

int dm_task_set_geometry(dm_task* task, const char* cylinders, const char* heads,
                         const char* sectors, const char* start) {
  const Entry entry;
  if (task == nullptr || cylinders == nullptr || heads == nullptr || sectors == nullptr ||
      start == nullptr)
    return 0;
  task->settings.geometry = std::string(cylinders) + ' ' + heads + ' ' + sectors + ' ' + start;
  return 1;
}

int dm_task_set_event_nr(dm_task* task, uint32_t eventNr) {
  return set(task, &Settings::eventNr, eventNr);
}

int dm_task_set_uid(dm_task* task, uid_t uid) { return set(task, &Settings::uid, uid); }

int dm_task_set_gid(dm_task* task, gid_t gid) { return set(task, &Settings::gid, gid); }

int dm_task_set_mode(dm_task* task, mode_t mode) { return set(task, &Settings::mode, mode); }

int dm_task_set_read_ahead(dm_task* task, uint32_t sectors, uint32_t flags) {
  if (task == nullptr) return 0;
  task->settings.readAhead = sectors;
  task->settings.readAheadFlags = flags;
  return 1;
}

int dm_task_set_add_node(dm_task* task, dm_add_node_t when) {
  const Entry entry;
  if (task == nullptr) return 0;
  if (when != DM_ADD_NODE_ON_RESUME && when != DM_ADD_NODE_ON_CREATE) {
    logError("Unknown add node parameter");
    return 0;
  }
  task->settings.addNodeOnCreate = when == DM_ADD_NODE_ON_CREATE;
  return 1;
}

int dm_task_set_ro(dm_task* task) { return set(task, &Settings::readOnly, true); }
int dm_task_no_flush(dm_task* task) { return set(task, &Settings::noFlush, true); }
int dm_task_skip_lockfs(dm_task* task) { return set(task, &Settings::skipLockfs, true); }
int dm_task_secure_data(dm_task* task) { return set(task, &Settings::secure, true); }
int dm_task_retry_remove(dm_task* task) { return set(task, &Settings::retryRemove, true); }
int dm_task_deferred_remove(dm_task* task) { return set(task, &Settings::deferredRemove, true); }
int dm_task_query_inactive_table(dm_task* task) {
  return set(task, &Settings::inactiveTable, true);
}
int dm_task_ima_measurement(dm_task* task) { return set(task, &Settings::imaMeasurement, true); }
int dm_task_suppress_identical_reload(dm_task* task) {
  return set(task, &Settings::suppressIdentical, true);
}

// Accepted, without an effect: kernels of this century do not count opens on request, devmap checks
// every table, and it has no timestamps.
int dm_task_no_open_count(dm_task* task) { return task != nullptr ? 1 : 0; }
int dm_task_enable_checks(dm_task* task) { return task != nullptr ? 1 : 0; }
int dm_task_set_record_timestamp(dm_task* task) { return task != nullptr ? 1 : 0; }

int dm_task_run(dm_task* task) { return runForC(task); }

int dm_task_get_errno(dm_task* task) { return task == nullptr ? EINVAL : task->errnum; }

int dm_task_get_info(dm_task* task, dm_info* info) {
  if (task == nullptr || info == nullptr || !task->results.present) return 0;
  *info = task->results.info;
  return 1;
}

/// As dm_task_get_info was before internal_suspend.
int dm_task_get_info_with_deferred_remove(dm_task* task, dm_info* info) {
  if (task == nullptr || info == nullptr || !task->results.present) return 0;
  std::memcpy(info, &task->results.info, offsetof(dm_info, internal_suspend));
  return 1;
}

const char* dm_task_get_name(const dm_task* task) { return orNull(task, &Results::name); }
const char* dm_task_get_uuid(const dm_task* task) { return orNull(task, &Results::uuid); }

char* dm_task_get_name_mangled(const dm_task* task) {
  const Entry entry;
  return copyOf(task, devmap::mangle(task == nullptr ? "" : task->results.nameInKernel));
}
char* dm_task_get_uuid_mangled(const dm_task* task) {
  const Entry entry;
  return copyOf(task, devmap::mangle(task == nullptr ? "" : task->results.uuidInKernel));
}
char* dm_task_get_name_unmangled(const dm_task* task) {
  const Entry entry;
  return copyOf(task, devmap::unmangle(task == nullptr ? "" : task->results.nameInKernel,
                                       devmap::NameMangling::automatic));
}
char* dm_task_get_uuid_unmangled(const dm_task* task) {
  const Entry entry;
  return copyOf(task, devmap::unmangle(task == nullptr ? "" : task->results.uuidInKernel,
                                       devmap::NameMangling::automatic));
}

const char* dm_task_get_message_response(dm_task* task) {
  return task != nullptr && task->results.response ? task->results.response->c_str() : nullptr;
}

int dm_task_get_driver_version(dm_task* task, char* version, size_t size) {
  if (version == nullptr || size == 0) return 0;
  version[0] = '\0';
  if (task == nullptr || task->driverVersion == devmap::Version{}) return 0;
  const std::string text = toString(task->driverVersion);
  if (text.size() >= size) return 0;
  std::memcpy(version, text.c_str(), text.size() + 1);
  return 1;
}

namespace {

/// One of an array of rows, into what the program passed; where the next one is.
template <typename AnyRow>
void* nextRow(AnyRow* rows, std::size_t count, void* cursor, uint64_t* start, uint64_t* length,
              char** type, char** params) noexcept {
  AnyRow* const row = cursor != nullptr ? static_cast<AnyRow*>(cursor) : rows;
  AnyRow* const end = rows + count;
  const bool there = row < end;
  if (start != nullptr) *start = there ? row->start : 0;
  if (length != nullptr) *length = there ? row->length : 0;
  if (type != nullptr) *type = there ? row->type : nullptr;
  if (params != nullptr) *params = there ? row->params : nullptr;
  return there && row + 1 < end ? row + 1 : nullptr;
}

}  // namespace

void* dm_get_next_target(dm_task* task, void* cursor, uint64_t* start, uint64_t* length,
                         char** type, char** params) {
  if (task == nullptr) return nullptr;
  const Results& results = task->results;
  if (results.rowCount == 0)
    return nextRow(task->rows.data(), task->rows.size(), cursor, start, length, type, params);
  return nextRow(reinterpret_cast<Row*>(results.rows.data()), results.rowCount, cursor, start,
                 length, type, params);
}
