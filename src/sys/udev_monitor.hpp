// Listening to udev through libudev, where the build has it. Functions return 0 or an errno, like
// those of the seam with the same name.
#pragma once

#include <time.h>

#include <cstdint>

#include <devmap/kernel.hpp>

namespace devmap::udev {

int openMonitor(std::uintptr_t& monitor) noexcept;
int readEvent(std::uintptr_t monitor, const timespec& timeout, UdevEvent& event) noexcept;
int closeMonitor(std::uintptr_t monitor) noexcept;

}  // namespace devmap::udev
