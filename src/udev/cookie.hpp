// The semaphore behind a udev cookie and who holds how much of it.
//
// Value of the semaphore: 1 for its maker until the wait, and 1 for each task from setCookie until
// its event is handled. A private cookie therefore starts at 2 in one step. The wait is one atomic
// operation {-1, 0}: give up the maker's 1, be woken at 0.
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
  DeviceNumber device;  ///< of one that appears, or that is renamed; else 0:0
};

/// A node that has to be looked after if udev does not deliver.
struct AwaitedNode {
  PendingNode node;
  bool byUdev;  ///< udev makes or removes it; else we do, and only the event is waited for
  Nodes nodes;  ///< where it lives, and what it is like if we have to make it: as its task says
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

  /// Makes the semaphore with this value. `nextBase` gives candidates for the key; a taken one
  /// costs another round.
  template <typename NextBase>
  int make(int value, NextBase nextBase) noexcept;
  /// One more event to wait for.
  [[nodiscard]] int take() noexcept;
  /// One event less: handled, or never going to come.
  [[nodiscard]] int complete() noexcept;
  /// Removes the semaphore, if it is ours, and stops listening.
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

/// A task's share of a cookie: counted up when taken, and down again unless an event is on its way.
/// Move-only, one a task.
class CookieHold {
 public:
  CookieHold() noexcept = default;
  CookieHold(const CookieHold&) = delete;
  CookieHold& operator=(const CookieHold&) = delete;
  CookieHold(CookieHold&& other) noexcept = default;
  CookieHold& operator=(CookieHold&& other) noexcept;
  ~CookieHold() { release(); }

  /// Takes a share for a task of `context`. An empty cookie gets its semaphore; where none can be
  /// had, the share is only the memory of which nodes to look after.
  static Result<CookieHold> take(UdevCookie& cookie, Context& context) noexcept;

  /// Lower half of the number the kernel is given; 0 where no semaphore is behind it.
  [[nodiscard]] std::uint16_t base() const noexcept;
  /// The event is on its way: its handler counts down, not we. Remembers the nodes that it is
  /// about, which udev makes and removes, or `how` does.
  void handOver(std::vector<PendingNode> nodes, bool byUdev, const Nodes& how) noexcept;
  /// No event will come.
  void release() noexcept;

 private:
  std::shared_ptr<CookieState> state_;
};

}  // namespace devmap::detail
