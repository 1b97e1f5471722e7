// The functions of docker's devicemapper graph driver, each one call: thin pools, thin volumes,
// snapshots, and the device operations they need. Built on Task, BlockDevice and UdevCookie alone.
//
// Every function exists twice: with a context as its first parameter, and without one, on the
// shared system context. Errors: as Task::run. Functions that wait for udev wait at most
// Options::udevTimeout; on timedOut the operation itself is done. Threading: any thread, as with
// DeviceMapper. When two threads change one pool at the same time, the kernel decides the outcome.
// Thin ids are 0 to 2^24 - 1, and the caller assigns them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <devmap/block.hpp>
#include <devmap/device_mapper.hpp>
#include <devmap/error.hpp>
#include <devmap/table.hpp>
#include <devmap/task.hpp>
#include <devmap/types.hpp>

namespace devmap {

using ThinId = std::uint32_t;

/// Creates a pool over all of `data`, kept private (privateDeviceFlags). `poolBlockSize`: 128 to
/// 2097152 sectors, a multiple of 128. Parameters: `<metadata> <data> <block> 32768 1
/// skip_block_zeroing`; low-water mark 32768 blocks. For an empty pool, the metadata device must be
/// zeroed (at least its first 4096 bytes). Returns when /dev/mapper/<poolName> exists.
DEVMAP_API Result<void> createPool(DeviceMapper& context, std::string_view poolName,
                                   const BlockDevice& dataFile, const BlockDevice& metadataFile,
                                   Sectors poolBlockSize) noexcept;
/// Loads the table that createPool would use into the inactive slot, e.g. after `data` grew.
/// resumeDevice makes it live.
DEVMAP_API Result<void> reloadPool(DeviceMapper& context, std::string_view poolName,
                                   const BlockDevice& dataFile, const BlockDevice& metadataFile,
                                   Sectors poolBlockSize) noexcept;

/// Creates an empty thin volume in the pool. alreadyExists: the id is taken.
DEVMAP_API Result<void> createDevice(DeviceMapper& context, std::string_view poolName,
                                     ThinId id) noexcept;
/// Creates volume `id` as a snapshot of volume `baseId`, whose device is `baseName`. An active base
/// is suspended while the message is sent, and resumed on every path. A base that was suspended
/// before stays suspended; an inactive or missing base needs nothing. If the resume fails too, its
/// error is returned, and the detail reports both.
DEVMAP_API Result<void> createSnapDevice(DeviceMapper& context, std::string_view poolName,
                                         ThinId id, std::string_view baseName,
                                         ThinId baseId) noexcept;
/// Sends only the message: for a base that is not active, or that the caller has suspended.
DEVMAP_API Result<void> createSnapDeviceRaw(DeviceMapper& context, std::string_view poolName,
                                            ThinId id, ThinId baseId) noexcept;
/// Deletes volume `id`. A volume that does not exist counts as deleted. busy: it is active.
DEVMAP_API Result<void> deleteDevice(DeviceMapper& context, std::string_view poolName,
                                     ThinId id) noexcept;
/// Compare-and-swap of the pool's transaction id. refusedByKernel (EINVAL): the current id is not
/// `oldId`.
DEVMAP_API Result<void> setTransactionId(DeviceMapper& context, std::string_view poolName,
                                         std::uint64_t oldId, std::uint64_t newId) noexcept;

/// Creates device `name` of `size` sectors on volume `id`. An external origin, if given, serves
/// blocks that are not provisioned. udev scans the device.
DEVMAP_API Result<void> activateDevice(DeviceMapper& context, std::string_view poolName,
                                       std::string_view name, ThinId id, Sectors size,
                                       const BlockDevice* externalOrigin = nullptr) noexcept;

/// Removes a device that is not open.
DEVMAP_API Result<void> removeDevice(DeviceMapper& context, std::string_view name) noexcept;
/// Removes it now or on last close. True: it still exists, and is removed on last close.
DEVMAP_API Result<bool> removeDeviceDeferred(DeviceMapper& context, std::string_view name) noexcept;
/// Cancels removeDeviceDeferred. notFound: too late, or no such device.
DEVMAP_API Result<void> cancelDeferredRemove(DeviceMapper& context, std::string_view name) noexcept;
DEVMAP_API Result<void> suspendDevice(DeviceMapper& context, std::string_view name) noexcept;
/// Resumes, makes an inactive table live, and waits for udev.
DEVMAP_API Result<void> resumeDevice(DeviceMapper& context, std::string_view name) noexcept;

/// A missing device is not an error: exists is false.
[[nodiscard]] DEVMAP_API Result<DeviceInfo> getInfo(DeviceMapper& context,
                                                    std::string_view name) noexcept;
/// All rows, with their status text. notFound: no such device. Does not make a thin pool commit.
[[nodiscard]] DEVMAP_API Result<std::vector<Row>> getStatus(DeviceMapper& context,
                                                            std::string_view name) noexcept;
/// All rows, with their parameters.
[[nodiscard]] DEVMAP_API Result<std::vector<Row>> getTable(DeviceMapper& context,
                                                           std::string_view name) noexcept;
[[nodiscard]] DEVMAP_API Result<std::vector<DeviceNumber>> getDeps(DeviceMapper& context,
                                                                   std::string_view name) noexcept;
/// Version of the kernel's device-mapper interface.
[[nodiscard]] DEVMAP_API Result<Version> getDriverVersion(DeviceMapper& context) noexcept;

/// Whether waiting for udev with cookies works on this system (UdevMode::cookies is in force).
[[nodiscard]] DEVMAP_API Result<bool> udevSyncSupported() noexcept;

DEVMAP_API Result<void> createPool(std::string_view poolName, const BlockDevice& dataFile,
                                   const BlockDevice& metadataFile, Sectors poolBlockSize) noexcept;
DEVMAP_API Result<void> reloadPool(std::string_view poolName, const BlockDevice& dataFile,
                                   const BlockDevice& metadataFile, Sectors poolBlockSize) noexcept;
DEVMAP_API Result<void> createDevice(std::string_view poolName, ThinId id) noexcept;
DEVMAP_API Result<void> createSnapDevice(std::string_view poolName, ThinId id,
                                         std::string_view baseName, ThinId baseId) noexcept;
DEVMAP_API Result<void> createSnapDeviceRaw(std::string_view poolName, ThinId id,
                                            ThinId baseId) noexcept;
DEVMAP_API Result<void> deleteDevice(std::string_view poolName, ThinId id) noexcept;
DEVMAP_API Result<void> setTransactionId(std::string_view poolName, std::uint64_t oldId,
                                         std::uint64_t newId) noexcept;
DEVMAP_API Result<void> activateDevice(std::string_view poolName, std::string_view name, ThinId id,
                                       Sectors size,
                                       const BlockDevice* externalOrigin = nullptr) noexcept;
DEVMAP_API Result<void> removeDevice(std::string_view name) noexcept;
DEVMAP_API Result<bool> removeDeviceDeferred(std::string_view name) noexcept;
DEVMAP_API Result<void> cancelDeferredRemove(std::string_view name) noexcept;
DEVMAP_API Result<void> suspendDevice(std::string_view name) noexcept;
DEVMAP_API Result<void> resumeDevice(std::string_view name) noexcept;
[[nodiscard]] DEVMAP_API Result<DeviceInfo> getInfo(std::string_view name) noexcept;
[[nodiscard]] DEVMAP_API Result<std::vector<Row>> getStatus(std::string_view name) noexcept;
[[nodiscard]] DEVMAP_API Result<std::vector<Row>> getTable(std::string_view name) noexcept;
[[nodiscard]] DEVMAP_API Result<std::vector<DeviceNumber>> getDeps(std::string_view name) noexcept;
[[nodiscard]] DEVMAP_API Result<Version> getDriverVersion() noexcept;

}  // namespace devmap
