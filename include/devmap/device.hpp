// Verbs that make, change and remove devices: each one call, one deadline, one error. Written with
// Task and UdevCookie alone.
//
//   auto rows = parseTable("0 2048 linear 7:0 0");
//   auto made = create(context, "scratch", *rows);                         // /dev/mapper/scratch
//   exists auto gone = remove(context, "scratch", {.retryBusy = true, .waiting = {.timeout = 5s}});
//
// Errors: as Task::run, and those of udevWait (Error::operation is "wait for udev"; timedOut where
// udev did not answer in time): the operation itself is done then. Threading: any, as DeviceMapper;
// what two threads do to the same device at the same time is up to the kernel.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <devmap/device_mapper.hpp>
#include <devmap/device_ref.hpp>
#include <devmap/error.hpp>
#include <devmap/table.hpp>
#include <devmap/task.hpp>
#include <devmap/types.hpp>
#include <devmap/udev.hpp>

namespace devmap {

/// How long a verb may wait, and what it does about udev.
struct Waiting {
  /// For everything the verb waits for, counted from its start; by default Options::udevTimeout. An
  /// ioctl that the kernel lets wait (a suspend that flushes) is not cut short.
  std::optional<Timeout> timeout{};
  UdevFlags udevFlags{};
  /// Set: the event is added to this cookie, and the caller waits, for many verbs at once. Must
  /// outlive the call.
  UdevCookie* cookie = nullptr;
};

struct CreateOptions {
  std::string_view uuid{};
  std::optional<std::uint32_t>
      minor{};  ///< to take; taken or out of range is notFound (ENXIO) or alreadyExists
  bool readOnly = false;
  bool secure = false;  ///< rows hold secrets
  Backslash backslash = Backslash::literal;
  AddNode addNode = AddNode::onResume;
  std::optional<NodeAttributes> node{};  ///< see Task::setNodeAttributes
  Waiting waiting{};
};

/// A new device. With rows: created, loaded and resumed, or not there at all (but see timedOut
/// above). Without: an empty device, to be loaded and resumed. Gives its state: number, name, uuid.
DEVMAP_API Result<DeviceInfo> create(DeviceMapper& context, std::string_view name,
                                     std::span<const Row> rows,
                                     const CreateOptions& options = {}) noexcept;

/// Another name for a device. alreadyExists: it is taken, also by the device itself.
DEVMAP_API Result<void> rename(DeviceMapper& context, const DeviceRef& device,
                               std::string_view newName, const Waiting& waiting = {}) noexcept;
/// A uuid for a device that has none; it can never be changed. refusedByKernel (EINVAL): it has
/// one. alreadyExists: it is taken.
DEVMAP_API Result<void> setUuid(DeviceMapper& context, const DeviceRef& device,
                                std::string_view uuid, const Waiting& waiting = {}) noexcept;

struct RemoveOptions {
  bool retryBusy = false;  ///< try again while the device is open, until the deadline
  bool deferred = false;   ///< an open device goes at its last close
  Waiting waiting{};
};

enum class Removal : std::uint8_t {
  done,      ///< the device is gone
  deferred,  ///< it is still there, and goes at its last close
};

/// Removes a device. busy: its detail names who holds it, as usersOf finds them.
DEVMAP_API Result<Removal> remove(DeviceMapper& context, const DeviceRef& device,
                                  const RemoveOptions& options = {}) noexcept;
/// Takes a deferred removal back. notFound: too late, or no such device; without one pending,
/// nothing happens.
DEVMAP_API Result<void> cancelRemove(DeviceMapper& context, const DeviceRef& device) noexcept;
/// Removes every device that is not open; with `deferred`, the open ones at their last close. The
/// kernel does not tell which were left: see list. No cookie travels with these removals.
DEVMAP_API Result<void> removeAll(DeviceMapper& context, bool deferred = false) noexcept;

/// What HDIO_GETGEO reports of the device from now on. refusedByKernel (EINVAL): beyond the limits
/// of Geometry.
DEVMAP_API Result<void> setGeometry(DeviceMapper& context, const DeviceRef& device,
                                    Geometry geometry) noexcept;

struct MessageOptions {
  Sectors sector{};     ///< the row that holds it takes the message
  bool secure = false;  ///< the text holds a secret
};

/// Sends a message to a row of the live table, `@...` to the device-mapper itself. Gives the reply
/// where there is one. replyTruncated: it was executed, do not send it again. refusedByKernel: also
/// of a device without a live table, whose errno is then EINVAL, or 0 on Linux up to 6.1, which
/// reports success and delivers it to no target (dm-ioctl.c: target_message).
DEVMAP_API Result<std::optional<std::string>> sendMessage(
    DeviceMapper& context, const DeviceRef& device, std::string_view message,
    const MessageOptions& options = {}) noexcept;

/// Makes the node of one device under Options::directory where it is missing or stale, and removes
/// a dangling link of that name where there is no such device. Whether udev runs does not matter.
DEVMAP_API Result<void> makeNodes(DeviceMapper& context, const DeviceRef& device) noexcept;
/// The same for every device and every name in the directory.
DEVMAP_API Result<void> makeNodes(DeviceMapper& context) noexcept;

}  // namespace devmap
