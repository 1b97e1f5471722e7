#include "cookie.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "api.hpp"
#include "entry.hpp"
#include "log.hpp"
#include "process.hpp"
#include "task.hpp"

namespace devmap::libdm {
namespace {

constexpr std::uint32_t magic = DM_COOKIE_MAGIC;
constexpr std::uint32_t lowerHalf = 0xFFFF;

struct Cookies {
  std::mutex mutex;
  std::vector<std::shared_ptr<Cookie>> known;
  std::uint32_t lastToken = 0;
};

union Immortal {  // as in process.cpp
  constexpr Immortal() noexcept : cookies{} {}
  ~Immortal() {}  // NOLINT(modernize-use-equals-default): the member stays
  Cookies cookies;
};
constinit Immortal immortal;

std::string described(std::uint32_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (int shift = 28; shift >= 0; shift -= 4)
    if (const std::uint32_t digit = value >> shift; !hex.empty() || (digit & 0xF) != 0)
      hex += digits[digit & 0xF];
  return "cookie value " + std::to_string(value) + " (0x" + hex + ')';
}

bool checkPrefix(std::uint32_t value) noexcept {
  if (value >> 16 == magic && (value & lowerHalf) != 0) return true;
  logError("Could not continue to access notification semaphore identified by " + described(value) +
           ". Incorrect cookie prefix.");
  return false;
}

void logMissing(std::uint32_t value) noexcept {
  logError("Could not find notification semaphore identified by " + described(value));
}

std::shared_ptr<Cookie> known(std::uint32_t value) noexcept {
  const std::lock_guard lock(immortal.cookies.mutex);
  const auto found = std::ranges::find(immortal.cookies.known, value, &Cookie::value);
  return found == immortal.cookies.known.end() ? nullptr : *found;
}

void remember(const std::shared_ptr<Cookie>& cookie) noexcept {
  const std::lock_guard lock(immortal.cookies.mutex);
  immortal.cookies.known.push_back(cookie);
}

/// Takes the cookie out of the table: whoever has it waits for it.
std::shared_ptr<Cookie> take(std::uint32_t value) noexcept {
  const std::lock_guard lock(immortal.cookies.mutex);
  auto& known = immortal.cookies.known;
  const auto found = std::ranges::find(known, value, &Cookie::value);
  if (found == known.end()) return nullptr;
  auto cookie = std::move(*found);
  known.erase(found);
  return cookie;
}

std::uint32_t nextToken() noexcept {
  const std::lock_guard lock(immortal.cookies.mutex);
  auto& last = immortal.cookies.lastToken;
  last = last % lowerHalf + 1;
  return magic << 16 | last;
}

/// A new cookie, or a token where there are no semaphores. Null: no memory.
std::shared_ptr<Cookie> make() noexcept {
  auto cookie = std::make_shared<Cookie>();
  const auto present = context();
  if (present && present->udevState().mode == UdevMode::cookies) {
    if (auto made = UdevCookie::create(*present)) cookie->cookie = *std::move(made);
  }
  cookie->value = cookie->cookie.value();
  cookie->token = cookie->value == 0;
  if (cookie->token) cookie->value = nextToken();
  remember(cookie);
  return cookie;
}

/// A cookie of another process, which this one is to wait for.
std::shared_ptr<Cookie> adopt(std::uint32_t value) noexcept {
  auto cookie = std::make_shared<Cookie>();
  auto adopted = UdevCookie::adopt(value, kernel());
  if (!adopted) return nullptr;
  cookie->value = value;
  cookie->cookie = *std::move(adopted);
  return cookie;
}

/// A wait that ends without udev's answer ends well all the same: the nodes are right.
void wait(Cookie& cookie) noexcept {
  std::unique_lock lock(cookie.mutex);
  const auto waited = udevWait(cookie.cookie, udevDeadline());
  lock.unlock();  // the program's log may call in again
  if (!waited) log(Level::warning, waited.error().message());
}

}  // namespace

std::shared_ptr<Cookie> findCookie(std::uint32_t value) noexcept {
  if (!checkPrefix(value)) return nullptr;
  if (auto cookie = known(value)) return cookie;
  auto cookie = std::make_shared<Cookie>();
  auto borrowed = UdevCookie::borrow(value, kernel());
  if (!borrowed) {
    logMissing(value);
    return nullptr;
  }
  cookie->value = value;
  cookie->cookie = *std::move(borrowed);
  return cookie;
}

void awaitNodes() noexcept {
  std::vector<std::shared_ptr<Cookie>> tokens;
  {
    const std::lock_guard lock(immortal.cookies.mutex);
    tokens = immortal.cookies.known;
  }
  for (const auto& token : tokens) {
    if (!token->token) continue;
    const std::lock_guard lock(token->mutex);
    if (token->cookie.pending()) static_cast<void>(udevWait(token->cookie, udevDeadline()));
  }
}

}  // namespace devmap::libdm

using namespace devmap::libdm;

int dm_udev_create_cookie(uint32_t* cookie) {
  const Entry entry;
  if (cookie == nullptr) return 0;
  *cookie = udevSync() ? make()->value : 0;
  return 1;
}

int dm_udev_wait(uint32_t cookie) {
  const Entry entry;
  if (cookie == 0) {
    awaitNodes();
    return 1;
  }
  if (!checkPrefix(cookie)) return 0;
  auto taken = take(cookie);
  if (taken == nullptr) taken = adopt(cookie);
  if (taken == nullptr) {
    logMissing(cookie);
    return 0;
  }
  wait(*taken);
  return 1;
}

int dm_udev_wait_immediate(uint32_t cookie, int* ready) {
  const Entry entry;
  if (ready == nullptr) return 0;
  *ready = 1;
  if (cookie == 0) return 1;
  if (!checkPrefix(cookie)) return 0;
  auto present = known(cookie);
  if (present == nullptr) present = adopt(cookie);
  if (present == nullptr) {
    logMissing(cookie);
    return 0;
  }
  {
    const std::lock_guard lock(present->mutex);
    const auto done = udevReady(present->cookie);
    *ready = done && *done ? 1 : 0;
    if (*ready == 0) {
      // An adopted semaphore is not ours to remove before it is done.
      if (known(cookie) == nullptr) present->cookie.release();
      return 1;
    }
  }
  wait(*present);
  static_cast<void>(take(cookie));
  return 1;
}

int dm_udev_complete(uint32_t cookie) {
  const Entry entry;
  if (cookie == 0) return 1;
  if (!checkPrefix(cookie)) return 0;
  if (udevComplete(cookie, kernel())) return 1;
  logMissing(cookie);
  return 0;
}

void dm_task_update_nodes() {
  const Entry entry;
  awaitNodes();
}

int dm_task_set_cookie(dm_task* task, uint32_t* cookie, uint16_t flags) {
  const Entry entry;
  if (task == nullptr || cookie == nullptr) return 0;
  task->udevFlags = devmap::UdevFlags::fromBits(flags);
  task->cookieSet = true;
  task->cookie = 0;
  if (!udevSync()) {
    *cookie = 0;
    return 1;
  }
  if (*cookie == 0)
    *cookie = make()->value;
  else if (findCookie(*cookie) == nullptr)
    return 0;
  task->cookie = *cookie;
  return 1;
}
