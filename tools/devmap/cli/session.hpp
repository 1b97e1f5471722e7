// What the verbs share: the open context with this run's udev settings and deadline, the lookup of
// devices, and errors.
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

  /// Lifetime: points to this address.
  [[nodiscard]] DeviceRef ref() const noexcept;
};

/// One run of the tool on an open context.
/// Lifetime: the Call it is made for must outlive it. Not movable: tasks refer to its context.
class Session {
 public:
  explicit Session(const Call& call) noexcept : call_(call) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Opens the context as the options and the environment say. Returns false after showing an
  /// error.
  [[nodiscard]] bool open();

  [[nodiscard]] const Call& call() const noexcept { return call_; }
  [[nodiscard]] DeviceMapper& context() noexcept { return *context_; }

  /// A task for the device.
  [[nodiscard]] Result<Task> task(TaskType type, const Address& address = {});
  /// Applies the options noflush, nolockfs, inactive, readonly and deferred to the task.
  [[nodiscard]] Result<void> applyOptions(Task& task) const;
  /// For operations that cause a udev event: they use the cookie of this run, see settle.
  /// Lifetime: points to this session.
  [[nodiscard]] Waiting waiting() noexcept { return {timeLeft(), flags_, &cookie_}; }
  /// Runs a task that may wait in the kernel for I/O on the device, but no longer than --deadline
  /// if that is given.
  [[nodiscard]] Result<void> runInTime(Task& task, const Address& address);
  /// Waits until udev has handled the events so far, unless the cookie belongs to another process.
  [[nodiscard]] Result<void> waitForUdev();
  /// The same. Shows the error.
  [[nodiscard]] bool settle() { return ok(waitForUdev()); }
  /// What is left of --deadline.
  [[nodiscard]] Timeout timeLeft() const;

  /// The devices that the operands, or -u, or -j and -m name. Returns nothing after showing an
  /// error.
  [[nodiscard]] std::optional<std::vector<Address>> devices(
      std::span<const std::string_view> operands);
  /// The one device that the first operand, or -u, or -j and -m name. Takes that operand off
  /// `operands`.
  [[nodiscard]] std::optional<Address> device(std::span<const std::string_view>& operands);
  /// Names of all devices.
  [[nodiscard]] Result<std::vector<std::string>> allNames();

  /// Shows an error and what can be done about it. Always returns false.
  bool fail(const Error& error);
  /// Returns true for success; shows the error otherwise.
  template <typename T>
  [[nodiscard]] bool ok(const Result<T>& result) {
    return result.has_value() || fail(result.error());
  }
  /// Shows that the device does not exist. Always returns false.
  bool failMissing(const Address& address);

 private:
  [[nodiscard]] std::optional<Address> fromOperand(std::string_view operand);
  [[nodiscard]] bool fromOptions(std::optional<Address>& address);
  [[nodiscard]] bool readDeadline();
  [[nodiscard]] bool readUdevMode(UdevMode& mode);
  void reportUdev() const;
  [[nodiscard]] bool readCookie(std::uint32_t& cookie);

  /// Trace lines go to standard error. In a dry run they are the output, and go to standard output.
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

/// Number of the block device at a path; nothing if there is none.
[[nodiscard]] std::optional<DeviceNumber> numberOfNode(const std::string& path) noexcept;

/// Shows "devmap: " and the parts on stderr. Always returns false.
template <typename... T>
bool fail(const T&... parts) {
  return complainParts("devmap: ", {parts...});
}

/// Shows what is wrong with the call of the verb, as the parts say, and where to find help. Always
/// returns false.
bool failUsageParts(const Call& call, Parts parts);
template <typename... T>
bool failUsage(const Call& call, const T&... parts) {
  return failUsageParts(call, {parts...});
}

/// What the user can do about an error, or nothing. `context`: null if the kernel could not be
/// reached.
[[nodiscard]] std::string hintFor(const Error& error, const Call& call, DeviceMapper* context);

}  // namespace tool
