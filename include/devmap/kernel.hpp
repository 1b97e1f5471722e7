// The seam: everything that devmap asks of Linux, and nothing else.
//
// Contract, for every call unless its comment says more:
//  * Returns 0, or a positive errno. Out-parameters are written only on 0.
//  * Does one thing once: never retries (EINTR, EBUSY and EAGAIN are returned), never waits longer
//    than the given timeout, never logs, never throws.
//  * Paths are NUL-terminated. Descriptors are numbers that only the same Kernel understands. Each
//    is closed with `close`, and does not survive exec.
//  * Thread-safe: any call from any thread at any time. The caller keeps a descriptor open while
//    another thread uses it.
// Policy is above this seam, where it can be tested: retries, growing buffers, deadlines, who may
// make a node.
//
// Implement it to test your own program (see fake/kernel.hpp), to trace, or to dry-run.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <devmap/types.hpp>

namespace devmap {

enum class NodeType : std::uint8_t { other, directory, link, blockDevice, characterDevice };

struct NodeInfo {
  NodeType type = NodeType::other;
  DeviceNumber device;     ///< of a block or character device, else 0:0
  std::uint64_t size = 0;  ///< bytes of a regular file, else 0
};

/// A block device event that udev has finished: rules, links and programs.
struct UdevEvent {
  bool removed = false;  ///< action `remove`; else `add`, `change`, ...
  DeviceNumber device;
  std::uint32_t dmCookie = 0;    ///< property DM_COOKIE; 0 when it has none
  std::array<char, 128> name{};  ///< property DM_NAME with its NUL; empty when it has none
};

/// One System V semaphore set, as SEM_STAT shows it.
struct SemaphoreState {
  int id = -1;
  std::int32_t key = 0;
  int value = 0;                   ///< of the first semaphore
  int waiters = 0;                 ///< Processes that wait for it to become zero.
  std::int64_t lastOperation = 0;  ///< seconds since 1970, 0 = never (sem_otime)
  std::int64_t lastChange = 0;     ///< seconds since 1970 (sem_ctime)
  /// The process that made it with semCreate and semSetValue of this seam. 0: made by another
  /// program, disowned, or its process is not visible from here (another PID namespace). -1:
  /// semSetValue has not followed semCreate yet, or never will.
  int owner = 0;
};

class Kernel {
 public:
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  // --- the control node ---

  /// Opens the control node for reading and writing. ENOENT: no node. ENODEV or ENXIO: the node
  /// exists, but no device-mapper serves it.
  virtual int openControl(const char* path, int& fd) noexcept = 0;
  /// One device-mapper ioctl. `packet` starts with a struct dm_ioctl whose data_size is
  /// packet.size() (at least 305, 8-aligned). The kernel's reply replaces it. On an errno the
  /// content of `packet` is unspecified. ENOMSG: the ioctl returned a positive value. Linux up to
  /// 6.1 does so for a message to a device without a live table: no errno, and nothing was done
  /// (dm-ioctl.c: target_message).
  virtual int ioctl(int control, DmCommand command, std::span<std::byte> packet) noexcept = 0;
  /// Waits until the control node has news since it was opened or armed. ETIMEDOUT: none in time.
  virtual int pollControl(int control, std::chrono::nanoseconds timeout) noexcept = 0;
  virtual int close(int fd) noexcept = 0;

  // --- System V semaphores, for udev cookies ---

  /// Makes a new set with mode 0600. Its first semaphore is the cookie; anything else in it serves
  /// semStat. EEXIST: the key is taken. ENOSPC, ENOSYS, EPERM: no set is available.
  virtual int semCreate(std::int32_t key, int& id) noexcept = 0;
  /// Finds the set with this key. ENOENT: there is none.
  virtual int semFind(std::int32_t key, int& id) noexcept = 0;
  virtual int semSetValue(int id, int value) noexcept = 0;
  /// Makes semStat report owner 0 for a set made by semCreate, from now on.
  virtual int semDisown(int id) noexcept = 0;
  virtual int semValue(int id, int& value) noexcept = 0;
  /// Applies `deltas` to the first semaphore in order, as one atomic operation; a delta of 0 waits
  /// for zero. No timeout: never sleeps. EAGAIN: not possible (in time). EIDRM, EINVAL: the set is
  /// gone. EINTR: a signal.
  virtual int semOperate(int id, std::span<const short> deltas,
                         std::optional<std::chrono::nanoseconds> timeout) noexcept = 0;
  virtual int semRemove(int id) noexcept = 0;
  /// The highest index to pass to semStat. Also shows whether System V semaphores exist here at all
  /// (ENOSYS).
  virtual int semHighestIndex(int& index) noexcept = 0;
  /// The set in slot `index` of the kernel's table. EINVAL: the slot is empty.
  virtual int semStat(int index, SemaphoreState& state) noexcept = 0;
  /// When process `pid` started, in seconds since 1970, give or take one. ESRCH: there is no such
  /// process, or it is a zombie. Another errno: unknown.
  virtual int processStart(int pid, std::int64_t& seconds) noexcept = 0;

  // --- nodes ---

  /// What is at `path`; `follow`: follow a symbolic link. ENOENT: nothing, or a dangling link.
  virtual int nodeInfo(const char* path, bool follow, NodeInfo& info) noexcept = 0;
  /// Makes a directory with mode 0755. EEXIST: the name is taken.
  virtual int makeDirectory(const char* path) noexcept = 0;
  virtual int makeLink(const char* target, const char* path) noexcept = 0;
  /// Makes a device node with exactly this mode, whatever the umask. `type` is blockDevice or
  /// characterDevice.
  virtual int makeNode(const char* path, NodeType type, DeviceNumber device,
                       std::uint32_t mode) noexcept = 0;
  virtual int setOwner(const char* path, std::uint32_t uid, std::uint32_t gid) noexcept = 0;
  /// Atomic; replaces what is at `to`.
  virtual int renameNode(const char* from, const char* to) noexcept = 0;
  virtual int removeNode(const char* path) noexcept = 0;

  // --- block devices ---

  /// Opens read-only. ENOTBLK: not a block device.
  virtual int openBlock(const char* path, int& fd) noexcept = 0;
  virtual int blockNumber(int fd, DeviceNumber& number) noexcept = 0;
  /// Size in bytes.
  virtual int blockSize(int fd, std::uint64_t& bytes) noexcept = 0;
  /// Makes the multipath device of a block descriptor probe its paths (DM_MPATH_PROBE_PATHS).
  /// ENOTCONN: none works. EAGAIN: suspended. ENOTTY: no multipath device, or an older kernel,
  /// which may pass the call on to the underlying device.
  virtual int probePaths(int fd) noexcept = 0;

  // --- sysfs and procfs ---

  /// Reads a text file from its start, as much as fits. `size == text.size()`: there may be more.
  virtual int readText(const char* path, std::span<char> text, std::size_t& size) noexcept = 0;
  /// Writes to an existing file, in one piece.
  virtual int writeText(const char* path, std::string_view text) noexcept = 0;
  /// The names in a directory except `.` and `..`, in any order, each NUL-terminated. ERANGE: they
  /// do not fit.
  virtual int listDirectory(const char* path, std::span<char> names,
                            std::size_t& size) noexcept = 0;

  // --- udev, kernel log, clock, randomness ---

  /// Whether a process holds the local socket at `path`. Does not connect to the peer, which
  /// notices nothing. ENOENT: there is none. ECONNREFUSED: the file is stale, its process has
  /// ended. Another errno: unknown.
  virtual int probeSocket(const char* path) noexcept = 0;
  /// Whether the udev daemon runs in this process's IPC namespace, so that its rules find our
  /// semaphores. ESRCH: no daemon is visible from here; ENOENT: /proc is not mounted.
  virtual int udevSharesIpc(bool& shares) noexcept = 0;
  /// Starts listening to udev: readUdevEvent returns every event that udev finishes from now on.
  /// ENOSYS: this build cannot (no libudev).
  virtual int openUdevMonitor(std::uintptr_t& monitor) noexcept = 0;
  /// The next event. ETIMEDOUT: none in time. ENOBUFS: events were lost. EINTR: a signal.
  virtual int readUdevEvent(std::uintptr_t monitor, std::chrono::nanoseconds timeout,
                            UdevEvent& event) noexcept = 0;
  virtual int closeUdevMonitor(std::uintptr_t monitor) noexcept = 0;
  /// Opens the kernel log, non-blocking, for readLog.
  virtual int openLog(int& fd) noexcept = 0;
  /// Moves to the end of the log: readLog then returns only what is logged after this call.
  virtual int seekLogEnd(int log) noexcept = 0;
  /// The next record in /dev/kmsg format (`prio,seq,usec,flags;text\n`). EAGAIN: none. EPIPE:
  /// records were lost, read on.
  virtual int readLog(int log, std::span<char> record, std::size_t& size) noexcept = 0;
  /// Monotonic time since an arbitrary start.
  virtual std::chrono::nanoseconds now() noexcept = 0;
  /// Seconds since 1970.
  virtual std::int64_t wallClock() noexcept = 0;
  /// EINTR: a signal came first.
  virtual int sleep(std::chrono::nanoseconds duration) noexcept = 0;
  virtual int random(std::span<std::byte> bytes) noexcept = 0;

 protected:
  constexpr Kernel() noexcept = default;
  ~Kernel() = default;
};

/// The Linux this process runs on. One stateless object for the whole process; any number of
/// contexts may share it.
[[nodiscard]] DEVMAP_API Kernel& systemKernel() noexcept;

}  // namespace devmap
