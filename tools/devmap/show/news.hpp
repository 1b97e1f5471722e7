// Waiting for news of devices: what events and watch share.
#pragma once

#include <csignal>
#include <cstdint>
#include <optional>

#include <devmap/types.hpp>

namespace tool {

/// Once it is made, SIGINT and SIGTERM are recorded, and are delivered only while awaitNews waits.
/// So none is missed between a look and the next wait.
class StopSignals {
 public:
  StopSignals() noexcept;
  [[nodiscard]] const sigset_t* whileWaiting() const noexcept { return &whileWaiting_; }

 private:
  sigset_t whileWaiting_{};
};

enum class News : std::uint8_t {
  arrived,
  timeUp,
  stop,  ///< a signal came, or stdout has no reader any more
};

/// Waits until `fd` is readable, or at most for the time left. -1: waits for no descriptor.
[[nodiscard]] News awaitNews(int fd, const StopSignals& signals,
                             std::optional<devmap::Timeout> left) noexcept;

}  // namespace tool
