// The cookies of the whole system: listing them, and removing those that nobody will wait for any more.

#include <devmap/udev.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>

#include <codec/flags.hpp>

namespace devmap {
namespace {

// Whether the process that made a cookie has ended. A process of that number that started later is another one.
bool ownerGone(const SemaphoreState& cookie, Kernel& kernel) noexcept {
  std::int64_t start = 0;
  const int errnum = kernel.processStart(cookie.owner, start);
  if (errnum != 0) return errnum == ESRCH;
  constexpr std::int64_t clockSlack = 2;  // both times are in whole seconds
  return start > cookie.lastChange + clockSlack;
}

bool reclaimable(const SemaphoreState& cookie, std::optional<std::chrono::seconds> olderThan, Kernel& kernel) noexcept {
  if (cookie.waiters > 0) return false;
  const std::chrono::seconds age{kernel.wallClock() - std::max(cookie.lastChange, cookie.lastOperation)};
  if (olderThan && age < *olderThan) return false;
  return cookie.owner != 0 ? ownerGone(cookie, kernel) : olderThan.has_value();
}

}  // namespace

Result<std::vector<SemaphoreState>> udevCookies(Kernel& kernel) noexcept {
  int highest = 0;
  if (const int errnum = kernel.semHighestIndex(highest))
    return Error{Errc::unsupported, "list udev cookies", errnum, {}, {}, "System V semaphores are not available", {}};
  std::vector<SemaphoreState> cookies;
  for (int index = 0; index <= highest; ++index) {
    SemaphoreState state;
    if (kernel.semStat(index, state) != 0) continue;  // an empty slot, or another user's
    if (static_cast<std::uint32_t>(state.key) >> 16 == codec::cookieMagic) cookies.push_back(state);
  }
  return cookies;
}

Result<std::vector<SemaphoreState>> reclaimUdevCookies(std::optional<std::chrono::seconds> olderThan, Kernel& kernel) noexcept {
  auto cookies = udevCookies(kernel);
  if (!cookies) return cookies;
  std::vector<SemaphoreState> removed;
  for (const SemaphoreState& cookie : *cookies)
    if (reclaimable(cookie, olderThan, kernel) && kernel.semRemove(cookie.id) == 0) removed.push_back(cookie);
  return removed;
}

}  // namespace devmap
