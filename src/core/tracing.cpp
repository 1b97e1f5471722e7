// TracingKernel: what a call was, and what came of it, in words.

#include <devmap/tracing.hpp>

#include <devmap/error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <utility>

#include <codec/flags.hpp>
#include <codec/inspect.hpp>
#include <codec/reply.hpp>

namespace devmap {
namespace {

using codec::ReplyHeader;

constexpr const char* commandNames[] = {"version",      "remove-all",    "list",    "create",   "remove",   "rename",
                                        "suspend",      "status",        "wait",    "load",     "clear",    "deps",
                                        "table-status", "list-versions", "message", "geometry", "arm-poll", "target-version"};

constexpr bool changes(DmCommand command) noexcept {
  switch (command) {
    case DmCommand::removeAll:
    case DmCommand::create:
    case DmCommand::remove:
    case DmCommand::rename:
    case DmCommand::suspend:
    case DmCommand::tableLoad:
    case DmCommand::tableClear:
    case DmCommand::targetMessage:
    case DmCommand::setGeometry: return true;
    default: return false;
  }
}

struct FlagName {
  std::uint32_t flag;
  const char* name;
};
constexpr FlagName asked[] = {
    {codec::flagReadOnly, "readonly"},
    {codec::flagPersistentDev, "minor"},
    {codec::flagSkipLockfs, "nolockfs"},
    {codec::flagNoFlush, "noflush"},
    {codec::flagQueryInactive, "inactive"},
    {codec::flagSecureData, "secret"},
    {codec::flagDeferredRemove, "deferred"},
    {codec::flagUuid, "uuid"},
    {codec::flagIma, "ima"},
};
constexpr FlagName told[] = {
    {codec::flagActivePresent, "live table"},
    {codec::flagInactivePresent, "inactive table"},
    {codec::flagSuspend, "suspended"},
    {codec::flagReadOnly, "read-only"},
    {codec::flagDeferredRemove, "goes at its last close"},
    {codec::flagUeventGenerated, "uevent"},
    {codec::flagBufferFull, "buffer too small"},
};

std::string hex(std::uint32_t value) {
  std::string text = "0x";
  for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[(value >> static_cast<unsigned>(shift)) & 15U];
  return text;
}

/// Bytes for a terminal: control characters as `\xNN`.
std::string shown(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      text += "\\x" + hex(byte).substr(8);
    else
      text += c;
  }
  return text;
}

std::string result(int error) { return error == 0 ? std::string() : " = " + errnoName(error); }

/// Target types whose rows hold no key, whatever the caller, who may be careful with all rows, says of them.
constexpr std::string_view keyless[] = {"cache",          "clone",           "delay",      "dust",   "ebs",       "era",       "error",
                                        "flakey",         "linear",          "log-writes", "mirror", "multipath", "raid",      "snapshot",
                                        "snapshot-merge", "snapshot-origin", "striped",    "switch", "thin",      "thin-pool", "unstriped",
                                        "verity",         "writecache",      "zero",       "zoned"};
/// Types whose rows hold one, also where the caller has not said so.
constexpr std::string_view keyed[] = {"crypt", "default-key", "inlinecrypt", "integrity"};

bool hidden(std::string_view type, bool secret) noexcept {
  const auto is = [&](std::string_view one) { return one == type; };
  return secret ? std::ranges::none_of(keyless, is) : std::ranges::any_of(keyed, is);
}

std::string rowLine(const TableRow& row, bool secret) {
  return "\n  " + std::to_string(row.start.count) + ' ' + std::to_string(row.length.count) + ' ' + shown(row.type) + ' ' +
         (secret ? std::string("(secret)") : shown(row.params));
}

const char* nameOf(DmCommand command, std::uint32_t flags) noexcept {
  if (command == DmCommand::suspend && (flags & codec::flagSuspend) == 0) return "resume";
  if (command == DmCommand::tableStatus && (flags & codec::flagStatusTable) != 0) return "table";
  const auto index = static_cast<std::size_t>(command);
  return index < std::size(commandNames) ? commandNames[index] : "?";
}

/// The request: command, device, options, text.
std::string requestLine(DmCommand command, const ReplyHeader& request, std::span<const std::byte> packet) {
  std::string text = nameOf(command, request.flags);
  if (request.device != DeviceNumber{}) text += ' ' + toString(request.device);
  const bool addressed = request.device != DeviceNumber{} || !request.name.empty() || !request.uuid.empty();
  if (!addressed && changes(command) && command != DmCommand::removeAll) text += " NEW";  // only where it was not really made
  if (!request.name.empty()) text += " name=" + shown(request.name);
  if (!request.uuid.empty()) text += " uuid=" + shown(request.uuid);
  for (const FlagName& flag : asked)
    if ((request.flags & flag.flag) != 0) text += std::string(" ") + flag.name;
  if (request.eventNr != 0)
    text += command == DmCommand::wait ? " event=" + std::to_string(request.eventNr) : " cookie=" + hex(request.eventNr);
  if (command == DmCommand::targetMessage) {
    const auto message = codec::requestMessage(request, packet);
    if (message && message->sector != Sectors{}) text += " sector=" + std::to_string(message->sector.count);
    const bool secret = (request.flags & codec::flagSecureData) != 0 || (message && message->text.starts_with("key set"));
    if (message) text += " \"" + (secret ? std::string("(secret)") : shown(message->text)) + '"';
  } else if (command == DmCommand::rename || command == DmCommand::setGeometry || command == DmCommand::getTargetVersion) {
    if (const auto word = codec::requestText(request, packet)) text += " \"" + shown(*word) + '"';
  }
  return text;
}

/// The rows that came along with a call, if any.
std::vector<TableRow> rowsOf(DmCommand command, const ReplyHeader& header, std::span<const std::byte> packet, bool reply) {
  if (!reply) return command == DmCommand::tableLoad ? codec::requestRows(header, packet) : std::vector<TableRow>{};
  if (command != DmCommand::tableStatus && command != DmCommand::wait) return {};
  if ((header.flags & codec::flagBufferFull) != 0) return {};
  auto rows = codec::decodeRows(header, packet);
  return rows ? *std::move(rows) : std::vector<TableRow>{};
}

std::string replyLine(DmCommand command, const ReplyHeader& reply, std::span<const std::byte> packet) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? " = " : ", ") + part; };
  if (command == DmCommand::version) add(toString(reply.version));
  if (reply.device != DeviceNumber{}) add(toString(reply.device));
  for (const FlagName& flag : told)
    if ((reply.flags & flag.flag) != 0) add(flag.name);
  if (command == DmCommand::status) add("open " + std::to_string(reply.openCount) + ", event " + std::to_string(reply.eventNr));
  if (command == DmCommand::targetMessage)
    if (const auto answer = codec::decodeMessageReply(reply, packet); answer && *answer) add('"' + shown(**answer) + '"');
  if (command == DmCommand::listDevices || command == DmCommand::listVersions || command == DmCommand::tableDeps)
    add(std::to_string(codec::payloadOf(reply, packet).size()) + " bytes");
  return text;
}

/// What a kernel that did as told would have put into the flags.
std::uint32_t flagsAfter(DmCommand command, std::uint32_t flags) noexcept {
  switch (command) {
    case DmCommand::tableLoad: return codec::flagInactivePresent;
    case DmCommand::suspend:
      return (flags & codec::flagSuspend) != 0 ? codec::flagSuspend | codec::flagActivePresent
                                               : codec::flagActivePresent | codec::flagUeventGenerated;
    case DmCommand::remove:
    case DmCommand::rename: return codec::flagUeventGenerated;
    default: return 0;
  }
}

}  // namespace

TracingKernel::TracingKernel(Kernel& kernel, TraceSink& sink, Tracing tracing) noexcept
    : ForwardingKernel(kernel), sink_(sink), tracing_(tracing) {}

template <typename Call>
int TracingKernel::change(std::string words, Call&& call) noexcept {
  const int error = dry() ? 0 : call();
  sink_.call(words + result(error));
  return error;
}

int TracingKernel::ioctl(int control, DmCommand command, std::span<std::byte> packet) noexcept {
  const auto request = codec::decodeHeader(packet);
  if (!request) return kernel_.ioctl(control, command, packet);
  std::string line = requestLine(command, *request, packet);
  const bool secret = (request->flags & codec::flagSecureData) != 0;
  std::vector<std::string> rows;
  const auto keepRows = [&](const ReplyHeader& header, bool reply) {
    const bool status = command == DmCommand::tableStatus && (request->flags & codec::flagStatusTable) == 0;
    for (const TableRow& row : rowsOf(command, header, packet, reply)) rows.push_back(rowLine(row, !status && hidden(row.type, secret)));
  };
  keepRows(*request, false);
  int error = 0;
  if (dry() && changes(command)) {
    const std::uint64_t version = version_.load();
    codec::answer(packet, {4, static_cast<std::uint32_t>(version >> 32), static_cast<std::uint32_t>(version)}, request->device,
                  flagsAfter(command, request->flags));
  } else {
    error = kernel_.ioctl(control, command, packet);
    const auto reply = codec::decodeHeader(packet);
    if (error == 0 && reply) {
      if (command == DmCommand::version) version_ = std::uint64_t{reply->version.minor} << 32 | reply->version.patch;
      line += replyLine(command, *reply, packet);
      keepRows(*reply, true);
    }
    line += result(error);
  }
  for (const std::string& row : rows) line += row;
  if (!dry() || changes(command)) sink_.call(line);
  return error;
}

int TracingKernel::semCreate(std::int32_t key, int& id) noexcept {
  const int error = dry() ? 0 : kernel_.semCreate(key, id);
  if (dry()) id = 0;
  sink_.call("semaphore make key=" + hex(static_cast<std::uint32_t>(key)) +
             (error == 0 && !dry() ? " = " + std::to_string(id) : result(error)));
  return error;
}
int TracingKernel::semSetValue(int id, int value) noexcept {
  return change("semaphore set " + std::to_string(value), [&] { return kernel_.semSetValue(id, value); });
}
int TracingKernel::semDisown(int id) noexcept { return dry() ? 0 : kernel_.semDisown(id); }
int TracingKernel::semValue(int id, int& value) noexcept {
  if (!dry()) return kernel_.semValue(id, value);
  value = 1;
  return 0;
}
int TracingKernel::semOperate(int id, std::span<const short> deltas, std::optional<std::chrono::nanoseconds> timeout) noexcept {
  std::string words = "semaphore";
  for (const short delta : deltas) words += delta == 0 ? std::string(" wait-for-0") : (delta > 0 ? " +" : " ") + std::to_string(delta);
  if (timeout) words += " within " + std::to_string(std::chrono::ceil<std::chrono::milliseconds>(*timeout).count()) + " ms";
  return change(std::move(words), [&] { return kernel_.semOperate(id, deltas, timeout); });
}
int TracingKernel::semRemove(int id) noexcept {
  return change("semaphore remove", [&] { return kernel_.semRemove(id); });
}

int TracingKernel::makeDirectory(const char* path) noexcept {
  return change("make directory " + shown(path), [&] { return kernel_.makeDirectory(path); });
}
int TracingKernel::makeLink(const char* target, const char* path) noexcept {
  return change("make link " + shown(path) + " -> " + shown(target), [&] { return kernel_.makeLink(target, path); });
}
int TracingKernel::makeNode(const char* path, NodeType type, DeviceNumber device, std::uint32_t mode) noexcept {
  return change("make node " + shown(path) + ' ' + toString(device), [&] { return kernel_.makeNode(path, type, device, mode); });
}
int TracingKernel::setOwner(const char* path, std::uint32_t uid, std::uint32_t gid) noexcept {
  return change("set owner " + shown(path) + ' ' + std::to_string(uid) + ':' + std::to_string(gid),
                [&] { return kernel_.setOwner(path, uid, gid); });
}
int TracingKernel::renameNode(const char* from, const char* to) noexcept {
  return change("rename node " + shown(from) + " to " + shown(to), [&] { return kernel_.renameNode(from, to); });
}
int TracingKernel::removeNode(const char* path) noexcept {
  return change("remove node " + shown(path), [&] { return kernel_.removeNode(path); });
}
int TracingKernel::probePaths(int fd) noexcept {
  return change("probe paths", [&] { return kernel_.probePaths(fd); });
}
int TracingKernel::writeText(const char* path, std::string_view text) noexcept {
  return change("write " + shown(path) + ": " + shown(text), [&] { return kernel_.writeText(path, text); });
}
int TracingKernel::sleep(std::chrono::nanoseconds duration) noexcept {
  return change("sleep " + std::to_string(std::chrono::ceil<std::chrono::milliseconds>(duration).count()) + " ms",
                [&] { return kernel_.sleep(duration); });
}

}  // namespace devmap
