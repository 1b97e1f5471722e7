// What the operations share. Public API only: a program could do the same with tasks.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <base/deadline.hpp>
#include <devmap/device.hpp>
#include <devmap/device_mapper.hpp>
#include <devmap/device_ref.hpp>
#include <devmap/error.hpp>
#include <devmap/query.hpp>
#include <devmap/task.hpp>
#include <devmap/udev.hpp>

namespace devmap::detail {

/// A task that addresses `device`. Errors: invalidName, invalidUuid, also for an empty text.
Result<Task> taskFor(DeviceMapper& context, TaskType type, const DeviceRef& device) noexcept;
/// For errors.
std::string textOf(const DeviceRef& device);
Error noSuchDevice(const char* operation, const DeviceRef& device);

/// One deadline for all waits of an operation.
class Deadline {
 public:
  /// Starts now.
  Deadline(DeviceMapper& context, const Waiting& waiting) noexcept;
  [[nodiscard]] Timeout whole() const noexcept { return whole_; }
  /// Rounded up to a millisecond; never negative.
  [[nodiscard]] Timeout left() const noexcept { return end_.leftAsTimeout(); }

 private:
  Timeout whole_;
  base::Deadline end_;
};
[[nodiscard]] Timeout timeoutOf(const DeviceMapper& context, const Waiting& waiting) noexcept;

/// The cookie of an operation: the caller's, or a private one that the operation waits for.
class VerbCookie {
 public:
  explicit VerbCookie(const Waiting& waiting) noexcept : waiting_(waiting) {}
  Result<void> attach(Task& task) noexcept { return task.setCookie(cookie(), waiting_.udevFlags); }
  /// Returns at once for a caller's cookie.
  Result<void> wait(Timeout timeout) noexcept;

 private:
  UdevCookie& cookie() noexcept { return waiting_.cookie != nullptr ? *waiting_.cookie : own_; }
  Waiting waiting_;
  UdevCookie own_;
};

/// Runs a task whose event udev handles, and waits for udev.
Result<void> runAndWait(DeviceMapper& context, Task& task, const Waiting& waiting = {}) noexcept;

/// Runs a status or table task. The rows own their text.
Result<DeviceRows> runForRows(Task& task, const DeviceRef& device, const char* operation) noexcept;
std::vector<Row> ownedRows(const std::vector<TableRow>& rows);
Result<void> addRows(Task& task, std::span<const Row> rows, Backslash backslash) noexcept;

/// Whether `wanted` is equivalent to the rows that the kernel shows: same sectors, types and words,
/// where a path equals its device number. False when in doubt.
[[nodiscard]] bool sameRows(Kernel& kernel, std::span<const Row> wanted, Backslash backslash,
                            const std::vector<TableRow>& present) noexcept;

}  // namespace devmap::detail
