// The Kernel seam on Linux: each function is one system call, or a few where a resource must not
// leak between them. No policy.

#include <devmap/kernel.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/random.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>

#include <sys/ioctl.hpp>
#include <sys/proc.hpp>
#include <sys/udev_monitor.hpp>
#include <uapi.hpp>

namespace devmap {
namespace {

// semctl's fourth argument: the C libraries leave its definition to the caller (semctl(2)).
union SemctlArgument {
  int value;
  unsigned short* values;
  semid_ds* state;
  seminfo* info;
};

// 0, or the errno of a call that returned -1.
int result(long returned) noexcept { return returned < 0 ? errno : 0; }

// For calls that return a descriptor or id.
int result(long returned, int& out) noexcept {
  if (returned < 0) return errno;
  out = static_cast<int>(returned);
  return 0;
}

timespec toTimespec(std::chrono::nanoseconds duration) noexcept {
  constexpr std::int64_t perSecond = 1'000'000'000;
  const std::int64_t count = duration.count() < 0 ? 0 : duration.count();
  timespec time{};
  time.tv_sec = static_cast<time_t>(
      std::min<std::int64_t>(count / perSecond, std::numeric_limits<time_t>::max()));
  time.tv_nsec = static_cast<long>(count % perSecond);
  return time;
}

DeviceNumber numberOf(dev_t device) noexcept {
  return {static_cast<std::uint32_t>(major(device)), static_cast<std::uint32_t>(minor(device))};
}

NodeType typeOf(mode_t mode) noexcept {
  if (S_ISBLK(mode)) return NodeType::blockDevice;
  if (S_ISCHR(mode)) return NodeType::characterDevice;
  if (S_ISLNK(mode)) return NodeType::link;
  if (S_ISDIR(mode)) return NodeType::directory;
  return NodeType::other;
}

// SemaphoreState::owner of a set with a second semaphore (see semCreate). The rest of `state` is
// already filled in.
int ownerOf(const SemaphoreState& state) noexcept {
  if (::semctl(state.id, 1, GETVAL) != 0) return 0;  // disowned, or removed meanwhile
  const int process = ::semctl(state.id, 1, GETPID);
  if (process > 0) return process;
  // No process: semSetValue was never called, or was called from a PID namespace that we cannot
  // see. In the latter case the set has, or had, a value.
  return state.value == 0 && state.lastOperation == 0 ? -1 : 0;
}

class SystemKernel final : public Kernel {
 public:
  constexpr SystemKernel() noexcept = default;

  int openControl(const char* path, int& fd) noexcept override {
    return result(::open(path, O_RDWR | O_CLOEXEC), fd);
  }

  int ioctl(int control, DmCommand command, std::span<std::byte> packet) noexcept override {
    const unsigned long request =
        _IOC(_IOC_READ | _IOC_WRITE, DM_IOCTL, static_cast<unsigned>(command), sizeof(dm_ioctl));
    const int returned = sys::ioctl(control, request, packet.data());
    return returned > 0 ? ENOMSG : result(returned);
  }

  int pollControl(int control, std::chrono::nanoseconds timeout) noexcept override {
    pollfd entry{control, POLLIN, 0};
    const timespec time = toTimespec(timeout);
    const int ready = ::ppoll(&entry, 1, &time, nullptr);
    return ready == 0 ? ETIMEDOUT : result(ready);
  }

  int close(int fd) noexcept override { return result(::close(fd)); }

  // A second semaphore, never operated on, records the creator of the set as its last process. Its
  // value of 1 means that the creator no longer matters. libdevmapper does not mind it.
  int semCreate(std::int32_t key, int& id) noexcept override {
    return result(::semget(key, 2, 0600 | IPC_CREAT | IPC_EXCL), id);
  }

  int semFind(std::int32_t key, int& id) noexcept override {
    return result(::semget(key, 1, 0), id);
  }

  int semSetValue(int id, int value) noexcept override {
    std::array<unsigned short, 2> values{static_cast<unsigned short>(value), 0};
    SemctlArgument argument{};
    argument.values = values.data();
    return result(::semctl(id, 0, SETALL, argument));
  }

  int semDisown(int id) noexcept override {
    SemctlArgument argument{};
    argument.value = 1;
    return result(::semctl(id, 1, SETVAL, argument));
  }

  int semValue(int id, int& value) noexcept override {
    return result(::semctl(id, 0, GETVAL), value);
  }

  int semOperate(int id, std::span<const short> deltas,
                 std::optional<std::chrono::nanoseconds> timeout) noexcept override {
    std::array<sembuf, 4> operations{};
    if (deltas.empty() || deltas.size() > operations.size()) return EINVAL;
    const short flags = timeout ? 0 : IPC_NOWAIT;
    for (std::size_t i = 0; i < deltas.size(); ++i) operations[i] = {0, deltas[i], flags};
    if (!timeout) return result(::semop(id, operations.data(), deltas.size()));
    const timespec time = toTimespec(*timeout);
    return result(::semtimedop(id, operations.data(), deltas.size(), &time));
  }

  int semRemove(int id) noexcept override { return result(::semctl(id, 0, IPC_RMID)); }

  int semHighestIndex(int& index) noexcept override {
    seminfo info{};
    SemctlArgument argument{};
    argument.info = &info;
    return result(::semctl(0, 0, SEM_INFO, argument), index);
  }

  int semStat(int index, SemaphoreState& state) noexcept override {
    semid_ds entry{};
    SemctlArgument argument{};
    argument.state = &entry;
    const int id = ::semctl(index, 0, SEM_STAT, argument);
    if (id < 0) return errno;
    const int value = ::semctl(id, 0, GETVAL);
    const int waiters = value < 0 ? -1 : ::semctl(id, 0, GETZCNT);
    if (waiters < 0) return errno;
    state.id = id;
    state.key = entry.sem_perm.__key;
    state.value = value;
    state.waiters = waiters;
    state.lastOperation = static_cast<std::int64_t>(entry.sem_otime);
    state.lastChange = static_cast<std::int64_t>(entry.sem_ctime);
    state.owner = entry.sem_nsems > 1 ? ownerOf(state) : 0;
    return 0;
  }

  int processStart(int pid, std::int64_t& seconds) noexcept override {
    return proc::startOf(pid, seconds);
  }

  int nodeInfo(const char* path, bool follow, NodeInfo& info) noexcept override {
    struct stat entry {};
    if ((follow ? ::stat(path, &entry) : ::lstat(path, &entry)) < 0) return errno;
    info.type = typeOf(entry.st_mode);
    const bool device =
        info.type == NodeType::blockDevice || info.type == NodeType::characterDevice;
    info.device = device ? numberOf(entry.st_rdev) : DeviceNumber{};
    info.size = S_ISREG(entry.st_mode) ? static_cast<std::uint64_t>(entry.st_size) : 0;
    return 0;
  }

  int makeDirectory(const char* path) noexcept override { return result(::mkdir(path, 0755)); }

  int makeLink(const char* target, const char* path) noexcept override {
    return result(::symlink(target, path));
  }

  int makeNode(const char* path, NodeType type, DeviceNumber device,
               std::uint32_t mode) noexcept override {
    const mode_t kind = type == NodeType::characterDevice ? S_IFCHR : S_IFBLK;
    if (::mknod(path, kind | 0600, makedev(device.major, device.minor)) < 0) return errno;
    if (mode == 0600 || ::chmod(path, mode) == 0)
      return 0;  // chmod, not umask: the umask belongs to the whole process
    const int error = errno;
    ::unlink(path);
    return error;
  }

  int setOwner(const char* path, std::uint32_t uid, std::uint32_t gid) noexcept override {
    return result(::lchown(path, uid, gid));
  }

  int renameNode(const char* from, const char* to) noexcept override {
    return result(::rename(from, to));
  }

  int removeNode(const char* path) noexcept override { return result(::unlink(path)); }

  int openBlock(const char* path, int& fd) noexcept override {
    // O_NONBLOCK: a FIFO or a tape opened by mistake must not hang. It has no effect on block
    // devices.
    const int opened = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (opened < 0) return errno;
    struct stat entry {};
    const int error = ::fstat(opened, &entry) < 0 ? errno : S_ISBLK(entry.st_mode) ? 0 : ENOTBLK;
    if (error != 0) {
      ::close(opened);
      return error;
    }
    fd = opened;
    return 0;
  }

  int blockNumber(int fd, DeviceNumber& number) noexcept override {
    struct stat entry {};
    if (::fstat(fd, &entry) < 0) return errno;
    number = numberOf(entry.st_rdev);
    return 0;
  }

  int blockSize(int fd, std::uint64_t& bytes) noexcept override {
    return result(sys::ioctl(fd, BLKGETSIZE64, &bytes));
  }

  int probePaths(int fd) noexcept override { return result(::ioctl(fd, uapi::multipathProbe)); }

  int readText(const char* path, std::span<char> text, std::size_t& size) noexcept override {
    const int file = ::open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return errno;
    std::size_t filled = 0;
    ssize_t got = 1;
    while (got > 0 && filled < text.size()) {
      got = ::read(file, text.data() + filled, text.size() - filled);
      if (got > 0) filled += static_cast<std::size_t>(got);
    }
    const int error = got < 0 ? errno : 0;
    ::close(file);
    if (error == 0) size = filled;
    return error;
  }

  int writeText(const char* path, std::string_view text) noexcept override {
    const int file = ::open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return errno;
    const ssize_t put = ::write(file, text.data(), text.size());
    const int error = put < 0 ? errno : static_cast<std::size_t>(put) == text.size() ? 0 : EIO;
    ::close(file);
    return error;
  }

  int listDirectory(const char* path, std::span<char> names, std::size_t& size) noexcept override {
    DIR* const directory = ::opendir(path);
    if (directory == nullptr) return errno;
    std::size_t filled = 0;
    int error = 0;
    errno = 0;
    for (const dirent* entry = nullptr; error == 0 && (entry = ::readdir(directory)) != nullptr;) {
      const std::string_view name(entry->d_name);
      if (name == "." || name == "..") continue;
      if (names.size() - filled <= name.size()) {
        error = ERANGE;
      } else {
        std::memcpy(names.data() + filled, entry->d_name, name.size() + 1);
        filled += name.size() + 1;
      }
    }
    if (error == 0) error = errno;
    ::closedir(directory);
    if (error == 0) size = filled;
    return error;
  }

  int probeSocket(const char* path) noexcept override {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::size_t length = std::strlen(path);
    if (length >= sizeof address.sun_path) return ENAMETOOLONG;
    std::memcpy(address.sun_path, path, length);
    const int probe = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0) return errno;
    const int error =
        ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0
                                                                                           : errno;
    ::close(probe);
    // The kernel finds the file's live socket before it compares types. The daemon's socket listens
    // for connections and takes no datagrams (net/unix/af_unix.c: unix_find_bsd).
    return error == EPROTOTYPE ? 0 : error;
  }

  int udevSharesIpc(bool& shares) noexcept override { return proc::udevSharesIpc(shares); }

  int openUdevMonitor(std::uintptr_t& monitor) noexcept override {
    return udev::openMonitor(monitor);
  }

  int readUdevEvent(std::uintptr_t monitor, std::chrono::nanoseconds timeout,
                    UdevEvent& event) noexcept override {
    const timespec time = toTimespec(timeout);
    return udev::readEvent(monitor, time, event);
  }

  int closeUdevMonitor(std::uintptr_t monitor) noexcept override {
    return udev::closeMonitor(monitor);
  }

  int openLog(int& fd) noexcept override {
    return result(::open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC), fd);
  }

  int seekLogEnd(int log) noexcept override { return ::lseek(log, 0, SEEK_END) < 0 ? errno : 0; }

  int readLog(int log, std::span<char> record, std::size_t& size) noexcept override {
    const ssize_t got = ::read(log, record.data(), record.size());
    if (got < 0) return errno;
    size = static_cast<std::size_t>(got);
    return 0;
  }

  std::chrono::nanoseconds now() noexcept override {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
  }

  std::int64_t wallClock() noexcept override { return static_cast<std::int64_t>(::time(nullptr)); }

  int sleep(std::chrono::nanoseconds duration) noexcept override {
    const timespec time = toTimespec(duration);
    return ::clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr);
  }

  int random(std::span<std::byte> bytes) noexcept override {
    const ssize_t got = ::getrandom(bytes.data(), bytes.size(), GRND_NONBLOCK);
    if (got < 0) return errno;
    return static_cast<std::size_t>(got) == bytes.size() ? 0 : EAGAIN;
  }
};

constinit SystemKernel theSystemKernel;

}  // namespace

Kernel& systemKernel() noexcept { return theSystemKernel; }

}  // namespace devmap
