// Operations that create, change and remove devices. Each is one call with one deadline and one
// error. Built on Task and UdevCookie alone.
//
//   auto rows = parseTable("0 2048 linear 7:0 0");
//   auto made = create(context, "scratch", *rows);  // /dev/mapper/scratch exists
//   auto gone = remove(context, "scratch", {.retryBusy = true, .waiting = {.timeout = 5s}});
//
// Errors: those of Task::run and of udevWait. For the latter, Error::operation is "wait for udev",
// and timedOut means that udev did not answer in time; the operation itself is done. Threading: any
// thread, as with DeviceMapper. When two threads change one device at the same time, the kernel
// decides the outcome.
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

/// How long an operation may wait, and how it uses udev.
struct Waiting {
  /// For everything the operation waits for, counted from its start. Default: Options::udevTimeout.
  /// An ioctl that blocks in the kernel (a suspend that flushes) is not cut short.
  std::optional<Timeout> timeout{};
  UdevFlags udevFlags{};
  /// If set, the event is added to this cookie, and the caller waits, once for many operations.
  /// Must outlive the call.
  UdevCookie* cookie = nullptr;
};

struct CreateOptions {
  std::string_view uuid{};
  /// Minor number of the new device. notFound (ENXIO): it is taken. invalidArgument: 2^20 or more.
  std::optional<std::uint32_t> minor{};
  bool readOnly = false;
  bool secure = false;  ///< rows hold secrets
  Backslash backslash = Backslash::literal;
  AddNode addNode = AddNode::onResume;
  std::optional<NodeAttributes> node{};  ///< see Task::setNodeAttributes
  Waiting waiting{};
};

/// Creates a device. With rows: it is created, loaded and resumed, or not there at all (but see
/// timedOut above). Without: an empty device, to be loaded and resumed later. Returns its state:
/// number, name, uuid.
DEVMAP_API Result<DeviceInfo> create(DeviceMapper& context, std::string_view name,
                                     std::span<const Row> rows,
                                     const CreateOptions& options = {}) noexcept;

/// Renames a device. alreadyExists: the name is taken, even by the device itself.
DEVMAP_API Result<void> rename(DeviceMapper& context, const DeviceRef& device,
                               std::string_view newName, const Waiting& waiting = {}) noexcept;
/// Sets the uuid of a device that has none; it can never be changed. refusedByKernel (EINVAL): it
/// has one. alreadyExists: the uuid is taken.
DEVMAP_API Result<void> setUuid(DeviceMapper& context, const DeviceRef& device,
                                std::string_view uuid, const Waiting& waiting = {}) noexcept;

struct RemoveOptions {
  bool retryBusy = false;  ///< try again while the device is open, until the deadline
  bool deferred = false;   ///< an open device is removed on last close
  Waiting waiting{};
};

enum class Removal : std::uint8_t {
  done,      ///< the device is gone
  deferred,  ///< it still exists, and is removed on last close
};

/// Removes a device. busy: the detail names the users of the device, as usersOf finds them.
DEVMAP_API Result<Removal> remove(DeviceMapper& context, const DeviceRef& device,
                                  const RemoveOptions& options = {}) noexcept;
/// Cancels a deferred remove. notFound: too late, or no such device. If none is pending, nothing
/// happens.
DEVMAP_API Result<void> cancelRemove(DeviceMapper& context, const DeviceRef& device) noexcept;
/// Removes every device that is not open; with `deferred`, open ones are removed on last close. The
/// kernel does not report which are left: see list. These removals carry no cookie.
DEVMAP_API Result<void> removeAll(DeviceMapper& context, bool deferred = false) noexcept;

/// Sets what HDIO_GETGEO reports for the device. refusedByKernel (EINVAL): beyond the limits of
/// Geometry.
DEVMAP_API Result<void> setGeometry(DeviceMapper& context, const DeviceRef& device,
                                    Geometry geometry) noexcept;

struct MessageOptions {
  Sectors sector{};     ///< the row that contains it gets the message
  bool secure = false;  ///< the text holds a secret
};

/// Sends a message to a row of the live table, or `@...` to the device-mapper itself. Returns the
/// reply, if there is one. replyTruncated: it was executed, do not send it again. refusedByKernel:
/// also for a device without a live table. Its errno is then EINVAL, or 0 on Linux up to 6.1. Such
/// a kernel reports success and delivers the message to no target (dm-ioctl.c: target_message).
DEVMAP_API Result<std::optional<std::string>> sendMessage(
    DeviceMapper& context, const DeviceRef& device, std::string_view message,
    const MessageOptions& options = {}) noexcept;

/// Creates the node of one device under Options::directory where it is missing or stale. Removes a
/// dangling link of that name where there is no such device. Works whether or not udev runs.
DEVMAP_API Result<void> makeNodes(DeviceMapper& context, const DeviceRef& device) noexcept;
/// The same for every device and every name in the directory.
DEVMAP_API Result<void> makeNodes(DeviceMapper& context) noexcept;

}  // namespace devmap
