// The only conversion of timeouts. For users of the seam (kernel.hpp), which takes nanoseconds.
#pragma once

#include <chrono>

#include <devmap/types.hpp>

namespace devmap {

/// A timeout in nanoseconds, saturating. More than 292 years becomes nanoseconds::max(); less than
/// zero becomes zero. The implicit conversion of std::chrono overflows on Timeout::max().
[[nodiscard]] constexpr std::chrono::nanoseconds toNanoseconds(Timeout timeout) noexcept {
  constexpr auto longest = std::chrono::floor<Timeout>(std::chrono::nanoseconds::max());
  if (timeout > longest) return std::chrono::nanoseconds::max();
  return timeout < Timeout{0} ? Timeout{0} : timeout;
}

}  // namespace devmap
