#include <devmap/block_queue.hpp>

#include <cerrno>
#include <utility>

#include <base/text.hpp>
#include <base/text_files.hpp>
#include <devmap/capabilities.hpp>
#include <operations/operation.hpp>
#include <udev/nodes.hpp>

namespace devmap {
namespace {

constexpr std::uint64_t sectorsPerKib = 2;
constexpr std::uint64_t pageKib = 4;  // the smallest page size of any kernel

Error queueError(const char* operation, const DeviceInfo& device, int errnum) {
  Error error{.code = Errc::refusedByKernel,
              .operation = operation,
              .errnum = errnum,
              .device = device.name};
  if (errnum == ENOENT || errnum == ENOTDIR) {
    error.code = Errc::unsupported;
    error.detail =
        "the device has no queue before its first table is loaded, or sysfs is not mounted on /sys";
  }
  if (errnum == EACCES || errnum == EPERM || errnum == EROFS) error.code = Errc::permissionDenied;
  return error;
}

Result<DeviceInfo> existing(DeviceMapper& context, const DeviceRef& device,
                            const char* operation) noexcept {
  auto present = info(context, device);
  if (present && !present->exists) return detail::noSuchDevice(operation, device);
  return present;
}

std::string queueFile(const DeviceInfo& device) {
  return detail::sysPath(device.device, "queue/read_ahead_kb");
}

Result<Sectors> readQueue(DeviceMapper& context, const DeviceInfo& device) noexcept {
  constexpr const char* operation = "get read-ahead";
  std::string text;
  if (const int errnum = detail::readWhole(context.kernel(), queueFile(device), text))
    return queueError(operation, device, errnum);
  std::uint64_t kib = 0;
  std::string_view number = text;
  if (!base::takeNumber(number, kib, UINT64_MAX / sectorsPerKib))
    return Error{.code = Errc::malformedReply,
                 .operation = operation,
                 .device = device.name,
                 .detail = "read_ahead_kb is not a number"};
  return Sectors{kib * sectorsPerKib};
}

}  // namespace

Result<Sectors> readAhead(DeviceMapper& context, const DeviceRef& device) noexcept {
  auto present = existing(context, device, "get read-ahead");
  if (!present) return std::move(present).error();
  return readQueue(context, *present);
}

Result<Sectors> setReadAhead(DeviceMapper& context, const DeviceRef& device, Sectors sectors,
                             ReadAhead how) noexcept {
  constexpr const char* operation = "set read-ahead";
  auto present = existing(context, device, operation);
  if (!present) return std::move(present).error();
  if (how == ReadAhead::atLeast) {
    auto current = readQueue(context, *present);
    if (!current || *current >= sectors) return current;
  }
  constexpr std::uint64_t pageSectors = pageKib * sectorsPerKib;
  const std::uint64_t pages =
      sectors.count / pageSectors + (sectors.count % pageSectors != 0 ? 1 : 0);
  const std::string text = std::to_string(pages * pageKib);
  if (const int errnum = context.kernel().writeText(queueFile(*present).c_str(), text))
    return queueError(operation, *present, errnum);
  return readQueue(context, *present);
}

namespace {

// A descriptor of a device, opened by whichever of its nodes exists.
class OpenNode {
 public:
  OpenNode(DeviceMapper& context, const DeviceInfo& device) noexcept : kernel_(context.kernel()) {
    const std::string& directory = context.options().directory;
    open(directory + '/' + detail::nodeName(device.name, context.options().mangling),
         device.device);
    if (errnum_ != 0)
      open(directory + "/../dm-" + std::to_string(std::uint64_t{device.device.minor}),
           device.device);
  }
  OpenNode(const OpenNode&) = delete;
  OpenNode& operator=(const OpenNode&) = delete;
  ~OpenNode() { close(); }
  [[nodiscard]] int fd() const noexcept { return fd_; }
  [[nodiscard]] int errnum() const noexcept { return errnum_; }

 private:
  void open(const std::string& path, DeviceNumber wanted) noexcept {
    errnum_ = kernel_.openBlock(path.c_str(), fd_);
    if (errnum_ != 0) return;
    DeviceNumber number;
    errnum_ = kernel_.blockNumber(fd_, number);
    if (errnum_ == 0 && number != wanted) errnum_ = ENOENT;
    if (errnum_ != 0) close();
  }
  void close() noexcept {
    if (fd_ >= 0) static_cast<void>(kernel_.close(std::exchange(fd_, -1)));
  }
  Kernel& kernel_;
  int fd_ = -1;
  int errnum_ = 0;
};

}  // namespace

Result<bool> probePaths(DeviceMapper& context, const DeviceRef& device) noexcept {
  constexpr const char* operation = "probe paths";
  auto present = existing(context, device, operation);
  if (!present) return std::move(present).error();
  Error error{.code = Errc::unsupported, .operation = operation, .device = present->name};
  if (!capabilities(context)
           .multipathProbe) {  // such a kernel would pass the call on to the device below
    error.detail = "this kernel cannot probe paths (interface before 4.50)";
    return error;
  }
  const OpenNode node(context, *present);
  if (node.errnum() != 0) {
    error.errnum = node.errnum();
    error.code =
        error.errnum == EACCES || error.errnum == EPERM ? Errc::permissionDenied : Errc::notFound;
    error.detail = "the device has no node that can be opened";
    return error;
  }
  error.errnum = context.kernel().probePaths(node.fd());
  switch (error.errnum) {
    case 0: return true;
    case ENOTCONN: return false;
    case EAGAIN: error.code = Errc::suspended; break;
    case ENOTTY: error.detail = "its table is not one row of type multipath"; break;
    case EINTR: error.code = Errc::interrupted; break;
    default: error.code = Errc::refusedByKernel; break;
  }
  return error;
}

}  // namespace devmap
