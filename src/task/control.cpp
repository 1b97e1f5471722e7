#include <task/control.hpp>

#include <algorithm>
#include <bit>
#include <cerrno>

#include <codec/flags.hpp>
#include <task/task_state.hpp>

namespace devmap::detail {
namespace {

constexpr std::size_t firstReplySize = 4096;
constexpr DeviceNumber controlNumber{
    10, 236};  // fixed since 2.6.36 (uapi/linux/miscdevice.h: MAPPER_CTRL_MINOR)

Error openError(const std::string& path, int errnum) {
  Error error{.code = Errc::noDeviceMapper,
              .operation = "open control node",
              .errnum = errnum,
              .detail = path};
  switch (errnum) {
    case EACCES:
    case EPERM:
      error.code = Errc::permissionDenied;
      error.detail += ": device-mapper is for root (CAP_SYS_ADMIN)";
      break;
    case ENOENT:
    case ENODEV:
    case ENXIO:
      error.detail += ": this kernel has no device-mapper; if it is a module, load dm-mod";
      break;
    default: error.code = Errc::refusedByKernel; break;
  }
  return error;
}

// Makes the control node, for systems where nothing else does. Opening it makes the kernel load
// dm-mod by its alias.
int makeControlNode(Context& context, const std::string& path) noexcept {
  Kernel& kernel = context.kernel;
  static_cast<void>(kernel.makeDirectory(context.options.directory.c_str()));  // may exist
  const int error = kernel.makeNode(path.c_str(), NodeType::characterDevice, controlNumber, 0600);
  return error == EEXIST ? 0 : error;
}

Result<void> readVersion(Context& context) noexcept {
  HeaderPacket packet;
  auto reply =
      executeHeader(context, {DmCommand::version, "ask for the interface version"}, {}, packet);
  if (!reply) return std::move(reply).error();
  context.interfaceVersion = reply->version;
  if (reply->version.major == 4)
    return {};  // NOLINT(clang-analyzer-core.UndefinedBinaryOperatorResult): a reply has a version
  return Error{.code = Errc::unsupported,
               .operation = "ask for the interface version",
               .detail = "this library speaks version 4 of the interface, the kernel has " +
                         toString(reply->version)};
}

std::size_t startSize(const Context& context, DmCommand command) noexcept {
  const std::size_t last =
      context.lastReplySize[static_cast<std::size_t>(command)].load(std::memory_order_relaxed);
  return std::max(firstReplySize, std::bit_ceil(last + last / 8));
}

}  // namespace

Result<void> openControl(Context& context) noexcept {
  const std::string path = context.options.directory + "/control";
  int error = context.kernel.openControl(path.c_str(), context.control);
  if (error == ENOENT) {
    if (const int refused = makeControlNode(context, path)) {
      Error missing = openError(path, error);
      missing.detail += "; the node could not be made either (" + errnoName(refused) + ')';
      return missing;
    }
    error = context.kernel.openControl(path.c_str(), context.control);
    auto done = error != 0 ? Result<void>(openError(path, error)) : readVersion(context);
    if (!done) static_cast<void>(context.kernel.removeNode(path.c_str()));
    return done;
  }
  if (error != 0) return openError(path, error);
  return readVersion(context);
}

Errc meaningOf(DmCommand command, int errnum) noexcept {
  const bool message = command == DmCommand::targetMessage;
  switch (errnum) {
    case EACCES:
    case EPERM: return Errc::permissionDenied;
    case EBUSY:
      return command == DmCommand::create || command == DmCommand::rename ? Errc::alreadyExists
                                                                          : Errc::busy;
    case EEXIST: return Errc::alreadyExists;
    case ENOENT:
    case ENODEV:
    case ENXIO:
    case ENODATA: return Errc::notFound;
    case ENOTBLK: return Errc::notABlockDevice;
    case ENOTTY: return Errc::unsupported;
    case ENOMEM: return Errc::outOfMemory;
    case ENOSPC: return Errc::noSpace;
    case EINTR: return Errc::interrupted;
    case EROFS: return Errc::readOnly;
    case EOPNOTSUPP: return message ? Errc::readOnly : Errc::unsupported;
    case EAGAIN: return command == DmCommand::suspend ? Errc::refusedByKernel : Errc::suspended;
    default: return Errc::refusedByKernel;
  }
}

namespace {

const char* hintFor(DmCommand command, int errnum) noexcept {
  switch (errnum) {
    case EACCES:
    case EPERM: return "device-mapper is for root (CAP_SYS_ADMIN in the first user namespace)";
    case ENOTTY: return "this kernel's device-mapper does not know the command";
    default: break;
  }
  switch (command) {
    case DmCommand::create:
      if (errnum == EBUSY)
        return "a device with this name or uuid exists already; it was left alone";
      if (errnum == ENXIO) return "the minor number is taken or out of range";
      break;
    case DmCommand::rename:
      if (errnum == EBUSY) return "the new name is taken already";
      if (errnum == EINVAL)
        return "the kernel does not accept the new name, or the device has a uuid already";
      if (errnum == ENXIO) return "no device has this name";
      break;
    case DmCommand::tableLoad:
      if (errnum == ENOENT) return "a device that the table names does not exist";
      if (errnum == ENODEV || errnum == ENXIO)
        return "the device, or one that the table names, does not exist";
      if (errnum == ENOTBLK) return "the table names something that is not a block device";
      if (errnum == EBUSY)
        return "a device that the table names is in use: mounted, swap, or part of another device";
      if (errnum == EINVAL) return "the kernel does not accept the table";
      break;
    case DmCommand::remove:
      if (errnum == EBUSY)
        return "the device is open: mounted, held by a process, or part of another device";
      if (errnum == ENXIO) return "no such device";
      break;
    case DmCommand::targetMessage:
      if (errnum == EEXIST) return "the id is taken";
      if (errnum == ENODATA) return "there is no such id";
      if (errnum == EOPNOTSUPP) return "the pool is read-only or has failed";
      if (errnum == EINVAL) return "the target does not accept the message";
      if (errnum == ENXIO) return "no such device, or it has no live table";
      break;
    default:
      if (errnum == ENXIO) return "no such device";
      break;
  }
  return "";
}

}  // namespace

std::string Call::device() const {
  return subject == nullptr ? std::string() : subject->deviceText();
}

Error kernelError(const Call& call, int errnum) noexcept {
  return Error{.code = meaningOf(call.command, errnum),
               .operation = call.operation,
               .errnum = errnum,
               .command = call.command,
               .device = call.device(),
               .detail = hintFor(call.command, errnum)};
}

namespace {

// Whether the command looks up the device that the header names (dm-ioctl.c: find_device,
// __find_device_hash_cell).
bool looksUp(DmCommand command) noexcept {
  switch (command) {
    case DmCommand::version:
    case DmCommand::removeAll:
    case DmCommand::listDevices:
    case DmCommand::listVersions:
    case DmCommand::getTargetVersion:
    case DmCommand::armPoll: return false;
    default: return true;
  }
}

}  // namespace

Result<codec::ReplyHeader> decodeReply(const Call& call, const codec::RequestHeader& request,
                                       std::span<const std::byte> packet) noexcept {
  auto reply = codec::decodeHeader(packet);
  if (!reply) {
    reply.error().operation = call.operation;
    reply.error().device = call.device();
    return reply;
  }
  const bool cleared =
      reply->dataSize == 0 && reply->dataStart == 0;  // DM_SECURE_DATA with nothing copied back
  if (cleared || !looksUp(call.command)) return reply;
  const bool sameName = request.name.empty() || request.name == reply->name;
  const bool sameUuid = request.uuid.empty() || request.uuid == reply->uuid;
  // DEV_CREATE uses only the minor number (dm-ioctl.c: dev_create): the major is always the
  // device-mapper's.
  const bool sameNumber =
      !request.device || call.command == DmCommand::create || *request.device == reply->device;
  if (sameName && sameUuid && sameNumber) return reply;
  Error error;
  error.code = Errc::malformedReply;
  error.operation = call.operation;
  error.device = call.device();
  error.detail = "the kernel's reply is about another device, '" + std::string(reply->name) +
                 "', " + toString(reply->device);
  return error;
}

Result<codec::ReplyHeader> execute(Context& context, const Call& call,
                                   const codec::RequestHeader& request,
                                   std::span<std::byte> packet) noexcept {
  if (const int errnum = context.kernel.ioctl(context.control, call.command, packet))
    return kernelError(call, errnum);
  return decodeReply(call, request, packet);
}

Result<codec::ReplyHeader> executeHeader(Context& context, const Call& call,
                                         const codec::RequestHeader& request,
                                         HeaderPacket& packet) noexcept {
  if (!codec::encodeHeader(request, packet))
    return Error{.code = Errc::invalidArgument,
                 .operation = call.operation,
                 .device = call.device(),
                 .detail = "the name or uuid is too long or holds a NUL"};
  return execute(context, call, request, packet);
}

Result<codec::ReplyHeader> executeReading(Context& context, const Call& call,
                                          const codec::RequestHeader& request,
                                          codec::Bytes& packet) noexcept {
  for (std::size_t size = startSize(context, call.command);; size *= 2) {
    if (size > codec::maxPacketSize || !packet.resize(size))
      return Error{.code = Errc::outOfMemory,
                   .operation = call.operation,
                   .device = call.device(),
                   .detail = "no memory for a reply of " + std::to_string(size) + " bytes"};
    if (!codec::encodeHeader(request, packet.span()))
      return Error{.code = Errc::invalidArgument,
                   .operation = call.operation,
                   .device = call.device(),
                   .detail = "the name or uuid is too long or holds a NUL"};
    auto reply = execute(context, call, request, packet.span());
    if (!reply) return reply;
    if ((reply->flags & codec::flagBufferFull) != 0) {
      packet.reset();  // do not copy its content
      continue;
    }
    context.lastReplySize[static_cast<std::size_t>(call.command)].store(reply->dataSize,
                                                                        std::memory_order_relaxed);
    return reply;
  }
}

}  // namespace devmap::detail
