// Trees of devices. A program adds devices; each brings all that it depends on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/error.hpp>
#include <devmap/types.hpp>
#include <devmap/udev.hpp>

#include "api.hpp"

/// A device, or the root. The root is above every device that no other uses, and below every device
/// that uses no other.
struct dm_tree_node {
  dm_tree* tree = nullptr;
  dm_info info{};          ///< as of the time it was added; exists: it is device-mapper's
  std::string name, uuid;  ///< as programs see them; empty: not device-mapper's, or none
  devmap::UdevFlags udevFlags;
  bool implicit = false;  ///< only here because another device uses it
  std::vector<dm_tree_node*> uses;
  std::vector<dm_tree_node*> usedBy;
};

struct dm_tree {
  dm_tree_node root;
  std::vector<std::unique_ptr<dm_tree_node>> nodes;  ///< without the root; sorted by number
  const char** uuidSuffixes = nullptr;  ///< the program's array, ended by null; null: none
  std::uint32_t cookie = 0;             ///< 0: none
  bool retryRemove = false;
};

namespace devmap::libdm {

[[nodiscard]] inline DeviceNumber numberOf(const dm_tree_node& node) noexcept {
  return {node.info.major, node.info.minor};
}

/// Devices that it uses, or that use it; the root does not count.
[[nodiscard]] std::size_t countChildren(const dm_tree_node& node, bool inverted) noexcept;

/// Logs a failed ioctl on a device addressed by number, and sets errno.
void logFailure(std::string_view command, DeviceNumber device, const Error& error) noexcept;

}  // namespace devmap::libdm
