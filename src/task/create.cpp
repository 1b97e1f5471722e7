// Creating a device and loading tables.

#include <algorithm>
#include <cerrno>

#include <codec/flags.hpp>
#include <codec/load.hpp>
#include <task/task_state.hpp>

namespace devmap::detail {
namespace {

// Calls `visit(row, type)` for each encoded row until it returns false.
template <typename Visit>
void forEachRow(const TaskState& state, Visit visit) noexcept {
  const auto packet = state.load.span();
  std::size_t offset = codec::headerSize;
  for (std::uint32_t row = 0; row < state.rowCount; ++row) {
    const auto next = codec::load<std::uint32_t>(packet, offset + codec::rowNextOffset);
    const auto type = codec::loadText(packet, offset + codec::rowTypeOffset);
    if (!next || !type || !visit(row, *type)) return;
    offset += *next;
  }
}

// Whether the kernel has the target type. Asking loads its module. True where the kernel cannot be
// asked.
bool hasTarget(Context& context, std::string_view type) noexcept {
  codec::RequestHeader request;
  request.name = type;
  codec::Bytes packet;
  auto reply = executeReading(context, {DmCommand::getTargetVersion, "ask for a target type"},
                              request, packet);
  return reply.has_value() || reply.error().errnum != EINVAL;
}

// Blames the first row whose target type this kernel lacks, if there is one.
void blameMissingTarget(TaskState& state, Error& error) noexcept {
  std::string_view asked;
  constexpr std::uint32_t maxQuestions = 64;
  std::uint32_t questions = 0;
  forEachRow(state, [&](std::uint32_t row, std::string_view type) {
    if (type == asked) return true;
    asked = type;
    if (hasTarget(state.context, type)) return ++questions < maxQuestions;
    error.code = Errc::unsupported;
    error.row = row;
    error.detail =
        "this kernel has no target type '" + std::string(type) + "', nor a module for it";
    return false;
  });
}

// Blames the one row whose type the kernel's sentence names (`table: 253:0: TYPE: ...`), or the
// only row.
void blameRow(TaskState& state, Error& error) noexcept {
  if (state.rowCount == 1) {
    error.row = 0;
    return;
  }
  std::optional<std::uint32_t> found;
  bool several = false;
  forEachRow(state, [&](std::uint32_t row, std::string_view type) {
    if (error.kernelMessage.find(": " + std::string(type) + ": ") == std::string::npos) return true;
    several = found.has_value();
    found = row;
    return !several;
  });
  if (found && !several) error.row = found;
}

// What went wrong with a load, and with which row.
Error loadError(TaskState& state, Error error, KernelLog::Session& log,
                std::optional<DeviceNumber> device) noexcept {
  if (!device) device = findDevice(state);
  if (!device) {  // then the kernel looked at no row
    if (error.errnum == ENXIO) error.detail = "no such device";
    return error;
  }
  quoteKernel(state, log, device, error);
  if (error.errnum == EINVAL) blameMissingTarget(state, error);
  if (!error.row) blameRow(state, error);
  return error;
}

// TABLE_LOAD of the task's rows to the device that `address` names.
Result<codec::ReplyHeader> loadRows(TaskState& state, codec::RequestHeader address,
                                    KernelLog::Session& log,
                                    std::optional<DeviceNumber> device) noexcept {
  const Call call = state.call(DmCommand::tableLoad, "load table");
  address.targetCount = state.rowCount;
  address.flags |=
      (state.flags & codec::flagReadOnly) | (state.secure ? codec::flagSecureData : 0U);
  codec::Bytes copy;
  std::span<std::byte> packet = state.load.span();
  if (state.secure) {  // the kernel wipes the packet it gets, and the task may be run again
    copy.setSecret(true);
    if (!copy.resize(packet.size()))
      return state.refuse(Errc::outOfMemory, call.operation, "no memory for the table");
    std::ranges::copy(packet, copy.span().begin());
    packet = copy.span();
  }
  if (!codec::encodeHeader(address, packet))
    return state.refuse(Errc::invalidArgument, call.operation, "the table is larger than 1 GiB");
  if (const int errnum = state.context.kernel.ioctl(state.context.control, call.command, packet))
    return loadError(state, kernelError(call, errnum), log, device);
  // The reply is a header only. Decodes a copy of it, as views must not point into the request.
  std::ranges::copy(packet.first(codec::headerSize), state.replyHeader.begin());
  return decodeReply(call, address, state.replyHeader);
}

// What follows a successful DEV_CREATE: load, resume, node. On error, the caller undoes all of it.
Result<void> bringUp(TaskState& state, DeviceNumber device, KernelLog::Session& log) noexcept {
  Nodes nodes = state.nodes();
  if (state.addNode == AddNode::onCreate && makesNodes(state))
    if (auto made = nodes.make(state.name, device); !made) return made;
  codec::RequestHeader address;
  address.device = device;
  if (auto loaded = loadRows(state, address, log, device); !loaded)
    return std::move(loaded).error();
  address.flags = state.flags & codec::flagNoFlush;
  address.eventNr = eventNumber(state);
  HeaderPacket packet;
  auto resumed = executeHeader(state.context, state.call(DmCommand::suspend, "resume new device"),
                               address, packet);
  if (!resumed) {
    quoteKernel(state, log, device, resumed.error());
    return std::move(resumed).error();
  }
  settleCookie(state, *resumed, {{PendingNode::Kind::appears, state.name, device}});
  state.info = infoFrom(*resumed);
  return makesNodes(state) ? nodes.make(state.name, device) : Result<void>();
}

}  // namespace

Result<void> runCreate(TaskState& state) noexcept {
  constexpr const char* operation = "create device";
  if (state.name.empty())
    return state.refuse(Errc::invalidArgument, operation, "a new device needs a name");
  codec::RequestHeader request;
  request.name = state.name;
  request.uuid = state.uuid;
  request.device = state.device;
  if (state.device) request.flags |= codec::flagPersistentDev;
  KernelLog::Session log(state.context.log);
  HeaderPacket packet;
  auto created =
      executeHeader(state.context, state.call(DmCommand::create, operation), request, packet);
  if (!created) {
    quoteKernel(state, log, {}, created.error());
    return std::move(created).error();
  }
  const DeviceNumber device = created->device;
  state.info = infoFrom(*created);
  Result<void> done;
  if (state.rowCount != 0)
    done = bringUp(state, device, log);
  else if (state.addNode == AddNode::onCreate && makesNodes(state))
    done = state.nodes().make(state.name, device);
  if (!done) {
    done.error().number = device;
    undoCreate(state, device, done.error());
  }
  return done;
}

Result<void> runReload(TaskState& state) noexcept {
  constexpr const char* operation = "load table";
  if (auto ok = checkAddress(state, operation); !ok) return ok;
  if (state.rowCount == 0)
    return state.refuse(Errc::invalidTable, operation, "a table needs at least one row");
  codec::RequestHeader address;
  address.name = state.name;
  address.uuid = state.uuid;
  address.device = state.device;
  KernelLog::Session log(state.context.log);
  auto loaded = loadRows(state, address, log, state.device);
  if (!loaded) return std::move(loaded).error();
  state.info = infoFrom(*loaded);
  return {};
}

}  // namespace devmap::detail
