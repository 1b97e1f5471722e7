// A device that stands still while something is done to it, and runs again whatever happens.
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

/// A device that this object suspended, and resumes when it goes. All that the resume needs is
/// prepared before the suspend: nothing is allocated for it while the device - under a root file
/// system or swap perhaps - stands still. A device that was suspended already stays so, and one
/// without a live table has nothing to suspend: such a guard has no effect. The guard resumes the
/// device that it suspended, also under another name, and no other: a device that has taken its
/// number since keeps its state and its inactive table. What tells them apart is the uuid, and the
/// disk's sequence number from Linux 5.15 on (sysfs: diskseq). Where there is neither, a device
/// that was renamed cannot be told from another one and is left alone. Threading: one thread at a
/// time. Lifetime: must not outlive its context, nor SuspendOptions::waiting.cookie.
class DEVMAP_API Suspension {
 public:
  Suspension(Suspension&& other) noexcept;
  Suspension& operator=(Suspension&&) = delete;
  /// Resumes, and drops the error there may be: call resume() to see it.
  ~Suspension();

  /// Whether the device stands still because of this guard.
  [[nodiscard]] bool active() const noexcept { return active_; }
  /// Resumes now: makes an inactive table live and waits for udev. A resume that fails is tried
  /// once more without the inactive table, which the kernel dropped; the error of the first is
  /// returned, its detail tells whether the device runs. notFound: the device is gone; the detail
  /// names the one that has its number now.
  Result<void> resume() noexcept;
  /// Leaves the device suspended; somebody else resumes it.
  void release() noexcept;

 private:
  friend DEVMAP_API Result<Suspension> suspend(DeviceMapper& context, const DeviceRef& device,
                                               const SuspendOptions& options) noexcept;
  /// What tells the device from another one with its number.
  struct Identity {
    std::string name;
    std::string uuid;
    std::string sequenceFile;
    std::uint64_t sequence = 0;  ///< of the disk; 0: not known
  };
  Suspension(Identity identity, Task look, Task resume, Kernel& kernel, Timeout timeout) noexcept;
  /// Error unless the device is still there, and still the one that was suspended.
  Result<void> checkIdentity() noexcept;

  Identity identity_;
  Task look_;
  Task resume_;
  UdevCookie cookie_;
  Kernel* kernel_;
  Timeout timeout_;
  bool active_ = false;
};

/// Suspends a device: new requests wait, those under way are done when this returns. notFound: no
/// such device.
[[nodiscard]] DEVMAP_API Result<Suspension> suspend(DeviceMapper& context, const DeviceRef& device,
                                                    const SuspendOptions& options = {}) noexcept;

}  // namespace devmap
