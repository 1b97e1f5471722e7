// Cookies by their value, as C programs have them.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include <devmap/error.hpp>
#include <devmap/task.hpp>
#include <devmap/udev.hpp>

namespace devmap::libdm {

/// A cookie of this process or of another. Where udev runs without semaphores, it is a token: a
/// value that only this process knows, for nodes to look for.
struct Cookie {
  std::uint32_t value = 0;
  bool token = false;  ///< both are set before the cookie is shared
  UdevCookie cookie;
  /// Held while a task with this cookie runs: a UdevCookie is for one thread at a time.
  std::mutex mutex;
};

/// The cookie of this value, for a task: known here, or made by another process. Null: logged.
[[nodiscard]] std::shared_ptr<Cookie> findCookie(std::uint32_t value) noexcept;

/// Waits, within the deadline, for the nodes of all tokens.
void awaitNodes() noexcept;

}  // namespace devmap::libdm
