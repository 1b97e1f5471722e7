// A deadline for what the kernel waits for inside one call: the I/O in flight, on a suspend.
#pragma once

#include <devmap/devmap.hpp>

namespace tool {

/// Runs a task that suspends `device`, or a resume that swaps its table, for at most `left`. At the
/// deadline the kernel's wait for I/O ends with EINTR and undoes the suspend (dm.c:
/// dm_wait_for_completion, __dm_suspend). Errors: timedOut, which names the suspended devices
/// below, the usual reason; the device is as it was before. `freezes`: the suspend freezes the file
/// system. That writes back first and cannot be interrupted, so it does not begin before all
/// devices below are running.
[[nodiscard]] devmap::Result<void> runInTime(devmap::DeviceMapper& context, devmap::Task& task,
                                             const devmap::DeviceRef& device, devmap::Timeout left,
                                             bool freezes);

}  // namespace tool
