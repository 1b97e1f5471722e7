#include <devmap/block.hpp>

#include <cerrno>
#include <utility>

#include <base/text.hpp>
#include <base/text_files.hpp>

namespace devmap {
namespace {

Error blockError(const char* operation, std::string_view path, int errnum) {
  Error error{.code = Errc::refusedByKernel,
              .operation = operation,
              .errnum = errnum,
              .device = std::string(path)};
  switch (errnum) {
    case ENOENT:
      error.code = Errc::notFound;
      error.detail = "no such file";
      break;
    case ENXIO:
    case ENODEV:
      error.code = Errc::notFound;
      error.detail = "there is a node, but no device behind it";
      break;
    case ENOTBLK:
      error.code = Errc::notABlockDevice;
      error.detail = "not a block device; attach a file to a loop device first";
      break;
    case EACCES:
    case EPERM: error.code = Errc::permissionDenied; break;
    case EBUSY: error.code = Errc::busy; break;
    default: break;
  }
  return error;
}

bool isPath(std::string_view path) noexcept {
  return !path.empty() && path.find('\0') == std::string_view::npos;
}
Error noPath(const char* operation, std::string_view path) {
  return {.code = Errc::invalidArgument,
          .operation = operation,
          .device = std::string(path),
          .detail = "a path cannot be empty or hold a NUL byte"};
}

}  // namespace

BlockDevice::BlockDevice(Kernel& kernel, int fd, DeviceNumber number, std::string path) noexcept
    : kernel_(&kernel), fd_(fd), number_(number), path_(std::move(path)) {}

BlockDevice::BlockDevice(BlockDevice&& other) noexcept
    : kernel_(other.kernel_),
      fd_(std::exchange(other.fd_, -1)),
      number_(other.number_),
      path_(std::move(other.path_)) {}

BlockDevice& BlockDevice::operator=(BlockDevice&& other) noexcept {
  std::swap(kernel_, other.kernel_);
  std::swap(fd_, other.fd_);
  std::swap(number_, other.number_);
  std::swap(path_, other.path_);
  return *this;
}

BlockDevice::~BlockDevice() {
  if (fd_ >= 0) static_cast<void>(kernel_->close(fd_));
}

Result<BlockDevice> BlockDevice::open(std::string_view path, Kernel& kernel) noexcept {
  constexpr const char* operation = "open block device";
  if (!isPath(path)) return noPath(operation, path);
  std::string text(path);
  int fd = -1;
  if (const int errnum = kernel.openBlock(text.c_str(), fd))
    return blockError(operation, path, errnum);
  BlockDevice device(kernel, fd, {}, std::move(text));
  if (const int errnum = kernel.blockNumber(fd, device.number_))
    return blockError(operation, path, errnum);
  return device;
}

Result<std::uint64_t> BlockDevice::size() const noexcept {
  std::uint64_t bytes = 0;
  if (const int errnum = kernel_->blockSize(fd_, bytes))
    return blockError("get size of block device", path_, errnum);
  return bytes;
}

Result<std::uint64_t> getBlockDeviceSize(std::string_view path, Kernel& kernel) noexcept {
  constexpr const char* operation = "get size of block device";
  if (!isPath(path)) return noPath(operation, path);
  int fd = -1;
  std::uint64_t bytes = 0;
  int errnum = kernel.openBlock(std::string(path).c_str(), fd);
  if (errnum == 0) {
    errnum = kernel.blockSize(fd, bytes);
    static_cast<void>(kernel.close(fd));
  }
  if (errnum != 0) return blockError(operation, path, errnum);
  return bytes;
}

std::string kernelName(DeviceNumber device, Kernel& kernel) noexcept {
  return detail::kernelNameOf(kernel, device);
}

std::optional<std::uint32_t> deviceMapperMajor(Kernel& kernel) noexcept {
  std::string text;
  if (detail::readWhole(kernel, "/proc/devices", text) != 0) return {};
  bool block = false;  // character devices come first
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view line = base::takeLine(rest);
    if (line == "Block devices:") block = true;
    std::uint64_t major = 0;
    const bool numbered = base::readNumber(base::takeWord(line), major);
    if (block && numbered && base::trim(line) == "device-mapper")
      return static_cast<std::uint32_t>(major);
  }
  return {};
}

}  // namespace devmap
