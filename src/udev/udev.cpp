// Waiting for cookies and completing them.

#include <devmap/udev.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include <base/deadline.hpp>
#include <codec/flags.hpp>
#include <udev/cookie.hpp>

namespace devmap {
namespace {

using base::Deadline;
using detail::AwaitedNode;
using detail::CookieState;
using detail::PendingNode;
using std::chrono::nanoseconds;

constexpr nanoseconds nodePollInterval = std::chrono::milliseconds{10};
constexpr nanoseconds firstLook = std::chrono::milliseconds{200};
constexpr nanoseconds stopInterval = std::chrono::milliseconds{50};

/// How long a wait may take, and what ends it early. A null `stop`: nothing does.
struct Patience {
  nanoseconds timeout;
  const std::atomic<bool>* stop = nullptr;

  [[nodiscard]] bool stopped() const noexcept {
    return stop != nullptr && stop->load(std::memory_order_relaxed);
  }
};

bool settled(AwaitedNode& awaited) noexcept {
  if (!awaited.byUdev) return true;
  const PendingNode& node = awaited.node;
  return node.kind == PendingNode::Kind::appears ? awaited.nodes.leadsTo(node.name, node.device)
                                                 : !awaited.nodes.exists(node.name);
}

bool allSettled(CookieState& state) noexcept { return std::ranges::all_of(state.pending, settled); }

// Polls until every node is as it should be, for when udev runs but there is no semaphore. 0,
// EAGAIN or ECANCELED.
int awaitNodes(CookieState& state, const Patience& patience) noexcept {
  const Deadline deadline(state.kernel, patience.timeout);
  for (;;) {
    std::erase_if(state.pending, settled);
    if (state.pending.empty()) return 0;
    if (patience.stopped()) return ECANCELED;
    if (deadline.passed()) return EAGAIN;
    static_cast<void>(state.kernel.sleep(nodePollInterval));
  }
}

// Removes a name that udev has left: it does so with one that it did not make, such as that of a
// device made before udevd ran. The name would later lead to another device with the same number.
void dropStale(AwaitedNode& awaited) noexcept {
  const PendingNode& node = awaited.node;
  if (!awaited.byUdev || node.kind != PendingNode::Kind::disappears) return;
  if (node.device != DeviceNumber{} && awaited.nodes.leadsTo(node.name, node.device))
    awaited.nodes.drop(node.name);
  else
    awaited.nodes.dropDangling(node.name);
}

// Whether udev's event is about `node`. A rename is a single event for both of its nodes: `change`
// under the new name.
bool isAbout(const UdevEvent& event, const PendingNode& node) noexcept {
  if (event.dmCookie == 0) return false;
  const bool sameDevice = node.device != DeviceNumber{} && node.device == event.device;
  if (!event.removed) return sameDevice;
  return node.kind == PendingNode::Kind::disappears &&
         (sameDevice || node.name == event.name.data());
}

// Listens until udev has finished every event: 0, EAGAIN or ECANCELED. If events were lost, polls
// the nodes instead.
int awaitEvents(CookieState& state, const Patience& patience) noexcept {
  const Deadline deadline(state.kernel, patience.timeout);
  while (!state.pending.empty()) {
    if (patience.stopped()) return ECANCELED;
    const nanoseconds left = deadline.left();
    if (left == nanoseconds{0}) return EAGAIN;
    UdevEvent event;
    const int errnum = state.kernel.readUdevEvent(
        state.monitor, patience.stop == nullptr ? left : std::min(left, stopInterval), event);
    if (errnum == 0)
      std::erase_if(state.pending, [&](AwaitedNode& awaited) {
        if (!isAbout(event, awaited.node)) return false;
        dropStale(awaited);
        return true;
      });
    else if (errnum != ETIMEDOUT && errnum != EINTR && errnum != EAGAIN)
      return awaitNodes(state, {left, patience.stop});
  }
  return 0;
}

// Whether the waiter's own count is gone too. The wait can then never succeed: nothing increments
// the semaphore again.
bool overCompleted(CookieState& state) noexcept {
  int value = 0;
  return state.kernel.semValue(state.id, value) == 0 && value == 0;
}

// Waits on the semaphore: 0, EAGAIN when the timeout has passed or waiting is pointless, ECANCELED,
// or another errno. udev usually answers within the first look, which needs no clock. A signal
// during the first look extends the wait by at most that look.
int awaitSemaphore(CookieState& state, const Patience& patience) noexcept {
  constexpr std::array<short, 2> giveUpOwnAndWaitForZero{-1, 0};
  const nanoseconds longest = patience.stop == nullptr ? nanoseconds::max() : stopInterval;
  const nanoseconds first = std::min({patience.timeout, firstLook, longest});
  int errnum = state.kernel.semOperate(state.id, giveUpOwnAndWaitForZero, first);
  if (errnum != EINTR && errnum != EAGAIN) return errnum;
  if (errnum == EAGAIN && (first == patience.timeout || overCompleted(state))) return errnum;
  const Deadline deadline(state.kernel,
                          patience.timeout - (errnum == EAGAIN ? first : nanoseconds{0}));
  for (;;) {
    if (patience.stopped()) return ECANCELED;
    const nanoseconds left = deadline.left();
    if (errnum == EAGAIN && left == nanoseconds{0}) return EAGAIN;
    errnum = state.kernel.semOperate(state.id, giveUpOwnAndWaitForZero, std::min(left, longest));
    if (errnum != EINTR && errnum != EAGAIN) return errnum;
    if (errnum == EAGAIN && overCompleted(state)) return errnum;
  }
}

// The likely reason why udev did not answer. Must run before anything is repaired.
const char* diagnose(CookieState& state) noexcept {
  const UdevDaemon daemon = udevDaemon(state.kernel);
  if (daemon == UdevDaemon::absent) return "no udev daemon runs any more";
  if (daemon == UdevDaemon::ended)
    return "the udev daemon was killed: its socket is left, but refuses connections";
  bool shares = true;
  if (state.hasSemaphore() && state.kernel.udevSharesIpc(shares) == 0 && !shares)
    return "the udev daemon lives in another IPC namespace, where it cannot see our semaphores";
  NodeInfo queue;
  if (state.kernel.nodeInfo("/run/udev/queue", true, queue) == 0)
    return "the udev daemon runs, and its queue is not empty: it is busy, stopped, or one of its "
           "workers hangs";
  if (state.hasSemaphore() && !state.pending.empty() && allSettled(state))
    return "udev handled the event, but did not confirm it: the rule that completes cookies "
           "(95-dm-notify.rules) is missing, or the "
           "program it calls failed";
  return "the udev daemon runs, and its queue is empty: it is stopped, or the worker that had the "
         "event died";
}

// Does what udev did not do in time. Returns the names of the devices waited for.
std::string repairNodes(CookieState& state) noexcept {
  std::string names;
  for (AwaitedNode& awaited : state.pending) {
    const PendingNode& node = awaited.node;
    if (!names.empty()) names += ", ";
    names += node.name;
    if (settled(awaited)) continue;
    if (node.kind == PendingNode::Kind::disappears)
      awaited.nodes.dropDangling(node.name);
    else if (auto made = awaited.nodes.make(node.name, node.device); !made)
      names += " (" + made.error().message() + ")";
  }
  return names;
}

Error unanswered(CookieState& state, Errc code, const char* why) noexcept {
  Error error{.code = code,
              .operation = "wait for udev",
              .detail = code == Errc::timedOut ? "timed out: " : ""};
  error.detail += why;
  error.device = repairNodes(state);
  if (!error.device.empty()) error.detail += "; devmap made sure of the node itself";
  return error;
}

bool semaphoreGone(int errnum) noexcept { return errnum == EIDRM || errnum == EINVAL; }

// Ends a wait on a semaphore, and removes it.
Result<void> conclude(CookieState& state, int errnum) noexcept {
  if (semaphoreGone(errnum)) {
    state.remove();  // udevcomplete_all: another process declared all events handled
    return {};
  }
  const bool tooOften = errnum == EAGAIN && overCompleted(state);
  const char* const why = errnum != EAGAIN ? ""
                          : tooOften       ? "the cookie was completed more often than it was taken"
                                           : diagnose(state);
  state.remove();
  if (errnum == 0) {
    for (AwaitedNode& awaited : state.pending) dropStale(awaited);
    return {};
  }
  if (errnum != EAGAIN)
    return Error{.code = Errc::refusedByKernel,
                 .operation = "wait for udev",
                 .errnum = errnum,
                 .detail = "the semaphore cannot be waited for"};
  return unanswered(state, tooOften ? Errc::cookieState : Errc::timedOut, why);
}

Result<void> wait(UdevCookie& cookie, const Patience& patience) noexcept {
  const std::shared_ptr<CookieState> state = CookieState::slot(cookie);
  if (!state) return {};
  if (!state->owned)
    return Error{.code = Errc::invalidArgument,
                 .operation = "wait for udev",
                 .detail = "the cookie is borrowed: whoever made it waits for it"};
  const bool semaphore = state->hasSemaphore();
  const int errnum = semaphore          ? awaitSemaphore(*state, patience)
                     : state->listens() ? awaitEvents(*state, patience)
                                        : awaitNodes(*state, patience);
  if (errnum == ECANCELED)
    return Error{.code = Errc::interrupted,
                 .operation = "wait for udev",
                 .detail = "stopped by the caller; the cookie can be waited for again"};
  CookieState::slot(cookie).reset();
  if (semaphore) return conclude(*state, errnum);
  if (state->listens()) state->remove();
  return errnum == 0 ? Result<void>() : unanswered(*state, Errc::timedOut, diagnose(*state));
}

}  // namespace

Result<void> udevWait(UdevCookie& cookie, Timeout timeout) noexcept {
  return wait(cookie, {toNanoseconds(timeout)});
}

Result<void> udevWait(UdevCookie& cookie, Timeout timeout, const std::atomic<bool>& stop) noexcept {
  return wait(cookie, {toNanoseconds(timeout), &stop});
}

Result<bool> udevReady(const UdevCookie& cookie) noexcept {
  CookieState* state = CookieState::of(cookie);
  if (state == nullptr) return true;
  if (state->listens()) return awaitEvents(*state, {nanoseconds{1}}) == 0;
  if (!state->hasSemaphore()) return allSettled(*state);
  int value = 0;
  const int errnum = state->kernel.semValue(state->id, value);
  if (semaphoreGone(errnum)) return true;
  if (errnum != 0)
    return Error{
        .code = Errc::refusedByKernel, .operation = "look at udev cookie", .errnum = errnum};
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
  Error error{.code = Errc::refusedByKernel, .operation = "complete udev cookie", .errnum = errnum};
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
  return "DM_UDEV_FLAG7";  // 0x80, which is unused
}

}  // namespace devmap
