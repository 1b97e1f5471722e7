// A deadline for what the kernel waits for inside one call: the I/O under way, on a suspend.
#pragma once

#include <devmap/devmap.hpp>

namespace tool {

/// Runs a task that suspends `device`, or a resume that swaps its table, for `left` at most. The
/// kernel's wait for I/O ends with EINTR then, and undoes the suspend (dm.c:
/// dm_wait_for_completion, __dm_suspend). timedOut: names the devices below that are suspended, the
/// usual reason; the device is as it was before. `freezes`: the suspend freezes the file system.
/// That writes back first, a wait that nothing ends, so it is not begun before all devices below
/// run.
[[nodiscard]] devmap::Result<void> runInTime(devmap::DeviceMapper& context, devmap::Task& task,
                                             const devmap::DeviceRef& device, devmap::Timeout left,
                                             bool freezes);

}  // namespace tool
