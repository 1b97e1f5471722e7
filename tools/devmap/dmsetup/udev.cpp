// dmsetup's udev verbs. Those that udev rules call for every event open only what they need.

#include <cstdlib>

#include <unistd.h>

#include "cli/numbers.hpp"
#include "cli/print.hpp"
#include "dmsetup/dmsetup.hpp"
#include "show/udev_text.hpp"

namespace tool::dmsetup {
namespace {

std::optional<std::uint32_t> cookieOf(std::string_view word) {
  const auto value = cookieValue(word);
  if (!value) fail("Incorrect cookie value.");
  return value;
}

/// For a cookie without a semaphore, dmsetup shows the value.
bool failCookie(const Error& error, std::uint32_t cookie) {
  if (error.code != Errc::cookieNotFound) return fail(error);
  return fail("Could not find notification semaphore identified by cookie value ", cookie, " (0x",
              hex(cookie), ")\n", error.message());
}

/// Asks on stdin. End of input means no.
bool confirmed() {
  put("Do you really want to continue? [y/n]: ");
  flushOutput();
  char answer = 0;
  char c = 0;
  while (read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
    if (answer == 0) answer = c;
  put("\n");
  return answer == 'y' || answer == 'Y';
}

}  // namespace

bool runUdevFlags(Run&, Words operands) {
  const auto cookie = cookieOf(operands[0]);
  if (!cookie) return false;
  printUdevFlags(*cookie);
  return true;
}

bool runUdevComplete(Run&, Words operands) {
  const auto cookie = cookieOf(operands[0]);
  if (!cookie) return false;
  print("DM_COOKIE_COMPLETED=0x", padded(hex(*cookie), 10), "\n");
  const auto completed = udevComplete(*cookie);
  // Without udevd no one waits, and the cookie need not exist.
  if (completed || (completed.error().code == Errc::cookieNotFound && !udevRunning())) return true;
  return failCookie(completed.error(), *cookie);
}

bool runUdevCookies(Run&, Words) {
  const auto cookies = udevCookies();
  if (!cookies) return fail(cookies.error());
  printUdevCookies(*cookies);
  return true;
}

bool runUdevCreateCookie(Run&, Words) {
  if (std::getenv("DM_DISABLE_UDEV") != nullptr || !udevRunning())
    return true;  // there will be nothing to wait for
  auto cookie = UdevCookie::create();
  if (!cookie) return fail(cookie.error());
  print("0x", hex(cookie->release(), 8, true), "\n");
  return true;
}

bool runUdevReleaseCookie(Run& run, Words operands) {
  if (!operands.empty()) {
    const auto given = cookieOf(operands[0]);
    if (!given) return false;
    run.cookie = *given;
  }
  if (run.cookie == 0) return fail("No udev transaction cookie given.");
  auto cookie = UdevCookie::adopt(run.cookie);
  if (!cookie) return failCookie(cookie.error(), run.cookie);
  return ok(udevWait(*cookie, Timeout{180'000}));
}

bool runUdevCompleteAll(Run& run, Words operands) {
  std::int64_t minutes = 0;
  if (!operands.empty()) {
    const auto given = decimal(operands[0], INT32_MAX);
    if (!given) return fail("Failed to read age_in_minutes parameter.");
    minutes = static_cast<std::int64_t>(*given);
  }
  if (!run.has(Opt::yes)) {
    complain(
        "WARNING: This operation will destroy all semaphores with keys that have a prefix 3405 "
        "(0xd4d).");
    if (!confirmed()) {
      print("Semaphores with keys prefixed by 3405 (0xd4d) NOT destroyed.\n");
      return true;
    }
  }
  const auto cookies = udevCookies();
  if (!cookies) return fail(cookies.error());
  Kernel& kernel = systemKernel();
  const std::int64_t now = kernel.wallClock();
  std::size_t destroyed = 0;
  std::size_t skipped = 0;
  for (const SemaphoreState& cookie : *cookies) {
    const std::int64_t last =
        cookie.lastOperation > cookie.lastChange ? cookie.lastOperation : cookie.lastChange;
    if (minutes != 0 && now - last < minutes * 60)
      ++skipped;
    else if (kernel.semRemove(cookie.id) == 0)
      ++destroyed;
    else
      return fail("Could not destroy a notification semaphore.");
  }
  print(destroyed, " semaphores with keys prefixed by 3405 (0xd4d) destroyed. ", skipped,
        " skipped.\n");
  return true;
}

}  // namespace tool::dmsetup
