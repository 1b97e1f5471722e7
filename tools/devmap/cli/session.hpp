// What the verbs share: the open context with this run's udev settings and deadline, devices by any
// address, errors.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/devmap.hpp>

#include "cli/cookie_keeper.hpp"
#include "cli/print.hpp"
#include "cli/verb.hpp"

namespace tool {

using namespace devmap;

/// How the caller named a device: exactly one of the three.
struct Address {
  std::string name;
  std::string uuid;
  std::optional<DeviceNumber> number;
};

/// One run of the tool on an open context.
/// Lifetime: after the Call it was opened for. Not movable: tasks hold on to its context.
class Session {
 public:
  explicit Session(const Call& call) noexcept : call_(call) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Opens the context as the options and the environment say; false after an error was shown.
  [[nodiscard]] bool open();

  [[nodiscard]] const Call& call() const noexcept { return call_; }
  [[nodiscard]] DeviceMapper& context() noexcept { return *context_; }

  /// A task for the device.
  [[nodiscard]] Result<Task> task(TaskType type, const Address& address = {});
  /// Gives the task the settings that the options ask for: noflush, nolockfs, inactive, readonly,
  /// deferred.
  [[nodiscard]] Result<void> applyOptions(Task& task) const;
  /// Runs a task that causes a udev event, with the cookie of this run.
  [[nodiscard]] Result<void> runWithEvent(Task& task);
  /// Runs a task that may wait in the kernel for I/O on the device: no longer than --deadline,
  /// where that is given.
  [[nodiscard]] Result<void> runInTime(Task& task, const Address& address);
  /// Waits until udev has handled the events so far, unless the cookie is somebody else's. Shows
  /// the error.
  [[nodiscard]] bool settle();
  /// What is left of --deadline.
  [[nodiscard]] Timeout timeLeft() const;

  /// The devices that the operands or -u, -j and -m name. Nothing after an error was shown.
  [[nodiscard]] std::optional<std::vector<Address>> devices(
      std::span<const std::string_view> operands);
  /// The one device that the first operand or -u, -j and -m name; `operands` loses it.
  [[nodiscard]] std::optional<Address> device(std::span<const std::string_view>& operands);
  /// Names of all devices.
  [[nodiscard]] Result<std::vector<std::string>> allNames();

  /// Shows an error and what can be done about it. Always false.
  bool fail(const Error& error);
  /// True for success; shows the error otherwise.
  template <typename T>
  [[nodiscard]] bool ok(const Result<T>& result) {
    return result.has_value() || fail(result.error());
  }
  /// Shows that the device does not exist. Always false.
  bool failMissing(const Address& address);

 private:
  [[nodiscard]] std::optional<Address> fromOperand(std::string_view operand);
  [[nodiscard]] bool fromOptions(std::optional<Address>& address);
  [[nodiscard]] bool readDeadline();
  [[nodiscard]] bool readUdevMode(UdevMode& mode);
  void reportUdev() const;
  [[nodiscard]] bool readCookie(std::uint32_t& cookie);

  /// Lines of a trace go to standard error, of a dry run, whose purpose they are, to standard
  /// output.
  struct Sink final : TraceSink {
    void call(std::string_view text) noexcept override;
    bool toOutput = false;
  };

  const Call& call_;
  Sink sink_;
  CookieKeeper kernel_;
  std::optional<TracingKernel> tracing_;
  std::optional<DeviceMapper> context_;
  UdevFlags flags_;
  UdevCookie cookie_;
  bool borrowed_ = false;
  Timeout deadline_ = std::chrono::seconds{30};
  std::chrono::nanoseconds start_{};
};

/// Number of the block device at a path; nothing when there is none.
[[nodiscard]] std::optional<DeviceNumber> numberOfNode(const std::string& path) noexcept;

/// Shows "devmap: " and the parts on stderr. Always false.
template <typename... T>
bool fail(const T&... parts) {
  return complainParts("devmap: ", {parts...});
}

/// Shows what is wrong with how the verb was called, as the parts say, and where help is. Always
/// false.
bool failUsageParts(const Call& call, Parts parts);
template <typename... T>
bool failUsage(const Call& call, const T&... parts) {
  return failUsageParts(call, {parts...});
}

/// What a person can do about an error, or nothing. `context`: null where the kernel could not be
/// reached.
[[nodiscard]] std::string hintFor(const Error& error, const Call& call, DeviceMapper* context);

}  // namespace tool
