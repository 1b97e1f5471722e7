#include "cli/cookie_keeper.hpp"

#include <array>
#include <csignal>

#include <unistd.h>

namespace tool {
namespace {

// What the handler sees. A verb makes one cookie, or a few in turn. Cookies beyond the size of this
// table are not tracked.
std::array<volatile std::sig_atomic_t, 16> made{};  // id + 1; 0: free
volatile std::sig_atomic_t making = 0;   // a semaphore set is being made and has no entry yet
volatile std::sig_atomic_t pending = 0;  // a signal that arrived meanwhile

// Only system calls from here on: this runs in a signal handler.
void end(int signal) noexcept {
  for (const volatile std::sig_atomic_t& entry : made)
    if (entry != 0) static_cast<void>(devmap::systemKernel().semRemove(entry - 1));
  struct sigaction otherwise {};
  otherwise.sa_handler = SIG_DFL;
  static_cast<void>(sigaction(signal, &otherwise, nullptr));
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, signal);
  static_cast<void>(kill(getpid(), signal));
  static_cast<void>(sigprocmask(SIG_UNBLOCK, &one, nullptr));
  _exit(128 + signal);  // process 1, which no signal kills
}

void handle(int signal) noexcept {
  if (making != 0)
    pending = signal;
  else
    end(signal);
}

// Handles the signals that still have the default action.
void watchSignals() noexcept {
  struct sigaction ours {};
  ours.sa_handler = handle;
  ours.sa_flags = SA_RESTART;
  for (const int signal : {SIGHUP, SIGINT, SIGTERM}) {
    struct sigaction before {};
    if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_DFL)
      static_cast<void>(sigaction(signal, &ours, nullptr));
  }
}

void replace(std::sig_atomic_t from, std::sig_atomic_t to) noexcept {
  for (volatile std::sig_atomic_t& entry : made) {
    if (entry != from) continue;
    entry = to;
    return;
  }
}

}  // namespace

int CookieKeeper::semCreate(std::int32_t key, int& id) noexcept {
  watchSignals();
  making = 1;
  const int error = kernel_.semCreate(key, id);
  if (error == 0) replace(0, id + 1);
  making = 0;
  if (pending != 0) end(pending);
  return error;
}

int CookieKeeper::semDisown(int id) noexcept {
  replace(id + 1, 0);
  return kernel_.semDisown(id);
}

int CookieKeeper::semRemove(int id) noexcept {
  const int error = kernel_.semRemove(id);
  replace(id + 1, 0);
  return error;
}

}  // namespace tool
