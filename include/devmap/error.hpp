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
/// An Error, or none, in one pointer: a Result that is passed on costs a few instructions, and the many that never fail carry no strings.
class ErrorBox {
 public:
  ErrorBox() noexcept = default;
  [[gnu::noinline]] ErrorBox(Error&& error) noexcept : error_(new Error(std::move(error))) {}  // NOLINT(google-explicit-constructor)
  [[gnu::noinline]] ErrorBox(const ErrorBox& other) noexcept : error_(other.empty() ? nullptr : new Error(*other.get())) {}
  ErrorBox(ErrorBox&& other) noexcept : error_(std::exchange(other.error_, nullptr)) {}
  ErrorBox& operator=(ErrorBox other) noexcept {
    std::swap(error_, other.error_);
    return *this;
  }
  ~ErrorBox() {
    if (error_ != nullptr) discard(error_);
  }

  [[nodiscard]] bool empty() const noexcept { return error_ == nullptr; }
  /// Ends the program where there is no error: reading the wrong side of a Result is a bug of the caller.
  [[nodiscard, gnu::noinline]] Error* get() const noexcept {
    if (error_ == nullptr || error_ == moved()) __builtin_trap();
    return error_;
  }
  [[nodiscard]] Error* operator->() const noexcept { return get(); }
  /// The error, for somebody else; what stays is not empty, and nobody can read it. Ends the program where there is no error.
  [[nodiscard, gnu::noinline]] ErrorBox taken() noexcept {
    ErrorBox box;
    box.error_ = get();
    error_ = moved();
    return box;
  }

 private:
  // Where no Error can be; compared, and never read.
  [[nodiscard]] static Error* moved() noexcept { return reinterpret_cast<Error*>(alignof(Error)); }  // NOLINT(performance-no-int-to-ptr)
  [[gnu::noinline]] static void discard(Error* error) noexcept {
    if (error != moved()) delete error;
  }
  Error* error_ = nullptr;
};
}  // namespace detail

/// A value or an Error. A strict subset of std::expected<T, Error>, the same type whatever standard the consumer compiles for;
/// what is added: an Error converts by itself, so that `return task.error();` reads well, and failure() passes one on as it is.
/// `*r`, `r->` and `value()` on an error, and `error()` on a value, are bugs of the caller and end the program.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  using error_type = Error;

  // An ErrorBox comes from failure() or is made of an Error: it is never empty.
  Result(T value) noexcept : value_(std::move(value)) {}                       // NOLINT(google-explicit-constructor)
  Result(Error&& error) noexcept : failure_(std::move(error)) {}               // NOLINT(google-explicit-constructor)
  Result(const Error& error) noexcept : failure_(Error(error)) {}              // NOLINT(google-explicit-constructor)
  Result(detail::ErrorBox failure) noexcept : failure_(std::move(failure)) {}  // NOLINT(google-explicit-constructor)
  Result(const Result& other) noexcept requires std::copy_constructible<T> : failure_(other.failure_) {
    if (has_value()) std::construct_at(&value_, other.value_);
  }
  /// A failed Result that was moved from is failed still: it has no value. Its error cannot be read.
  Result(Result&& other) noexcept {
    if (other.has_value())
      std::construct_at(&value_, std::move(other.value_));
    else
      failure_ = other.failure_.taken();
  }
  // NOLINTNEXTLINE(cppcoreguidelines-c-copy-assignment-signature,misc-unconventional-assign-operator): it does return *this
  Result& operator=(const Result& other) noexcept requires std::copy_constructible<T> { return *this = Result(other); }
  Result& operator=(Result&& other) noexcept {
    if (this == &other) return *this;
    std::destroy_at(this);
    // NOLINTNEXTLINE(cppcoreguidelines-c-copy-assignment-signature,misc-unconventional-assign-operator): what stands there now is *this
    return *std::construct_at(this, std::move(other));
  }
  ~Result() {
    if (has_value()) std::destroy_at(&value_);
  }

  [[nodiscard]] bool has_value() const noexcept { return failure_.empty(); }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard, gnu::always_inline]] T& value() & noexcept { return check(), value_; }
  [[nodiscard, gnu::always_inline]] const T& value() const& noexcept { return check(), value_; }
  [[nodiscard, gnu::always_inline]] T&& value() && noexcept { return check(), std::move(value_); }
  [[nodiscard, gnu::always_inline]] T& operator*() & noexcept { return value(); }
  [[nodiscard, gnu::always_inline]] const T& operator*() const& noexcept { return value(); }
  [[nodiscard, gnu::always_inline]] T&& operator*() && noexcept { return std::move(*this).value(); }
  [[nodiscard, gnu::always_inline]] T* operator->() noexcept { return &value(); }
  [[nodiscard, gnu::always_inline]] const T* operator->() const noexcept { return &value(); }
  template <typename U>
  [[nodiscard]] T value_or(U&& fallback) const& noexcept {
    return has_value() ? value_ : static_cast<T>(std::forward<U>(fallback));
  }

  [[nodiscard]] Error& error() & noexcept { return *failure_.get(); }
  [[nodiscard]] const Error& error() const& noexcept { return *failure_.get(); }
  [[nodiscard]] Error&& error() && noexcept { return std::move(*failure_.get()); }
  /// The error for another Result to fail with: `return std::move(r).failure();` copies and moves no text. Not for a value.
  [[nodiscard]] detail::ErrorBox failure() && noexcept { return failure_.taken(); }

 private:
  [[gnu::always_inline]] void check() const noexcept {
    if (!has_value()) __builtin_trap();
  }

  detail::ErrorBox failure_;  // first, so that its code is the same for all T
  union {
    T value_;  // lives while there is no failure
  };
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  using error_type = Error;

  Result() noexcept = default;
  Result(Error&& error) noexcept : failure_(std::move(error)) {}               // NOLINT(google-explicit-constructor)
  Result(const Error& error) noexcept : failure_(Error(error)) {}              // NOLINT(google-explicit-constructor)
  Result(detail::ErrorBox failure) noexcept : failure_(std::move(failure)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return failure_.empty(); }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] Error& error() & noexcept { return *failure_.get(); }
  [[nodiscard]] const Error& error() const& noexcept { return *failure_.get(); }
  [[nodiscard]] Error&& error() && noexcept { return std::move(*failure_.get()); }
  /// As above. Not for success, of which another Result would have no value.
  [[nodiscard]] detail::ErrorBox failure() && noexcept { return failure_.taken(); }

 private:
  detail::ErrorBox failure_;
};

}  // namespace devmap
