#include "tree.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "entry.hpp"
#include "log.hpp"
#include "process.hpp"
#include "task.hpp"

#include <devmap/block.hpp>
#include <devmap/device_mapper.hpp>
#include <devmap/name.hpp>
#include <devmap/task.hpp>

namespace devmap::libdm {

std::size_t countChildren(const dm_tree_node& node, bool inverted) noexcept {
  const auto& list = inverted ? node.usedBy : node.uses;
  // The root is only there alone: linkNodes.
  return list.size() == 1 && list.front() == &node.tree->root ? 0 : list.size();
}

void logFailure(std::string_view command, DeviceNumber device, const Error& error) noexcept {
  if (logs(Level::debug)) log(Level::debug, error.message());
  const int errnum = error.errnum == 0 ? EINVAL : error.errnum;
  logError("device-mapper: " + std::string(command) + " ioctl on  (" + toString(device) +
           ") failed: " + std::string(errnoWords(errnum)));
  errno = errnum;
}

namespace {

bool linked(const dm_tree_node& parent, const dm_tree_node& child) noexcept {
  // Lists of parents are short, that of the root's children is not.
  const auto& list = &child == &child.tree->root ? parent.uses : child.usedBy;
  const auto* const other = &child == &child.tree->root ? &child : &parent;
  return std::ranges::find(list, other) != list.end();
}

void unlinkNodes(dm_tree_node& parent, dm_tree_node& child) noexcept {
  if (!linked(parent, child)) return;
  std::erase(parent.uses, &child);
  std::erase(child.usedBy, &parent);
}

/// A link from or to the root only holds as long as there is no other.
void linkNodes(dm_tree_node& parent, dm_tree_node& child) noexcept {
  dm_tree_node& root = parent.tree->root;
  if (linked(parent, child)) return;
  if (&parent != &root)
    unlinkNodes(root, child);
  else if (!child.usedBy.empty())
    return;
  if (&child != &root)
    unlinkNodes(parent, root);
  else if (!parent.uses.empty())
    return;
  parent.uses.push_back(&child);
  child.usedBy.push_back(&parent);
}

auto position(dm_tree& tree, DeviceNumber number) noexcept {
  return std::ranges::lower_bound(tree.nodes, number, {},
                                  [](const auto& node) { return numberOf(*node); });
}

dm_tree_node* findByNumber(dm_tree& tree, DeviceNumber number) noexcept {
  if (number == DeviceNumber{}) return &tree.root;
  const auto at = position(tree, number);
  return at != tree.nodes.end() && numberOf(**at) == number ? at->get() : nullptr;
}

dm_tree_node* findByUuid(dm_tree& tree, std::string_view uuid) noexcept {
  if (uuid.empty()) return nullptr;
  const auto at = std::ranges::find(
      tree.nodes, uuid, [](const auto& node) -> const std::string& { return node->uuid; });
  return at == tree.nodes.end() ? nullptr : at->get();
}

/// The uuid without one of the suffixes that the program named.
dm_tree_node* findWithoutSuffix(dm_tree& tree, std::string_view uuid) noexcept {
  const std::size_t dash = uuid.rfind('-');
  if (tree.uuidSuffixes == nullptr || dash == std::string_view::npos) return nullptr;
  for (const char** suffix = tree.uuidSuffixes; *suffix != nullptr; ++suffix) {
    if (uuid.substr(dash + 1) != *suffix) continue;
    if (auto* const node = findByUuid(tree, uuid.substr(0, dash))) return node;
  }
  return nullptr;
}

Result<Task> runDeps(DeviceMapper& context, DeviceNumber number) noexcept {
  auto task = Task::create(context, TaskType::DeviceDeps);
  if (!task) return task;
  if (auto set = task->setDevice(number); !set) return std::move(set).error();
  if (auto done = task->run(); !done) return std::move(done).error();
  return task;
}

/// Adds devices, and what they depend on, to one tree.
class Growth {
 public:
  Growth(dm_tree& tree, DeviceMapper& context) noexcept
      : tree_(tree), context_(context), major_(deviceMapperMajor(context.kernel())) {}

  /// False: logged. What was added until then stays.
  bool add(dm_tree_node& parent, DeviceNumber number, UdevFlags flags, bool implicit) noexcept;

 private:
  /// A node without links, and the devices that it uses. Null: logged.
  std::unique_ptr<dm_tree_node> read(DeviceNumber number,
                                     std::vector<DeviceNumber>& below) noexcept;

  dm_tree& tree_;
  DeviceMapper& context_;
  std::optional<std::uint32_t> major_;  // of the device-mapper
};

std::unique_ptr<dm_tree_node> Growth::read(DeviceNumber number,
                                           std::vector<DeviceNumber>& below) noexcept {
  auto node = std::make_unique<dm_tree_node>();
  node->tree = &tree_;
  node->info.major = number.major;
  node->info.minor = number.minor;
  if (major_ && number.major != *major_) return node;
  auto task = runDeps(context_, number);
  // Without /proc: this is also what the kernel answers about a device of another driver.
  if (!task && !major_ && task.error().errnum == ENXIO) return node;
  if (!task) {
    logFailure("deps", number, task.error());
    return nullptr;
  }
  if (task->info().device != number) {
    logError("Inconsistent dependency tree: asked for " + toString(number) + ", got " +
             toString(task->info().device));
    return nullptr;
  }
  major_ = number.major;
  node->info = toC(task->info());
  node->name = unmangle(task->info().name, mangling());
  node->uuid = unmangle(task->info().uuid, mangling());
  below = task->deps();
  return node;
}

bool Growth::add(dm_tree_node& parent, DeviceNumber number, UdevFlags flags,
                 bool implicit) noexcept {
  if (dm_tree_node* const present = findByNumber(tree_, number)) {
    if (!implicit && present->implicit) {
      present->udevFlags = flags;
      present->implicit = false;
    }
    if (present != &tree_.root) linkNodes(parent, *present);
    return true;
  }
  std::vector<DeviceNumber> below;
  auto made = read(number, below);
  if (made == nullptr) return false;
  dm_tree_node& node = *made;
  node.udevFlags = flags;
  node.implicit = implicit;
  tree_.nodes.insert(position(tree_, number), std::move(made));
  linkNodes(parent, node);
  if (below.empty()) linkNodes(node, tree_.root);
  return std::ranges::all_of(
      below, [&](DeviceNumber used) { return add(node, used, flags | privateDeviceFlags, true); });
}

int addDevice(dm_tree& tree, DeviceNumber number, UdevFlags flags) noexcept {
  const auto present = context();
  return present && Growth(tree, *present).add(tree.root, number, flags, false) ? 1 : 0;
}

}  // namespace
}  // namespace devmap::libdm

using namespace devmap;
using namespace devmap::libdm;

dm_tree* dm_tree_create() {
  const Entry entry;
  auto* const tree = new dm_tree;
  tree->root.tree = tree;
  return tree;
}

void dm_tree_free(dm_tree* tree) {
  const Entry entry;
  delete tree;
}

int dm_tree_add_dev(dm_tree* tree, uint32_t major, uint32_t minor) {
  const Entry entry;
  return tree == nullptr ? 0 : addDevice(*tree, {major, minor}, {});
}

int dm_tree_add_dev_with_udev_flags(dm_tree* tree, uint32_t major, uint32_t minor, uint16_t flags) {
  const Entry entry;
  return tree == nullptr ? 0 : addDevice(*tree, {major, minor}, UdevFlags::fromBits(flags));
}

void dm_tree_set_optional_uuid_suffixes(dm_tree* tree, const char** suffixes) {
  tree->uuidSuffixes = suffixes;
}

dm_tree_node* dm_tree_find_node(dm_tree* tree, uint32_t major, uint32_t minor) {
  return tree == nullptr ? nullptr : findByNumber(*tree, {major, minor});
}

dm_tree_node* dm_tree_find_node_by_uuid(dm_tree* tree, const char* uuid) {
  const Entry entry;
  if (tree == nullptr) return nullptr;
  if (uuid == nullptr || *uuid == '\0') return &tree->root;
  if (auto* const node = findByUuid(*tree, uuid)) return node;
  if (auto* const node = findWithoutSuffix(*tree, uuid)) return node;
  // A device that was made before its uuid got the prefix.
  const std::string prefix = uuidPrefix();
  const std::string_view text = uuid;
  return text.starts_with(prefix) ? findByUuid(*tree, text.substr(prefix.size())) : nullptr;
}

dm_tree_node* dm_tree_next_child(void** handle, const dm_tree_node* node, uint32_t inverted) {
  const auto& list = inverted != 0 ? node->usedBy : node->uses;
  // The handle is the number of children seen: a walk may go on after devices were added.
  const auto seen = reinterpret_cast<std::uintptr_t>(*handle);
  if (seen >= list.size()) {
    *handle = nullptr;
    return nullptr;
  }
  *handle = reinterpret_cast<void*>(seen + 1);  // NOLINT(performance-no-int-to-ptr)
  return list[seen];
}

const char* dm_tree_node_get_name(const dm_tree_node* node) { return node->name.c_str(); }
const char* dm_tree_node_get_uuid(const dm_tree_node* node) { return node->uuid.c_str(); }
const dm_info* dm_tree_node_get_info(const dm_tree_node* node) { return &node->info; }

// Only a device that dm_tree_add_new_dev makes has one, and that is not provided.
void* dm_tree_node_get_context(const dm_tree_node* /*node*/) { return nullptr; }

int dm_tree_node_num_children(const dm_tree_node* node, uint32_t inverted) {
  return static_cast<int>(countChildren(*node, inverted != 0));
}

void dm_tree_node_set_udev_flags(dm_tree_node* node, uint16_t flags) {
  node->udevFlags = UdevFlags::fromBits(flags);
}

void dm_tree_set_cookie(dm_tree_node* node, uint32_t cookie) { node->tree->cookie = cookie; }
uint32_t dm_tree_get_cookie(dm_tree_node* node) { return node->tree->cookie; }
void dm_tree_retry_remove(dm_tree_node* node) { node->tree->retryRemove = true; }

// Both are about suspends alone, and dm_tree_suspend_children is not provided.
void dm_tree_skip_lockfs(dm_tree_node* /*node*/) {}
void dm_tree_use_no_flush_suspend(dm_tree_node* /*node*/) {}
