// Waiting for udev: the cookie semaphores that connect a device-mapper operation with the udev
// event it causes.
//
// A cookie is one System V semaphore. Its number travels through the kernel into the uevent
// (DM_COOKIE); udev's dm rules count it down when the event is done; whoever waits sees it reach
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

/// What udev's rules are asked to do with the event of an operation. The values are those of the
/// wire and of the `DM_UDEV_*` properties (libdevmapper.h: DM_UDEV_*_FLAG; 55-dm.rules).
enum class UdevFlag : std::uint16_t {
  disableDmRules = 0x0001,          ///< no link under /dev/mapper by udev; devmap makes it
  disableSubsystemRules = 0x0002,   ///< skip the rules of LVM, multipath, ...
  disableDiskRules = 0x0004,        ///< no /dev/disk links, no blkid scan
  disableOtherRules = 0x0008,       ///< tells all other rules to leave the device alone
  lowPriority = 0x0010,             ///< its links give way to those of other devices
  disableLibraryFallback = 0x0020,  ///< where udevd runs, devmap does not repair a missing node
  primarySource =
      0x0040,  ///< set by devmap on every resume, remove and rename: the event is a real one
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
  constexpr UdevFlags(UdevFlag flag) noexcept
      : bits_(static_cast<std::uint16_t>(flag)) {}  // NOLINT(google-explicit-constructor)
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

/// For devices nobody but their owner should look at (pools, internal layers): no subsystem, disk
/// or other rules.
inline constexpr UdevFlags privateDeviceFlags =
    UdevFlag::disableSubsystemRules | UdevFlag::disableDiskRules | UdevFlag::disableOtherRules;

/// The set that travelled in the upper half of a uevent's DM_COOKIE.
[[nodiscard]] constexpr UdevFlags udevFlagsOf(std::uint32_t dmCookie) noexcept {
  return UdevFlags::fromBits(static_cast<std::uint16_t>(dmCookie >> 16));
}

/// How a context works with udev.
enum class UdevMode : std::uint8_t {
  automatic,  ///< cookies where udevd runs and counts our semaphores down; flagsOnly where it runs
              ///< but cannot; none where no udevd runs, or one without rules for device-mapper
  cookies,  ///< semaphores: udevWait returns when udev is done. Where none can be had (ENOSPC), as
            ///< flagsOnly for that cookie
  flagsOnly,  ///< udev makes nodes and links; udevWait looks for them, again and again, and returns
              ///< when they are right
  monitor,  ///< no semaphores: listens to udev (libudev) and returns when the event is done. Needs
            ///< no System V IPC and no rule that completes cookies. Errc::unsupported when the
            ///< build has no libudev. Never chosen by `automatic`
  none,  ///< no udev: devmap makes and removes the nodes under /dev/mapper itself, inside `run`. A
         ///< udevd that runs all the same is told to leave them alone (disableDmRules,
         ///< disableSubsystemRules)
};

/// The mode in force and the reason for it, as a sentence.
struct UdevState {
  UdevMode mode = UdevMode::none;  ///< never `automatic`
  const char* reason = "";         ///< static storage
};

/// What is to be seen of the udev daemon.
enum class UdevDaemon : std::uint8_t {
  absent,   ///< none of its sockets is there
  ended,    ///< it was killed: a socket is left, but no process holds it
  running,  ///< a process holds one of its sockets
  systemd,  ///< systemd runs, which keeps the socket and starts the daemon when it is needed
};

/// Looks at /run/udev/control and, as systemd 262 has it, /run/udev/io.systemd.Udev. Where systemd
/// is process 1 (sd_booted(3): /run/systemd/system is there), only whether one of them exists. Only
/// a socket that refuses counts as left behind; whatever else is answered, such as no permission,
/// counts as running.
[[nodiscard]] DEVMAP_API UdevDaemon udevDaemon(Kernel& kernel = systemKernel()) noexcept;
/// Whether it runs, or is started when it is needed.
[[nodiscard]] inline bool udevRunning(Kernel& kernel = systemKernel()) noexcept {
  return udevDaemon(kernel) >= UdevDaemon::running;
}

namespace detail {
struct CookieState;
}

/// Owner of a udev cookie. Empty until the first Task::setCookie gives it a semaphore; may serve
/// many tasks, whose events udevWait then awaits together. The destructor removes a semaphore that
/// was never waited for, so that no path leaks one. Threading: one thread at a time. Lifetime: must
/// not outlive the Kernel of the context it was used with.
class DEVMAP_API UdevCookie {
 public:
  UdevCookie() noexcept;
  UdevCookie(UdevCookie&& other) noexcept;
  UdevCookie& operator=(UdevCookie&& other) noexcept;
  ~UdevCookie();

  /// Uses a cookie that somebody else made (DM_UDEV_COOKIE) and will wait for: tasks count it up,
  /// it is never removed here. Errors: invalidArgument when `value` is not `0x0D4Dxxxx` with a
  /// lower half other than 0; cookieNotFound.
  [[nodiscard]] static Result<UdevCookie> borrow(std::uint32_t value,
                                                 Kernel& kernel = systemKernel()) noexcept;
  /// Takes over a cookie that somebody else made: udevWait and the destructor remove it. Errors as
  /// borrow.
  [[nodiscard]] static Result<UdevCookie> adopt(std::uint32_t value,
                                                Kernel& kernel = systemKernel()) noexcept;
  /// Makes a cookie at once, for tasks of other processes (`dmsetup --udevcookie`). Errors:
  /// noSpace, unsupported, permissionDenied.
  [[nodiscard]] static Result<UdevCookie> create(Kernel& kernel = systemKernel()) noexcept;

  /// `0x0D4D0000 | base`, the number that dmsetup and DM_UDEV_COOKIE use; 0 while empty or where no
  /// semaphores are used.
  [[nodiscard]] std::uint32_t value() const noexcept;
  /// How udevWait will wait: cookies (by the semaphore), monitor (by listening), flagsOnly (by
  /// looking at the nodes), or none (nothing to wait for).
  [[nodiscard]] UdevMode mode() const noexcept;
  /// Forgets the semaphore without removing it: the caller now owns value(), and it no longer
  /// counts as this process's (udevCookieOwner). Empty afterwards.
  std::uint32_t release() noexcept;

 private:
  friend struct detail::CookieState;
  explicit UdevCookie(std::shared_ptr<detail::CookieState> state) noexcept;
  std::shared_ptr<detail::CookieState> state_;  // shared with the tasks that have yet to run
};

/// Waits until udev has handled every event of the tasks that used `cookie`, then removes the
/// semaphore; the cookie is empty afterwards, whatever the result. An empty cookie is done at once.
/// A removed semaphore (udevcomplete_all) counts as done. Errors: timedOut when `timeout` passes
/// first - the semaphore is removed, and each node that udev did not make or remove in time was
/// made or removed here, so that the devices are usable; cookieState when it was completed too
/// often; invalidArgument for a borrowed cookie, which its maker waits for. Signals do not end the
/// wait.
DEVMAP_API Result<void> udevWait(UdevCookie& cookie, Timeout timeout) noexcept;

/// The same, ended early by `stop`, which any thread or signal handler may set: looked at every 50
/// ms. Errors: interrupted, in which case the cookie is as before and can be waited for again.
DEVMAP_API Result<void> udevWait(UdevCookie& cookie, Timeout timeout,
                                 const std::atomic<bool>& stop) noexcept;

/// Whether udevWait would return at once. Never blocks, removes nothing.
[[nodiscard]] DEVMAP_API Result<bool> udevReady(const UdevCookie& cookie) noexcept;

/// Counts a cookie down by one: what a udev rule does when the event is handled. Only the lower
/// half of `dmCookie` matters, so that a DM_COOKIE with its flags can be passed as it is; a lower
/// half of 0 means "flags only" and succeeds. Errors: cookieNotFound; cookieState when it is 0
/// already; permissionDenied.
DEVMAP_API Result<void> udevComplete(std::uint32_t dmCookie,
                                     Kernel& kernel = systemKernel()) noexcept;

/// Every device-mapper cookie of this IPC namespace, in the kernel's order. Errors: unsupported
/// without System V semaphores.
[[nodiscard]] DEVMAP_API Result<std::vector<SemaphoreState>> udevCookies(
    Kernel& kernel = systemKernel()) noexcept;

enum class CookieOwner : std::uint8_t {
  unknown,  ///< made by others (dmsetup), given away by UdevCookie::release, or made in a PID
            ///< namespace that cannot be seen from here
  running,  ///< the process that made it lives, or there is one of its number that cannot be looked
            ///< at
  ended,    ///< the process that made it does not
};

/// What became of the process that made a cookie. A cookie made by devmap remembers it.
[[nodiscard]] DEVMAP_API CookieOwner udevCookieOwner(const SemaphoreState& cookie,
                                                     Kernel& kernel = systemKernel()) noexcept;

/// Removes the cookies that nobody will wait for any more, and gives them: no process waits on
/// them, and their owner has ended. One whose owner is unknown is only removed when `olderThan` is
/// given and nothing has happened to it for that long; `olderThan` also spares younger ones whose
/// owner has ended. Errors as udevCookies.
DEVMAP_API Result<std::vector<SemaphoreState>> reclaimUdevCookies(
    std::optional<std::chrono::seconds> olderThan = {}, Kernel& kernel = systemKernel()) noexcept;

/// Name of the udev property for one flag, e.g. "DM_UDEV_DISABLE_DM_RULES_FLAG". Static storage.
[[nodiscard]] DEVMAP_API const char* udevPropertyName(UdevFlag flag) noexcept;

}  // namespace devmap
