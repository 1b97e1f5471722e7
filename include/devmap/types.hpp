// Plain value types of the device-mapper: sizes in sectors, device numbers, versions.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

#if defined(DEVMAP_SHARED) && (defined(__GNUC__) || defined(__clang__))
#define DEVMAP_API __attribute__((visibility("default")))
#else
#define DEVMAP_API
#endif

namespace devmap {

/// A length or an offset in sectors. A device-mapper sector is always 512 bytes, whatever the
/// device's block size.
struct Sectors {
  std::uint64_t count = 0;

  constexpr Sectors() noexcept = default;
  constexpr explicit Sectors(std::uint64_t sectors) noexcept : count(sectors) {}
  friend constexpr auto operator<=>(const Sectors&, const Sectors&) noexcept = default;
};

inline constexpr std::uint64_t bytesPerSector = 512;

/// Whole sectors in `bytes`. A remainder of less than a sector is dropped, as the kernel does with
/// the size of a device.
[[nodiscard]] constexpr Sectors toSectors(std::uint64_t bytes) noexcept {
  return Sectors{bytes / bytesPerSector};
}

/// Size in bytes. Counts above 2^55 - 1 sectors do not fit and wrap; the kernel refuses such
/// devices.
[[nodiscard]] constexpr std::uint64_t toBytes(Sectors sectors) noexcept {
  return sectors.count * bytesPerSector;
}

/// A block device number as user space writes it: `major:minor`.
struct DeviceNumber {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;

  friend constexpr auto operator<=>(const DeviceNumber&, const DeviceNumber&) noexcept = default;
};

/// `major:minor` in decimal, the form that table parameters accept.
[[nodiscard]] DEVMAP_API std::string toString(DeviceNumber number);

/// A three-part version: of the ioctl interface (`4.47.0`) or of one target type (`1.22.0`).
struct Version {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::uint32_t patch = 0;

  friend constexpr auto operator<=>(const Version&, const Version&) noexcept = default;
};

/// `major.minor.patch` in decimal.
[[nodiscard]] DEVMAP_API std::string toString(Version version);

/// CHS geometry as HDIO_GETGEO reports it. Limits of the kernel: cylinders <= 65535, heads <= 255,
/// sectors per track <= 255, start <= cylinders * heads * sectors (dm-ioctl.c: dev_set_geometry).
struct Geometry {
  std::uint32_t cylinders = 0;
  std::uint32_t heads = 0;
  std::uint32_t sectorsPerTrack = 0;
  Sectors start;
};

/// The commands of the device-mapper control node, by their number in the interface (uapi:
/// DM_*_CMD).
enum class DmCommand : std::uint8_t {
  version = 0,
  removeAll = 1,
  listDevices = 2,
  create = 3,
  remove = 4,
  rename = 5,
  suspend = 6,
  status = 7,
  wait = 8,
  tableLoad = 9,
  tableClear = 10,
  tableDeps = 11,
  tableStatus = 12,
  listVersions = 13,
  targetMessage = 14,
  setGeometry = 15,
  armPoll = 16,
  getTargetVersion = 17,
};

/// How long a call may take, counted from its start on the monotonic clock. Zero or less: check
/// once, do not wait. max(): forever.
using Timeout = std::chrono::milliseconds;

}  // namespace devmap
