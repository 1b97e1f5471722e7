// Devices of the fake device-mapper: finding, opening, making, renaming, suspending, resuming,
// removing. Functions return 0 or an errno.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <fake/mapper/device.hpp>

namespace devmap::fake {

inline constexpr std::uint32_t deviceMajor = 253;
inline constexpr std::uint32_t minorLimit = 1U << 20;

/// All devices and what is global to the device-mapper.
struct Mapper {
  std::vector<DevicePtr> devices;  ///< in order of creation
  std::uint32_t globalEventNr = 0;
  std::uint64_t lastDiskSequence = 0;
  std::vector<std::unique_ptr<TargetType>> types;
  std::vector<TargetType*> loaded;  ///< in order of loading
  std::map<DeviceNumber, PoolMetadata> poolMetadata;
  std::vector<std::weak_ptr<Pool>> pools;
  std::vector<std::pair<std::string, std::string>> answers;
  std::vector<std::string> messages;
};

[[nodiscard]] DevicePtr findByName(const Machine& machine, std::string_view name);
[[nodiscard]] DevicePtr findByUuid(const Machine& machine, std::string_view uuid);
[[nodiscard]] DevicePtr findByNumber(const Machine& machine, DeviceNumber number);
/// Sorted by name.
[[nodiscard]] std::vector<DevicePtr> sortedDevices(const Machine& machine);

/// Opens any block device, as a table or a program does. ENXIO: no such device. EBUSY: claimed, for
/// tables.
int openBlockDevice(Machine& machine, DeviceNumber number, bool forTable);
/// May remove a device whose removal was deferred.
void closeBlockDevice(Machine& machine, DeviceNumber number);
/// In bytes; 0 when there is none.
[[nodiscard]] std::uint64_t blockDeviceBytes(const Machine& machine, DeviceNumber number);

/// Raises an event of the live table: event number, waiters, pollers.
void raiseTableEvent(Machine& machine, Device& device);
/// Wakes pollers of the control node.
void raiseGlobalEvent(Machine& machine);

int createDevice(Machine& machine, std::string_view name, std::string_view uuid,
                 const DeviceNumber* wanted, DevicePtr& device);
/// Gives the device a disk: node and `add` event.
void addDisk(Machine& machine, Device& device);
void suspendDevice(Device& device);
/// `generated`: whether a uevent was sent.
int resumeDevice(Machine& machine, Device& device, std::uint32_t cookie, bool& generated);
/// The device must not be open. Null `cookie`: no event but the disk's own.
void removeDevice(Machine& machine, DevicePtr device, const std::uint32_t* cookie, bool& generated);
/// EBUSY: it is open; with `deferred`, it is also marked.
int lockForDeletion(Device& device, bool deferred);
/// Removes devices that are not open, until no more can be removed.
void removeAll(Machine& machine, bool deferred);

}  // namespace devmap::fake
