// What the tool writes: stdout in large pieces with its errors remembered, stderr a line at a time.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace tool {

/// Appends to stdout. An error of writing is kept for finishOutput.
void put(std::string_view text) noexcept;

/// Hands what was put so far to the kernel, so that it comes before what is written to stderr next.
void flushOutput() noexcept;

/// Whether something that was put could not be written.
[[nodiscard]] bool outputFailed() noexcept;

/// Flushes; true when everything that was ever put could be written. Says on stderr what went wrong
/// otherwise.
[[nodiscard]] bool finishOutput() noexcept;

/// Makes descriptors 0, 1 and 2 taken, should the caller have closed one: the control node must not
/// become stdout.
void occupyStandardDescriptors() noexcept;

/// A part of what is written: text, or an integer in decimal. Lives no longer than the call it is
/// made for, and refers to the text.
class Part {
 public:
  Part(const char* text) noexcept : text_(text) {}         // NOLINT(google-explicit-constructor)
  Part(std::string_view text) noexcept : text_(text) {}    // NOLINT(google-explicit-constructor)
  Part(const std::string& text) noexcept : text_(text) {}  // NOLINT(google-explicit-constructor)
  Part(std::unsigned_integral auto number) noexcept : Part(std::uint64_t{number}, false) {}
  Part(std::signed_integral auto number) noexcept
      : Part(number < 0 ? 0 - static_cast<std::uint64_t>(number)
                        : static_cast<std::uint64_t>(number),
             number < 0) {}
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  ~Part() = default;

  [[nodiscard]] std::string_view text() const noexcept { return text_; }

 private:
  Part(std::uint64_t magnitude, bool negative) noexcept;

  std::array<char, 20> digits_;  // of a number; unset for text
  std::string_view text_;
};
using Parts = std::initializer_list<Part>;

/// Writes the parts to stdout, one after the other.
void printParts(Parts parts) noexcept;
/// The parts as one string.
[[nodiscard]] std::string joinParts(Parts parts);
/// Writes `prefix` and the parts as one line to stderr, after what was put to stdout before. Always
/// false.
bool complainParts(std::string_view prefix, Parts parts) noexcept;

// The same with the parts as arguments.

template <typename... T>
void print(const T&... parts) noexcept {
  printParts({parts...});
}

template <typename... T>
[[nodiscard]] std::string join(const T&... parts) {
  return joinParts({parts...});
}

template <typename... T>
bool complain(const T&... parts) noexcept {
  return complainParts({}, {parts...});
}

/// `text` followed by blanks up to `width` bytes.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);

/// Lower-case (or upper-case) hexadecimal digits, filled up with zeros to `width`.
[[nodiscard]] std::string hex(std::uint32_t value, std::size_t width = 1, bool upper = false);

/// A device name or uuid for a person's terminal: its bytes, with control characters as `\xNN`.
[[nodiscard]] std::string displayable(std::string_view bytes);

}  // namespace tool
