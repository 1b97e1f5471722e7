// Changing devices and watching them: what the tests of EventMonitor share.
#pragma once

#include <devmap/events.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "../guest/events/counting_kernel.hpp"
#include "check.hpp"
#include "packet.hpp"
#include "world.hpp"

namespace contract::watching {

using namespace devmap;
using Kind = DeviceEvent::Kind;
using Texts = std::vector<std::string>;

inline int rename(const World& world, std::string_view from, std::string_view to) {
  return Packet().name(from).event(quietEvent).text(to).send(world, DmCommand::rename);
}

inline int giveUuid(const World& world, std::string_view name, std::string_view uuid) {
  return Packet()
      .name(name)
      .flags(DM_UUID_FLAG)
      .event(quietEvent)
      .text(uuid)
      .send(world, DmCommand::rename);
}

// Recreates the device with the same number and a live table.
inline void recreate(const World& world, std::string_view name, DeviceNumber number,
                     std::string_view uuid = {}, std::uint64_t length = 100) {
  Packet packet(312);
  REQUIRE(packet.name(name)
              .uuid(uuid)
              .device(number)
              .flags(DM_PERSISTENT_DEV_FLAG)
              .send(world, DmCommand::create) == 0);
  REQUIRE(packet.device() == number);
  REQUIRE(load(world, name, length, "zero", {}) == 0);
  REQUIRE(resume(world, name) == 0);
}

inline void reload(const World& world, std::string_view name, std::uint64_t length) {
  REQUIRE(load(world, name, length, "zero", {}) == 0);
  REQUIRE(resume(world, name) == 0);
}

inline const char* kindName(Kind kind) {
  switch (kind) {
    case Kind::removed: return "removed";
    case Kind::renamed: return "renamed";
    case Kind::created: return "created";
    case Kind::tableChanged: return "table";
    case Kind::targetEvent: return "event";
  }
  return "?";
}

// `renamed A to B`, `event A * 3`, ...
inline std::string textOf(const DeviceEvent& event) {
  std::string text = kindName(event.kind);
  if (event.kind == Kind::renamed) text += " " + event.oldName + " to";
  text += " " + event.name;
  if (event.count != 1) text += " * " + std::to_string(event.count);
  return text;
}

inline Texts look(EventMonitor& monitor) {
  auto events = monitor.read();
  if (!events) FAIL(events.error().message());
  Texts texts;
  for (const DeviceEvent& event : *events) texts.push_back(textOf(event));
  return texts;
}

inline EventMonitor watch(Kernel& kernel, EventOptions options = {}) {
  auto context = DeviceMapper::open(kernel);
  REQUIRE(context);
  auto monitor = EventMonitor::open(*context, options);
  if (!monitor) FAIL(monitor.error().message());
  return *std::move(monitor);  // the context is destroyed, the monitor stays
}

inline EventMonitor watch(const World& world, EventOptions options = {}) {
  return watch(world.kernel(), options);
}

inline const WatchedDevice* find(const EventMonitor& monitor, std::string_view name) {
  const auto found = std::ranges::find(monitor.devices(), name, &WatchedDevice::name);
  return found == monitor.devices().end() ? nullptr : &*found;
}

inline bool listsUuids(const World& world) { return world.minor() >= 45; }

}  // namespace contract::watching
