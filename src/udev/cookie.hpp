// The semaphore of a udev cookie, and who holds which share of it.
//
// Its value is 1 for its creator until the wait, plus 1 for each task from setCookie until its
// event is handled. A private cookie therefore starts at 2 in one step. The wait is one atomic
// operation {-1, 0}: drop the creator's 1, then wait for 0.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <devmap/udev.hpp>
#include <udev/nodes.hpp>

namespace devmap::detail {

struct Context;

/// What an event does to a node.
struct PendingNode {
  enum class Kind : std::uint8_t { appears, disappears };
  Kind kind;
  std::string name;
  DeviceNumber device;  ///< of a node that appears or is renamed; else 0:0
};

/// A node to repair if udev does not handle its event in time.
struct AwaitedNode {
  PendingNode node;
  bool byUdev;  ///< udev makes or removes it; else devmap does, and waits for the event only
  Nodes nodes;  ///< its directory, and its attributes if devmap has to make it
};

struct CookieState {
  explicit CookieState(Kernel& kernelOfCookie) noexcept : kernel(kernelOfCookie) {}
  CookieState(const CookieState&) = delete;
  CookieState& operator=(const CookieState&) = delete;
  ~CookieState() { remove(); }

  [[nodiscard]] static CookieState* of(const UdevCookie& cookie) noexcept {
    return cookie.state_.get();
  }
  static std::shared_ptr<CookieState>& slot(UdevCookie& cookie) noexcept { return cookie.state_; }

  /// Makes the semaphore with this value. `nextBase` returns candidates for the key; one that is
  /// taken costs another attempt.
  template <typename NextBase>
  int make(int value, NextBase nextBase) noexcept;
  /// Adds an event to wait for.
  [[nodiscard]] int take() noexcept;
  /// Drops an event: it was handled, or will never come.
  [[nodiscard]] int complete() noexcept;
  /// Removes the semaphore, if owned, and stops listening.
  void remove() noexcept;
  [[nodiscard]] bool hasSemaphore() const noexcept { return id >= 0; }
  [[nodiscard]] bool listens() const noexcept { return monitor != 0; }

  Kernel& kernel;
  int id = -1;
  std::uintptr_t monitor = 0;  ///< open in UdevMode::monitor
  std::uint16_t base = 0;
  bool owned = true;
  std::vector<AwaitedNode> pending;
};

/// A task's share of a cookie: incremented when taken, decremented again unless an event is on its
/// way. Move-only, one per task.
class CookieHold {
 public:
  CookieHold() noexcept = default;
  CookieHold(const CookieHold&) = delete;
  CookieHold& operator=(const CookieHold&) = delete;
  CookieHold(CookieHold&& other) noexcept = default;
  CookieHold& operator=(CookieHold&& other) noexcept;
  ~CookieHold() { release(); }

  /// Takes a share for a task of `context`. An empty cookie gets its semaphore here. Without a
  /// semaphore, the share only records which nodes to check.
  static Result<CookieHold> take(UdevCookie& cookie, Context& context) noexcept;

  /// Lower half of the cookie passed to the kernel; 0 without a semaphore.
  [[nodiscard]] std::uint16_t base() const noexcept;
  /// The event is on its way: its handler decrements the semaphore. Records the nodes that it is
  /// about, which udev makes and removes, or `how` does.
  void handOver(std::vector<PendingNode> nodes, bool byUdev, const Nodes& how) noexcept;
  /// No event will come.
  void release() noexcept;

 private:
  std::shared_ptr<CookieState> state_;
};

}  // namespace devmap::detail
