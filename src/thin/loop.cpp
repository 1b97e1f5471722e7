#include <devmap/thin/loop.hpp>

#include <cerrno>
#include <utility>
#include <vector>

#include <base/deadline.hpp>
#include <thin/words.hpp>

namespace devmap {

using thin::decimal;
using thin::storageError;

namespace {

/// A file of the Storage, closed on destruction.
class OpenFile {
 public:
  OpenFile(Storage& storage, const std::string& path, bool create) noexcept : storage_(storage) {
    error_ = storage.openFile(path.c_str(), create, fd_);
  }
  ~OpenFile() {
    if (error_ == 0) static_cast<void>(storage_.closeFile(fd_));
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  [[nodiscard]] int error() const noexcept { return error_; }
  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  Storage& storage_;
  int fd_ = -1;
  int error_;
};

}  // namespace

LoopDevice::LoopDevice(Storage& storage, std::string path, int fd, bool directIo) noexcept
    : storage_(&storage), path_(std::move(path)), fd_(fd), directIo_(directIo) {}

LoopDevice::LoopDevice(LoopDevice&& other) noexcept
    : storage_(other.storage_),
      path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      directIo_(other.directIo_) {}

LoopDevice::~LoopDevice() {
  if (fd_ >= 0) static_cast<void>(storage_->closeFile(fd_));
}

Result<LoopDevice> LoopDevice::attach(std::string_view file, const LoopSettings& settings,
                                      Timeout timeout, Storage& storage, Kernel& kernel) noexcept {
  constexpr const char* operation = "attach loop device";
  const std::string name(file);
  const OpenFile backing(storage, name, false);
  if (backing.error() != 0) return storageError(operation, backing.error(), name);
  LoopSettings wanted = settings;
  const base::Deadline deadline(kernel, timeout);
  for (;;) {
    int number = -1;
    int error = storage.freeLoop(number);
    if (error != 0) return storageError(operation, error, "/dev/loop-control");
    const std::string path = "/dev/loop" + decimal(static_cast<std::uint64_t>(number));
    int fd = -1;
    error = storage.configureLoop(path.c_str(), backing.fd(), wanted, fd);
    if (error == 0) return LoopDevice(storage, path, fd, wanted.directIo);
    if (error == EINVAL && wanted.directIo) {
      wanted.directIo = false;
      continue;
    }
    const bool later =
        error == EBUSY || error == ENOENT || error == ENXIO || error == EINTR || error == EAGAIN;
    if (!later || deadline.passed()) return storageError(operation, error, path + " on " + name);
    static_cast<void>(kernel.sleep(std::chrono::milliseconds{10}));
  }
}

Result<std::optional<std::string>> LoopDevice::find(std::string_view file, Storage& storage,
                                                    Kernel& kernel) noexcept {
  constexpr const char* operation = "find loop device";
  const std::string name(file);
  const OpenFile backing(storage, name, false);
  FileIdentity wanted;
  int error = backing.error() != 0 ? backing.error() : storage.fileIdentity(backing.fd(), wanted);
  if (error != 0) return storageError(operation, error, name);
  std::vector<char> names(std::size_t{1} << 16);
  std::size_t size = 0;
  while ((error = kernel.listDirectory("/sys/block", names, size)) == ERANGE)
    names.resize(names.size() * 2);
  if (error != 0) return storageError(operation, error, "/sys/block");
  std::string_view rest(names.data(), size);
  while (!rest.empty()) {
    const std::string_view device = base::takeUpTo(rest, '\0');
    if (!device.starts_with("loop")) continue;
    const std::string path = thin::join({"/dev/", device});
    FileIdentity found;
    if (storage.loopBacking(path.c_str(), found) == 0 && found == wanted)
      return std::optional(path);
  }
  return std::optional<std::string>();
}

Result<void> LoopDevice::makeFile(std::string_view file, std::uint64_t bytes,
                                  Storage& storage) noexcept {
  const std::string name(file);
  const OpenFile made(storage, name, true);
  std::uint64_t present = 0;
  int error = made.error() != 0 ? made.error() : storage.fileSize(made.fd(), present);
  if (error == 0 && present < bytes) error = storage.setFileSize(made.fd(), bytes);
  if (error == 0) error = storage.syncFile(made.fd());
  if (error != 0) return storageError("make file", error, name);
  return {};
}

Result<void> LoopDevice::resize(std::string_view path, Storage& storage) noexcept {
  const std::string name(path);
  if (const int error = storage.resizeLoop(name.c_str()); error != 0)
    return storageError("resize loop device", error, name);
  return {};
}

}  // namespace devmap
