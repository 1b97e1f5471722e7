// Verbs for the block device behind a mapped device: its read-ahead, the paths of a multipath
// device.
#pragma once

#include <cstdint>

#include <devmap/device_mapper.hpp>
#include <devmap/device_ref.hpp>
#include <devmap/error.hpp>
#include <devmap/types.hpp>

namespace devmap {

/// Read-ahead of a device, in sectors. Read from /sys/dev/block/M:m/queue/read_ahead_kb: found by
/// number, so that no node is needed, and without opening the device, which would make a remove at
/// the same time fail with busy (as BLKRAGET would). Errors: notFound: no such device; unsupported:
/// it has no queue yet (never loaded), or sysfs is not mounted.
[[nodiscard]] DEVMAP_API Result<Sectors> readAhead(DeviceMapper& context,
                                                   const DeviceRef& device) noexcept;

enum class ReadAhead : std::uint8_t {
  exactly,  ///< this much
  atLeast,  ///< no less than this: a larger one stays
};

/// Sets it; zero turns it off. Gives what is in force then: the kernel counts in pages and sysfs in
/// KiB, so it is rounded up to 4 KiB here, and down to a page by kernels with larger ones. A device
/// that is loaded anew keeps it.
DEVMAP_API Result<Sectors> setReadAhead(DeviceMapper& context, const DeviceRef& device,
                                        Sectors sectors,
                                        ReadAhead how = ReadAhead::exactly) noexcept;

/// Has a multipath device try its paths now, and tells whether one can be used (or I/O would be
/// queued). False: none can (ENOTCONN). Errors: notFound; suspended (EAGAIN); unsupported:
/// interface before 4.50, or not one row of type multipath (ENOTTY). Opens the device's node under
/// Options::directory, or `dm-N` beside it.
[[nodiscard]] DEVMAP_API Result<bool> probePaths(DeviceMapper& context,
                                                 const DeviceRef& device) noexcept;

}  // namespace devmap
