// One device-mapper operation, with every knob: createTask, addTarget, setCookie, run, udevWait.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/device_mapper.hpp>
#include <devmap/error.hpp>
#include <devmap/table.hpp>
#include <devmap/types.hpp>
#include <devmap/udev.hpp>

namespace devmap {

/// What a task does. Each is one ioctl, except that DeviceCreate with rows is create, load and
/// resume, undone on failure.
enum class TaskType : std::uint8_t {
  DeviceCreate,  ///< new device; with rows: created, loaded and resumed, or not there at all
  DeviceReload,  ///< loads rows into the inactive slot; a resume makes them live
  DeviceRemove,
  DeviceRemoveAll,  ///< every device that is not open (with deferredRemove: open ones on last
                    ///< close)
  DeviceSuspend,
  DeviceResume,     ///< resumes; an inactive table becomes the live one
  DeviceInfo,       ///< A missing device is success with info().exists == false.
  DeviceDeps,       ///< devices that the live (or inactive) table uses
  DeviceRename,     ///< new name or new uuid
  DeviceVersion,    ///< version of the interface
  DeviceStatus,     ///< Status text of each row. A missing device is success with info().exists ==
                    ///< false.
  DeviceTable,      ///< parameter text of each row
  DeviceWaitEvent,  ///< Waits until the event number differs from setEventNr's, then acts as
                    ///< DeviceStatus.
  DeviceList,       ///< all devices, or those whose name or uuid starts with the task's
  DeviceClear,      ///< drops the inactive table
  DeviceMknodes,  ///< repairs the node of one device, or of all: makes missing ones, removes stale
                  ///< ones with the task's name
  DeviceListVersions,  ///< target types loaded now
  DeviceTargetMsg,     ///< a message to the row at a sector
  DeviceSetGeometry,
  DeviceArmPoll,  ///< makes the control node forget the events so far: DeviceMapper::controlFd()
  DeviceGetTargetVersion,  ///< version of the target type given as name; loads its module
};

enum class AddNode : std::uint8_t { onResume, onCreate };

/// How addTarget treats a backslash in parameters. The kernel's own splitter takes it as an escape
/// for the next byte.
enum class Backslash : std::uint8_t {
  literal,  ///< parameters are plain words: `/dev/mapper/a\x20b` names that very node (as in
            ///< libdevmapper)
  escape,   ///< parameters are already escaped for the kernel's splitter: `\ ` puts a blank into a
            ///< word
};

/// State of a device, as the kernel reports it with nearly every call.
struct DeviceInfo {
  bool exists = false;
  bool suspended = false;
  bool internallySuspended = false;  ///< by the kernel, e.g. for a snapshot merge
  bool liveTable = false;
  bool inactiveTable = false;
  bool readOnly = false;
  bool deferredRemove = false;  ///< is removed on last close
  std::int32_t openCount = 0;
  std::uint32_t eventNr = 0;
  std::uint32_t targetCount = 0;  ///< rows of the live table
  DeviceNumber device;
  std::string name;
  std::string uuid;
};

/// One device of a list. Lifetime as TableRow.
struct ListedDevice {
  std::string_view name;  ///< any bytes, as Options::mangling says
  std::string_view uuid;  ///< empty when it has none or the kernel is older than 4.45
  DeviceNumber device;
  std::optional<std::uint32_t> eventNr;  ///< from interface 4.37 on
};

/// One target type. Lifetime as TableRow.
struct TargetVersion {
  std::string_view name;
  Version version;
};

namespace detail {
struct TaskState;
}

/// One device-mapper operation. Set it up, run it, read the results. It may be run again, also with
/// other settings. The device is addressed by name, uuid or number: exactly one where a device is
/// needed. DeviceCreate takes a name and, optionally, a uuid and a minor number. Setters check at
/// once and report what is wrong; a setter that does not belong to the task's type is
/// invalidArgument.
/// Threading: one thread at a time; distinct tasks are independent, even on one context.
/// Lifetime: must not outlive its context.
class DEVMAP_API Task {
 public:
  /// A task of the given context. Errors: invalidName for a name that the kernel would refuse.
  [[nodiscard]] static Result<Task> create(DeviceMapper& context, TaskType type,
                                           std::string_view name = {}) noexcept;

  Task(Task&& other) noexcept;
  Task& operator=(Task&& other) noexcept;
  ~Task();

  [[nodiscard]] TaskType type() const noexcept;

  // --- which device ---

  Result<void> setName(
      std::string_view name) noexcept;  ///< DeviceList: prefix of the names to list
  Result<void> setUuid(
      std::string_view uuid) noexcept;  ///< DeviceList: prefix of the uuids to list
  /// DeviceCreate: the minor number to take (major is ignored by the kernel). Otherwise: the device
  /// to address.
  Result<void> setDevice(DeviceNumber device) noexcept;
  /// DeviceRename only; the last call of setNewName or setNewUuid counts.
  Result<void> setNewName(std::string_view name) noexcept;
  Result<void> setNewUuid(std::string_view uuid) noexcept;

  // --- rows: DeviceCreate and DeviceReload ---

  /// Adds a row. It must start where the previous row ended (the first at 0), and be at least one
  /// sector long. `type`: 1 to 15 bytes. `params`: no NUL. Errors: invalidTable with the row's
  /// number; the task keeps the rows it had.
  Result<void> addTarget(Sectors start, Sectors length, std::string_view type,
                         std::string_view params,
                         Backslash backslash = Backslash::literal) noexcept;
  Result<void> addTarget(const TableRow& row) noexcept {
    return addTarget(row.start, row.length, row.type, row.params);
  }
  void clearTargets() noexcept;

  // --- udev: DeviceResume, DeviceRemove, DeviceRename, DeviceCreate with rows ---

  /// Attaches `cookie` to the next run: udevWait(cookie, ...) returns when udev has handled its
  /// event. An empty cookie gets a semaphore here. Where there is no udev, or no semaphore is
  /// available, it stays empty and udevWait has nothing to wait for. One call serves one run. A run
  /// that fails, or causes no event, counts the cookie down itself. Errors: invalidArgument for a
  /// task type that causes no event, cookieNotFound when the semaphore has been removed.
  Result<void> setCookie(UdevCookie& cookie, UdevFlags flags = {}) noexcept;

  /// The flags of the next run without a cookie: nothing waits for udev. With disableDmRules,
  /// devmap makes and removes the node itself, so that it is there when run() returns. Errors:
  /// invalidArgument for a task type that causes no event.
  Result<void> setUdevFlags(UdevFlags flags) noexcept;

  // --- knobs ---

  Result<void> setReadOnly(
      bool on = true) noexcept;  ///< DeviceCreate, DeviceReload: the table is read-only
  Result<void> setAddNode(
      AddNode when) noexcept;  ///< DeviceCreate: when devmap makes the node itself
  /// DeviceCreate, DeviceResume, DeviceMknodes: where devmap makes the node itself, it is a block
  /// node with these, and no link.
  Result<void> setNodeAttributes(const NodeAttributes& attributes) noexcept;
  Result<void> setMessage(
      std::string_view message) noexcept;  ///< DeviceTargetMsg; 1 byte at least, no NUL
  Result<void> setSector(
      Sectors sector) noexcept;  ///< DeviceTargetMsg: the row that contains this sector, default 0
  Result<void> setGeometry(Geometry geometry) noexcept;  ///< DeviceSetGeometry
  Result<void> setEventNr(
      std::uint32_t eventNr) noexcept;  ///< DeviceWaitEvent: the last event number seen
  Result<void> waitTimeout(Timeout timeout) noexcept;  ///< DeviceWaitEvent: timedOut after this; by
                                                       ///< default it waits forever
  Result<void> noFlush(
      bool on = true) noexcept;  ///< suspend, resume: do not flush; status: do not commit (thin)
  Result<void> skipLockfs(
      bool on = true) noexcept;  ///< suspend, resume: do not freeze the file system
  Result<void> queryInactiveTable(
      bool on = true) noexcept;  ///< info, status, table, deps: of the inactive table
  Result<void> deferredRemove(
      bool on = true) noexcept;  ///< remove an open device on last close; see info().deferredRemove
  Result<void> retryRemove(
      Timeout deadline) noexcept;  ///< DeviceRemove: retry while busy, at most this long
  Result<void> imaMeasurement(
      bool on = true) noexcept;  ///< DeviceStatus: the row's IMA measurement text instead
  void secureData(
      bool on = true) noexcept;  ///< holds secrets: the kernel wipes its copies, devmap its own

  // --- run ---

  /// Runs the task. On an error the results are empty, the cookie has been counted down, and
  /// everything this call created is removed again. Nodes that DeviceMknodes had already repaired
  /// stay repaired. A node that devmap should remove itself and cannot is not an error: the device
  /// is gone. Errors: as the kernel's. notFound, alreadyExists and busy are distinguished from
  /// other uses of the same errno. Exhausted udev semaphores are not an error (no noSpace).
  /// `DeviceTargetMsg`: replyTruncated means executed, do not send it again.
  Result<void> run() noexcept;

  // --- results of the last successful run; empty or zero otherwise ---

  [[nodiscard]] const DeviceInfo& info() const noexcept;
  [[nodiscard]] const std::vector<TableRow>& rows()
      const noexcept;  ///< DeviceStatus, DeviceTable, DeviceWaitEvent
  [[nodiscard]] const std::vector<ListedDevice>& names() const noexcept;  ///< DeviceList
  [[nodiscard]] const std::vector<DeviceNumber>& deps() const noexcept;   ///< DeviceDeps
  [[nodiscard]] const std::vector<TargetVersion>& versions()
      const noexcept;  ///< DeviceListVersions, DeviceGetTargetVersion
  [[nodiscard]] std::optional<std::string_view> response()
      const noexcept;  ///< DeviceTargetMsg, when there is one; lifetime as TableRow
  [[nodiscard]] Version driverVersion() const noexcept;  ///< of the interface, after any run

 private:
  explicit Task(std::unique_ptr<detail::TaskState> state) noexcept;
  std::unique_ptr<detail::TaskState> state_;
};

/// A task of the shared system context.
[[nodiscard]] DEVMAP_API Result<Task> createTask(TaskType type,
                                                 std::string_view name = {}) noexcept;
/// A task of the given context.
[[nodiscard]] inline Result<Task> createTask(DeviceMapper& context, TaskType type,
                                             std::string_view name = {}) noexcept {
  return Task::create(context, type, name);
}

}  // namespace devmap
