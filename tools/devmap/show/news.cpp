#include "show/news.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

#include <poll.h>
#include <unistd.h>

#include <devmap/timeout.hpp>

namespace tool {
namespace {

volatile std::sig_atomic_t stopped = 0;

}  // namespace

StopSignals::StopSignals() noexcept {
  struct sigaction action {};
  action.sa_handler = [](int) { stopped = 1; };
  sigset_t blocked;
  sigemptyset(&blocked);
  for (const int signal : {SIGINT, SIGTERM}) {
    sigaddset(&blocked, signal);
    struct sigaction before {};
    const bool known = sigaction(signal, nullptr, &before) == 0;
    if (!known || before.sa_handler != SIG_IGN)
      (void)sigaction(signal, &action, nullptr);  // ignored: run by nohup, or in the background
  }
  (void)sigprocmask(SIG_BLOCK, &blocked, &whileWaiting_);
  sigdelset(&whileWaiting_, SIGINT);
  sigdelset(&whileWaiting_, SIGTERM);
}

News awaitNews(int fd, const StopSignals& signals, std::optional<devmap::Timeout> left) noexcept {
  std::array<pollfd, 2> entries{pollfd{fd, POLLIN, 0}, pollfd{STDOUT_FILENO, 0, 0}};
  timespec time{};
  if (left) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(devmap::toNanoseconds(*left));
    time.tv_sec = static_cast<time_t>(
        std::min<std::int64_t>(whole.count(), std::numeric_limits<time_t>::max()));
    time.tv_nsec = static_cast<long>((devmap::toNanoseconds(*left) - whole).count());
  }
  for (;;) {
    const int ready =
        ppoll(entries.data(), entries.size(), left ? &time : nullptr, signals.whileWaiting());
    if (stopped != 0) return News::stop;
    if (ready == 0) return News::timeUp;
    if (ready < 0 && errno != EINTR) return News::stop;
    if (ready < 0)
      continue;  // an unrelated signal, such as stop and continue: at worst the time starts again
    if ((entries[1].revents & POLLERR) != 0) return News::stop;
    if (entries[0].revents != 0) return News::arrived;
    entries[1].fd = -1;  // closed from the start: the first write will report it
  }
}

}  // namespace tool
