#include <udev/cookie.hpp>

#include <array>
#include <cerrno>
#include <utility>

#include <codec/flags.hpp>
#include <task/context.hpp>

namespace devmap::detail {
namespace {

// A key is taken when another cookie uses it. With 65535 keys and the kernel's usual limit of 32000
// sets, this many collisions in a row do not happen by chance.
constexpr int maxKeyAttempts = 256;

}  // namespace

template <typename NextBase>
int CookieState::make(int value, NextBase nextBase) noexcept {
  for (int attempt = 0; attempt < maxKeyAttempts; ++attempt) {
    base = nextBase();
    const auto key = static_cast<std::int32_t>((codec::cookieMagic << 16) | base);
    int made = -1;
    int errnum = kernel.semCreate(key, made);
    if (errnum == EEXIST) continue;
    if (errnum != 0) return errnum;
    errnum = kernel.semSetValue(made, value);
    if (errnum == 0) {
      id = made;
      return 0;
    }
    static_cast<void>(kernel.semRemove(made));
    if (errnum != EINVAL && errnum != EIDRM)
      return errnum;  // else reclaimed as stale while this process was stopped
  }
  return EEXIST;
}

int CookieState::take() noexcept {
  constexpr std::array<short, 1> up{1};
  return kernel.semOperate(id, up, {});
}

int CookieState::complete() noexcept {
  constexpr std::array<short, 1> down{-1};
  return kernel.semOperate(id, down, {});
}

void CookieState::remove() noexcept {
  // Tried twice: a leaked set counts against the limit of the whole system.
  if (owned && id >= 0 && kernel.semRemove(id) != 0) static_cast<void>(kernel.semRemove(id));
  id = -1;
  if (monitor != 0) static_cast<void>(kernel.closeUdevMonitor(std::exchange(monitor, 0)));
}

CookieHold& CookieHold::operator=(CookieHold&& other) noexcept {
  if (this != &other) {
    release();
    state_ = std::move(other.state_);
  }
  return *this;
}

Result<CookieHold> CookieHold::take(UdevCookie& cookie, Context& context) noexcept {
  CookieHold hold;
  if (context.udev().mode == UdevMode::none) return hold;
  auto& state = CookieState::slot(cookie);
  if (!state) {
    state = std::make_shared<CookieState>(context.kernel);
    // On failure the cookie has no semaphore: the operation still works, and udevWait checks the
    // nodes instead.
    if (context.udev().mode == UdevMode::cookies)
      static_cast<void>(state->make(2, [&] { return context.nextCookieBase(); }));
    if (context.udev().mode == UdevMode::monitor) {
      if (const int errnum = context.kernel.openUdevMonitor(state->monitor)) {
        state.reset();
        return Error{.code = errnum == ENOSYS ? Errc::unsupported : Errc::refusedByKernel,
                     .operation = "listen to udev",
                     .errnum = errnum,
                     .detail = errnum == ENOSYS ? "this build of devmap has no libudev" : ""};
      }
    }
  } else if (&state->kernel != &context.kernel) {
    return Error{.code = Errc::invalidArgument,
                 .operation = "attach udev cookie",
                 .detail = "the cookie belongs to another kernel"};
  } else if (state->hasSemaphore()) {
    if (context.udev().mode != UdevMode::cookies) return hold;  // nothing would decrement it
    if (const int errnum = state->take())
      return Error{.code = Errc::cookieNotFound,
                   .operation = "attach udev cookie",
                   .errnum = errnum,
                   .detail = "its semaphore has been removed"};
  }
  hold.state_ = state;
  return hold;
}

std::uint16_t CookieHold::base() const noexcept {
  return state_ && state_->hasSemaphore() ? state_->base : std::uint16_t{0};
}

void CookieHold::handOver(std::vector<PendingNode> nodes, bool byUdev, const Nodes& how) noexcept {
  if (!state_) return;
  for (PendingNode& node : nodes) {
    std::erase_if(state_->pending, [&](const AwaitedNode& earlier) {
      return earlier.node.name == node.name;
    });  // the latest entry wins
    state_->pending.push_back({std::move(node), byUdev, how});
  }
  state_.reset();
}

void CookieHold::release() noexcept {
  if (state_ && state_->hasSemaphore()) static_cast<void>(state_->complete());
  state_.reset();
}

}  // namespace devmap::detail

namespace devmap {

UdevCookie::UdevCookie() noexcept = default;
UdevCookie::UdevCookie(UdevCookie&& other) noexcept = default;
UdevCookie::UdevCookie(std::shared_ptr<detail::CookieState> state) noexcept
    : state_(std::move(state)) {}

UdevCookie& UdevCookie::operator=(UdevCookie&& other) noexcept {
  if (this != &other) {
    if (state_) state_->remove();
    state_ = std::move(other.state_);
  }
  return *this;
}

UdevCookie::~UdevCookie() {
  if (state_) state_->remove();  // at once, even if a task that has not run yet shares the state
}

namespace {

Error notMade(int errnum) noexcept {
  Error error{.code = Errc::refusedByKernel, .operation = "create udev cookie", .errnum = errnum};
  if (errnum == ENOSPC) {
    error.code = Errc::noSpace;
    error.detail =
        "all semaphore sets are in use; see /proc/sys/kernel/sem and `devmap udev cookies`";
  } else if (errnum == ENOSYS) {
    error.code = Errc::unsupported;
    error.detail = "this kernel has no System V semaphores";
  } else if (errnum == EACCES || errnum == EPERM) {
    error.code = Errc::permissionDenied;
  }
  return error;
}

}  // namespace

Result<UdevCookie> UdevCookie::create(Kernel& kernel) noexcept {
  auto state = std::make_shared<detail::CookieState>(kernel);
  const int errnum = state->make(1, [&] {
    std::uint16_t base = 0;
    if (kernel.random(std::as_writable_bytes(std::span(&base, 1))) != 0)
      base = static_cast<std::uint16_t>(kernel.now().count());
    return base == 0 ? std::uint16_t{1} : base;
  });
  if (errnum != 0) return notMade(errnum);
  return UdevCookie(std::move(state));
}

Result<UdevCookie> UdevCookie::create(DeviceMapper& context) noexcept {
  detail::Context& inside = *context.context_;
  auto state = std::make_shared<detail::CookieState>(inside.kernel);
  if (const int errnum = state->make(1, [&] { return inside.nextCookieBase(); }))
    return notMade(errnum);
  return UdevCookie(std::move(state));
}

namespace {

Result<std::shared_ptr<detail::CookieState>> find(std::uint32_t value, Kernel& kernel,
                                                  bool owned) noexcept {
  const auto base = static_cast<std::uint16_t>(value);
  if (value >> 16 != codec::cookieMagic || base == 0)
    return Error{.code = Errc::invalidArgument,
                 .operation = "find udev cookie",
                 .detail = "a cookie is 0x0D4D followed by four hex digits, not all 0"};
  auto state = std::make_shared<detail::CookieState>(kernel);
  int id = -1;
  if (const int errnum = kernel.semFind(static_cast<std::int32_t>(value), id)) {
    const bool denied = errnum == EACCES || errnum == EPERM;
    return Error{
        .code = denied ? Errc::permissionDenied : Errc::cookieNotFound,
        .operation = "find udev cookie",
        .errnum = errnum,
        .detail = denied
                      ? "the semaphore belongs to another user"
                      : "no semaphore belongs to this cookie: completed, removed, or never made"};
  }
  state->id = id;
  state->base = base;
  state->owned = owned;
  return state;
}

}  // namespace

Result<UdevCookie> UdevCookie::borrow(std::uint32_t value, Kernel& kernel) noexcept {
  auto state = find(value, kernel, false);
  if (!state) return std::move(state).error();
  return UdevCookie(*std::move(state));
}

Result<UdevCookie> UdevCookie::adopt(std::uint32_t value, Kernel& kernel) noexcept {
  auto state = find(value, kernel, true);
  if (!state) return std::move(state).error();
  return UdevCookie(*std::move(state));
}

std::uint32_t UdevCookie::value() const noexcept {
  return state_ && state_->hasSemaphore() ? (codec::cookieMagic << 16) | state_->base : 0;
}

UdevMode UdevCookie::mode() const noexcept {
  if (!state_) return UdevMode::none;
  if (state_->listens()) return UdevMode::monitor;
  return state_->hasSemaphore() ? UdevMode::cookies : UdevMode::flagsOnly;
}

bool UdevCookie::pending() const noexcept {
  return state_ && (state_->hasSemaphore() || !state_->pending.empty());
}

std::uint32_t UdevCookie::release() noexcept {
  const std::uint32_t released = value();
  if (state_) {
    if (state_->owned && state_->hasSemaphore())
      static_cast<void>(state_->kernel.semDisown(state_->id));
    state_->id = -1;
    state_.reset();
  }
  return released;
}

}  // namespace devmap
