// All devices and what stands on what.
#pragma once

#include <vector>

#include "dmsetup.hpp"

namespace tool::dmsetup {

struct TreeNode {
  DeviceInfo info;                        ///< exists is false for what is not of the device-mapper
  std::vector<std::size_t> below, above;  ///< indexes; in the order in which they were found
};

/// Lifetime: a picture of one moment.
struct Tree {
  std::vector<TreeNode> nodes;
  std::vector<std::size_t> tops;     ///< used by nothing
  std::vector<std::size_t> bottoms;  ///< using nothing

  [[nodiscard]] const TreeNode* find(DeviceNumber device) const noexcept;
};

/// Nothing after an error was shown.
[[nodiscard]] std::optional<Tree> readTree(Run& run);

}  // namespace tool::dmsetup
