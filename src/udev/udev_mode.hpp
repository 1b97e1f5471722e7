// Which udev mode is right on this system.
#pragma once

#include <devmap/types.hpp>
#include <devmap/udev.hpp>

namespace devmap::detail {

/// The mode in force where `wanted` was asked for, and why. Static storage. A mode that was asked
/// for by name is taken as it is; `automatic` asks the system: udevd, its rules, semaphores and IPC
/// namespace. `interface`: of the kernel's device-mapper.
const UdevState& decideUdev(Kernel& kernel, UdevMode wanted, Version interface) noexcept;

}  // namespace devmap::detail
