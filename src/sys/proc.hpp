// What /proc reports about other processes. Functions return 0 or an errno, like those of the seam.
#pragma once

#include <cstdint>

namespace devmap::proc {

/// Kernel::processStart.
int startOf(int pid, std::int64_t& seconds) noexcept;
/// Kernel::udevSharesIpc.
int udevSharesIpc(bool& shares) noexcept;

}  // namespace devmap::proc
