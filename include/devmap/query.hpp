// Operations that read: finding devices, their state, rows and events. Results own their text.
// Threading: any thread, as with DeviceMapper.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/device_mapper.hpp>
#include <devmap/device_ref.hpp>
#include <devmap/error.hpp>
#include <devmap/table.hpp>
#include <devmap/task.hpp>
#include <devmap/types.hpp>

namespace devmap {

enum class TableSlot : std::uint8_t { live, inactive };

/// The state of a device. A missing one is not an error: exists is false. `inactive`: row count and
/// read-only flag of the inactive table.
[[nodiscard]] DEVMAP_API Result<DeviceInfo> info(DeviceMapper& context, const DeviceRef& device,
                                                 TableSlot slot = TableSlot::live) noexcept;

/// The device that a person means by `text`; notFound when there is none.
///  * A path (`/dev/mapper/x`, `/dev/dm-3`, `/dev/disk/by-id/...`): the block device there, by its
///    number. notABlockDevice: something else is there. notFound: it is a block device of another
///    driver. `DIRECTORY/x` without a node is the name x, for systems whose nodes are not made yet.
///  * Otherwise a name, a uuid, or a number `major:minor`, tried in this order.
[[nodiscard]] DEVMAP_API Result<DeviceInfo> findDevice(DeviceMapper& context,
                                                       std::string_view text) noexcept;

struct QueryOptions {
  TableSlot slot = TableSlot::live;
  bool noFlush = true;  ///< status: does not make a thin pool commit
  bool secure = false;  ///< table: the kernel wipes its copies, devmap its buffer; the caller wipes
                        ///< the returned rows
};

/// The rows, and the device's state at that moment.
struct DeviceRows {
  DeviceInfo info;
  std::vector<Row> rows;  ///< `params` is status or parameter text, exactly as the kernel wrote it
};

/// Status text of each row. No rows: the slot is empty. Errors: notFound.
[[nodiscard]] DEVMAP_API Result<DeviceRows> status(DeviceMapper& context, const DeviceRef& device,
                                                   const QueryOptions& options = {}) noexcept;
/// Parameter text of each row. Errors: notFound.
[[nodiscard]] DEVMAP_API Result<DeviceRows> table(DeviceMapper& context, const DeviceRef& device,
                                                  const QueryOptions& options = {}) noexcept;
/// What the kernel measures for each row (IMA): `target_name=...,target_version=...,...;`; empty
/// for targets that are not measured. Errors: notFound; unsupported: the kernel does not support it
/// (before 5.15).
[[nodiscard]] DEVMAP_API Result<DeviceRows> imaTable(DeviceMapper& context, const DeviceRef& device,
                                                     TableSlot slot = TableSlot::live) noexcept;

/// Waits until the device's event number differs from `lastEvent` (DeviceInfo::eventNr), then
/// returns its status. Without a timeout it waits forever. Errors: timedOut, interrupted; notFound:
/// no such device, or removed in the meantime; unsupported: a timeout needs interface 4.37. Without
/// a timeout a removal is reported as success, as the kernel does. No event comes when a snapshot
/// with `PO` overflows or a snapshot-merge ends (dm-snap.c).
[[nodiscard]] DEVMAP_API Result<DeviceRows> waitForEvent(
    DeviceMapper& context, const DeviceRef& device, std::uint32_t lastEvent,
    std::optional<Timeout> timeout = {}) noexcept;

/// One device of a list.
struct DeviceEntry {
  std::string name;  ///< any bytes, as Options::mangling says
  std::string uuid;  ///< empty: none
  DeviceNumber device;
  std::uint32_t eventNr = 0;
};

/// An empty prefix matches every device. If both are given, both must match.
struct ListFilter {
  std::string_view namePrefix{};
  std::string_view uuidPrefix{};
};

/// The devices in the kernel's order: by name since 5.13. The kernel filters. Before interface 4.45
/// each device is queried for its uuid, and the filter runs here. A device that vanishes meanwhile
/// is left out. invalidName, invalidUuid: no device can have such a prefix.
[[nodiscard]] DEVMAP_API Result<std::vector<DeviceEntry>> list(
    DeviceMapper& context, const ListFilter& filter = {}) noexcept;

}  // namespace devmap
