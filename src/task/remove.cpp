// Removing devices: one, all, and the half-made one of a failed create.

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <base/deadline.hpp>
#include <codec/flags.hpp>
#include <codec/reply.hpp>
#include <devmap/timeout.hpp>
#include <task/task_state.hpp>

namespace devmap::detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr nanoseconds firstPause = milliseconds{5};
constexpr nanoseconds longestPause = milliseconds{200};
// udev briefly opens a new device to probe it.
constexpr nanoseconds undoPatience = std::chrono::seconds{5};

// Repeats DEV_REMOVE while the device is busy, until `patience` has passed.
Result<codec::ReplyHeader> removeBusy(TaskState& state, const codec::RequestHeader& request,
                                      nanoseconds patience, HeaderPacket& packet) noexcept {
  Kernel& kernel = state.context.kernel;
  const Call call = state.call(DmCommand::remove, "remove device");
  std::optional<base::Deadline> deadline;  // costs a look at the clock
  if (patience > nanoseconds{0}) deadline.emplace(kernel, patience);
  for (nanoseconds pause = firstPause;; pause = std::min(pause * 2, longestPause)) {
    auto reply = executeHeader(state.context, call, request, packet);
    if (reply || reply.error().errnum != EBUSY || !deadline) return reply;
    const nanoseconds left = deadline->left();
    if (left == nanoseconds{0}) {
      reply.error().detail += "; it stayed so until the deadline";
      return reply;
    }
    static_cast<void>(kernel.sleep(std::min(pause, left)));
  }
}

// Name and number of the device. Only needed where we have to remove its node ourselves.
Result<DeviceInfo> identify(TaskState& state) noexcept {
  HeaderPacket packet;
  auto reply = executeHeader(state.context, state.call(DmCommand::status, "remove device"),
                             state.header(), packet);
  if (!reply) return std::move(reply).error();
  return infoFrom(*reply);
}

}  // namespace

Result<void> runRemove(TaskState& state) noexcept {
  if (auto ok = checkAddress(state, "remove device"); !ok) return ok;
  Nodes nodes(state.context.kernel, state.context.options);
  std::string ownNode;
  DeviceNumber number;
  if (makesNodes(state)) {
    auto device = identify(state);
    if (!device) return std::move(device).error();
    if (nodes.leadsTo(device->name, device->device)) ownNode = device->name;
    number = device->device;
  }
  codec::RequestHeader request = state.header();
  request.eventNr = eventNumber(state);
  HeaderPacket packet;
  auto reply =
      removeBusy(state, request, toNanoseconds(state.removeDeadline.value_or(Timeout{0})), packet);
  if (!reply) return std::move(reply).error();
  const bool deferred = (reply->flags & codec::flagDeferredRemove) != 0;
  state.info.exists = deferred;
  state.info.deferredRemove = deferred;
  state.info.name = reply->name;
  state.info.uuid = reply->uuid;
  settleCookie(state, *reply, {{PendingNode::Kind::disappears, state.info.name, {}}});
  if (!ownNode.empty() && !deferred) nodes.drop(ownNode);
  if (number != DeviceNumber{} && !deferred) nodes.dropUnmangled(state.info.name, number);
  return {};
}

void undoCreate(TaskState& state, DeviceNumber device, Error& cause) noexcept {
  codec::RequestHeader request;
  request.device = device;
  request.eventNr = static_cast<std::uint32_t>(UdevFlags(UdevFlag::primarySource).bits()) << 16;
  Nodes nodes(state.context.kernel, state.context.options);
  const bool ownNode = makesNodes(state) && nodes.leadsTo(state.name, device);
  HeaderPacket packet;
  auto removed = removeBusy(state, request, undoPatience, packet);
  if (removed) {
    if (ownNode) nodes.drop(state.name);
    return;
  }
  request.flags = codec::flagDeferredRemove;
  const bool deferred =
      removed.error().errnum == EBUSY &&
      executeHeader(state.context, state.call(DmCommand::remove, "remove device"), request, packet);
  cause.detail += deferred
                      ? "; the half-made device is in use and is removed on last close"
                      : "; the half-made device could not be removed: " + removed.error().message();
}

namespace {

struct OwnedNode {
  std::string name;
  DeviceNumber device;
};

Result<std::vector<OwnedNode>> listOwnedNodes(TaskState& state, Nodes& nodes) noexcept {
  TaskState list(state.context, TaskType::DeviceList);
  if (auto done = runList(list); !done) return std::move(done).error();
  std::vector<OwnedNode> owned;
  for (const ListedDevice& device : list.names)
    if (nodes.leadsTo(device.name, device.device))
      owned.push_back({std::string(device.name), device.device});
  return owned;
}

bool stillListed(const std::vector<ListedDevice>& devices, const OwnedNode& node) noexcept {
  return std::ranges::any_of(devices, [&](const ListedDevice& device) {
    return device.name == node.name && device.device == node.device;
  });
}

}  // namespace

Result<void> runRemoveAll(TaskState& state) noexcept {
  Nodes nodes(state.context.kernel, state.context.options);
  std::vector<OwnedNode> owned;
  if (makesNodes(state)) {
    auto listed = listOwnedNodes(state, nodes);
    if (!listed) return std::move(listed).error();
    owned = *std::move(listed);
  }
  codec::RequestHeader request = state.header();
  HeaderPacket packet;
  auto reply =
      executeHeader(state.context, {DmCommand::removeAll, "remove all devices"}, request, packet);
  if (!reply) return std::move(reply).error();
  if (owned.empty()) return {};
  TaskState left(state.context, TaskType::DeviceList);
  const bool told = runList(left).has_value();
  for (const OwnedNode& node : owned) {
    if (!told)
      nodes.dropDangling(node.name);
    else if (!stillListed(left.names, node))
      nodes.drop(node.name);
  }
  return {};
}

}  // namespace devmap::detail
