// All devices and what stands on what.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <devmap/devmap.hpp>

namespace tool {

struct TreeNode {
  devmap::DeviceInfo info;                ///< exists is false for what is not of the device-mapper
  std::vector<std::size_t> below, above;  ///< indexes; in the order in which they were found
};

/// A picture of one moment. A device stands in it once, in front of what it stands on, unless that
/// was found before.
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

/// By the live tables, or `inactive`, by the inactive one where there is one. Asks the kernel once
/// for each device. Errors: as the kernel's; a device that goes meanwhile is none.
[[nodiscard]] devmap::Result<DeviceTree> readTree(devmap::DeviceMapper& context,
                                                  bool inactive = false);

/// What stands on what, as a report asks for it: read once, however many rows and columns want it.
/// Errors: as the kernel's; a device that is gone, or another driver's, stands on nothing.
class Relatives {
 public:
  /// What one device stands on. Valid until the next call of it. Asks the kernel once for calls in
  /// a row about one device.
  [[nodiscard]] devmap::Result<std::span<const devmap::DeviceNumber>> below(
      devmap::DeviceMapper& context, bool inactive, devmap::DeviceNumber device);
  /// All devices, by their live tables. Valid until forget().
  [[nodiscard]] devmap::Result<const DeviceTree*> all(devmap::DeviceMapper& context);
  /// What follows is another report.
  void forget() noexcept;

 private:
  std::optional<devmap::DeviceNumber> device_;
  std::vector<devmap::DeviceNumber> below_;  ///< of device_
  std::optional<DeviceTree> tree_;
};

}  // namespace tool
