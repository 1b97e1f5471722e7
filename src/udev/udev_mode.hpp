// Selects the udev mode for this system.
#pragma once

#include <devmap/types.hpp>
#include <devmap/udev.hpp>

namespace devmap::detail {

/// The mode in force when `wanted` is requested, and why. Static storage. An explicit mode is taken
/// as it is; `automatic` checks the system: udevd, its rules, semaphores and IPC namespace.
/// `interface`: version of the kernel's device-mapper interface.
const UdevState& decideUdev(Kernel& kernel, UdevMode wanted, Version interface) noexcept;

}  // namespace devmap::detail
