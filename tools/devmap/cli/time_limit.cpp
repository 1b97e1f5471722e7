#include "cli/time_limit.hpp"

#include <algorithm>
#include <csignal>
#include <string>

#include <sys/time.h>

#include "cli/print.hpp"

namespace tool {
namespace {

using namespace devmap;
using namespace std::chrono_literals;

constexpr Timeout lookAgain{50};

/// While it lives and once its time is up, it interrupts waiting calls with EINTR. It repeats the
/// signal, because a single one could arrive just before the call.
class Alarm {
 public:
  explicit Alarm(Timeout left) noexcept {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    static_cast<void>(sigaction(SIGALRM, &action, &before_));
    const auto first = std::max<std::int64_t>(left.count(), 1);
    const itimerval timer{
        {0, 50'000},
        {static_cast<time_t>(first / 1000), static_cast<suseconds_t>(first % 1000 * 1000)}};
    static_cast<void>(setitimer(ITIMER_REAL, &timer, nullptr));
  }
  ~Alarm() {
    const itimerval none{};
    static_cast<void>(setitimer(ITIMER_REAL, &none, nullptr));
    static_cast<void>(sigaction(SIGALRM, &before_, nullptr));
  }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

 private:
  struct sigaction before_ {};
};

/// Names of the suspended devices below, direct or indirect; empty if there are none.
Result<std::string> suspendedBelow(DeviceMapper& context, const DeviceRef& device) {
  auto tree = dependencyTree(context, device);
  if (!tree) return std::move(tree).error();
  std::string names;
  for (const DependencyNode& node : std::span(*tree).subspan(1)) {
    if (node.name.empty()) continue;
    const auto state = info(context, node.device);
    if (state && state->exists && state->suspended)
      names += join(names.empty() ? "" : ", ", "'", displayable(node.name), "'");
  }
  return names;
}

Error timedOut(const char* operation, std::string device, const std::string& below) {
  Error error{.code = Errc::timedOut,
              .operation = operation,
              .device = std::move(device),
              .detail = "timed out: "};
  error.detail += below.empty() ? std::string("I/O under way did not end")
                                : join("below it, ", below, " is suspended, and holds I/O back");
  error.detail += "; the device was left as it was";
  return error;
}

}  // namespace

Result<void> runInTime(DeviceMapper& context, Task& task, const DeviceRef& device, Timeout left,
                       bool freezes) {
  Kernel& kernel = context.kernel();
  const auto start = kernel.now();
  const auto remaining = [&] {
    return std::max(left - std::chrono::duration_cast<Timeout>(kernel.now() - start), Timeout{0});
  };
  const char* const operation =
      task.type() == TaskType::DeviceSuspend ? "suspend device" : "resume device";
  const auto shown = [&] {
    return device.by() == DeviceRef::By::number ? toString(device.number())
                                                : std::string(device.text());
  };
  while (freezes) {
    const auto below = suspendedBelow(context, device);
    if (!below || below->empty()) break;  // the task reports what is wrong with the device
    if (remaining() == 0ms) return timedOut(operation, shown(), *below);
    static_cast<void>(kernel.sleep(toNanoseconds(std::min(remaining(), lookAgain))));
  }
  Result<void> done;
  {
    const Alarm alarm(remaining());
    done = task.run();
  }
  if (done || done.error().code != Errc::interrupted || remaining() != 0ms) return done;
  return timedOut(operation, shown(), suspendedBelow(context, device).value_or(""));
}

}  // namespace tool
