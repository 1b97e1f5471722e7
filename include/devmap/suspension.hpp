// A guard that keeps a device suspended while something is done to it, and resumes it whatever
// happens.
#pragma once

#include <cstdint>
#include <string>

#include <devmap/device.hpp>
#include <devmap/device_mapper.hpp>
#include <devmap/device_ref.hpp>
#include <devmap/error.hpp>
#include <devmap/task.hpp>
#include <devmap/types.hpp>
#include <devmap/udev.hpp>

namespace devmap {

struct SuspendOptions {
  bool noFlush = false;  ///< outstanding writes wait instead of being flushed; for targets that can
                         ///< queue (multipath)
  bool skipLockfs = false;  ///< do not freeze the file system on it
  Waiting waiting{};        ///< of the resume at the end
};

/// A device that this object suspended, and resumes when it is destroyed. Everything that the
/// resume needs is prepared before the suspend. Nothing is allocated for it while the device is
/// suspended, since it may hold a root file system or swap. A device that was already suspended
/// stays suspended, and one without a live table has nothing to suspend: such a guard has no
/// effect.
///
/// The guard resumes the device that it suspended, even under another name, and no other. A device
/// that has since taken its number keeps its state and its inactive table. The two are
/// distinguished by the uuid, and from Linux 5.15 on by the disk's sequence number (sysfs:
/// diskseq). Where there is neither, a renamed device cannot be distinguished from another one, and
/// is left alone. Threading: one thread at a time. Lifetime: must not outlive its context, nor
/// SuspendOptions::waiting.cookie.
class DEVMAP_API Suspension {
 public:
  Suspension(Suspension&& other) noexcept;
  Suspension& operator=(Suspension&&) = delete;
  /// Resumes, and drops any error: call resume() to see it.
  ~Suspension();

  /// Whether the device is suspended because of this guard.
  [[nodiscard]] bool active() const noexcept { return active_; }
  /// Resumes now: makes an inactive table live and waits for udev. A resume that fails is retried
  /// once without the inactive table, which the kernel dropped. The first error is returned, and
  /// its detail says whether the device runs. notFound: the device is gone; the detail names the
  /// one that has its number now.
  Result<void> resume() noexcept;
  /// Leaves the device suspended; the caller has to resume it.
  void release() noexcept;

 private:
  friend DEVMAP_API Result<Suspension> suspend(DeviceMapper& context, const DeviceRef& device,
                                               const SuspendOptions& options) noexcept;
  /// What distinguishes the device from another one with its number.
  struct Identity {
    std::string name;
    std::string uuid;
    std::string sequenceFile;
    std::uint64_t sequence = 0;  ///< of the disk; 0: unknown
  };
  Suspension(Identity identity, Task look, Task resume, Kernel& kernel, Timeout timeout) noexcept;
  /// An error unless the device still exists, and is still the one that was suspended.
  Result<void> checkIdentity() noexcept;

  Identity identity_;
  Task look_;
  Task resume_;
  UdevCookie cookie_;
  Kernel* kernel_;
  Timeout timeout_;
  bool active_ = false;
};

/// Suspends a device: new requests wait, and requests in flight are complete when this returns.
/// notFound: no such device.
[[nodiscard]] DEVMAP_API Result<Suspension> suspend(DeviceMapper& context, const DeviceRef& device,
                                                    const SuspendOptions& options = {}) noexcept;

}  // namespace devmap
