// What udev rules and scripts call: flags of a cookie, completing it, cookies across processes.
// Only `udev state` opens the control node. The others run for every event of every device, even
// before device-mapper is loaded.

#include <algorithm>
#include <cstdlib>

#include "cli/numbers.hpp"
#include "cli/session.hpp"
#include "cli/udev_modes.hpp"
#include "show/json.hpp"
#include "show/udev_text.hpp"

namespace tool {
namespace {

struct CookieLine {
  std::string_view ownerState;
  std::int64_t age;  ///< seconds since the last use
};

CookieLine lineOf(const SemaphoreState& cookie) noexcept {
  CookieLine line{
      "unknown",
      std::max<std::int64_t>(
          systemKernel().wallClock() - std::max(cookie.lastChange, cookie.lastOperation), 0)};
  switch (udevCookieOwner(cookie)) {
    case CookieOwner::running: line.ownerState = "running"; break;
    case CookieOwner::ended: line.ownerState = "ended"; break;
    case CookieOwner::unknown: break;
  }
  return line;
}

std::string cookieText(const SemaphoreState& cookie) {
  return join("0x", hex(static_cast<std::uint32_t>(cookie.key), 8));
}

void printCookie(const SemaphoreState& cookie, const CookieLine& line) {
  std::string owner(line.ownerState);
  if (cookie.owner > 0) owner = join(cookie.owner, " ", line.ownerState);
  print(cookieText(cookie), "  ", padded(join(cookie.value), 6), "  ",
        padded(cookie.waiters > 0 ? "yes" : "no", 7), "  ", padded(join(line.age), 10), "  ", owner,
        "\n");
}

void printCookieJson(const SemaphoreState& cookie, const CookieLine& line) {
  JsonLine json;
  json.text("cookie", cookieText(cookie))
      .number("semid", cookie.id)
      .number("value", cookie.value)
      .number("waiters", cookie.waiters);
  json.number("age", line.age);
  cookie.owner > 0 ? json.number("owner", cookie.owner) : json.null("owner");
  json.text("owner_state", line.ownerState).end();
}

std::optional<std::uint32_t> cookieOf(const Call& call, std::string_view word) {
  const auto value = cookieValue(word);
  if (!value)
    failUsage(call, "'", word,
              "' is not a udev cookie: a number from 1 to 2^32 - 1, 0x... or decimal");
  return value;
}

}  // namespace

bool runUdevFlags(Session& session) {
  const Call& call = session.call();
  const auto cookie = cookieOf(call, call.operands[0]);
  if (!cookie) return false;
  printUdevFlags(*cookie);
  return true;
}

bool runUdevComplete(Session& session) {
  const Call& call = session.call();
  const auto cookie = cookieOf(call, call.operands[0]);
  if (!cookie) return false;
  print("DM_COOKIE_COMPLETED=0x", padded(hex(*cookie), 10), "\n");
  return session.ok(udevComplete(*cookie));
}

bool runUdevCookies(Session& session) {
  const Call& call = session.call();
  const auto cookies = udevCookies();
  if (!cookies) return session.fail(cookies.error());
  if (!call.has(Option::json)) {
    printUdevCookies(*cookies);
    return true;
  }
  for (const SemaphoreState& cookie : *cookies) printCookieJson(cookie, lineOf(cookie));
  return true;
}

bool runUdevState(Session& session) {
  const Call& call = session.call();
  if (!session.open()) return false;
  const UdevState state = session.context().udevState();
  if (call.has(Option::json))
    JsonLine().text("mode", udevModeName(state.mode)).text("reason", state.reason).end();
  else
    print("Mode:    ", udevModeName(state.mode), "\nReason:  ", std::string_view(state.reason),
          "\n");
  return true;
}

bool runUdevListCookies(Session& session) {
  const Call& call = session.call();
  const auto cookies = udevCookies();
  if (!cookies) return session.fail(cookies.error());
  const bool json = call.has(Option::json);
  if (!json) print("Cookie      Value   Waiting  Age (s)     Owner\n");
  for (const SemaphoreState& cookie : *cookies)
    (json ? printCookieJson : printCookie)(cookie, lineOf(cookie));
  return true;
}

bool runUdevReclaim(Session& session) {
  const Call& call = session.call();
  std::optional<std::chrono::seconds> olderThan;
  if (const auto& text = call.value(Option::olderThan)) {
    const auto given = seconds(*text);
    if (!given) return failUsage(call, "'", *text, "' is not a number of seconds");
    olderThan = std::chrono::ceil<std::chrono::seconds>(*given);
  }
  const auto removed = reclaimUdevCookies(olderThan);
  if (!removed) return session.fail(removed.error());
  for (const SemaphoreState& cookie : *removed)
    (call.has(Option::json) ? printCookieJson : printCookie)(cookie, lineOf(cookie));
  return true;
}

bool runUdevCreateCookie(Session& session) {
  const Call& call = session.call();
  if (std::getenv("DM_DISABLE_UDEV") != nullptr || !udevRunning())
    return true;  // there will be nothing to wait for
  auto cookie = UdevCookie::create();
  if (!cookie) return session.fail(cookie.error());
  const std::string value = join("0x", hex(cookie->release(), 8, !call.has(Option::json)));
  if (call.has(Option::json))
    JsonLine().text("cookie", value).end();
  else
    print(value, "\n");
  return true;
}

bool runUdevReleaseCookie(Session& session) {
  const Call& call = session.call();
  const char* const inherited = std::getenv("DM_UDEV_COOKIE");
  std::string_view word = inherited == nullptr ? "" : inherited;
  if (!call.operands.empty()) word = call.operands[0];
  if (word.empty()) return failUsage(call, "give a cookie, or set DM_UDEV_COOKIE");
  const auto value = cookieOf(call, word);
  if (!value) return false;
  Timeout deadline{30'000};
  if (const auto& text = call.value(Option::deadline)) {
    const auto given = seconds(*text);
    if (!given) return failUsage(call, "'", *text, "' is not a number of seconds");
    deadline = *given;
  }
  auto cookie = UdevCookie::adopt(*value);
  if (!cookie) return session.fail(cookie.error());
  return session.ok(udevWait(*cookie, deadline));
}

}  // namespace tool
