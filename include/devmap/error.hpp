// Errors as values: what a caller branches on, and everything a person needs to act on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <devmap/types.hpp>

namespace devmap {

/// The kinds of failure a program can react to. The errno behind it, where there is one, stays in Error::errnum.
enum class Errc : std::uint8_t {
  invalidArgument,   ///< the call does not make sense, whatever the state of the system
  invalidName,       ///< not a device name the kernel and udev accept
  invalidUuid,       ///< not a uuid the kernel accepts
  invalidTable,      ///< rows do not form a table: gap, overlap, zero length, type name too long, ...
  alreadyExists,     ///< a device with this name or uuid exists (it was not touched), or a thin id is taken
  notFound,          ///< no such device, thin id, target type or backing device
  busy,              ///< the device is open, mounted, or part of another device
  suspended,         ///< the operation needs a live device and this one is suspended
  permissionDenied,  ///< CAP_SYS_ADMIN in the first user namespace is needed
  noDeviceMapper,    ///< this kernel has no device-mapper, or its module is not loaded
  unsupported,       ///< this kernel, or its target, is too old for the request
  notABlockDevice,   ///< a path that must name a block device names something else
  refusedByKernel,   ///< the kernel said no for another reason: see errnum and kernelMessage
  readOnly,          ///< a pool or device that is read-only or has failed cannot do this
  noSpace,           ///< out of space, semaphores or numbers
  outOfMemory,       ///< memory for a request or a reply could not be had
  timedOut,          ///< the deadline passed first
  interrupted,       ///< a signal ended the wait
  cookieNotFound,    ///< no semaphore belongs to this udev cookie
  cookieState,       ///< a udev cookie was completed more often than it was taken
  malformedReply,    ///< the kernel's reply contradicts its own format
  replyTruncated,    ///< the message WAS executed, but its reply did not fit; do not send it again
};

/// One failed operation.
/// Lifetime: owns all its text, except `operation`, which names static storage. Copies are independent.
struct Error {
  Errc code = Errc::invalidArgument;
  std::string_view operation;        ///< what was being done, e.g. "load table"; static storage
  int errnum = 0;                    ///< the kernel's errno, untouched; 0 when the library itself refused
  std::string device;                ///< the device: name, else uuid, else "major:minor"; empty when none is involved
  std::optional<std::uint32_t> row;  ///< the table row to blame, counted from 0, when exactly one is known to be
  std::string detail;                ///< what was wrong and what to do about it
  std::string kernelMessage;         ///< the kernel's complaint from its log, if it could be read; a second, behind `; `, names the device

  /// One line for people: operation, device, row, detail, errno by name, kernel sentence. Never needed to decide anything.
  [[nodiscard]] DEVMAP_API std::string message() const;
};

/// Symbolic name of an errno ("EINVAL"), or "errno N" for one that device-mapper calls never give.
[[nodiscard]] DEVMAP_API std::string errnoName(int errnum);

namespace detail {
/// The pointer, or the end of the program where it is null: reading the wrong side of a Result is a bug of the caller.
template <typename P>
P* checked(P* pointer) noexcept {
  if (pointer == nullptr) __builtin_trap();
  return pointer;
}

/// An Error, or none, in one pointer: a Result that is passed on costs a few instructions, and the many that never fail carry no strings.
class ErrorBox {
 public:
  ErrorBox() noexcept = default;
  [[gnu::noinline]] explicit ErrorBox(Error&& error) noexcept : error_(new Error(std::move(error))) {}
  [[gnu::noinline]] ErrorBox(const ErrorBox& other) noexcept : error_(other.error_ == nullptr ? nullptr : new Error(*other.error_)) {}
  ErrorBox(ErrorBox&& other) noexcept : error_(std::exchange(other.error_, nullptr)) {}
  ErrorBox& operator=(ErrorBox other) noexcept {
    std::swap(error_, other.error_);
    return *this;
  }
  ~ErrorBox() {
    if (error_ != nullptr) discard(error_);
  }
  [[nodiscard]] Error* get() const noexcept { return error_; }

 private:
  [[gnu::noinline]] static void discard(Error* error) noexcept { delete error; }
  Error* error_ = nullptr;
};
}  // namespace detail

/// A value or an Error. A strict subset of std::expected<T, Error>, the same type whatever standard the consumer compiles for;
/// the one addition is that an Error converts by itself, so that `return task.error();` reads well.
/// `*r`, `r->` and `value()` on an error, and `error()` on a value, are bugs of the caller and end the program.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  using error_type = Error;

  Result(T value) noexcept : state_(std::in_place_index<0>, std::move(value)) {}         // NOLINT(google-explicit-constructor)
  Result(Error&& error) noexcept : state_(std::in_place_index<1>, std::move(error)) {}   // NOLINT(google-explicit-constructor)
  Result(const Error& error) noexcept : state_(std::in_place_index<1>, Error(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] T& value() & noexcept { return *detail::checked(std::get_if<0>(&state_)); }
  [[nodiscard]] const T& value() const& noexcept { return *detail::checked(std::get_if<0>(&state_)); }
  [[nodiscard]] T&& value() && noexcept { return std::move(*detail::checked(std::get_if<0>(&state_))); }
  [[nodiscard]] T& operator*() & noexcept { return value(); }
  [[nodiscard]] const T& operator*() const& noexcept { return value(); }
  [[nodiscard]] T&& operator*() && noexcept { return std::move(*this).value(); }
  [[nodiscard]] T* operator->() noexcept { return &value(); }
  [[nodiscard]] const T* operator->() const noexcept { return &value(); }
  template <typename U>
  [[nodiscard]] T value_or(U&& fallback) const& noexcept {
    return has_value() ? value() : static_cast<T>(std::forward<U>(fallback));
  }

  [[nodiscard]] Error& error() & noexcept { return *detail::checked(failed()); }
  [[nodiscard]] const Error& error() const& noexcept { return *detail::checked(failed()); }
  [[nodiscard]] Error&& error() && noexcept { return std::move(*detail::checked(failed())); }

 private:
  [[nodiscard]] Error* failed() const noexcept {
    const auto* const box = std::get_if<1>(&state_);
    return box == nullptr ? nullptr : box->get();
  }
  std::variant<T, detail::ErrorBox> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  using error_type = Error;

  Result() noexcept = default;
  Result(Error&& error) noexcept : error_(std::move(error)) {}   // NOLINT(google-explicit-constructor)
  Result(const Error& error) noexcept : error_(Error(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return error_.get() == nullptr; }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] Error& error() & noexcept { return *detail::checked(error_.get()); }
  [[nodiscard]] const Error& error() const& noexcept { return *detail::checked(error_.get()); }
  [[nodiscard]] Error&& error() && noexcept { return std::move(*detail::checked(error_.get())); }

 private:
  detail::ErrorBox error_;
};

}  // namespace devmap
