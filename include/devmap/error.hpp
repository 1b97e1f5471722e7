// Errors as values: what a caller branches on, and everything a person needs to act on it.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <devmap/types.hpp>

namespace devmap {

/// The kinds of failure a program can react to. The errno that caused it, if any, is in
/// Error::errnum.
enum class Errc : std::uint8_t {
  invalidArgument,  ///< The call makes no sense, whatever the state of the system.
  invalidName,      ///< Not a device name that the kernel and udev accept.
  invalidUuid,      ///< Not a uuid that the kernel accepts.
  invalidTable,   ///< Rows do not form a table: gap, overlap, zero length, type name too long, ...
  alreadyExists,  ///< A device with this name or uuid exists (it was not touched), or a thin id is
                  ///< taken.
  notFound,       ///< No such device, thin id, target type or backing device.
  busy,           ///< The device is open, mounted, or part of another device.
  suspended,      ///< The device is suspended, and the operation needs one that is not.
  permissionDenied,  ///< CAP_SYS_ADMIN in the initial user namespace is required.
  noDeviceMapper,    ///< This kernel has no device-mapper, or its module is not loaded.
  unsupported,       ///< This kernel, or its target, is too old for the request.
  notABlockDevice,   ///< A path that must name a block device names something else.
  refusedByKernel,   ///< The kernel refused for another reason: see errnum and kernelMessage.
  readOnly,          ///< A pool or device that is read-only or has failed cannot do this.
  noSpace,           ///< Out of space, semaphores or numbers.
  outOfMemory,       ///< No memory for a request or a reply.
  timedOut,          ///< The deadline passed first.
  interrupted,       ///< A signal ended the wait.
  cookieNotFound,    ///< No semaphore belongs to this udev cookie.
  cookieState,       ///< A udev cookie was completed more often than it was taken.
  malformedReply,    ///< The kernel's reply contradicts its own format.
  replyTruncated,    ///< The message WAS executed, but its reply did not fit. Do not send it again.
};

/// One failed operation.
/// Lifetime: owns all its text, except `operation`, which names static storage. Copies are
/// independent.
struct Error {
  Errc code = Errc::invalidArgument;
  std::string_view operation{};  ///< what was being done, e.g. "load table"; static storage
  int errnum = 0;  ///< the kernel's errno, untouched; 0 when the library itself refused
  /// The ioctl that failed. None: the library refused, or another system call failed.
  std::optional<DmCommand> command{};
  /// The device: name, else uuid, else "major:minor"; empty when none is involved.
  std::string device{};
  /// The number that the device had if a create made it, failed and removed it: the kernel's log
  /// names it by this.
  std::optional<DeviceNumber> number{};
  /// The table row to blame, counted from 0, when exactly one is known to be.
  std::optional<std::uint32_t> row{};
  std::string detail{};         ///< what is wrong and what to do about it
  std::string kernelMessage{};  ///< the kernel's message from its log, if it could be read; a
                                ///< second one, after `; `, names the device

  /// One line for people: operation, device, row, detail, errno by name, kernel message. Programs
  /// never need to parse it.
  [[nodiscard]] DEVMAP_API std::string message() const;
};

/// Symbolic name of an errno ("EINVAL"), or "errno N" for one that device-mapper calls never
/// return.
[[nodiscard]] DEVMAP_API std::string errnoName(int errnum);

namespace detail {
/// Puts an error on the heap: a Result that holds a value carries no strings.
[[nodiscard]] DEVMAP_API std::unique_ptr<Error> boxed(Error&& error) noexcept;
/// A copy; null of null.
[[nodiscard]] DEVMAP_API std::unique_ptr<Error> copied(
    const std::unique_ptr<Error>& error) noexcept;
}  // namespace detail

/// A value or an Error. A strict subset of std::expected<T, Error>, and the same type for every
/// language standard a consumer compiles with. One thing is added: an Error converts implicitly, so
/// that `return task.error();` reads well.
/// Calling `*r`, `r->` or `value()` on an error, or `error()` on a value, is a bug of the caller
/// and aborts the program. A failed Result that was moved from has neither a value nor an error.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  using error_type = Error;

  Result(T value) noexcept : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) noexcept : error_(detail::boxed(std::move(error))) {}
  Result(const Result& other) noexcept requires std::copy_constructible<T>
      : value_(other.value_), error_(detail::copied(other.error_)) {}
  Result(Result&&) noexcept = default;
  Result& operator=(const Result& other) noexcept requires std::copy_constructible<T> {
    return *this = Result(other);
  }
  Result& operator=(Result&&) noexcept = default;
  ~Result() = default;

  [[nodiscard]] bool has_value() const noexcept { return value_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] T& value() & noexcept { return check(), *value_; }
  [[nodiscard]] const T& value() const& noexcept { return check(), *value_; }
  [[nodiscard]] T&& value() && noexcept { return check(), *std::move(value_); }
  [[nodiscard]] T& operator*() & noexcept { return value(); }
  [[nodiscard]] const T& operator*() const& noexcept { return value(); }
  [[nodiscard]] T&& operator*() && noexcept { return std::move(*this).value(); }
  [[nodiscard]] T* operator->() noexcept { return &value(); }
  [[nodiscard]] const T* operator->() const noexcept { return &value(); }
  template <typename U>
  [[nodiscard]] T value_or(U&& fallback) const& noexcept {
    return has_value() ? *value_ : static_cast<T>(std::forward<U>(fallback));
  }

  [[nodiscard]] Error& error() & noexcept { return checkError(), *error_; }
  [[nodiscard]] const Error& error() const& noexcept { return checkError(), *error_; }
  [[nodiscard]] Error&& error() && noexcept { return checkError(), std::move(*error_); }

 private:
  void check() const noexcept {
    if (!value_) __builtin_trap();
  }
  void checkError() const noexcept {
    if (!error_) __builtin_trap();
  }

  std::optional<T> value_;
  std::unique_ptr<Error> error_;  // null where there is a value
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  using error_type = Error;

  Result() noexcept = default;
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) noexcept : failed_(true), error_(detail::boxed(std::move(error))) {}
  Result(const Result& other) noexcept
      : failed_(other.failed_), error_(detail::copied(other.error_)) {}
  Result(Result&&) noexcept = default;
  Result& operator=(const Result& other) noexcept { return *this = Result(other); }
  Result& operator=(Result&&) noexcept = default;
  ~Result() = default;

  [[nodiscard]] bool has_value() const noexcept { return !failed_; }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] Error& error() & noexcept { return checkError(), *error_; }
  [[nodiscard]] const Error& error() const& noexcept { return checkError(), *error_; }
  [[nodiscard]] Error&& error() && noexcept { return checkError(), std::move(*error_); }

 private:
  void checkError() const noexcept {
    if (!error_) __builtin_trap();
  }

  bool failed_ = false;  // stays when the error is moved out
  std::unique_ptr<Error> error_;
};

}  // namespace devmap
