// From the results of a devmap::Task to those of the C interface.

#include <cerrno>

#include <devmap/name.hpp>

#include "layout.hpp"
#include "process.hpp"
#include "run.hpp"

namespace devmap::libdm {
namespace {

/// The name and uuid of the reply; of a missing device those it was asked by.
void nameResults(dm_task& task, const DeviceInfo& info) {
  Results& results = task.results;
  results.nameInKernel = info.name.empty() ? task.name : info.name;
  results.uuidInKernel = info.uuid.empty() && !info.exists ? task.uuid : info.uuid;
  results.name = unmangle(results.nameInKernel, mangling());
  results.uuid = unmangle(results.uuidInKernel, mangling());
}

}  // namespace

dm_info toC(const DeviceInfo& info) noexcept {
  dm_info c{};
  c.exists = info.exists ? 1 : 0;
  c.suspended = info.suspended ? 1 : 0;
  c.live_table = info.liveTable ? 1 : 0;
  c.inactive_table = info.inactiveTable ? 1 : 0;
  c.open_count = info.openCount;
  c.event_nr = info.eventNr;
  c.major = info.device.major;
  c.minor = info.device.minor;
  c.read_only = info.readOnly ? 1 : 0;
  c.target_count = static_cast<int>(info.targetCount);
  c.deferred_remove = info.deferredRemove ? 1 : 0;
  c.internal_suspend = info.internallySuspended ? 1 : 0;
  return c;
}

bool copyResults(dm_task& task, const Task& done) noexcept {
  Results& results = task.results;
  results.present = true;
  task.driverVersion = done.driverVersion();
  if (needsDevice(task.type) && task.type != DM_DEVICE_GET_TARGET_VERSION) {
    results.info = toC(done.info());
    if (!done.info().exists &&
        isOneOf(task.type, {DM_DEVICE_INFO, DM_DEVICE_STATUS, DM_DEVICE_MKNODES}))
      task.errnum = ENXIO;
  } else {
    results.info.exists = 1;
  }
  nameResults(task, done.info());
  if (done.response()) results.response = *done.response();
  const bool versions = isOneOf(task.type, {DM_DEVICE_LIST_VERSIONS, DM_DEVICE_GET_TARGET_VERSION});
  const bool list = task.type == DM_DEVICE_LIST, deps = task.type == DM_DEVICE_DEPS;
  if (list) results.records = layNames(done.names(), mangling());
  if (versions) results.records = layVersions(done.versions());
  if (deps) results.records = layDependencies(done.deps());
  results.rowCount = done.rows().size();
  if (results.rowCount != 0) results.rows = layRows(done.rows());
  const bool missing = ((list || versions || deps) && results.records.empty()) ||
                       (results.rowCount != 0 && results.rows.empty());
  if (missing) results = {};
  return !missing;
}

}  // namespace devmap::libdm
