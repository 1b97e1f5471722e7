#include "rules.hpp"

#include <algorithm>
#include <initializer_list>

namespace fault {
namespace {

using namespace devmap;

// The error names the operation, the device, and the kernel's reason.
std::string judgeError(const Error& error, const Point& point) {
  if (error.operation.empty()) return "the error names no step";
  const std::string message = error.message();
  if (!message.starts_with(error.operation)) return "the message does not begin with the step";
  if (error.errnum != 0 && message.find(errnoName(error.errnum)) == std::string::npos)
    return "the message lacks the errno";
  if (error.errnum == 0 && error.detail.empty()) return "neither errno nor detail";
  if (point.times == 1 && error.errnum != 0 &&
      message.find(errnoName(point.errnum)) == std::string::npos)
    return "the errno is not the kernel's";
  return {};
}

// Errors after the operation was done: it stays done, as device.hpp and task.hpp say.
bool doneAllTheSame(const Error& error) {
  if (error.operation == "wait for udev")
    return true;  // the node is verified, or udev makes it later
  const auto tells = [&](std::string_view words) {
    return error.detail.find(words) != std::string::npos;
  };
  return tells("the new table is live, and the device runs") ||
         tells("it was resumed without its inactive table");
}

// What the kernel refused to undo is not our leak. `reclaim`, `makeNodes` or the next operation
// finds it.
void forgive(State& state, const State& expected, const std::string& failed) {
  if (failed.starts_with("removeNode")) state.nodes = expected.nodes;
}

bool isOneOf(const Operation& operation, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, operation.name) != names.end();
}

// A repair continues when it is called again: what was done stays.
bool isRepair(const Operation& operation) {
  return isOneOf(operation, {"DeviceMknodes of all", "makeNodes of all", "reclaimUdevCookies"});
}

// The file system could not be read: a node by number is as good as a link.
void levelNodes(State& state) {
  for (std::string& node : state.nodes) {
    if (!node.starts_with("/dev/mapper ")) continue;
    const std::size_t end = node.find(' ', node.find(' ') + 1);
    const std::size_t minor =
        node.find(node.find("../dm-") != std::string::npos ? "dm-" : ":", end);
    if (minor == std::string::npos) continue;
    const std::size_t digits = node.find_first_of("0123456789", minor);
    node = node.substr(0, end) + ' ' + node.substr(digits, node.find(' ', digits) - digits);
  }
}

// "No such device" is a valid answer, which a fault can return as well.
bool mayBelieve(const Operation& operation, const Outcome& outcome) {
  return !outcome.error && outcome.failed.starts_with("ioctl DEV_STATUS") &&
         outcome.failed.ends_with("ENXIO") &&
         isOneOf(operation, {"DeviceMknodes", "makeNodes", "makeNodes of all"});
}

// The inactive table is dropped when a reload or resume fails (reload.hpp).
void dropInactive(State& state) {
  for (std::string& device : state.devices) device = device.substr(0, device.find(" inactive:"));
}

}  // namespace

std::string judge(const Operation& operation, const Point& point, const State& before,
                  const State& after, const Outcome& outcome) {
  if (outcome.descriptorsAtEnd != 0) return "descriptors are left open";
  if (outcome.error)
    if (std::string wrong = judgeError(*outcome.error, point); !wrong.empty()) return wrong;
  // If everything fails, nothing can be undone. It must only end and report the failure.
  if (point.times > 1 && outcome.error) return {};
  State expected = !outcome.error || doneAllTheSame(*outcome.error) ? after : before;
  State state = outcome.state;
  // A context keeps the kernel's log open after the first operation whose failure the log might
  // explain.
  if (state.descriptors <= before.descriptors + 1) state.descriptors = expected.descriptors;
  if (mayBelieve(operation, outcome)) expected.nodes = before.nodes;
  if (point.times > 1) state.nodes = expected.nodes, state.semaphores = expected.semaphores;
  if (isRepair(operation)) state.nodes = expected.nodes, state.semaphores = expected.semaphores;
  if (outcome.error && isOneOf(operation, {"reload of what is loaded", "resume of another table"}))
    dropInactive(state), dropInactive(expected);
  // The guard's destructor cannot report an error (suspension.hpp).
  if (point.times > 1 && isOneOf(operation, {"suspend, and leave the rest to the guard"}))
    state.suspended = expected.suspended, state.devices = expected.devices;
  forgive(state, expected, outcome.failed);
  if (outcome.failed.starts_with("nodeInfo")) levelNodes(state), levelNodes(expected);
  const std::string text = difference(state, expected);
  if (text.empty()) return {};
  return std::string("the system is not as ") +
         (outcome.error ? "before:" : "after the operation:") + text;
}

}  // namespace fault
