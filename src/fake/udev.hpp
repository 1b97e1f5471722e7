// The fake's uevents and udevd.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <devmap/fake/kernel.hpp>
#include <devmap/types.hpp>

namespace devmap::fake {

struct Machine;
struct Device;

struct Uevent {
  std::string action;
  DeviceNumber device;
  std::string name;
  std::uint32_t cookie = 0;  ///< 0: none
  std::chrono::nanoseconds due{};
};

/// State of udevd.
struct Udev {
  FakeUdev mode = FakeUdev::off;
  std::chrono::nanoseconds delay{};
  std::deque<Uevent> queue;                   ///< in order of `due`
  std::map<DeviceNumber, std::string> links;  ///< path of the link it made for a device
  std::vector<std::string> history;           ///< all uevents, as FakeKernel::uevents returns them
  bool monitorsSupported = true;
  bool completes = true;
  bool rules = true;
  std::vector<UdevEvent> handled;                  ///< all events that udevd has finished with
  std::map<std::uintptr_t, std::size_t> monitors;  ///< how many of `handled` each monitor has seen
  std::uintptr_t lastMonitor = 0;
};

/// Sends an event of the kernel.
void sendUevent(Machine& machine, const char* action, const Device& device, std::uint32_t cookie,
                bool resized = false);

/// When udevd will handle its next event by itself.
[[nodiscard]] std::optional<std::chrono::nanoseconds> nextUevent(const Machine& machine);

/// Handles the first queued event: link, then cookie (55-dm.rules, 95-dm-notify.rules).
void handleUevent(Machine& machine);

}  // namespace devmap::fake
