// State of a Task: the request as set up, the reply as decoded.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include <codec/bytes.hpp>
#include <codec/header.hpp>
#include <devmap/task.hpp>
#include <task/context.hpp>
#include <task/control.hpp>
#include <udev/cookie.hpp>
#include <udev/nodes.hpp>

namespace devmap::detail {

/// Set up by the setters of Task, filled by runTask.
struct TaskState {
  TaskState(Context& contextOfTask, TaskType typeOfTask) noexcept
      : context(contextOfTask), type(typeOfTask) {}

  Context& context;
  const TaskType type;

  // request
  std::string name;
  std::string uuid;
  std::optional<DeviceNumber> device;
  std::string newText;  ///< new name or uuid
  bool newTextIsUuid = false;
  codec::Bytes load;  ///< packet of TABLE_LOAD as sent: room for a header, then the encoded rows
  std::uint32_t rowCount = 0;
  Sectors end;           ///< where the next row must start
  codec::Bytes message;  ///< text, without NUL
  Sectors sector;
  std::optional<Geometry> geometry;
  std::uint32_t eventNr = 0;
  std::optional<Timeout> waitTimeout;
  std::optional<Timeout> removeDeadline;
  std::uint32_t flags = 0;  ///< DM flags set by the setters
  AddNode addNode = AddNode::onResume;
  std::optional<NodeAttributes> nodeAttributes;
  bool secure = false;
  UdevFlags udevFlags;
  CookieHold hold;

  // reply
  codec::Bytes packet;         ///< the last reply; views below point into it
  HeaderPacket replyHeader{};  ///< copy of the header that a load returned
  DeviceInfo info;
  std::vector<TableRow> rows;
  std::vector<ListedDevice> names;
  std::vector<std::string> unmangled;  ///< what `names` point to if not the packet
  std::vector<DeviceNumber> deps;
  std::vector<TargetVersion> versions;
  std::optional<std::string_view> response;
  Version driverVersion;

  void clearResults() noexcept;
  /// For errors: name, else uuid, else number.
  [[nodiscard]] std::string deviceText() const;
  [[nodiscard]] Call call(DmCommand command, const char* operation) const noexcept {
    return {command, operation, this};
  }
  [[nodiscard]] Error refuse(Errc code, const char* operation, const char* why) const;
  [[nodiscard]] Nodes nodes() const { return {context.kernel, context.options, nodeAttributes}; }
  /// Header that addresses the task's device. The kernel wants exactly one of name, uuid and
  /// number.
  [[nodiscard]] codec::RequestHeader header(std::uint32_t extraFlags = 0) const noexcept;
};

/// Runs the task. Afterwards `state.hold` may still hold its share where no event is on its way.
Result<void> runTask(TaskState& state) noexcept;

// One function per kind of run; run.cpp chooses.
Result<void> runCreate(TaskState& state) noexcept;     // create.cpp
Result<void> runReload(TaskState& state) noexcept;     // create.cpp
Result<void> runResume(TaskState& state) noexcept;     // change.cpp
Result<void> runSuspend(TaskState& state) noexcept;    // change.cpp
Result<void> runRename(TaskState& state) noexcept;     // change.cpp
Result<void> runClear(TaskState& state) noexcept;      // change.cpp
Result<void> runGeometry(TaskState& state) noexcept;   // change.cpp
Result<void> runMessage(TaskState& state) noexcept;    // change.cpp
Result<void> runRemove(TaskState& state) noexcept;     // remove.cpp
Result<void> runRemoveAll(TaskState& state) noexcept;  // remove.cpp
Result<void> runMknodes(TaskState& state) noexcept;    // query.cpp
Result<void> runInfo(TaskState& state) noexcept;       // query.cpp
Result<void> runStatus(TaskState& state) noexcept;     // query.cpp: DeviceStatus, DeviceTable
Result<void> runWaitEvent(TaskState& state) noexcept;  // query.cpp
Result<void> runList(TaskState& state) noexcept;       // query.cpp
Result<void> runDeps(TaskState& state) noexcept;       // query.cpp
Result<void> runVersions(
    TaskState& state) noexcept;  // query.cpp: DeviceListVersions, DeviceGetTargetVersion

/// Fails unless the task addresses its device by exactly one of name, uuid and number, as the
/// kernel requires.
Result<void> checkAddress(const TaskState& state, const char* operation) noexcept;
/// Removes `device`, which this run made. Retries while udev holds it open. Appends to `cause` what
/// went wrong.
void undoCreate(TaskState& state, DeviceNumber device, Error& cause) noexcept;  // remove.cpp
/// Number of the device that the task addresses, if it exists.
[[nodiscard]] std::optional<DeviceNumber> findDevice(const TaskState& state) noexcept;
/// Puts the kernel's own sentence into `error`: about `device`, or else about the device that the
/// task addresses, if that exists.
void quoteKernel(TaskState& state, KernelLog::Session& log, std::optional<DeviceNumber> device,
                 Error& error) noexcept;

/// The device's state in a reply.
[[nodiscard]] DeviceInfo infoFrom(const codec::ReplyHeader& reply);
/// Value for header.eventNr of a resume, remove or rename: the udev flags, always with
/// primarySource, and the cookie's base.
[[nodiscard]] std::uint32_t eventNumber(const TaskState& state) noexcept;
/// Whether devmap makes the nodes of this task's device: no udev, or disableDmRules is set.
[[nodiscard]] bool makesNodes(const TaskState& state) noexcept;
/// Hands the share of the cookie to the event that is on its way, or releases it when there is
/// none. `nodes`: the nodes that the event is about.
void settleCookie(TaskState& state, const codec::ReplyHeader& reply,
                  std::initializer_list<PendingNode> nodes) noexcept;

}  // namespace devmap::detail
