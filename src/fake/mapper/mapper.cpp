#include <fake/mapper/mapper.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fake/machine.hpp>
#include <fake/mapper/table.hpp>
#include <fake/text.hpp>

namespace devmap::fake {
namespace {

std::string diskPath(const Device& device) {
  return "/dev/dm-" + std::to_string(device.number.minor);
}

template <typename Matches>
DevicePtr findDevice(const Machine& machine, Matches matches) {
  const auto& devices = machine.mapper.devices;
  const auto found = std::find_if(devices.begin(), devices.end(),
                                  [&](const DevicePtr& device) { return matches(*device); });
  return found == devices.end() ? nullptr : *found;
}

// The inactive table becomes the live one. A failure leaves the old live table, no inactive one,
// and the device suspended.
int swapTables(Machine& machine, Device& device, bool& resized) {
  std::unique_ptr<Table> next = std::move(device.inactive);
  device.suspended = true;
  if (const int error = checkAreas(machine, device, *next); error != 0) {
    destroyTable(machine, device, std::move(next));
    return error;
  }
  const std::uint64_t oldSize = device.live ? device.live->size() : 0;
  resized = oldSize != 0 && next->size() != 0 && next->size() != oldSize;
  std::unique_ptr<Table> old = std::exchange(device.live, std::move(next));
  const TargetType& first = *device.live->targets.front().type;
  device.immutableType = first.immutable ? first.name : std::string();
  device.readOnly = device.live->readOnly;
  raiseGlobalEvent(machine);
  if (old) destroyTable(machine, device, std::move(old));
  return 0;
}

int preresume(Machine& machine, Device& device) {
  for (Target& target : device.live->targets) {
    if (target.type->preresume == nullptr) continue;
    const int error = target.type->preresume(machine, device, target);
    if (error == 0) continue;
    machine.error("table: " + numberText(device.number) + ": " + target.type->name +
                  ": preresume failed, error = " + std::to_string(-error));
    return error;
  }
  return 0;
}

// One pass of dm_hash_remove_all over the devices. True: one was removed, and another pass is
// needed.
bool removeOne(Machine& machine, bool mark, bool onlyDeferred) {
  for (const DevicePtr& device : sortedDevices(machine)) {
    if (device->openCount > 0) {
      if (mark) device->deferredRemove = true;
      continue;
    }
    if (onlyDeferred && !device->deferredRemove) continue;
    bool generated = false;
    removeDevice(machine, device, nullptr, generated);
    return true;
  }
  return false;
}

}  // namespace

DevicePtr findByName(const Machine& machine, std::string_view name) {
  return findDevice(machine, [&](const Device& device) { return device.name == name; });
}

DevicePtr findByUuid(const Machine& machine, std::string_view uuid) {
  return findDevice(machine, [&](const Device& device) { return device.uuid == uuid; });
}

DevicePtr findByNumber(const Machine& machine, DeviceNumber number) {
  return findDevice(machine, [&](const Device& device) { return device.number == number; });
}

std::vector<DevicePtr> sortedDevices(const Machine& machine) {
  std::vector<DevicePtr> devices = machine.mapper.devices;
  std::sort(devices.begin(), devices.end(),
            [](const DevicePtr& a, const DevicePtr& b) { return a->name < b->name; });
  return devices;
}

int openBlockDevice(Machine& machine, DeviceNumber number, bool forTable) {
  if (const DevicePtr device = findByNumber(machine, number)) {
    if (!device->hasDisk) return ENXIO;
    ++device->openCount;
    return 0;
  }
  const auto disk = machine.disks.find(number);
  if (disk == machine.disks.end()) return ENXIO;
  return forTable && disk->second.claimed ? EBUSY : 0;
}

void closeBlockDevice(Machine& machine, DeviceNumber number) {
  const DevicePtr device = findByNumber(machine, number);
  if (!device || device->openCount == 0) return;
  if (--device->openCount > 0 || !device->deferredRemove) return;
  while (removeOne(machine, false, true)) {
  }
}

std::uint64_t blockDeviceBytes(const Machine& machine, DeviceNumber number) {
  if (const DevicePtr device = findByNumber(machine, number))
    return device->live ? device->live->size() * bytesPerSector : 0;
  const auto disk = machine.disks.find(number);
  return disk == machine.disks.end() ? 0 : disk->second.bytes;
}

void raiseTableEvent(Machine& machine, Device& device) {
  if (!device.live) return;
  ++device.eventNr;
  raiseGlobalEvent(machine);
}

void raiseGlobalEvent(Machine& machine) {
  ++machine.mapper.globalEventNr;
  machine.changed.notify_all();
}

int createDevice(Machine& machine, std::string_view name, std::string_view uuid,
                 const DeviceNumber* wanted, DevicePtr& device) {
  const auto taken = [&](std::uint32_t minor) {
    return findByNumber(machine, {deviceMajor, minor}) != nullptr;
  };
  std::uint32_t minor = 0;
  if (wanted != nullptr) {
    minor = wanted->minor;
    if (minor >= minorLimit || taken(minor)) return ENXIO;
  } else {
    while (taken(minor)) ++minor;
  }
  if (findByName(machine, name) || (!uuid.empty() && findByUuid(machine, uuid))) return EBUSY;
  device = std::make_shared<Device>();
  device->name = name;
  device->uuid = uuid;
  device->number = {deviceMajor, minor};
  machine.mapper.devices.push_back(device);
  return 0;
}

void addDisk(Machine& machine, Device& device) {
  device.hasDisk = true;
  device.diskSequence = ++machine.mapper.lastDiskSequence;
  (void)machine.nodes.addDeep(diskPath(device),
                              Node{NodeType::blockDevice, device.number, {}, 0600, 0, 0});
  sendUevent(machine, "add", device, 0);
}

void suspendDevice(Device& device) { device.suspended = true; }

int resumeDevice(Machine& machine, Device& device, std::uint32_t cookie, bool& generated) {
  bool resized = false;
  if (device.inactive) {
    if (const int error = swapTables(machine, device, resized); error != 0) return error;
  }
  if (!device.suspended) return 0;
  if (!device.live) return EINVAL;
  if (const int error = preresume(machine, device); error != 0) return error;
  device.suspended = false;
  if (device.hasDisk) {
    sendUevent(machine, "change", device, cookie, resized);
    generated = true;
  }
  return 0;
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): a copy, as it may be the one in the list
// that it is erased from
void removeDevice(Machine& machine, DevicePtr device, const std::uint32_t* cookie,
                  bool& generated) {
  raiseTableEvent(machine, *device);
  std::erase(machine.mapper.devices, device);
  device->removed = true;
  if (device->inactive) destroyTable(machine, *device, std::move(device->inactive));
  if (device->hasDisk && cookie != nullptr) {
    sendUevent(machine, "remove", *device, *cookie);
    generated = true;
  }
  if (device->live) destroyTable(machine, *device, std::move(device->live));
  if (device->hasDisk) {
    sendUevent(machine, "remove", *device, 0);
    (void)machine.nodes.remove(diskPath(*device));
  }
  machine.changed.notify_all();
}

int lockForDeletion(Device& device, bool deferred) {
  if (device.openCount == 0) return 0;
  if (deferred) device.deferredRemove = true;
  return EBUSY;
}

void removeAll(Machine& machine, bool deferred) {
  while (removeOne(machine, deferred, false)) {
  }
  if (!machine.mapper.devices.empty()) {
    machine.warn("ioctl: remove_all left " + std::to_string(machine.mapper.devices.size()) +
                 " open device(s)");
  }
}

}  // namespace devmap::fake
