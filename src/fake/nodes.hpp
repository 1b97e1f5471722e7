// The fake's file system: directories, links, device nodes and empty files, by absolute path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/kernel.hpp>
#include <devmap/types.hpp>

namespace devmap::fake {

struct Node {
  NodeType type = NodeType::other;
  DeviceNumber device;
  std::string target;  ///< of a link
  std::uint32_t mode = 0600;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

/// Follows links only as the last component of a path; links to directories are not modelled.
/// Functions return 0 or an errno.
class Nodes {
 public:
  Nodes();

  [[nodiscard]] int find(std::string_view path, bool follow, Node& node) const;
  /// EEXIST; ENOENT and ENOTDIR for the parent directory.
  int add(std::string_view path, Node node);
  /// Like add, and makes missing parent directories.
  int addDeep(std::string_view path, Node node);
  int setOwner(std::string_view path, std::uint32_t uid, std::uint32_t gid);
  int rename(std::string_view from, std::string_view to);
  int remove(std::string_view path);

  [[nodiscard]] std::vector<std::string> list(std::string_view directory) const;
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }

 private:
  [[nodiscard]] int checkParent(const std::string& path) const;

  std::map<std::string, Node> nodes_;
};

}  // namespace devmap::fake
