// Waiting for cookies and completing them.

#include <devmap/udev.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <codec/flags.hpp>
#include <core/cookie.hpp>

namespace devmap {
namespace {

using detail::CookieState;
using detail::PendingNode;
using std::chrono::nanoseconds;

constexpr nanoseconds nodePollInterval = std::chrono::milliseconds{10};

bool settled(CookieState& state, const PendingNode& node) noexcept {
  return node.kind == PendingNode::Kind::appears ? state.nodes->leadsTo(node.name, node.device) : !state.nodes->exists(node.name);
}

// Where there is no semaphore although udev runs: look until every node is as it should be.
bool awaitNodes(CookieState& state, nanoseconds deadline) noexcept {
  for (;;) {
    if (std::ranges::all_of(state.pending, [&](const PendingNode& node) { return settled(state, node); })) return true;
    if (state.kernel.now() >= deadline) return false;
    static_cast<void>(state.kernel.sleep(nodePollInterval));
  }
}

// Does what udev did not do in time. Names what was missing.
std::string repairNodes(CookieState& state) noexcept {
  std::string names;
  for (const PendingNode& node : state.pending) {
    if (!names.empty()) names += ", ";
    names += node.name;
    if (settled(state, node)) continue;
    if (node.kind == PendingNode::Kind::disappears)
      state.nodes->dropDangling(node.name);
    else if (auto made = state.nodes->make(node.name, node.device); !made)
      names += " (" + made.error().message() + ")";
  }
  return names;
}

Error timedOut(CookieState& state) noexcept {
  Error error{Errc::timedOut, "wait for udev", 0, repairNodes(state), {}, {}, {}};
  error.detail = state.kernel.udevRunning()
                     ? "udev did not confirm the event in time: its daemon is stuck or stopped, or the rule that completes cookies "
                       "(95-dm-notify.rules) is missing; devmap made sure of the nodes itself"
                     : "no udev daemon runs any more; devmap made sure of the nodes itself";
  return error;
}

// Waits on the semaphore; 0, EAGAIN when the timeout passed, or another errno. udev usually answers within the first look, which needs
// no clock; a signal during it prolongs the whole by that look at most.
int awaitSemaphore(CookieState& state, nanoseconds timeout) noexcept {
  constexpr std::array<short, 2> giveUpOwnAndWaitForZero{-1, 0};
  const nanoseconds firstLook = std::min<nanoseconds>(timeout, std::chrono::milliseconds{200});
  int errnum = state.kernel.semOperate(state.id, giveUpOwnAndWaitForZero, firstLook);
  if (errnum != EINTR && (errnum != EAGAIN || firstLook == timeout)) return errnum;
  const nanoseconds deadline = state.kernel.now() + timeout - (errnum == EAGAIN ? firstLook : nanoseconds{0});
  do {
    const nanoseconds left = std::max(deadline - state.kernel.now(), nanoseconds{0});
    errnum = state.kernel.semOperate(state.id, giveUpOwnAndWaitForZero, left);
  } while (errnum == EINTR);
  return errnum;
}

bool semaphoreGone(int errnum) noexcept { return errnum == EIDRM || errnum == EINVAL; }

}  // namespace

Result<void> udevWait(UdevCookie& cookie, Timeout timeout) noexcept {
  if (!CookieState::of(cookie)) return {};
  if (!CookieState::of(cookie)->owned)
    return Error{Errc::invalidArgument, "wait for udev", 0, {}, {}, "the cookie is borrowed: whoever made it waits for it", {}};
  const std::shared_ptr<CookieState> state = std::move(CookieState::slot(cookie));
  const nanoseconds patience = std::max<nanoseconds>(timeout, nanoseconds{0});
  if (!state->hasSemaphore()) {
    if (state->pending.empty() || awaitNodes(*state, state->kernel.now() + patience)) return {};
    return timedOut(*state);
  }
  const int errnum = awaitSemaphore(*state, patience);
  if (semaphoreGone(errnum)) {
    state->id = -1;  // udevcomplete_all: somebody declared all events handled
    return {};
  }
  int value = 0;
  const bool overCompleted = errnum == EAGAIN && state->kernel.semValue(state->id, value) == 0 && value == 0;
  state->remove();
  if (errnum == 0) return {};
  if (errnum != EAGAIN) return Error{Errc::refusedByKernel, "wait for udev", errnum, {}, {}, "the semaphore cannot be waited for", {}};
  if (overCompleted)
    return Error{
        Errc::cookieState, "wait for udev", 0, repairNodes(*state), {}, "the cookie was completed more often than it was taken", {}};
  return timedOut(*state);
}

Result<bool> udevReady(const UdevCookie& cookie) noexcept {
  CookieState* state = CookieState::of(cookie);
  if (state == nullptr) return true;
  if (!state->hasSemaphore()) return std::ranges::all_of(state->pending, [&](const PendingNode& node) { return settled(*state, node); });
  int value = 0;
  const int errnum = state->kernel.semValue(state->id, value);
  if (semaphoreGone(errnum)) return true;
  if (errnum != 0) return Error{Errc::refusedByKernel, "look at udev cookie", errnum, {}, {}, {}, {}};
  return value <= 1;
}

Result<void> udevComplete(std::uint32_t dmCookie, Kernel& kernel) noexcept {
  if ((dmCookie & 0xFFFFU) == 0) return {};
  auto cookie = UdevCookie::borrow((codec::cookieMagic << 16) | (dmCookie & 0xFFFFU), kernel);
  if (!cookie) {
    cookie.error().operation = "complete udev cookie";
    return std::move(cookie).error();
  }
  const int errnum = CookieState::of(*cookie)->complete();
  if (errnum == 0) return {};
  Error error{Errc::refusedByKernel, "complete udev cookie", errnum, {}, {}, {}, {}};
  if (errnum == EAGAIN) {
    error.code = Errc::cookieState;
    error.detail = "it has been completed as often as it was taken already";
  } else if (semaphoreGone(errnum)) {
    error.code = Errc::cookieNotFound;
    error.detail = "it has been removed";
  } else if (errnum == EACCES || errnum == EPERM) {
    error.code = Errc::permissionDenied;
  }
  return error;
}

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

const char* udevPropertyName(UdevFlag flag) noexcept {
  switch (flag) {
    case UdevFlag::disableDmRules: return "DM_UDEV_DISABLE_DM_RULES_FLAG";
    case UdevFlag::disableSubsystemRules: return "DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG";
    case UdevFlag::disableDiskRules: return "DM_UDEV_DISABLE_DISK_RULES_FLAG";
    case UdevFlag::disableOtherRules: return "DM_UDEV_DISABLE_OTHER_RULES_FLAG";
    case UdevFlag::lowPriority: return "DM_UDEV_LOW_PRIORITY_FLAG";
    case UdevFlag::disableLibraryFallback: return "DM_UDEV_DISABLE_LIBRARY_FALLBACK_FLAG";
    case UdevFlag::primarySource: return "DM_UDEV_PRIMARY_SOURCE_FLAG";
    case UdevFlag::subsystem0: return "DM_SUBSYSTEM_UDEV_FLAG0";
    case UdevFlag::subsystem1: return "DM_SUBSYSTEM_UDEV_FLAG1";
    case UdevFlag::subsystem2: return "DM_SUBSYSTEM_UDEV_FLAG2";
    case UdevFlag::subsystem3: return "DM_SUBSYSTEM_UDEV_FLAG3";
    case UdevFlag::subsystem4: return "DM_SUBSYSTEM_UDEV_FLAG4";
    case UdevFlag::subsystem5: return "DM_SUBSYSTEM_UDEV_FLAG5";
    case UdevFlag::subsystem6: return "DM_SUBSYSTEM_UDEV_FLAG6";
    case UdevFlag::subsystem7: return "DM_SUBSYSTEM_UDEV_FLAG7";
  }
  return "DM_UDEV_FLAG7";  // 0x80, which nobody uses
}

}  // namespace devmap
