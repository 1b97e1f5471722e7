// The end of a wait, on the kernel's clock.
#pragma once

#include <algorithm>
#include <chrono>

#include <devmap/kernel.hpp>
#include <devmap/timeout.hpp>

namespace devmap::base {

/// The end of a wait that starts now. Saturating: the clock does not reach the end of an unlimited
/// wait (Timeout::max()) for 292 years.
class Deadline {
 public:
  using Duration = std::chrono::nanoseconds;

  Deadline(Kernel& kernel, Timeout timeout) noexcept : Deadline(kernel, toNanoseconds(timeout)) {}
  /// A negative duration is 0.
  Deadline(Kernel& kernel, Duration duration) noexcept : kernel_(&kernel) {
    const Duration now = kernel.now();
    end_ =
        duration > Duration::max() - now ? Duration::max() : now + std::max(duration, Duration{0});
  }

  /// Never negative.
  [[nodiscard]] Duration left() const noexcept {
    return std::max(end_ - kernel_->now(), Duration{0});
  }
  /// left(), rounded up to a millisecond, for calls that take a Timeout.
  [[nodiscard]] Timeout leftAsTimeout() const noexcept {
    return std::chrono::ceil<Timeout>(left());
  }
  [[nodiscard]] bool passed() const noexcept { return left() == Duration{0}; }

 private:
  Kernel* kernel_;
  Duration end_{};
};

}  // namespace devmap::base
