#include <fake/nodes.hpp>

#include <algorithm>
#include <cerrno>

#include <fake/text.hpp>

namespace devmap::fake {
namespace {

constexpr int maxLinks = 40;  // as Linux

// Absolute, without `.`, `..` and doubled slashes. The root directory is the empty text.
std::string normalise(std::string_view path) {
  std::string result;
  std::size_t at = 0;
  while (at < path.size()) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    if (part == "..") {
      result.resize(result.empty() ? 0 : result.rfind('/'));
    } else if (!part.empty() && part != ".") {
      result += '/';
      result += part;
    }
    at = end + 1;
  }
  return result;
}

std::string parentOf(const std::string& path) { return path.substr(0, path.rfind('/')); }

std::string describe(const std::string& name, const Node& node) {
  switch (node.type) {
    case NodeType::link: return name + " -> " + node.target;
    case NodeType::directory: return name + " d";
    case NodeType::other: return name + " -";
    case NodeType::blockDevice:
    case NodeType::characterDevice: break;
  }
  return name + (node.type == NodeType::blockDevice ? " b " : " c ") + numberText(node.device) +
         ' ' + octal(node.mode, 4) + ' ' + std::to_string(node.uid) + ':' +
         std::to_string(node.gid);
}

}  // namespace

Nodes::Nodes() {
  nodes_["/dev"].type = NodeType::directory;
  nodes_["/dev/mapper"].type = NodeType::directory;
  nodes_["/dev/mapper/control"] = {NodeType::characterDevice, {10, 236}, {}, 0600, 0, 0};
}

int Nodes::checkParent(const std::string& path) const {
  const std::string parent = parentOf(path);
  if (parent.empty()) return 0;
  const auto found = nodes_.find(parent);
  if (found == nodes_.end()) return ENOENT;
  return found->second.type == NodeType::directory ? 0 : ENOTDIR;
}

int Nodes::find(std::string_view path, bool follow, Node& node) const {
  if (path.empty()) return ENOENT;
  std::string at = normalise(path);
  for (int links = 0; links < maxLinks; ++links) {
    if (at.empty()) {
      node = {};
      node.type = NodeType::directory;
      return 0;
    }
    if (const int error = checkParent(at); error != 0) return error;
    const auto found = nodes_.find(at);
    if (found == nodes_.end()) return ENOENT;
    if (!follow || found->second.type != NodeType::link) {
      node = found->second;
      return 0;
    }
    const std::string& target = found->second.target;
    at = normalise(target.starts_with('/') ? target : parentOf(at).append("/").append(target));
  }
  return ELOOP;
}

int Nodes::add(std::string_view path, Node node) {
  const std::string key = normalise(path);
  if (path.empty()) return ENOENT;
  if (const int error = checkParent(key); error != 0) return error;
  if (key.empty() || nodes_.contains(key)) return EEXIST;
  nodes_.emplace(key, std::move(node));
  return 0;
}

int Nodes::addDeep(std::string_view path, Node node) {
  const std::string key = normalise(path);
  for (std::size_t slash = key.find('/', 1); slash != std::string::npos;
       slash = key.find('/', slash + 1)) {
    nodes_.try_emplace(key.substr(0, slash), Node{NodeType::directory, {}, {}, 0755, 0, 0});
  }
  return add(key, std::move(node));
}

int Nodes::setOwner(std::string_view path, std::uint32_t uid, std::uint32_t gid) {
  const auto found = nodes_.find(normalise(path));
  if (found == nodes_.end()) return ENOENT;
  found->second.uid = uid;
  found->second.gid = gid;
  return 0;
}

int Nodes::rename(std::string_view from, std::string_view to) {
  const auto found = nodes_.find(normalise(from));
  if (found == nodes_.end()) return ENOENT;
  const std::string key = normalise(to);
  if (const int error = checkParent(key); error != 0) return error;
  const auto replaced = nodes_.find(key);
  if (replaced != nodes_.end() && replaced->second.type == NodeType::directory) return EISDIR;
  if (found == replaced) return 0;
  Node node = std::move(found->second);
  nodes_.erase(found);
  nodes_[key] = std::move(node);
  return 0;
}

int Nodes::remove(std::string_view path) {
  const auto found = nodes_.find(normalise(path));
  if (found == nodes_.end()) return ENOENT;
  if (found->second.type == NodeType::directory) return EISDIR;
  nodes_.erase(found);
  return 0;
}

std::vector<std::string> Nodes::list(std::string_view directory) const {
  const std::string prefix = normalise(directory) + '/';
  std::vector<std::string> lines;
  for (auto at = nodes_.lower_bound(prefix); at != nodes_.end() && at->first.starts_with(prefix);
       ++at) {
    const std::string name = at->first.substr(prefix.size());
    if (name.find('/') == std::string::npos) lines.push_back(describe(name, at->second));
  }
  return lines;
}

}  // namespace devmap::fake
