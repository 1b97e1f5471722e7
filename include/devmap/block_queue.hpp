// Operations on the block device of a mapped device: its read-ahead, and the paths of a multipath
// device.
#pragma once

#include <cstdint>

#include <devmap/device_mapper.hpp>
#include <devmap/device_ref.hpp>
#include <devmap/error.hpp>
#include <devmap/types.hpp>

namespace devmap {

/// Read-ahead of a device, in sectors. Read from /sys/dev/block/M:m/queue/read_ahead_kb: by number,
/// so no node is needed. The device is not opened, because an open device makes a concurrent remove
/// fail with busy (as BLKRAGET would). Errors: notFound: no such device; unsupported: it has no
/// queue yet (no table was ever loaded), or sysfs is not mounted.
[[nodiscard]] DEVMAP_API Result<Sectors> readAhead(DeviceMapper& context,
                                                   const DeviceRef& device) noexcept;

enum class ReadAhead : std::uint8_t {
  exactly,  ///< this much
  atLeast,  ///< at least this much: a larger value stays
};

/// Sets the read-ahead; zero turns it off. Returns the value then in force. The kernel counts in
/// pages and sysfs in KiB. The value is rounded up to 4 KiB here, and down to a page by kernels
/// with larger pages. A reload keeps it.
DEVMAP_API Result<Sectors> setReadAhead(DeviceMapper& context, const DeviceRef& device,
                                        Sectors sectors,
                                        ReadAhead how = ReadAhead::exactly) noexcept;

/// Makes a multipath device probe its paths now. Returns whether one can be used (or I/O would be
/// queued). False: none can (ENOTCONN). Errors: notFound; suspended (EAGAIN); unsupported:
/// interface before 4.50, or the table is not a single row of type multipath (ENOTTY). Opens the
/// device's node under Options::directory, or `dm-N` in the parent directory.
[[nodiscard]] DEVMAP_API Result<bool> probePaths(DeviceMapper& context,
                                                 const DeviceRef& device) noexcept;

}  // namespace devmap
