// TracingKernel: formats each call and its result as text.

#include <devmap/tracing.hpp>

#include <devmap/error.hpp>
#include <devmap/targets/keys.hpp>

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

constexpr const char* commandNames[] = {
    "version",      "remove-all",    "list",    "create",   "remove",   "rename",
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

struct AskedFlag {
  std::uint32_t flag;
  char name[12];
};
constexpr AskedFlag asked[] = {
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
struct ToldFlag {
  std::uint32_t flag;
  const char* name;
};
constexpr ToldFlag told[] = {
    {codec::flagActivePresent, "live table"},
    {codec::flagInactivePresent, "inactive table"},
    {codec::flagSuspend, "suspended"},
    {codec::flagReadOnly, "read-only"},
    {codec::flagDeferredRemove, "removed on last close"},
    {codec::flagUeventGenerated, "uevent"},
    {codec::flagBufferFull, "buffer too small"},
};

/// Builds one line. Each part is a separate call: most of this file builds lines, and this
/// generates the least code.
class Line {
 public:
  explicit Line(std::string_view start) : text_(start) {}
  Line& operator<<(std::string_view part) {
    text_ += part;
    return *this;
  }
  Line& operator<<(char part) {
    text_ += part;
    return *this;
  }
  Line& operator<<(std::uint64_t number) {
    return *this << std::string_view(std::to_string(number));
  }
  Line& operator<<(std::int64_t number) {
    if (number >= 0) return *this << static_cast<std::uint64_t>(number);
    return *this << '-' << std::uint64_t{0} - static_cast<std::uint64_t>(number);
  }
  Line& operator<<(DeviceNumber device) { return *this << std::string_view(toString(device)); }
  Line& hex(std::uint32_t value) {
    *this << "0x";
    for (int shift = 28; shift >= 0; shift -= 4) digit(value >> static_cast<unsigned>(shift));
    return *this;
  }
  /// Bytes for a terminal: control characters as `\xNN`.
  Line& shown(std::string_view bytes) {
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x20 && byte != 0x7f) {
        *this << c;
        continue;
      }
      *this << "\\x";
      digit(byte >> 4U);
      digit(byte);
    }
    return *this;
  }
  Line& result(int error) {
    return error == 0 ? *this : *this << " = " << std::string_view(errnoName(error));
  }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] std::string take() noexcept { return std::move(text_); }

 private:
  void digit(std::uint32_t value) { text_ += "0123456789abcdef"[value & 15U]; }

  std::string text_;
};

std::string rowLine(const TableRow& row, bool secret) {
  Line line("\n  ");
  line << row.start.count << ' ' << row.length.count << ' ';
  line.shown(row.type) << ' ';
  return line.shown(secret ? "(secret)" : row.params).take();
}

const char* nameOf(DmCommand command, std::uint32_t flags) noexcept {
  if (command == DmCommand::suspend && (flags & codec::flagSuspend) == 0) return "resume";
  if (command == DmCommand::tableStatus && (flags & codec::flagStatusTable) != 0) return "table";
  const auto index = static_cast<std::size_t>(command);
  return index < std::size(commandNames) ? commandNames[index] : "?";
}

/// The request: command, device, options, text.
Line requestLine(DmCommand command, const ReplyHeader& request, std::span<const std::byte> packet) {
  Line line(nameOf(command, request.flags));
  if (request.device != DeviceNumber{}) line << ' ' << request.device;
  const bool addressed =
      request.device != DeviceNumber{} || !request.name.empty() || !request.uuid.empty();
  if (!addressed && changes(command) && command != DmCommand::removeAll)
    line << " NEW";  // only in a dry run
  if (!request.name.empty()) (line << " name=").shown(request.name);
  if (!request.uuid.empty()) (line << " uuid=").shown(request.uuid);
  for (const AskedFlag& flag : asked)
    if ((request.flags & flag.flag) != 0) line << ' ' << std::string_view(flag.name);
  if (request.eventNr != 0 && command == DmCommand::wait)
    line << " event=" << std::uint64_t{request.eventNr};
  else if (request.eventNr != 0)
    (line << " cookie=").hex(request.eventNr);
  if (command == DmCommand::targetMessage) {
    const auto message = codec::requestMessage(request, packet);
    if (!message) return line;
    if (message->sector != Sectors{}) line << " sector=" << message->sector.count;
    const bool secret =
        (request.flags & codec::flagSecureData) != 0 || messageMayHoldKey(message->text);
    (line << " \"").shown(secret ? "(secret)" : message->text) << '"';
  } else if (command == DmCommand::rename || command == DmCommand::setGeometry ||
             command == DmCommand::getTargetVersion) {
    if (const auto word = codec::requestText(request, packet)) (line << " \"").shown(*word) << '"';
  }
  return line;
}

/// The rows that a request or reply carries, if any.
std::vector<TableRow> rowsOf(DmCommand command, const ReplyHeader& header,
                             std::span<const std::byte> packet, bool reply) {
  if (!reply)
    return command == DmCommand::tableLoad ? codec::requestRows(header, packet)
                                           : std::vector<TableRow>{};
  if (command != DmCommand::tableStatus && command != DmCommand::wait) return {};
  if ((header.flags & codec::flagBufferFull) != 0) return {};
  auto rows = codec::decodeRows(header, packet);
  return rows ? *std::move(rows) : std::vector<TableRow>{};
}

/// Appends the kernel's answer to the request.
void addReply(Line& line, DmCommand command, const ReplyHeader& reply,
              std::span<const std::byte> packet) {
  const char* between = " = ";
  const auto next = [&]() -> Line& {
    return line << std::string_view(std::exchange(between, ", "));
  };
  if (command == DmCommand::version) next() << std::string_view(toString(reply.version));
  if (reply.device != DeviceNumber{}) next() << reply.device;
  for (const ToldFlag& flag : told)
    if ((reply.flags & flag.flag) != 0) next() << std::string_view(flag.name);
  if (command == DmCommand::status)
    next() << "open " << std::int64_t{reply.openCount} << ", event "
           << std::uint64_t{reply.eventNr};
  if (command == DmCommand::targetMessage)
    if (const auto answer = codec::decodeMessageReply(reply, packet); answer && *answer)
      (next() << '"').shown(**answer) << '"';
  if (command == DmCommand::listDevices || command == DmCommand::listVersions ||
      command == DmCommand::tableDeps)
    next() << std::uint64_t{codec::payloadOf(reply, packet).size()} << " bytes";
}

std::int64_t milliseconds(std::chrono::nanoseconds time) noexcept {
  return std::chrono::ceil<std::chrono::milliseconds>(time).count();
}

/// The flags that a kernel would have returned if it had carried out the command.
std::uint32_t flagsAfter(DmCommand command, std::uint32_t flags) noexcept {
  switch (command) {
    case DmCommand::tableLoad: return codec::flagInactivePresent;
    case DmCommand::suspend:
      return (flags & codec::flagSuspend) != 0
                 ? codec::flagSuspend | codec::flagActivePresent
                 : codec::flagActivePresent | codec::flagUeventGenerated;
    case DmCommand::remove:
    case DmCommand::rename: return codec::flagUeventGenerated;
    default: return 0;
  }
}

}  // namespace

TracingKernel::TracingKernel(Kernel& kernel, TraceSink& sink, Tracing tracing) noexcept
    : ForwardingKernel(kernel), sink_(sink), tracing_(tracing) {}

template <typename Words, typename Call>
int TracingKernel::change(Words& words, Call&& call) noexcept {
  const int error = dry() ? 0 : call();
  sink_.call(words.result(error).text());
  return error;
}

int TracingKernel::ioctl(int control, DmCommand command, std::span<std::byte> packet) noexcept {
  const auto request = codec::decodeHeader(packet);
  if (!request) return kernel_.ioctl(control, command, packet);
  Line line = requestLine(command, *request, packet);
  std::string rows;
  const auto keepRows = [&](const ReplyHeader& header, bool reply) {
    const bool status =
        command != DmCommand::tableLoad && (request->flags & codec::flagStatusTable) == 0;
    for (const TableRow& row : rowsOf(command, header, packet, reply))
      rows += rowLine(row, !status && mayHoldKeys(row.type));
  };
  keepRows(*request, false);
  int error = 0;
  if (dry() && changes(command)) {
    const std::uint64_t version = version_.load();
    codec::answer(
        packet, {4, static_cast<std::uint32_t>(version >> 32), static_cast<std::uint32_t>(version)},
        request->device, flagsAfter(command, request->flags));
  } else {
    error = kernel_.ioctl(control, command, packet);
    const auto reply = codec::decodeHeader(packet);
    if (error == 0 && reply) {
      if (command == DmCommand::version)
        version_ = std::uint64_t{reply->version.minor} << 32 | reply->version.patch;
      addReply(line, command, *reply, packet);
      keepRows(*reply, true);
    }
    line.result(error);
  }
  line << std::string_view(rows);
  if (!dry() || changes(command)) sink_.call(line.text());
  return error;
}

int TracingKernel::semCreate(std::int32_t key, int& id) noexcept {
  const int error = dry() ? 0 : kernel_.semCreate(key, id);
  if (dry()) id = 0;
  Line line("semaphore make key=");
  line.hex(static_cast<std::uint32_t>(key)).result(error);
  if (error == 0 && !dry()) line << " = " << std::int64_t{id};
  sink_.call(line.text());
  return error;
}
int TracingKernel::semSetValue(int id, int value) noexcept {
  return change(Line("semaphore set ") << std::int64_t{value},
                [&] { return kernel_.semSetValue(id, value); });
}
int TracingKernel::semDisown(int id) noexcept { return dry() ? 0 : kernel_.semDisown(id); }
int TracingKernel::semValue(int id, int& value) noexcept {
  if (!dry()) return kernel_.semValue(id, value);
  value = 1;
  return 0;
}
int TracingKernel::semOperate(int id, std::span<const short> deltas,
                              std::optional<std::chrono::nanoseconds> timeout) noexcept {
  Line line("semaphore");
  for (const short delta : deltas) {
    if (delta == 0)
      line << " wait-for-0";
    else
      line << (delta > 0 ? " +" : " ") << std::int64_t{delta};
  }
  if (timeout) line << " within " << milliseconds(*timeout) << " ms";
  return change(line, [&] { return kernel_.semOperate(id, deltas, timeout); });
}
int TracingKernel::semRemove(int id) noexcept {
  Line line("semaphore remove");
  return change(line, [&] { return kernel_.semRemove(id); });
}

int TracingKernel::makeDirectory(const char* path) noexcept {
  return change(Line("make directory ").shown(path), [&] { return kernel_.makeDirectory(path); });
}
int TracingKernel::makeLink(const char* target, const char* path) noexcept {
  return change((Line("make link ").shown(path) << " -> ").shown(target),
                [&] { return kernel_.makeLink(target, path); });
}
int TracingKernel::makeNode(const char* path, NodeType type, DeviceNumber device,
                            std::uint32_t mode) noexcept {
  return change(Line("make node ").shown(path) << ' ' << device,
                [&] { return kernel_.makeNode(path, type, device, mode); });
}
int TracingKernel::setOwner(const char* path, std::uint32_t uid, std::uint32_t gid) noexcept {
  return change(Line("set owner ").shown(path)
                    << ' ' << std::uint64_t{uid} << ':' << std::uint64_t{gid},
                [&] { return kernel_.setOwner(path, uid, gid); });
}
int TracingKernel::renameNode(const char* from, const char* to) noexcept {
  return change((Line("rename node ").shown(from) << " to ").shown(to),
                [&] { return kernel_.renameNode(from, to); });
}
int TracingKernel::removeNode(const char* path) noexcept {
  return change(Line("remove node ").shown(path), [&] { return kernel_.removeNode(path); });
}
int TracingKernel::probePaths(int fd) noexcept {
  Line line("probe paths");
  return change(line, [&] { return kernel_.probePaths(fd); });
}
int TracingKernel::writeText(const char* path, std::string_view text) noexcept {
  return change((Line("write ").shown(path) << ": ").shown(text),
                [&] { return kernel_.writeText(path, text); });
}
int TracingKernel::sleep(std::chrono::nanoseconds duration) noexcept {
  return change(Line("sleep ") << milliseconds(duration) << " ms",
                [&] { return kernel_.sleep(duration); });
}

}  // namespace devmap
