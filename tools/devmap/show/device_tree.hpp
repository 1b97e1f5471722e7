// All devices, and which of them use which.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <devmap/devmap.hpp>

namespace tool {

struct TreeNode {
  devmap::DeviceInfo info;                ///< exists is false for devices of other drivers
  std::vector<std::size_t> below, above;  ///< indexes, in the order in which they were found
};

/// A snapshot. A device is in it once, before the devices it uses, unless those were found earlier.
struct DeviceTree {
  struct Entry {
    devmap::DeviceNumber device;
    std::size_t node;
  };
  std::vector<TreeNode> nodes;
  std::vector<Entry> index;          ///< of all nodes, by number
  std::vector<std::size_t> tops;     ///< used by nothing; by number
  std::vector<std::size_t> bottoms;  ///< using nothing

  [[nodiscard]] const TreeNode* find(devmap::DeviceNumber device) const noexcept;
};

/// Reads the live tables, or with `inactive` the inactive table of each device that has one. Asks
/// the kernel once for each device. Errors: as the kernel's; a device that vanishes meanwhile is
/// not an error.
[[nodiscard]] devmap::Result<DeviceTree> readTree(devmap::DeviceMapper& context,
                                                  bool inactive = false);

/// Which devices use which, for a report. Read once, however many rows and columns need it. Errors:
/// as the kernel's. A device that is gone or another driver's uses no devices.
class Relatives {
 public:
  /// The devices that one device uses. Valid until the next call. Consecutive calls about one
  /// device ask the kernel once.
  [[nodiscard]] devmap::Result<std::span<const devmap::DeviceNumber>> below(
      devmap::DeviceMapper& context, bool inactive, devmap::DeviceNumber device);
  /// All devices, by their live tables. Valid until forget().
  [[nodiscard]] devmap::Result<const DeviceTree*> all(devmap::DeviceMapper& context);
  /// Drops what was read, before another report.
  void forget() noexcept;

 private:
  std::optional<devmap::DeviceNumber> device_;
  std::vector<devmap::DeviceNumber> below_;  ///< of device_
  std::optional<DeviceTree> tree_;
};

}  // namespace tool
