// Runs that read: info, status, table, events, lists, dependencies, versions. And mknodes, which
// reads and repairs nodes.

#include <algorithm>
#include <cerrno>

#include <base/deadline.hpp>
#include <codec/flags.hpp>
#include <codec/reply.hpp>
#include <task/task_state.hpp>

namespace devmap::detail {
namespace {

constexpr Version listHasEventNr{4, 37, 0};
constexpr Version listHasUuidAndFilter{4, 45, 0};
constexpr Version pollCanBeArmed{4, 37, 0};

// For info and status, a missing device is a result, not an error.
bool isMissing(const Error& error) noexcept { return error.errnum == ENXIO; }

// Names the operation and the device in an error of the codec.
Error located(Error error, const Call& call) {
  error.operation = call.operation;
  error.device = call.device();
  return error;
}

Result<void> readRows(TaskState& state, const Call& call,
                      const codec::ReplyHeader& reply) noexcept {
  auto rows = codec::decodeRows(reply, state.packet.span());
  if (!rows) return located(std::move(rows).error(), call);
  state.rows = *std::move(rows);
  state.info = infoFrom(reply);
  return {};
}

}  // namespace

Result<void> runInfo(TaskState& state) noexcept {
  constexpr const char* operation = "get device info";
  if (auto ok = checkAddress(state, operation); !ok) return ok;
  HeaderPacket packet;
  auto reply = executeHeader(state.context, state.call(DmCommand::status, operation),
                             state.header(), packet);
  if (reply)
    state.info = infoFrom(*reply);
  else if (!isMissing(reply.error()))
    return std::move(reply).error();
  return {};
}

Result<void> runStatus(TaskState& state) noexcept {
  const bool table = state.type == TaskType::DeviceTable;
  const Call call = state.call(DmCommand::tableStatus, table ? "get table" : "get status");
  if (auto ok = checkAddress(state, call.operation); !ok) return ok;
  auto reply = executeReading(state.context, call,
                              state.header(table ? codec::flagStatusTable : 0U), state.packet);
  if (!reply) {
    if (!table && isMissing(reply.error())) return {};
    return std::move(reply).error();
  }
  return readRows(state, call, *reply);
}

namespace {

// A separate descriptor of the control node for polling: the kernel tracks per descriptor which
// events it has seen.
class ControlNode {
 public:
  explicit ControlNode(Kernel& kernel) noexcept : kernel_(kernel) {}
  ControlNode(const ControlNode&) = delete;
  ControlNode& operator=(const ControlNode&) = delete;
  ~ControlNode() {
    if (fd >= 0) static_cast<void>(kernel_.close(fd));
  }
  int fd = -1;

 private:
  Kernel& kernel_;
};

// Returns when the device's event number differs from the task's, the device is gone, or the
// deadline passes. Reads the rows with TABLE_STATUS, which never waits: DEV_WAIT could wait forever
// on a device re-created under the same name.
Result<void> awaitEvent(TaskState& state, const Call& call) noexcept {
  Kernel& kernel = state.context.kernel;
  if (state.context.interfaceVersion < pollCanBeArmed)
    return state.refuse(Errc::unsupported, call.operation,
                        "this kernel cannot wait with a timeout (interface before 4.37)");
  const base::Deadline deadline(kernel, *state.waitTimeout);
  ControlNode node(kernel);
  const std::string path = state.context.options.directory + "/control";
  if (const int errnum = kernel.openControl(path.c_str(), node.fd))
    return kernelError(call, errnum);
  for (;;) {
    // Arm first, look second: one of the two sees an event in between.
    HeaderPacket packet;
    if (!codec::encodeHeader({}, packet))
      return state.refuse(Errc::invalidArgument, call.operation, "the header cannot be encoded");
    if (const int errnum = kernel.ioctl(node.fd, DmCommand::armPoll, packet))
      return kernelError(call, errnum);
    auto looked = executeHeader(state.context, state.call(DmCommand::status, call.operation),
                                state.header(), packet);
    if (!looked) return std::move(looked).error();
    if (looked->eventNr != state.eventNr) {
      auto reply = executeReading(state.context, call, state.header(), state.packet);
      if (!reply) return std::move(reply).error();
      if (reply->eventNr != state.eventNr) return readRows(state, call, *reply);
    }
    const auto left = deadline.left();
    const int errnum =
        left > std::chrono::nanoseconds{0} ? kernel.pollControl(node.fd, left) : ETIMEDOUT;
    if (errnum == ETIMEDOUT)
      return state.refuse(Errc::timedOut, call.operation, "no event in time");
    if (errnum != 0) return kernelError(call, errnum);
  }
}

}  // namespace

Result<void> runWaitEvent(TaskState& state) noexcept {
  constexpr const char* operation = "wait for event";
  if (auto ok = checkAddress(state, operation); !ok) return ok;
  if (state.waitTimeout) return awaitEvent(state, state.call(DmCommand::tableStatus, operation));
  const Call call = state.call(DmCommand::wait, operation);
  codec::RequestHeader request = state.header();
  request.eventNr = state.eventNr;
  auto reply = executeReading(state.context, call, request, state.packet);
  if (!reply) return std::move(reply).error();
  return readRows(state, call, *reply);
}

Result<void> runList(TaskState& state) noexcept {
  const Call call = state.call(DmCommand::listDevices, "list devices");
  const Version version = state.context.interfaceVersion;
  const codec::ListFeatures features{version >= listHasEventNr, version >= listHasUuidAndFilter};
  // A kernel that does not filter by prefix must not be given one. Such a kernel lists no uuids
  // either.
  codec::RequestHeader request;
  if (features.uuid) {
    request = state.header(codec::flagUuid);
    request.device.reset();
  } else if (!state.uuid.empty()) {
    return state.refuse(Errc::unsupported, call.operation,
                        "this kernel does not list uuids (interface before 4.45)");
  }
  auto reply = executeReading(state.context, call, request, state.packet);
  if (!reply) return std::move(reply).error();
  auto names = codec::decodeList(*reply, state.packet.span(), features);
  if (!names) return located(std::move(names).error(), call);
  state.names = *std::move(names);
  std::erase_if(state.names,
                [&](const ListedDevice& device) { return !device.name.starts_with(state.name); });
  return {};
}

Result<void> runDeps(TaskState& state) noexcept {
  const Call call = state.call(DmCommand::tableDeps, "get dependencies");
  if (auto ok = checkAddress(state, call.operation); !ok) return ok;
  auto reply = executeReading(state.context, call, state.header(), state.packet);
  if (!reply) return std::move(reply).error();
  auto deps = codec::decodeDeps(*reply, state.packet.span());
  if (!deps) return located(std::move(deps).error(), call);
  state.deps = *std::move(deps);
  state.info = infoFrom(*reply);
  return {};
}

Result<void> runVersions(TaskState& state) noexcept {
  const bool one = state.type == TaskType::DeviceGetTargetVersion;
  const Call call = one ? state.call(DmCommand::getTargetVersion, "get target version")
                        : state.call(DmCommand::listVersions, "list target types");
  codec::RequestHeader request;
  if (one) request.name = state.name;
  auto reply = executeReading(state.context, call, request, state.packet);
  if (!reply) {
    if (one && reply.error().errnum == EINVAL) {
      reply.error().code = Errc::notFound;
      reply.error().detail = "this kernel has no such target type, nor a module for it";
    }
    return std::move(reply).error();
  }
  auto versions = codec::decodeVersions(*reply, state.packet.span());
  if (!versions) return located(std::move(versions).error(), call);
  state.versions = *std::move(versions);
  return {};
}

Result<void> runMknodes(TaskState& state) noexcept {
  Nodes nodes = state.nodes();
  if (!state.name.empty() || !state.uuid.empty() || state.device) {
    if (auto done = runInfo(state); !done) return done;
    if (state.info.exists) return nodes.make(state.info.name, state.info.device);
    if (!state.name.empty()) nodes.dropDangling(state.name);
    return {};
  }
  if (auto listed = runList(state); !listed) return listed;
  for (const ListedDevice& device : state.names)
    if (auto made = nodes.make(device.name, device.device); !made) return made;
  return {};
}

}  // namespace devmap::detail
