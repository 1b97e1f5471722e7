#include <fake/semaphores.hpp>

#include <algorithm>
#include <cerrno>

namespace devmap::fake {
namespace {

constexpr int slotBits = 15;  // as Linux: id = sequence << 15 | slot
constexpr int slotMask = (1 << slotBits) - 1;
constexpr int maxValue = 32767;
constexpr int maxSequence = 0xffff;

// Whether the first delta that would block waits for zero.
bool waitsForZero(int value, std::span<const short> deltas) {
  for (const short delta : deltas) {
    if (delta == 0 && value != 0) return true;
    if (value + delta < 0) return false;
    value += delta;
  }
  return false;
}

}  // namespace

const SemaphoreState* Semaphores::get(int id) const {
  const auto slot = static_cast<std::size_t>(id & slotMask);
  if (id < 0 || slot >= slots_.size() || !slots_[slot] || slots_[slot]->id != id) return nullptr;
  return &*slots_[slot];
}

// NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): the object is not const
SemaphoreState* Semaphores::get(int id) {
  return const_cast<SemaphoreState*>(static_cast<const Semaphores*>(this)->get(id));
}

int Semaphores::create(std::int32_t key, std::int64_t now, int& id) {
  if (!supported) return ENOSYS;
  int taken = -1;
  if (find(key, taken) == 0) return EEXIST;
  if (size() >= limit) return ENOSPC;
  std::size_t slot = 0;
  while (slot < slots_.size() && slots_[slot]) ++slot;
  if (slot == slots_.size()) slots_.emplace_back();
  sequence_ = (sequence_ + 1) & maxSequence;
  SemaphoreState state;
  state.id = id = (sequence_ << slotBits) | static_cast<int>(slot);
  state.key = key;
  state.lastChange = now;
  state.owner = -1;
  slots_[slot] = state;
  return 0;
}

int Semaphores::find(std::int32_t key, int& id) const {
  if (!supported) return ENOSYS;
  for (const auto& slot : slots_) {
    if (slot && slot->key == key) {
      id = slot->id;
      return 0;
    }
  }
  return ENOENT;
}

int Semaphores::setValue(int id, int value, std::int64_t now) {
  if (!supported) return ENOSYS;
  SemaphoreState* state = get(id);
  if (state == nullptr) return EINVAL;
  if (value < 0 || value > maxValue) return ERANGE;
  state->value = value;
  state->owner = process;
  state->lastChange = now;
  return 0;
}

int Semaphores::disown(int id, std::int64_t now) {
  if (!supported) return ENOSYS;
  SemaphoreState* state = get(id);
  if (state == nullptr) return EINVAL;
  state->owner = 0;
  state->lastChange = now;
  return 0;
}

int Semaphores::value(int id, int& value) const {
  if (!supported) return ENOSYS;
  const SemaphoreState* state = get(id);
  if (state == nullptr) return EINVAL;
  value = state->value;
  return 0;
}

int Semaphores::remove(int id) {
  if (!supported) return ENOSYS;
  if (get(id) == nullptr) return EINVAL;
  slots_[static_cast<std::size_t>(id & slotMask)].reset();
  return 0;
}

int Semaphores::highestIndex(int& index) const {
  if (!supported) return ENOSYS;
  index = 0;
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot]) index = static_cast<int>(slot);
  }
  return 0;
}

int Semaphores::stat(int index, SemaphoreState& state) const {
  if (!supported) return ENOSYS;
  if (index < 0 || static_cast<std::size_t>(index) >= slots_.size()) return EINVAL;
  const auto& slot = slots_[static_cast<std::size_t>(index)];
  if (!slot) return EINVAL;
  state = *slot;
  for (const Waiter& waiter : waiters_) {
    if (waiter.id == state.id && waitsForZero(state.value, waiter.deltas)) ++state.waiters;
  }
  return 0;
}

std::size_t Semaphores::size() const {
  std::size_t count = 0;
  for (const auto& slot : slots_) count += slot ? 1 : 0;
  return count;
}

int Semaphores::tryOperate(int id, std::span<const short> deltas, std::int64_t now, bool waiting) {
  if (!supported) return ENOSYS;
  SemaphoreState* state = get(id);
  if (state == nullptr) return waiting ? EIDRM : EINVAL;
  if (deltas.empty()) return EINVAL;
  int value = state->value;
  for (const short delta : deltas) {
    if (delta == 0 ? value != 0 : value + delta < 0) return EAGAIN;
    value += delta;
    if (value > maxValue) return ERANGE;
  }
  state->value = value;
  state->lastOperation = now;
  return 0;
}

void Semaphores::beginWait(int id, std::span<const short> deltas) {
  waiters_.push_back({id, {deltas.begin(), deltas.end()}});
}

void Semaphores::endWait(int id, std::span<const short> deltas) {
  const auto waiter =
      std::find(waiters_.begin(), waiters_.end(), Waiter{id, {deltas.begin(), deltas.end()}});
  if (waiter != waiters_.end()) waiters_.erase(waiter);
}

void Semaphores::complete(std::int32_t key, std::int64_t now) {
  int id = -1;
  if (find(key, id) != 0) return;
  const short down[] = {-1};
  (void)tryOperate(id, down, now, false);
}

}  // namespace devmap::fake
