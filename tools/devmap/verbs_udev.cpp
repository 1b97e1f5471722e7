// What udev's rules and scripts ask for: flags of a cookie, completing it, cookies across processes.
// None of these opens the control node: they run for every event of every device, also before device-mapper is loaded.

#include <cstdlib>

#include <ctime>

#include "numbers.hpp"
#include "print.hpp"
#include "session.hpp"

namespace tool {
namespace {

/// A local time as asctime writes it, `Thu Jan  1 00:00:00 1970`, which would pull in printf.
std::string dateOf(std::int64_t since1970) {
  constexpr std::string_view days = "SunMonTueWedThuFriSat";
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto when = static_cast<std::time_t>(since1970);
  std::tm date{};
  if (localtime_r(&when, &date) == nullptr) return "unknown";
  const auto part = [](std::string_view names, int index) { return names.substr(static_cast<std::size_t>(index) * 3, 3); };
  const auto two = [](int number, std::string_view fill) { return join(number < 10 ? fill : "", number); };
  return join(part(days, date.tm_wday), " ", part(months, date.tm_mon), " ", two(date.tm_mday, " "), " ", two(date.tm_hour, "0"), ":",
              two(date.tm_min, "0"), ":", two(date.tm_sec, "0"), " ", date.tm_year + 1900);
}

std::optional<std::uint32_t> cookieOf(const Call& call, std::string_view word) {
  const auto value = cookieValue(word);
  if (!value) failUsage(call, join("'", word, "' is not a udev cookie: a number from 1 to 2^32 - 1, 0x... or decimal"));
  return value;
}

}  // namespace

bool runUdevFlags(const Call& call) {
  const auto cookie = cookieOf(call, call.operands[0]);
  if (!cookie) return false;
  const UdevFlags flags = udevFlagsOf(*cookie);
  for (unsigned bit = 0; bit < 16; ++bit) {
    const auto flag = static_cast<UdevFlag>(1U << bit);
    if (flags.has(flag)) print(udevPropertyName(flag), "='1'\n");
  }
  return true;
}

bool runUdevComplete(const Call& call) {
  const auto cookie = cookieOf(call, call.operands[0]);
  if (!cookie) return false;
  print("DM_COOKIE_COMPLETED=0x", padded(hex(*cookie), 10), "\n");
  const auto completed = udevComplete(*cookie);
  return completed ? true : Session(call).fail(completed.error());
}

bool runUdevCookies(const Call& call) {
  const auto cookies = udevCookies();
  if (!cookies) return Session(call).fail(cookies.error());
  print("Cookie       Semid      Value      Last semop time           Last change time\n");
  for (const SemaphoreState& cookie : *cookies) {
    print("0x", padded(hex(static_cast<std::uint32_t>(cookie.key)), 10), " ", padded(join(cookie.id), 10), " ",
          padded(join(cookie.value), 10), " ", dateOf(cookie.lastOperation), "  ", dateOf(cookie.lastChange), "\n");
  }
  return true;
}

bool runUdevCreateCookie(const Call& call) {
  if (std::getenv("DM_DISABLE_UDEV") != nullptr || !systemKernel().udevRunning()) return true;  // nothing will have to be waited for
  auto cookie = UdevCookie::create();
  if (!cookie) return Session(call).fail(cookie.error());
  print("0x", hex(cookie->release(), 8, true), "\n");
  return true;
}

bool runUdevReleaseCookie(const Call& call) {
  const char* const inherited = std::getenv("DM_UDEV_COOKIE");
  std::string_view word = inherited == nullptr ? "" : inherited;
  if (!call.operands.empty()) word = call.operands[0];
  if (word.empty()) return failUsage(call, "give a cookie, or set DM_UDEV_COOKIE");
  const auto value = cookieOf(call, word);
  if (!value) return false;
  Timeout deadline{30'000};
  if (const auto& text = call.value(Option::deadline)) {
    const auto given = seconds(*text);
    if (!given) return failUsage(call, join("'", *text, "' is not a number of seconds"));
    deadline = *given;
  }
  auto cookie = UdevCookie::adopt(*value);
  if (!cookie) return Session(call).fail(cookie.error());
  const auto waited = udevWait(*cookie, deadline);
  return waited ? true : Session(call).fail(waited.error());
}

}  // namespace tool
