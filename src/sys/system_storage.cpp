// The Storage seam on Linux: each function is one system call, or a few where a resource must not
// leak between them. No policy.

#include <devmap/thin/storage.hpp>

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include <sys/ioctl.hpp>

extern "C" char** environ;  // NOLINT(readability-redundant-declaration): musl's unistd.h hides it

namespace devmap {
namespace {

int result(long returned) noexcept { return returned < 0 ? errno : 0; }

// One ioctl on a device that is opened just for it.
int deviceIoctl(const char* path, int mode, unsigned long request, void* argument) noexcept {
  const int fd = ::open(path, mode | O_CLOEXEC);
  if (fd < 0) return errno;
  const int error = result(sys::ioctl(fd, request, argument));
  ::close(fd);
  return error;
}

class SystemStorage final : public Storage {
 public:
  constexpr SystemStorage() noexcept = default;

  // Not O_APPEND: a loop device on such a file writes every block at the end of the file (seen with
  // Linux 6.1).
  int openFile(const char* path, bool create, int& fd) noexcept override {
    const int opened = ::open(path, O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), 0600);
    if (opened < 0) return errno;
    fd = opened;
    return 0;
  }
  int lockFile(int fd) noexcept override { return result(::flock(fd, LOCK_EX | LOCK_NB)); }
  int fileSize(int fd, std::uint64_t& bytes) noexcept override {
    struct stat entry {};
    if (::fstat(fd, &entry) < 0) return errno;
    bytes = static_cast<std::uint64_t>(entry.st_size);
    return 0;
  }
  int fileIdentity(int fd, FileIdentity& identity) noexcept override {
    struct stat entry {};
    if (::fstat(fd, &entry) < 0) return errno;
    identity = {entry.st_dev, entry.st_ino};
    return 0;
  }
  int readFile(int fd, std::uint64_t offset, std::span<char> text,
               std::size_t& size) noexcept override {
    const ssize_t got = ::pread(fd, text.data(), text.size(), static_cast<off_t>(offset));
    if (got < 0) return errno;
    size = static_cast<std::size_t>(got);
    return 0;
  }
  int appendFile(int fd, std::string_view text) noexcept override {
    if (::lseek(fd, 0, SEEK_END) < 0) return errno;
    const ssize_t put = ::write(fd, text.data(), text.size());
    return put < 0 ? errno : static_cast<std::size_t>(put) == text.size() ? 0 : ENOSPC;
  }
  int setFileSize(int fd, std::uint64_t bytes) noexcept override {
    return result(::ftruncate(fd, static_cast<off_t>(bytes)));
  }
  int syncFile(int fd) noexcept override { return result(::fdatasync(fd)); }
  int closeFile(int fd) noexcept override { return result(::close(fd)); }
  int syncDirectory(const char* path) noexcept override {
    const int fd = ::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return errno;
    const int error = result(::fsync(fd));
    ::close(fd);
    return error;
  }
  int renameFile(const char* from, const char* to) noexcept override {
    return result(::rename(from, to));
  }
  int removeFile(const char* path) noexcept override { return result(::unlink(path)); }
  int makeDirectory(const char* path) noexcept override { return result(::mkdir(path, 0700)); }
  int removeDirectory(const char* path) noexcept override { return result(::rmdir(path)); }

  int discardDevice(const char* path) noexcept override {
    const int fd = ::open(path, O_WRONLY | O_EXCL | O_CLOEXEC);
    if (fd < 0) return errno;
    std::array<std::uint64_t, 2> range{0, 0};
    int error = result(sys::ioctl(fd, BLKGETSIZE64, &range[1]));
    if (error == 0) error = result(sys::ioctl(fd, BLKDISCARD, range.data()));
    ::close(fd);
    return error;
  }

  int freeLoop(int& number) noexcept override {
    const int fd = ::open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    if (fd < 0) return errno;
    const int got = ::ioctl(fd, LOOP_CTL_GET_FREE);
    const int error = result(got);
    ::close(fd);
    if (error == 0) number = got;
    return error;
  }
  int configureLoop(const char* path, int file, const LoopSettings& settings,
                    int& fd) noexcept override {
    const int opened = ::open(path, O_RDWR | O_CLOEXEC);
    if (opened < 0) return errno;
    loop_config config{};
    config.fd = static_cast<__u32>(file);
    config.block_size = settings.blockSize;
    if (settings.directIo) config.info.lo_flags |= LO_FLAGS_DIRECT_IO;
    if (settings.autoclear) config.info.lo_flags |= LO_FLAGS_AUTOCLEAR;
    if (settings.readOnly) config.info.lo_flags |= LO_FLAGS_READ_ONLY;
    if (::ioctl(opened, LOOP_CONFIGURE, &config) < 0) {
      const int error = errno;
      ::close(opened);
      return error;
    }
    fd = opened;
    return 0;
  }
  int loopBacking(const char* path, FileIdentity& identity) noexcept override {
    loop_info64 info{};
    const int error = deviceIoctl(path, O_RDONLY, LOOP_GET_STATUS64, &info);
    if (error == 0) identity = {info.lo_device, info.lo_inode};
    return error;
  }
  int resizeLoop(const char* path) noexcept override {
    return deviceIoctl(path, O_RDWR, LOOP_SET_CAPACITY, nullptr);
  }
  int detachLoop(const char* path) noexcept override {
    return deviceIoctl(path, O_RDWR, LOOP_CLR_FD, nullptr);
  }

  int mount(const char* source, const char* target, const char* type,
            bool readOnly) noexcept override {
    return result(::mount(source, target, type,
                          readOnly ? static_cast<unsigned long>(MS_RDONLY) : 0UL, nullptr));
  }
  int unmount(const char* target) noexcept override { return result(::umount2(target, 0)); }
  int runProgram(std::span<const char* const> words, const char* output,
                 int& status) noexcept override {
    posix_spawn_file_actions_t actions;
    int error = ::posix_spawn_file_actions_init(&actions);
    if (error != 0) return error;
    if (output != nullptr)
      error = ::posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC,
                                                 0600);
    if (error == 0 && output != nullptr) error = ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
    pid_t child = -1;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): it takes char* const[], and changes
    // nothing
    if (error == 0)
      error = ::posix_spawnp(&child, words[0], &actions, nullptr, const_cast<char**>(words.data()),
                             environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return error;
    int state = 0;
    while (::waitpid(child, &state, 0) < 0)
      if (errno != EINTR) return errno;
    status = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    return 0;
  }
};

constinit SystemStorage theSystemStorage;

}  // namespace

Storage& systemStorage() noexcept { return theSystemStorage; }

}  // namespace devmap
