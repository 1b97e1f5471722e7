// Waiting for udev: the cookie semaphores that connect a device-mapper operation with the udev
// event it causes.
//
// A cookie is one System V semaphore. Its number travels through the kernel into the uevent
// (DM_COOKIE). udev's dm rules count it down when the event is done, and the waiter sees it reach
// zero. Nodes and links exist then.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <devmap/error.hpp>
#include <devmap/kernel.hpp>
#include <devmap/types.hpp>

namespace devmap {

/// What udev's rules are asked to do with the event of an operation. The values are those on the
/// wire and in the `DM_UDEV_*` properties (libdevmapper.h: DM_UDEV_*_FLAG; 55-dm.rules).
enum class UdevFlag : std::uint16_t {
  disableDmRules = 0x0001,          ///< udev makes no link under /dev/mapper; devmap makes it
  disableSubsystemRules = 0x0002,   ///< skip the rules of LVM, multipath, ...
  disableDiskRules = 0x0004,        ///< no /dev/disk links, no blkid scan
  disableOtherRules = 0x0008,       ///< Makes all other rules leave the device alone.
  lowPriority = 0x0010,             ///< its links yield to those of other devices
  disableLibraryFallback = 0x0020,  ///< where udevd runs, devmap does not repair a missing node
  primarySource =
      0x0040,  ///< set by devmap on every resume, remove and rename: marks a genuine event
  subsystem0 = 0x0100,
  subsystem1 = 0x0200,
  subsystem2 = 0x0400,
  subsystem3 = 0x0800,
  subsystem4 = 0x1000,
  subsystem5 = 0x2000,
  subsystem6 = 0x4000,
  subsystem7 = 0x8000,
};

/// A set of UdevFlag. Empty by default: udev does everything it usually does.
class UdevFlags {
 public:
  constexpr UdevFlags() noexcept = default;
  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr UdevFlags(UdevFlag flag) noexcept : bits_(static_cast<std::uint16_t>(flag)) {}
  [[nodiscard]] static constexpr UdevFlags fromBits(std::uint16_t bits) noexcept {
    UdevFlags flags;
    flags.bits_ = bits;
    return flags;
  }
  [[nodiscard]] constexpr std::uint16_t bits() const noexcept { return bits_; }
  [[nodiscard]] constexpr bool has(UdevFlag flag) const noexcept {
    return (bits_ & static_cast<std::uint16_t>(flag)) != 0;
  }
  friend constexpr UdevFlags operator|(UdevFlags a, UdevFlags b) noexcept {
    return fromBits(static_cast<std::uint16_t>(a.bits_ | b.bits_));
  }
  friend constexpr bool operator==(UdevFlags, UdevFlags) noexcept = default;

 private:
  std::uint16_t bits_ = 0;
};
[[nodiscard]] constexpr UdevFlags operator|(UdevFlag a, UdevFlag b) noexcept {
  return UdevFlags(a) | UdevFlags(b);
}

/// For devices that only their owner should use (pools, internal layers): no subsystem, disk or
/// other rules.
inline constexpr UdevFlags privateDeviceFlags =
    UdevFlag::disableSubsystemRules | UdevFlag::disableDiskRules | UdevFlag::disableOtherRules;

/// The flags in the upper half of a uevent's DM_COOKIE.
[[nodiscard]] constexpr UdevFlags udevFlagsOf(std::uint32_t dmCookie) noexcept {
  return UdevFlags::fromBits(static_cast<std::uint16_t>(dmCookie >> 16));
}

/// How a context works with udev.
enum class UdevMode : std::uint8_t {
  automatic,  ///< `cookies` where udevd runs and counts our semaphores down, `flagsOnly` where it
              ///< runs but cannot. `none` where no udevd runs, or it has no rules for
              ///< device-mapper.
  cookies,    ///< Semaphores: udevWait returns when udev is done. Where no semaphore is available
              ///< (ENOSPC), that cookie acts as flagsOnly.
  flagsOnly,  ///< udev makes nodes and links; udevWait polls them and returns when they are right.
  monitor,  ///< No semaphores: listens to udev (libudev) and returns when the event is done. Needs
            ///< neither System V IPC nor a rule that completes cookies. Errc::unsupported when the
            ///< build has no libudev. Never chosen by `automatic`.
  none,  ///< No udev: devmap makes and removes the nodes under /dev/mapper itself, inside `run`. If
         ///< udevd runs anyway, flags make it leave them alone (disableDmRules,
         ///< disableSubsystemRules).
};

/// The mode in force and the reason for it, as a sentence.
struct UdevState {
  UdevMode mode = UdevMode::none;  ///< never `automatic`
  const char* reason = "";         ///< static storage
};

/// The visible state of the udev daemon.
enum class UdevDaemon : std::uint8_t {
  absent,   ///< None of its sockets exists.
  ended,    ///< It was killed: a socket is left, but no process holds it.
  running,  ///< A process holds one of its sockets.
  systemd,  ///< systemd runs, which keeps the socket and starts the daemon on demand.
};

/// Checks /run/udev/control and, as of systemd 262, /run/udev/io.systemd.Udev. Where systemd is
/// process 1 (sd_booted(3): /run/systemd/system exists), it only checks whether one of them exists.
/// Only a socket that refuses a connection counts as stale. Any other answer, such as no
/// permission, counts as running.
[[nodiscard]] DEVMAP_API UdevDaemon udevDaemon(Kernel& kernel = systemKernel()) noexcept;
/// Whether it runs, or is started on demand.
[[nodiscard]] inline bool udevRunning(Kernel& kernel = systemKernel()) noexcept {
  return udevDaemon(kernel) >= UdevDaemon::running;
}

class DeviceMapper;

namespace detail {
struct CookieState;
}

/// Owner of a udev cookie. Empty until the first Task::setCookie gives it a semaphore. It may serve
/// many tasks; udevWait then waits for all their events. The destructor removes a semaphore that
/// was never waited for, so that no path leaks one. Threading: one thread at a time. Lifetime: must
/// not outlive the Kernel of the context it was used with.
class DEVMAP_API UdevCookie {
 public:
  UdevCookie() noexcept;
  UdevCookie(UdevCookie&& other) noexcept;
  UdevCookie& operator=(UdevCookie&& other) noexcept;
  ~UdevCookie();

  /// Uses a cookie that another process made (DM_UDEV_COOKIE) and will wait for. Tasks count it up;
  /// it is never removed here. Errors: invalidArgument when `value` is not `0x0D4Dxxxx` with a
  /// lower half other than 0; cookieNotFound.
  [[nodiscard]] static Result<UdevCookie> borrow(std::uint32_t value,
                                                 Kernel& kernel = systemKernel()) noexcept;
  /// Takes over a cookie that another process made: udevWait and the destructor remove it. Errors:
  /// as borrow.
  [[nodiscard]] static Result<UdevCookie> adopt(std::uint32_t value,
                                                Kernel& kernel = systemKernel()) noexcept;
  /// Makes a cookie at once, for tasks of other processes (`dmsetup --udevcookie`). Errors:
  /// noSpace, unsupported, permissionDenied.
  [[nodiscard]] static Result<UdevCookie> create(Kernel& kernel = systemKernel()) noexcept;
  /// The same on the kernel of `context`. The key comes from a sequence of the context, which costs
  /// no system call. Threads may share the context.
  [[nodiscard]] static Result<UdevCookie> create(DeviceMapper& context) noexcept;

  /// `0x0D4D0000 | base`, the number that dmsetup and DM_UDEV_COOKIE use; 0 while empty or where no
  /// semaphores are used.
  [[nodiscard]] std::uint32_t value() const noexcept;
  /// How udevWait will wait: cookies (by the semaphore), monitor (by listening), flagsOnly (by
  /// looking at the nodes), or none (nothing to wait for).
  [[nodiscard]] UdevMode mode() const noexcept;
  /// Whether udevWait has something to wait for: a semaphore, or nodes that an event is about.
  [[nodiscard]] bool pending() const noexcept;
  /// Forgets the semaphore without removing it. The caller now owns value(), and it no longer
  /// counts as this process's (udevCookieOwner). Empty afterwards.
  std::uint32_t release() noexcept;

 private:
  friend struct detail::CookieState;
  explicit UdevCookie(std::shared_ptr<detail::CookieState> state) noexcept;
  std::shared_ptr<detail::CookieState> state_;  // shared with the tasks that have yet to run
};

/// Waits until udev has handled every event of the tasks that used `cookie`, then removes the
/// semaphore. The cookie is empty afterwards, whatever the result; an empty cookie is done at once.
/// A removed semaphore (udevcomplete_all) counts as done. Signals do not end the wait. Errors:
///  * timedOut: `timeout` expired and the semaphore is removed. Nodes that udev did not make or
///    remove in time were made or removed here, so that the devices are usable.
///  * cookieState: the cookie was completed too often.
///  * invalidArgument: the cookie is borrowed, and its maker waits for it.
DEVMAP_API Result<void> udevWait(UdevCookie& cookie, Timeout timeout) noexcept;

/// The same, ended early by `stop`, which any thread or signal handler may set; checked every 50
/// ms. Errors: interrupted; the cookie is then unchanged and can be waited for again.
DEVMAP_API Result<void> udevWait(UdevCookie& cookie, Timeout timeout,
                                 const std::atomic<bool>& stop) noexcept;

/// Whether udevWait would return at once. Never blocks, removes nothing.
[[nodiscard]] DEVMAP_API Result<bool> udevReady(const UdevCookie& cookie) noexcept;

/// Counts a cookie down by one, as a udev rule does when the event is handled. Only the lower half
/// of `dmCookie` matters, so a DM_COOKIE with its flags can be passed as is. A lower half of 0
/// means "flags only" and succeeds. Errors: cookieNotFound; cookieState when it is already 0;
/// permissionDenied.
DEVMAP_API Result<void> udevComplete(std::uint32_t dmCookie,
                                     Kernel& kernel = systemKernel()) noexcept;

/// Every device-mapper cookie in this IPC namespace, in the kernel's order. Errors: unsupported
/// without System V semaphores.
[[nodiscard]] DEVMAP_API Result<std::vector<SemaphoreState>> udevCookies(
    Kernel& kernel = systemKernel()) noexcept;

enum class CookieOwner : std::uint8_t {
  unknown,  ///< Made by another program (dmsetup), passed on by UdevCookie::release, or made in a
            ///< PID namespace that is not visible from here.
  running,  ///< The process that made it is alive, or a process with its pid cannot be inspected.
  ended,    ///< The process that made it has ended.
};

/// What became of the process that made a cookie. A cookie made by devmap records it.
[[nodiscard]] DEVMAP_API CookieOwner udevCookieOwner(const SemaphoreState& cookie,
                                                     Kernel& kernel = systemKernel()) noexcept;

/// Removes orphaned cookies and returns them: no process waits on them, and their owner has ended.
/// One whose owner is unknown is only removed when `olderThan` is given and it has been unchanged
/// for that long. `olderThan` also spares younger ones whose owner has ended. Errors: as
/// udevCookies.
DEVMAP_API Result<std::vector<SemaphoreState>> reclaimUdevCookies(
    std::optional<std::chrono::seconds> olderThan = {}, Kernel& kernel = systemKernel()) noexcept;

/// Name of the udev property for one flag, e.g. "DM_UDEV_DISABLE_DM_RULES_FLAG". Static storage.
[[nodiscard]] DEVMAP_API const char* udevPropertyName(UdevFlag flag) noexcept;

}  // namespace devmap
