// Running a task: the choice of what to do, and what all runs share.

#include <task/task_state.hpp>

#include <codec/flags.hpp>

namespace devmap::detail {
namespace {

Result<void> runVersion(TaskState& state) noexcept {
  HeaderPacket packet;
  auto reply = executeHeader(state.context, {DmCommand::version, "ask for the interface version"},
                             {}, packet);
  if (!reply) return std::move(reply).error();
  state.driverVersion = reply->version;
  return {};
}

Result<void> runArmPoll(TaskState& state) noexcept {
  HeaderPacket packet;
  auto reply =
      executeHeader(state.context, {DmCommand::armPoll, "arm the control node"}, {}, packet);
  if (!reply) return std::move(reply).error();
  return {};
}

}  // namespace

Result<void> runTask(TaskState& state) noexcept {
  state.driverVersion = state.context.interfaceVersion;
  switch (state.type) {
    case TaskType::DeviceCreate: return runCreate(state);
    case TaskType::DeviceReload: return runReload(state);
    case TaskType::DeviceRemove: return runRemove(state);
    case TaskType::DeviceRemoveAll: return runRemoveAll(state);
    case TaskType::DeviceSuspend: return runSuspend(state);
    case TaskType::DeviceResume: return runResume(state);
    case TaskType::DeviceInfo: return runInfo(state);
    case TaskType::DeviceDeps: return runDeps(state);
    case TaskType::DeviceRename: return runRename(state);
    case TaskType::DeviceVersion: return runVersion(state);
    case TaskType::DeviceStatus:
    case TaskType::DeviceTable: return runStatus(state);
    case TaskType::DeviceWaitEvent: return runWaitEvent(state);
    case TaskType::DeviceList: return runList(state);
    case TaskType::DeviceClear: return runClear(state);
    case TaskType::DeviceMknodes: return runMknodes(state);
    case TaskType::DeviceListVersions:
    case TaskType::DeviceGetTargetVersion: return runVersions(state);
    case TaskType::DeviceTargetMsg: return runMessage(state);
    case TaskType::DeviceSetGeometry: return runGeometry(state);
    case TaskType::DeviceArmPoll: return runArmPoll(state);
  }
  return state.refuse(Errc::invalidArgument, "run task", "there is no such task type");
}

Result<void> checkAddress(const TaskState& state, const char* operation) noexcept {
  const int given =
      (state.name.empty() ? 0 : 1) + (state.uuid.empty() ? 0 : 1) + (state.device ? 1 : 0);
  if (given == 1) return {};
  return state.refuse(Errc::invalidArgument, operation,
                      given == 0 ? "no device given: set its name, uuid or number"
                                 : "more than one of name, uuid and number given");
}

DeviceInfo infoFrom(const codec::ReplyHeader& reply) {
  const auto has = [&](std::uint32_t flag) { return (reply.flags & flag) != 0; };
  DeviceInfo info;
  info.exists = true;
  info.suspended = has(codec::flagSuspend);
  info.internallySuspended = has(codec::flagInternalSuspend);
  info.liveTable = has(codec::flagActivePresent);
  info.inactiveTable = has(codec::flagInactivePresent);
  info.readOnly = has(codec::flagReadOnly);
  info.deferredRemove = has(codec::flagDeferredRemove);
  info.openCount = reply.openCount;
  info.eventNr = reply.eventNr;
  info.targetCount = reply.targetCount;
  info.device = reply.device;
  info.name = reply.name;
  info.uuid = reply.uuid;
  return info;
}

std::uint32_t eventNumber(const TaskState& state) noexcept {
  // Without primarySource, the rules treat the event as spurious and ignore it.
  UdevFlags flags = state.udevFlags | UdevFlag::primarySource;
  // A udevd that runs anyway must not make or remove our nodes. No subsystem's rules may act on a
  // device that udev has not processed.
  if (state.context.udev().mode == UdevMode::none)
    flags = flags | UdevFlag::disableDmRules | UdevFlag::disableSubsystemRules;
  return static_cast<std::uint32_t>(flags.bits()) << 16 | state.hold.base();
}

bool makesNodes(const TaskState& state) noexcept {
  return state.context.udev().mode == UdevMode::none ||
         state.udevFlags.has(UdevFlag::disableDmRules);
}

void settleCookie(TaskState& state, const codec::ReplyHeader& reply,
                  std::initializer_list<PendingNode> nodes) noexcept {
  const bool knowsFlag = state.context.interfaceVersion >= Version{4, 17, 0};
  if (knowsFlag && (reply.flags & codec::flagUeventGenerated) == 0) {
    state.hold.release();
    return;
  }
  state.hold.handOver(nodes, !makesNodes(state), state.nodes());
}

std::optional<DeviceNumber> findDevice(const TaskState& state) noexcept {
  if (!checkAddress(state, "find device")) return {};
  codec::RequestHeader request = state.header();
  request.flags = 0;
  HeaderPacket packet;
  auto reply = executeHeader(state.context, {DmCommand::status, "find device"}, request, packet);
  if (!reply) return {};
  return reply->device;
}

void quoteKernel(TaskState& state, KernelLog::Session& log, std::optional<DeviceNumber> device,
                 Error& error) noexcept {
  if (error.errnum == 0) return;
  // The log names devices by number. The device's own number keeps a complaint about another device
  // from being taken for ours.
  error.kernelMessage = log.sentence(device ? device : findDevice(state));
}

}  // namespace devmap::detail
