// What this kernel's device-mapper can do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <devmap/device_mapper.hpp>
#include <devmap/error.hpp>
#include <devmap/types.hpp>

namespace devmap {

/// Derived from the version of the ioctl interface. The number at each member is the first version
/// that has it. Distributions backport features without raising the version, so false can be wrong.
/// devmap itself checks the version only where the kernel would not refuse.
struct Capabilities {
  Version interface;
  bool udevCookies = false;         ///< 4.15
  bool inactiveTableQuery = false;  ///< 4.16: TableSlot::inactive
  bool ueventReported = false;  ///< 4.17: the kernel reports whether an operation caused a uevent.
  bool setUuid = false;         ///< 4.19
  bool secureData = false;      ///< 4.20
  bool statusWithoutFlush = false;   ///< 4.23
  bool messageReplies = false;       ///< 4.24
  bool deferredRemove = false;       ///< 4.27
  bool internalSuspend = false;      ///< 4.29: reported
  bool preciseStatistics = false;    ///< 4.33
  bool eventNumbersInLists = false;  ///< 4.37
  bool eventPolling = false;         ///< 4.37: waits with a timeout
  bool targetVersion = false;        ///< 4.41: of one target; loads its module.
  bool uuidsInLists = false;         ///< 4.45
  bool listFilters = false;          ///< 4.45: by name and uuid prefix, in the kernel
  bool imaMeasurement =
      false;  ///< 4.45, but only from Linux 5.15 on: true means maybe, imaTable decides
  bool multipathProbe = false;  ///< 4.50
};

/// Makes no system call.
[[nodiscard]] DEVMAP_API Capabilities capabilities(const DeviceMapper& context) noexcept;
[[nodiscard]] DEVMAP_API Capabilities capabilities(Version interface) noexcept;

struct TargetType {
  std::string name;
  Version version;
};

/// Target types that are loaded now, in the kernel's order.
[[nodiscard]] DEVMAP_API Result<std::vector<TargetType>> targetTypes(
    DeviceMapper& context) noexcept;
/// Version of one target type. Loads its module where needed and allowed. notFound: this kernel has
/// no such type. Before interface 4.41 only loaded types are found.
[[nodiscard]] DEVMAP_API Result<Version> targetVersion(DeviceMapper& context,
                                                       std::string_view type) noexcept;
/// Whether a target type is available in this version or later. Errors other than notFound are
/// returned.
[[nodiscard]] DEVMAP_API Result<bool> hasTarget(DeviceMapper& context, std::string_view type,
                                                Version atLeast = {}) noexcept;

}  // namespace devmap
