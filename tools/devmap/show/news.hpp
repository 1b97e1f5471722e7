// Waiting for news of devices: what events and watch share.
#pragma once

#include <csignal>
#include <cstdint>
#include <optional>

#include <devmap/types.hpp>

namespace tool {

/// From here on SIGINT and SIGTERM are taken note of, and only while awaitNews waits: none is
/// missed between a look and the next wait.
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
  stop,  ///< a signal came, or nobody reads stdout any more
};

/// Waits until `fd` is readable (-1: not for that), at most as long as is left.
[[nodiscard]] News awaitNews(int fd, const StopSignals& signals,
                             std::optional<devmap::Timeout> left) noexcept;

}  // namespace tool
