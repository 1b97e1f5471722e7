// A Linux in memory, for tests. It implements the seam: device-mapper, block devices, nodes,
// semaphores, udevd, kernel log and clock.
//
//   FakeKernel kernel;
//   kernel.addBlockDevice("/dev/sda", {8, 0}, 1 << 30);
//   kernel.setUdev(FakeUdev::deferred);
//   const FakeUsage before = kernel.usage();
//   { auto context = DeviceMapper::open(kernel); ... }
//   CHECK(kernel.usage() == before);  // no device, node, semaphore or descriptor is left
//
// It models every ioctl of kernel.hpp as Linux answers it: lookup rules, reply sizes, BUFFER_FULL,
// live and inactive tables, suspend, open counts, events, deferred remove, uevents. It has the
// targets linear, striped, zero, error, crypt, snapshot-origin, thin-pool and thin. Their argument
// checks, errnos, status texts and kernel log messages are modelled too. No data is stored: a thin
// volume never fills up. The same contract suite runs on it and on the real kernel; where they
// disagree, this one is wrong.
//
// Initial state: root, interface 4.50.0, no device, no udevd, semaphores available, jumping clock,
// `/dev` with `/dev/mapper/control`.
//
// Time: with FakeClock::jumping nothing really waits. A wait with a timeout that nothing inside can
// end jumps to its deadline, and udev acts while time passes. Only DmCommand::wait blocks its
// thread until another thread changes something. Programs with several threads that wait for each
// other need FakeClock::real.
//
// Threading: all members may be called from any thread at any time. Lifetime: must outlive every
// context that uses it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/kernel.hpp>
#include <devmap/types.hpp>

namespace devmap {

namespace fake {
struct Machine;
}

enum class FakeUdev : std::uint8_t {
  off,        ///< no udevd
  immediate,  ///< Events are handled inside the ioctl that causes them.
  deferred,   ///< Events are handled while a call waits or sleeps, a delay after they were caused.
  stuck,      ///< udevd runs, but handles nothing
  foreign,    ///< as immediate, but in another IPC namespace: links appear, semaphores are never
              ///< counted down
};

enum class FakeClock : std::uint8_t { jumping, real };

enum class FakePrivilege : std::uint8_t {
  root,
  noCapability,  ///< root in a container: files open, but ioctls fail with EACCES, mknod and the
                 ///< kernel log with EPERM
  user,          ///< in addition nothing under /dev can be opened or changed
};

/// What the status line of a thin-pool reports. On a real kernel all but `rw` need outside damage.
enum class FakePoolMode : std::uint8_t { rw, outOfDataSpace, ro, needsCheck, fail };

/// The functions of the seam, for counting and failing them.
enum class FakeCall : std::uint8_t {
  openControl,
  ioctl,
  pollControl,
  close,
  semCreate,
  semFind,
  semSetValue,
  semDisown,
  semValue,
  semOperate,
  semRemove,
  semHighestIndex,
  semStat,
  processStart,
  nodeInfo,
  makeDirectory,
  makeLink,
  makeNode,
  setOwner,
  renameNode,
  removeNode,
  openBlock,
  blockNumber,
  blockSize,
  probePaths,
  readText,
  writeText,
  listDirectory,
  probeSocket,
  udevSharesIpc,
  openUdevMonitor,
  readUdevEvent,
  closeUdevMonitor,
  openLog,
  seekLogEnd,
  readLog,
  now,
  wallClock,
  sleep,
  random,
};
inline constexpr std::size_t fakeCallCount = static_cast<std::size_t>(FakeCall::random) + 1;

/// What a program can leave behind.
struct FakeUsage {
  std::size_t descriptors = 0;
  std::size_t semaphores = 0;
  std::size_t nodes = 0;  ///< everything in the file system, `/dev/dm-N` included
  std::size_t devices = 0;
  std::size_t suspended = 0;  ///< devices

  friend bool operator==(const FakeUsage&, const FakeUsage&) noexcept = default;
};

class DEVMAP_API FakeKernel final : public Kernel {
 public:
  FakeKernel();
  ~FakeKernel();

  // --- the machine ---

  /// Below 4.45 lists have no uuids, below 4.37 no event numbers, later commands fail with ENOTTY,
  /// and so on.
  void setInterfaceVersion(Version version);
  /// Absent: the control node exists, but opening it fails with ENODEV.
  void setDeviceMapperPresent(bool present);
  void setPrivilege(FakePrivilege privilege);
  /// Adds a disk and its node, and creates the parent directory. A disk with the same number is
  /// replaced.
  void addBlockDevice(std::string_view path, DeviceNumber number, std::uint64_t bytes);
  void resizeBlockDevice(DeviceNumber number, std::uint64_t bytes);
  /// Zeroes it: thin-pool metadata on it is gone.
  void wipeBlockDevice(DeviceNumber number);
  /// Claims it as a mounted file system does: tables that name it fail with EBUSY.
  void claimBlockDevice(DeviceNumber number, bool claimed = true);
  /// Adds a regular file, and creates the parent directory.
  void addFile(std::string_view path);
  /// Sets what readText returns from now on, e.g. for /proc/self/mountinfo, which starts empty.
  /// Devices have separate files in sysfs: `holders` and `queue/read_ahead_kb` under
  /// /sys/dev/block/M:m.
  void setFileText(std::string_view path, std::string_view text);
  /// Adds a target type, as loading its module does. It takes any parameters, shows them as its
  /// table, and has an empty status.
  void addTargetType(std::string_view name, Version version);

  // --- devices ---

  /// Opens or closes a device as a mount would. False: no such device, not loaded yet, or not open.
  bool openDevice(std::string_view name);
  bool closeDevice(std::string_view name);
  /// Raises an event of the device's targets: event number, waits and polls.
  bool raiseEvent(std::string_view name);
  bool setPoolMode(std::string_view name, FakePoolMode mode);
  /// Whether a device with one row of type `multipath` (see addTargetType) has a usable path;
  /// initially it has.
  bool setUsablePaths(std::string_view name, bool usable);
  /// From now on any target accepts this message and returns this reply.
  void answerMessage(std::string_view message, std::string_view reply);
  /// Messages that were executed, in order, as `device: text`.
  [[nodiscard]] std::vector<std::string> messages() const;
  /// Names, sorted.
  [[nodiscard]] std::vector<std::string> devices() const;
  [[nodiscard]] bool isSuspended(std::string_view name) const;
  /// Uevents in order, as `change 253:0 name`, followed by ` DM_COOKIE=N` and ` RESIZE=1` where
  /// they are present.
  [[nodiscard]] std::vector<std::string> uevents() const;

  // --- nodes and semaphores ---

  /// The content of a directory, sorted: `name -> target`, `name b 253:0 0600 0:0`, `name c ...`,
  /// `name d`, `name -`.
  [[nodiscard]] std::vector<std::string> list(std::string_view directory) const;
  /// Limits the number of semaphore sets; one more fails with ENOSPC. Zero: none is available.
  void setSemaphoreLimit(std::size_t limit);
  /// The process that makes semaphores from now on, and whether it still runs. Initially 1,
  /// running.
  void setProcess(int pid);
  void endProcess(int pid);
  /// False: this kernel has no System V semaphores, and every semaphore call fails with ENOSYS.
  void setSemaphoresSupported(bool supported);

  // --- udev, time, log ---

  void setUdev(FakeUdev udev, std::chrono::nanoseconds delay = std::chrono::milliseconds{1});
  /// False: opening a monitor fails with ENOSYS, as in a build without libudev.
  void setUdevMonitorsSupported(bool supported);
  /// False: udevd's rules count no cookie down from now on, as without 95-dm-notify.rules.
  void setUdevCompletes(bool completes);
  /// False: udevd has no rules for device-mapper from now on, as in many initramfs images. It makes
  /// no link and completes no cookie.
  void setUdevRules(bool present);
  /// Adds a local socket. That of udevd, `/run/udev/control`, exists while udevd is not off. `held`
  /// false: the process that made it was killed.
  void setSocket(std::string_view path, bool held);
  /// Handles all pending events now, whatever the mode.
  void runUdev();
  void setClock(FakeClock clock);
  /// Lets time pass; a deferred udevd handles events meanwhile.
  void advance(std::chrono::nanoseconds duration);
  /// A signal: every wait that blocks a thread now fails with EINTR.
  void interruptWaits();
  /// The next bytes of random(). After them it continues with pseudo-random ones, the same in every
  /// run.
  void scriptRandom(std::span<const std::byte> bytes);
  /// False: opening the log fails with EPERM.
  void setLogReadable(bool readable);
  /// Simulates overwritten records: the next readLog of each descriptor fails with EPIPE.
  void loseLogRecords();
  /// Appends one record, as another part of the kernel would. `priority`: 3 error, 4 warning, 6
  /// information.
  void log(int priority, std::string_view text);
  /// Texts of all records.
  [[nodiscard]] std::vector<std::string> logTexts() const;

  // --- faults, counts, trace ---

  /// Counted from now, calls `nth` to `nth + times - 1` of this function do nothing and fail with
  /// `error`. A failing close or closeUdevMonitor closes anyway. now and wallClock cannot fail.
  void failCall(FakeCall call, int error, unsigned nth = 1, unsigned times = 1);
  void failIoctl(DmCommand command, int error, unsigned nth = 1, unsigned times = 1);
  /// The nth call of any function that can fail, and the calls after it, `times` in all.
  void failAny(int error, unsigned nth, unsigned times = 1);
  /// Calls that have failed because of a fault so far.
  [[nodiscard]] std::size_t faultsGiven() const;
  /// Faults that no call has reached yet.
  [[nodiscard]] bool faultsPending() const;
  void clearFaults();
  [[nodiscard]] std::size_t calls(FakeCall call) const;
  [[nodiscard]] std::size_t calls(DmCommand command) const;
  /// The most recent calls, one line each: function, operands, `= 0` or the errno. On from the
  /// start.
  [[nodiscard]] std::string trace() const;
  void setTracing(bool on);
  void clearTrace();
  [[nodiscard]] FakeUsage usage() const;

  // --- the seam ---

  int openControl(const char* path, int& fd) noexcept override;
  int ioctl(int control, DmCommand command, std::span<std::byte> packet) noexcept override;
  int pollControl(int control, std::chrono::nanoseconds timeout) noexcept override;
  int close(int fd) noexcept override;
  int semCreate(std::int32_t key, int& id) noexcept override;
  int semFind(std::int32_t key, int& id) noexcept override;
  int semSetValue(int id, int value) noexcept override;
  int semDisown(int id) noexcept override;
  int semValue(int id, int& value) noexcept override;
  int semOperate(int id, std::span<const short> deltas,
                 std::optional<std::chrono::nanoseconds> timeout) noexcept override;
  int semRemove(int id) noexcept override;
  int semHighestIndex(int& index) noexcept override;
  int semStat(int index, SemaphoreState& state) noexcept override;
  int processStart(int pid, std::int64_t& seconds) noexcept override;
  int nodeInfo(const char* path, bool follow, NodeInfo& info) noexcept override;
  int makeDirectory(const char* path) noexcept override;
  int makeLink(const char* target, const char* path) noexcept override;
  int makeNode(const char* path, NodeType type, DeviceNumber device,
               std::uint32_t mode) noexcept override;
  int setOwner(const char* path, std::uint32_t uid, std::uint32_t gid) noexcept override;
  int renameNode(const char* from, const char* to) noexcept override;
  int removeNode(const char* path) noexcept override;
  int openBlock(const char* path, int& fd) noexcept override;
  int blockNumber(int fd, DeviceNumber& number) noexcept override;
  int blockSize(int fd, std::uint64_t& bytes) noexcept override;
  int probePaths(int fd) noexcept override;
  int readText(const char* path, std::span<char> text, std::size_t& size) noexcept override;
  int writeText(const char* path, std::string_view text) noexcept override;
  int listDirectory(const char* path, std::span<char> names, std::size_t& size) noexcept override;
  int probeSocket(const char* path) noexcept override;
  int udevSharesIpc(bool& shares) noexcept override;
  int openUdevMonitor(std::uintptr_t& monitor) noexcept override;
  int readUdevEvent(std::uintptr_t monitor, std::chrono::nanoseconds timeout,
                    UdevEvent& event) noexcept override;
  int closeUdevMonitor(std::uintptr_t monitor) noexcept override;
  int openLog(int& fd) noexcept override;
  int seekLogEnd(int log) noexcept override;
  int readLog(int log, std::span<char> record, std::size_t& size) noexcept override;
  std::chrono::nanoseconds now() noexcept override;
  std::int64_t wallClock() noexcept override;
  int sleep(std::chrono::nanoseconds duration) noexcept override;
  int random(std::span<std::byte> bytes) noexcept override;

 private:
  std::unique_ptr<fake::Machine> machine_;
};

}  // namespace devmap
