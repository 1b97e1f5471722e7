// All devices and what stands on what.
#pragma once

#include <vector>

#include <devmap/devmap.hpp>

namespace tool {

struct TreeNode {
  devmap::DeviceInfo info;                ///< exists is false for what is not of the device-mapper
  std::vector<std::size_t> below, above;  ///< indexes; in the order in which they were found
};

/// A picture of one moment. A device stands in it once, in front of what it stands on, unless that was found before.
struct DeviceTree {
  std::vector<TreeNode> nodes;
  std::vector<std::size_t> tops;     ///< used by nothing; by number
  std::vector<std::size_t> bottoms;  ///< using nothing

  [[nodiscard]] const TreeNode* find(devmap::DeviceNumber device) const noexcept;
};

/// By the live tables, or `inactive`, by the inactive one where there is one. Asks the kernel once for each device. Errors: as the
/// kernel's; a device that goes meanwhile is none.
[[nodiscard]] devmap::Result<DeviceTree> readTree(devmap::DeviceMapper& context, bool inactive = false);

}  // namespace tool
