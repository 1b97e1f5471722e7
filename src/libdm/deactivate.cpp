// Removes devices of a tree, from the top down.

#include <cerrno>
#include <chrono>
#include <cstring>
#include <mutex>
#include <string>

#include "cookie.hpp"
#include "entry.hpp"
#include "log.hpp"
#include "process.hpp"
#include "tree.hpp"

#include <devmap/dependencies.hpp>
#include <devmap/device_mapper.hpp>
#include <devmap/query.hpp>
#include <devmap/task.hpp>
#include <devmap/udev.hpp>

namespace devmap::libdm {
namespace {

constexpr Timeout busyDeadline = std::chrono::seconds{5};

/// The uuids that a caller means: those that start with a prefix. `length` bytes are compared, a
/// NUL among them.
struct UuidFilter {
  const char* prefix;
  std::size_t length;
  std::string common = uuidPrefix();

  [[nodiscard]] bool matches(const std::string& uuid) const noexcept {
    if (prefix == nullptr || std::strncmp(uuid.c_str(), prefix, length) == 0) return true;
    // Active devices may still be without the common prefix.
    if (length <= common.size() || uuid.starts_with(common)) return false;
    if (std::strncmp(prefix, common.c_str(), common.size()) != 0) return false;
    const std::size_t rest = length - common.size();
    return std::strncmp(uuid.c_str(), prefix + common.size(), rest) == 0;
  }
};

enum class Outcome : std::uint8_t { removed, skipped, failed };

class Deactivation {
 public:
  Deactivation(dm_tree& tree, DeviceMapper& context, const UuidFilter& filter) noexcept
      : tree_(tree), context_(context), filter_(filter) {}

  /// Removes the children of `node` that the filter matches, and what was only used by them.
  /// `level`: how far it is below the node that the caller gave. False: logged.
  bool below(const dm_tree_node& node, unsigned level) noexcept;
  /// Waits for udev, where the tree has no cookie for the caller to wait for.
  void finish() noexcept;

 private:
  Outcome deactivate(const dm_tree_node& node, unsigned level) noexcept;
  [[nodiscard]] bool mayBecomeFree(const dm_tree_node& node) noexcept;
  bool remove(const dm_tree_node& node) noexcept;

  dm_tree& tree_;
  DeviceMapper& context_;
  const UuidFilter& filter_;
  UdevCookie own_;
};

std::string described(const dm_tree_node& node) {
  return node.name + " (" + toString(numberOf(node)) + ')';
}

bool Deactivation::below(const dm_tree_node& node, unsigned level) noexcept {
  bool done = true;
  for (const dm_tree_node* const child : node.uses) {
    // The root, and devices of other drivers, do not exist.
    if (child->info.exists == 0 || !filter_.matches(child->uuid)) continue;
    const Outcome outcome = deactivate(*child, level);
    if (outcome == Outcome::failed) done = false;
    if (outcome != Outcome::removed || countChildren(*child, false) == 0) continue;
    if (!below(*child, level + 1)) return false;
  }
  return done;
}

Outcome Deactivation::deactivate(const dm_tree_node& node, unsigned level) noexcept {
  const auto now = info(context_, numberOf(node));
  if (!now) {
    logFailure("info", numberOf(node), now.error());
    return Outcome::failed;
  }
  if (!now->exists) return Outcome::skipped;
  if (now->openCount != 0) {
    if (level > 0) return Outcome::skipped;  // in use by a device that stays
    if (!mayBecomeFree(node)) return Outcome::failed;
  }
  if (remove(node)) return Outcome::removed;
  logError("Unable to deactivate " + described(node) + '.');
  return Outcome::failed;
}

/// Whether an open device is worth another try.
bool Deactivation::mayBecomeFree(const dm_tree_node& node) noexcept {
  if (!tree_.retryRemove) {
    logError("Unable to deactivate open " + described(node) + '.');
    return false;
  }
  const DeviceUsers users = usersOf(numberOf(node), context_.kernel());
  if (users.empty()) return true;
  logError(
      "Device " + described(node) +
      (users.devices.empty() ? " contains a filesystem in use." : " is used by another device."));
  return false;
}

bool Deactivation::remove(const dm_tree_node& node) noexcept {
  auto task = Task::create(context_, TaskType::DeviceRemove);
  Result<void> done;
  if (!task) done = std::move(task).error();
  if (done) done = task->setDevice(numberOf(node));
  if (done && tree_.retryRemove) done = task->retryRemove(busyDeadline);
  if (!done) {
    logFailure("remove", numberOf(node), done.error());
    return false;
  }
  if (tree_.cookie == 0) {
    done = task->setCookie(own_, node.udevFlags);
    if (done) done = task->run();
  } else {
    const auto cookie = findCookie(tree_.cookie);
    if (cookie == nullptr) return false;
    const std::lock_guard lock(cookie->mutex);
    done = task->setCookie(cookie->cookie, node.udevFlags);
    if (done) done = task->run();
  }
  if (!done) logFailure("remove", numberOf(node), done.error());
  return done.has_value();
}

void Deactivation::finish() noexcept {
  // Without an answer in time the nodes are right all the same.
  if (auto waited = udevWait(own_, udevDeadline()); !waited)
    log(Level::warning, waited.error().message());
}

bool usesUuid(const dm_tree_node& node, const UuidFilter& filter) noexcept {
  for (const dm_tree_node* const child : node.uses) {
    if (filter.matches(child->uuid)) return true;
    if (countChildren(*child, false) != 0 && usesUuid(*child, filter)) return true;
  }
  return false;
}

}  // namespace
}  // namespace devmap::libdm

using namespace devmap::libdm;

int dm_tree_deactivate_children(dm_tree_node* node, const char* prefix, size_t length) {
  const Entry entry;
  const auto present = context();
  if (node == nullptr || !present) return 0;
  const UuidFilter filter{prefix, length};
  Deactivation deactivation(*node->tree, *present, filter);
  const bool done = deactivation.below(*node, 0);
  const int errnum = errno;
  deactivation.finish();
  errno = errnum;
  return done ? 1 : 0;
}

int dm_tree_children_use_uuid(dm_tree_node* node, const char* prefix, size_t length) {
  const Entry entry;
  return usesUuid(*node, UuidFilter{prefix, length}) ? 1 : 0;
}
