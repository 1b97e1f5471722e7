// The cookies of the whole system: lists them, and removes orphaned ones.

#include <devmap/udev.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>

#include <codec/flags.hpp>

namespace devmap {
namespace {

constexpr std::int64_t clockSlack = 2;  // two timestamps, each in whole seconds

std::int64_t ageOf(const SemaphoreState& cookie, Kernel& kernel) noexcept {
  return kernel.wallClock() - std::max(cookie.lastChange, cookie.lastOperation);
}

bool reclaimable(const SemaphoreState& cookie, std::optional<std::chrono::seconds> olderThan,
                 Kernel& kernel) noexcept {
  if (cookie.waiters > 0) return false;
  if (olderThan && ageOf(cookie, kernel) < olderThan->count()) return false;
  switch (udevCookieOwner(cookie, kernel)) {
    case CookieOwner::running: return false;
    case CookieOwner::ended: return true;
    case CookieOwner::unknown: break;
  }
  return olderThan.has_value();
}

}  // namespace

CookieOwner udevCookieOwner(const SemaphoreState& cookie, Kernel& kernel) noexcept {
  if (cookie.owner == 0) return CookieOwner::unknown;
  // The set is between the two calls that make a cookie. A live process has made the second by
  // then; if not, it makes another cookie.
  if (cookie.owner < 0)
    return ageOf(cookie, kernel) > clockSlack ? CookieOwner::ended : CookieOwner::running;
  std::int64_t start = 0;
  const int errnum = kernel.processStart(cookie.owner, start);
  if (errnum != 0) return errnum == ESRCH ? CookieOwner::ended : CookieOwner::running;
  // A process with that pid that started later is a different one.
  return start > cookie.lastChange + clockSlack ? CookieOwner::ended : CookieOwner::running;
}

Result<std::vector<SemaphoreState>> udevCookies(Kernel& kernel) noexcept {
  int highest = 0;
  if (const int errnum = kernel.semHighestIndex(highest))
    return Error{.code = Errc::unsupported,
                 .operation = "list udev cookies",
                 .errnum = errnum,
                 .detail = "System V semaphores are not available"};
  std::vector<SemaphoreState> cookies;
  for (int index = 0; index <= highest; ++index) {
    SemaphoreState state;
    if (kernel.semStat(index, state) != 0) continue;  // an empty slot, or another user's
    if (static_cast<std::uint32_t>(state.key) >> 16 == codec::cookieMagic) cookies.push_back(state);
  }
  return cookies;
}

Result<std::vector<SemaphoreState>> reclaimUdevCookies(
    std::optional<std::chrono::seconds> olderThan, Kernel& kernel) noexcept {
  auto cookies = udevCookies(kernel);
  if (!cookies) return cookies;
  std::vector<SemaphoreState> removed;
  for (const SemaphoreState& cookie : *cookies)
    if (reclaimable(cookie, olderThan, kernel) && kernel.semRemove(cookie.id) == 0)
      removed.push_back(cookie);
  return removed;
}

}  // namespace devmap
