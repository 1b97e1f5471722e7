#include <fake/udev.hpp>

#include <devmap/udev.hpp>
#include <fake/machine.hpp>
#include <fake/text.hpp>
#include <uapi.hpp>

namespace devmap::fake {
namespace {

constexpr std::uint32_t flagShift = 16;

// udevd replaces characters that are not allowed in a link by underscores (udev-util:
// udev_replace_chars).
std::string linkName(const std::string& name) {
  constexpr std::string_view plain =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#+-.:=@_/";
  std::string result = name;
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (result[i] == '\\' && i + 3 < result.size() && result[i + 1] == 'x') {
      i += 3;
    } else if (plain.find(result[i]) == std::string_view::npos &&
               static_cast<unsigned char>(result[i]) < 0x80) {
      result[i] = '_';
    }
  }
  return result;
}

void dropLink(Machine& machine, DeviceNumber device) {
  const auto link = machine.udev.links.find(device);
  if (link == machine.udev.links.end()) return;
  Node node;
  if (machine.nodes.find(link->second, false, node) == 0 && node.type == NodeType::link)
    (void)machine.nodes.remove(link->second);
  machine.udev.links.erase(link);
}

void makeLink(Machine& machine, const Device& device) {
  const std::string path = "/dev/mapper/" + linkName(device.name);
  const std::string target = "../dm-" + std::to_string(device.number.minor);
  Node node;
  if (machine.nodes.find(path, false, node) == 0) {
    if (node.type != NodeType::link) return;  // a conflicting node stays
    (void)machine.nodes.remove(path);
  }
  (void)machine.nodes.addDeep(path, Node{NodeType::link, {}, target, 0777, 0, 0});
  machine.udev.links[device.number] = path;
}

void handleChange(Machine& machine, const Uevent& event) {
  const auto flags = UdevFlags::fromBits(static_cast<std::uint16_t>(event.cookie >> flagShift));
  if (!flags.has(UdevFlag::primarySource)) return;  // a spurious event: udev keeps what it knows
  dropLink(machine, event.device);
  const DevicePtr device = findByNumber(machine, event.device);
  if (device && device->hasDisk && !flags.has(UdevFlag::disableDmRules)) makeLink(machine, *device);
}

// The event as a udev monitor receives it.
UdevEvent finished(const Uevent& event) {
  UdevEvent seen;
  seen.removed = event.action == "remove";
  seen.device = event.device;
  seen.dmCookie = event.cookie;
  event.name.copy(seen.name.data(), seen.name.size() - 1);
  return seen;
}

void handle(Machine& machine, const Uevent& event) {
  if (event.action == "change" && machine.udev.rules) handleChange(machine, event);
  if (event.action == "remove") dropLink(machine, event.device);
  machine.udev.handled.push_back(finished(event));
  const std::uint32_t base = event.cookie & 0xffff;
  if (base == 0 || machine.udev.mode == FakeUdev::foreign || !machine.udev.completes ||
      !machine.udev.rules)
    return;
  machine.semaphores.complete(static_cast<std::int32_t>(uapi::cookieMagic << flagShift | base),
                              machine.secondsSince1970());
  machine.changed.notify_all();
}

}  // namespace

void sendUevent(Machine& machine, const char* action, const Device& device, std::uint32_t cookie,
                bool resized) {
  std::string line = std::string(action) + ' ' + numberText(device.number) + ' ' + device.name;
  if (cookie != 0) line += " DM_COOKIE=" + std::to_string(cookie);
  if (resized) line += " RESIZE=1";
  machine.udev.history.push_back(std::move(line));
  const Uevent event{action, device.number, device.name, cookie, machine.in(machine.udev.delay)};
  switch (machine.udev.mode) {
    case FakeUdev::off: break;
    case FakeUdev::immediate:
    case FakeUdev::foreign: handle(machine, event); break;
    case FakeUdev::deferred:
    case FakeUdev::stuck: machine.udev.queue.push_back(event); break;
  }
  machine.changed.notify_all();
}

std::optional<std::chrono::nanoseconds> nextUevent(const Machine& machine) {
  if (machine.udev.mode != FakeUdev::deferred || machine.udev.queue.empty()) return std::nullopt;
  return machine.udev.queue.front().due;
}

void handleUevent(Machine& machine) {
  const Uevent event = std::move(machine.udev.queue.front());
  machine.udev.queue.pop_front();
  handle(machine, event);
}

}  // namespace devmap::fake
