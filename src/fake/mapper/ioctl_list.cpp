// Commands that list: devices, target types.

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fake/mapper/ioctl.hpp>
#include <fake/targets/targets.hpp>

namespace devmap::fake {
namespace {

constexpr std::uint32_t uuidSince = 45;
constexpr std::uint32_t eventNrSince = 37;
constexpr std::uint32_t listLacksUuid = 2;

bool listsUuids(const Call& call) {
  return call.machine.hasInterface(uuidSince) && call.flag(uapi::flagUuid);
}

// Bytes of one record of LIST_DEVICES.
std::size_t recordSize(const Call& call, const Device& device) {
  std::size_t size = align(uapi::nameOffsetInList + device.name.size() + 1);
  if (call.machine.hasInterface(eventNrSince)) size += align(2 * sizeof(std::uint32_t));
  if (listsUuids(call) && !device.uuid.empty()) size += align(device.uuid.size() + 1);
  return size;
}

void writeRecord(const Call& call, const Device& device, bool last, std::span<std::byte> out) {
  const std::uint64_t number = encodeDevice(device.number);
  const std::uint32_t next = last ? 0 : static_cast<std::uint32_t>(out.size());
  put(out, offsetof(dm_name_list, dev), &number, sizeof number);
  put(out, offsetof(dm_name_list, next), &next, sizeof next);
  put(out, uapi::nameOffsetInList, device.name.c_str(), device.name.size() + 1);
  if (!call.machine.hasInterface(eventNrSince)) return;
  const std::size_t behindName = align(uapi::nameOffsetInList + device.name.size() + 1);
  std::uint32_t values[2] = {device.eventNr, 0};
  if (listsUuids(call)) {
    values[1] = device.uuid.empty() ? listLacksUuid : uapi::listHasUuid;
    if (!device.uuid.empty())
      put(out, behindName + sizeof values, device.uuid.c_str(), device.uuid.size() + 1);
  }
  put(out, behindName, values, sizeof values);
}

// Sorted and filtered by prefixes since 4.45.
std::vector<DevicePtr> listedDevices(const Call& call) {
  if (!call.machine.hasInterface(uuidSince)) return call.machine.mapper.devices;
  std::vector<DevicePtr> devices = sortedDevices(call.machine);
  std::erase_if(devices, [&](const DevicePtr& device) {
    return !device->name.starts_with(call.name()) || !device->uuid.starts_with(call.uuid());
  });
  return devices;
}

std::size_t versionSize(const TargetType& type) {
  return align(sizeof(dm_target_versions) + type.name.size() + 1);
}

int writeVersions(Call& call, const std::vector<const TargetType*>& types) {
  std::size_t needed = 0;  // the kernel reserves more than it writes
  for (const TargetType* type : types)
    needed += sizeof(dm_target_versions) + type->name.size() + 1 + uapi::payloadAlign - 1;
  const auto out = call.results();
  if (out.size() < needed) {
    call.setFlag(uapi::flagBufferFull, true);
    return 0;
  }
  std::size_t at = 0;
  for (const TargetType* type : types) {
    dm_target_versions record{};
    record.next = type == types.back() ? 0 : static_cast<std::uint32_t>(versionSize(*type));
    record.version[0] = type->version.major;
    record.version[1] = type->version.minor;
    record.version[2] = type->version.patch;
    put(out, at, &record, sizeof record);
    put(out, at + sizeof record, type->name.c_str(), type->name.size() + 1);
    at += versionSize(*type);
  }
  call.head.data_size = call.head.data_start + static_cast<std::uint32_t>(needed);
  return 0;
}

}  // namespace

int commandList(Call& call) {
  const std::vector<DevicePtr> devices = listedDevices(call);
  std::size_t needed = 0;
  for (const DevicePtr& device : devices) needed += recordSize(call, *device);
  const auto out = call.results();
  const std::size_t least =
      call.machine.hasInterface(50) ? 0 : sizeof(std::uint64_t);  // the end mark of an empty list
  if (out.size() < std::max(needed, least)) {
    call.setFlag(uapi::flagBufferFull, true);
    return 0;
  }
  call.head.data_size = call.head.data_start + static_cast<std::uint32_t>(needed);
  std::size_t at = 0;
  for (const DevicePtr& device : devices) {
    const std::size_t size = recordSize(call, *device);
    writeRecord(call, *device, device == devices.back(), out.subspan(at, size));
    at += size;
  }
  return 0;
}

int commandListVersions(Call& call) {
  const auto& loaded = call.machine.mapper.loaded;
  return writeVersions(call, {loaded.rbegin(), loaded.rend()});
}

int commandTargetVersion(Call& call) {
  const TargetType* type = findType(call.machine.mapper, call.name(), true);
  return type == nullptr ? EINVAL : writeVersions(call, {type});
}

}  // namespace devmap::fake
