// System V semaphore sets of one semaphore each. Functions return 0 or an errno.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <devmap/kernel.hpp>

namespace devmap::fake {

class Semaphores {
 public:
  std::size_t limit = 32000;  ///< as Linux (SEMMNI)
  bool supported = true;
  int process = 1;              ///< pid that makes semaphores now
  std::vector<int> ended = {};  ///< processes that have ended

  int create(std::int32_t key, std::int64_t now, int& id);
  [[nodiscard]] int find(std::int32_t key, int& id) const;
  int setValue(int id, int value, std::int64_t now);
  int disown(int id, std::int64_t now);
  [[nodiscard]] int value(int id, int& value) const;
  int remove(int id);
  [[nodiscard]] int highestIndex(int& index) const;
  [[nodiscard]] int stat(int index, SemaphoreState& state) const;
  [[nodiscard]] std::size_t size() const;

  /// Applies all deltas atomically, or none and returns EAGAIN. EIDRM: the set was removed while
  /// `waiting`. EINVAL: no such set.
  int tryOperate(int id, std::span<const short> deltas, std::int64_t now, bool waiting);
  /// Registers a thread that waits to do this, for SemaphoreState::waiters. Paired with endWait.
  void beginWait(int id, std::span<const short> deltas);
  void endWait(int id, std::span<const short> deltas);
  /// What udev's rules do: decrements by one, never below zero. A missing set is ignored.
  void complete(std::int32_t key, std::int64_t now);

 private:
  [[nodiscard]] const SemaphoreState* get(int id) const;
  [[nodiscard]] SemaphoreState* get(int id);

  struct Waiter {
    int id;
    std::vector<short> deltas;
    friend bool operator==(const Waiter&, const Waiter&) = default;
  };
  std::vector<std::optional<SemaphoreState>> slots_;
  std::vector<Waiter> waiters_;
  int sequence_ = 0;  // makes the id of a removed set differ from its successor's in the same slot
};

}  // namespace devmap::fake
