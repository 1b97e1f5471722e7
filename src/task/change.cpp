// Runs that change a device: suspend, resume, rename, clear, geometry, message.

#include <cerrno>

#include <codec/flags.hpp>
#include <codec/reply.hpp>
#include <codec/request.hpp>
#include <task/task_state.hpp>

namespace devmap::detail {
namespace {

constexpr std::size_t usualReply = std::size_t{16} * 1024;
constexpr std::size_t statsReply =
    std::size_t{1024} * 1024;  // @stats_print replies with one line per area

// A header-only command that changes the addressed device and returns only its errno and state.
Result<codec::ReplyHeader> change(TaskState& state, const Call& call,
                                  const codec::RequestHeader& request,
                                  HeaderPacket& packet) noexcept {
  if (auto ok = checkAddress(state, call.operation); !ok) return std::move(ok).error();
  KernelLog::Session log(state.context.log);
  auto reply = executeHeader(state.context, call, request, packet);
  if (!reply) {
    quoteKernel(state, log, state.device, reply.error());
    return reply;
  }
  state.info = infoFrom(*reply);
  return reply;
}

}  // namespace

Result<void> runSuspend(TaskState& state) noexcept {
  HeaderPacket packet;
  auto reply = change(state, state.call(DmCommand::suspend, "suspend device"),
                      state.header(codec::flagSuspend), packet);
  if (!reply) return std::move(reply).error();
  return {};
}

Result<void> runClear(TaskState& state) noexcept {
  HeaderPacket packet;
  auto reply = change(state, state.call(DmCommand::tableClear, "clear inactive table"),
                      state.header(), packet);
  if (!reply) return std::move(reply).error();
  return {};
}

Result<void> runResume(TaskState& state) noexcept {
  codec::RequestHeader request = state.header();
  request.eventNr = eventNumber(state);
  HeaderPacket packet;
  auto reply = change(state, state.call(DmCommand::suspend, "resume device"), request, packet);
  if (!reply) return std::move(reply).error();
  const std::string& name = state.info.name;
  // A device without a live table gets no node, whoever makes nodes.
  const bool hasNode = state.info.liveTable && !name.empty();
  if (!hasNode) {
    settleCookie(state, *reply, {});
    return {};
  }
  settleCookie(state, *reply, {{PendingNode::Kind::appears, name, state.info.device}});
  return makesNodes(state) ? state.nodes().make(name, state.info.device) : Result<void>();
}

namespace {

// Name and uuid of the device before its rename. The kernel looks it up by name alone, and its
// reply has no uuid (dm-ioctl.c: dm_hash_rename).
Result<DeviceInfo> identify(TaskState& state, const char* operation) noexcept {
  HeaderPacket packet;
  auto reply = executeHeader(state.context, state.call(DmCommand::status, operation),
                             state.header(), packet);
  if (!reply) return std::move(reply).error();
  return infoFrom(*reply);
}

// One packet of DEV_RENAME.
Result<codec::ReplyHeader> sendRename(TaskState& state, std::string_view from, std::string_view to,
                                      std::uint32_t flags, std::uint32_t eventNr,
                                      std::span<std::byte> packet) noexcept {
  const Call call = state.call(DmCommand::rename, "rename device");
  codec::RequestHeader request;
  request.name = from;
  request.flags = flags;
  request.eventNr = eventNr;
  if (!codec::encodeHeader(request, packet) ||
      !codec::encodeText(to, packet.subspan(codec::headerSize)))
    return state.refuse(Errc::invalidArgument, call.operation, "the new name or uuid is too long");
  return execute(state.context, call, request, packet);
}

constexpr std::size_t textRoom = 136;  // 128 bytes of uuid and NUL, rounded up to 8
using RenamePacket = std::array<std::byte, codec::headerSize + textRoom>;

// Gives the device its old name back after its new node could not be made.
void undoRename(TaskState& state, std::string_view oldName, Error& cause) noexcept {
  RenamePacket packet{};
  const std::uint32_t event = static_cast<std::uint32_t>(UdevFlags(UdevFlag::primarySource).bits())
                              << 16;
  auto back = sendRename(state, state.newText, oldName, 0, event, packet);
  cause.detail += back ? "; the device has its old name back"
                       : "; the device has its new name all the same: " + back.error().message();
}

}  // namespace

Result<void> runRename(TaskState& state) noexcept {
  constexpr const char* operation = "rename device";
  if (auto ok = checkAddress(state, operation); !ok) return ok;
  if (state.newText.empty())
    return state.refuse(Errc::invalidArgument, operation, "no new name or uuid given");
  auto before = identify(state, operation);
  if (!before) return std::move(before).error();
  const std::string& oldName = before->name;
  RenamePacket packet{};
  KernelLog::Session log(state.context.log);
  auto reply = sendRename(state, oldName, state.newText, state.newTextIsUuid ? codec::flagUuid : 0U,
                          eventNumber(state), packet);
  if (!reply) {
    quoteKernel(state, log, {}, reply.error());
    return std::move(reply).error();
  }
  state.info = infoFrom(*reply);
  state.info.name = oldName;
  state.info.uuid = std::move(before->uuid);
  if (state.newTextIsUuid) {
    state.info.uuid = state.newText;
    settleCookie(state, *reply, {{PendingNode::Kind::appears, oldName, state.info.device}});
    return {};
  }
  state.info.name = state.newText;
  const DeviceNumber device = state.info.device;
  settleCookie(state, *reply,
               {{PendingNode::Kind::appears, state.newText, device},
                {PendingNode::Kind::disappears, oldName, device}});
  Nodes nodes = state.nodes();
  if (!makesNodes(state)) return {};
  const bool unmangled = nodes.dropUnmangled(oldName, device);
  if (!unmangled && !nodes.leadsTo(oldName, device)) return {};
  auto renamed =
      unmangled ? nodes.make(state.newText, device) : nodes.rename(oldName, state.newText);
  if (!renamed) undoRename(state, oldName, renamed.error());
  return renamed;
}

Result<void> runGeometry(TaskState& state) noexcept {
  constexpr const char* operation = "set geometry";
  if (auto ok = checkAddress(state, operation); !ok) return ok;
  if (!state.geometry) return state.refuse(Errc::invalidArgument, operation, "no geometry given");
  std::array<std::byte, codec::headerSize + (codec::geometrySize + 7) / 8 * 8> packet{};
  if (!codec::encodeHeader(state.header(), packet) ||
      !codec::encodeGeometry(*state.geometry, std::span(packet).subspan(codec::headerSize)))
    return state.refuse(Errc::invalidArgument, operation, "the geometry cannot be encoded");
  KernelLog::Session log(state.context.log);
  auto reply =
      execute(state.context, state.call(DmCommand::setGeometry, operation), state.header(), packet);
  if (reply) return {};
  quoteKernel(state, log, state.device, reply.error());
  return std::move(reply).error();
}

namespace {

/// Whether a message was refused because the device has no live table. The kernel returns EINVAL,
/// which has other causes too. Linux up to 6.1 reports success without doing anything; the seam
/// turns that into ENOMSG.
bool lacksTable(TaskState& state, int errnum) noexcept {
  if (errnum == ENOMSG) return true;
  if (errnum != EINVAL) return false;
  HeaderPacket packet;
  const auto reply = executeHeader(state.context, state.call(DmCommand::status, "send message"),
                                   state.header(), packet);
  return reply && !infoFrom(*reply).liveTable;
}

}  // namespace

Result<void> runMessage(TaskState& state) noexcept {
  constexpr const char* operation = "send message";
  if (auto ok = checkAddress(state, operation); !ok) return ok;
  const auto bytes = state.message.span();
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.empty()) return state.refuse(Errc::invalidArgument, operation, "no message given");
  // The kernel runs a message before it finds that the reply does not fit. So the buffer is ample
  // from the start, and a message is never repeated with a larger one.
  const std::size_t room = std::max(codec::messageSize(text),
                                    text.starts_with("@stats_print") ? statsReply : usualReply);
  if (!state.packet.resize(codec::headerSize + (room + 7) / 8 * 8))
    return state.refuse(Errc::outOfMemory, operation, "no memory for the message");
  if (!codec::encodeHeader(state.header(), state.packet.span()) ||
      !codec::encodeMessage(state.sector, text, state.packet.span().subspan(codec::headerSize)))
    return state.refuse(Errc::invalidArgument, operation, "the message cannot be encoded");
  KernelLog::Session log(state.context.log);
  auto reply = execute(state.context, state.call(DmCommand::targetMessage, operation),
                       state.header(), state.packet.span());
  if (!reply) {
    quoteKernel(state, log, state.device, reply.error());
    Error& error = reply.error();
    if (!text.starts_with('@') && lacksTable(state, error.errnum)) {
      error.code = Errc::refusedByKernel;
      error.detail = "the device has no table";
      if (error.errnum == ENOMSG) error.errnum = 0;
    }
    return std::move(reply).error();
  }
  if ((reply->flags & codec::flagBufferFull) != 0)
    return state.refuse(
        Errc::replyTruncated, operation,
        "the message was executed, but its reply did not fit; do not send it again");
  auto response = codec::decodeMessageReply(*reply, state.packet.span());
  if (!response) return std::move(response).error();
  state.info = infoFrom(*reply);
  state.response = *response;
  return {};
}

}  // namespace devmap::detail
