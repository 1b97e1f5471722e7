// What the tool writes: stdout in large pieces with its errors remembered, stderr a line at a time.
#pragma once

#include <concepts>
#include <cstdarg>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace tool {

/// Appends to stdout. An error of writing is kept for finishOutput.
void put(std::string_view text) noexcept;

/// Hands what was put so far to the kernel, so that it comes before what is written to stderr next.
void flushOutput() noexcept;

/// Whether something that was put could not be written.
[[nodiscard]] bool outputFailed() noexcept;

/// Flushes; true when everything that was ever put could be written. Says on stderr what went wrong otherwise.
[[nodiscard]] bool finishOutput() noexcept;

/// Makes descriptors 0, 1 and 2 taken, should the caller have closed one: the control node must not become stdout.
void occupyStandardDescriptors() noexcept;

namespace detail {

// Parts of a text travel as plain variadic arguments, with a word of three bits a part that tells what they are: a call costs a few bytes
// of code for each part, and every combination of parts shares one function. The templates below are the only ones to call it.
enum class Part : std::uint8_t { none, literal, string, view, unsignedNumber, signedNumber };

inline const char* plain(const char* text) noexcept { return text; }
inline const std::string* plain(const std::string& text) noexcept { return &text; }
struct View {  // a string_view as C takes it
  const char* data;
  std::size_t size;
};
inline View plain(std::string_view text) noexcept { return {text.data(), text.size()}; }
template <std::unsigned_integral T>
std::uint64_t plain(T number) noexcept {
  return number;
}
template <std::signed_integral T>
std::int64_t plain(T number) noexcept {
  return number;
}

constexpr Part partOf(const char* const* /*type*/) noexcept { return Part::literal; }
constexpr Part partOf(const std::string* const* /*type*/) noexcept { return Part::string; }
constexpr Part partOf(const View* /*type*/) noexcept { return Part::view; }
constexpr Part partOf(const std::uint64_t* /*type*/) noexcept { return Part::unsignedNumber; }
constexpr Part partOf(const std::int64_t* /*type*/) noexcept { return Part::signedNumber; }

/// What the parts of these types are, the first in the lowest bits; none behind the last.
using Parts = std::uint64_t;
template <typename... T>
constexpr Parts partsOf() noexcept {
  static_assert(sizeof...(T) <= 64 / 3);
  Parts parts = 0;
  unsigned shift = 0;
  ((parts |= static_cast<Parts>(partOf(static_cast<const decltype(plain(std::declval<const T&>()))*>(nullptr))) << shift, shift += 3), ...);
  return parts;
}

void print(Parts parts, ...) noexcept;                         // NOLINT(cert-dcl50-cpp)
[[nodiscard]] std::string join(Parts parts, ...);              // NOLINT(cert-dcl50-cpp)
bool complain(const char* prefix, Parts parts, ...) noexcept;  // NOLINT(cert-dcl50-cpp)
/// The text that `arguments` are the parts of.
[[nodiscard]] std::string joined(Parts parts, std::va_list arguments);

}  // namespace detail

// Parts are text, or integers, which are written in decimal.

/// Writes the parts to stdout, one after the other.
template <typename... T>
[[gnu::always_inline]] inline void print(const T&... parts) noexcept {
  detail::print(detail::partsOf<T...>(), detail::plain(parts)...);
}

/// The parts as one string.
template <typename... T>
[[nodiscard, gnu::always_inline]] inline std::string join(const T&... parts) {
  return detail::join(detail::partsOf<T...>(), detail::plain(parts)...);
}

/// Writes the parts as one line to stderr, after what was put to stdout before. Always false.
template <typename... T>
[[gnu::always_inline]] inline bool complain(const T&... parts) noexcept {
  return detail::complain("", detail::partsOf<T...>(), detail::plain(parts)...);
}

/// `text` followed by blanks up to `width` bytes.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);

/// Lower-case (or upper-case) hexadecimal digits, filled up with zeros to `width`.
[[nodiscard]] std::string hex(std::uint32_t value, std::size_t width = 1, bool upper = false);

/// A device name or uuid for a person's terminal: its bytes, with control characters as `\xNN`.
[[nodiscard]] std::string displayable(std::string_view bytes);

}  // namespace tool
