// What the tool writes: stdout in large pieces, with its errors remembered; stderr a line at a
// time.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace tool {

/// Appends to stdout. A write error is kept for finishOutput.
void put(std::string_view text) noexcept;

/// Writes out what was put so far, so that it comes before the next line on stderr.
void flushOutput() noexcept;

/// Whether any output could not be written.
[[nodiscard]] bool outputFailed() noexcept;

/// Flushes. Returns true if all output was written; otherwise says on stderr what went wrong.
[[nodiscard]] bool finishOutput() noexcept;

/// Occupies descriptors 0, 1 and 2 if the caller closed any of them: the control node must not
/// become stdout.
void occupyStandardDescriptors() noexcept;

/// A part of a message: text, or an integer in decimal. It refers to the text, and lives no longer
/// than the call it is made for.
class Part {
 public:
  // NOLINTBEGIN(google-explicit-constructor): the parts of a call become Parts
  Part(const char* text) noexcept : text_(text) {}
  Part(std::string_view text) noexcept : text_(text) {}
  Part(const std::string& text) noexcept : text_(text) {}
  Part(std::unsigned_integral auto number) noexcept : Part(std::uint64_t{number}, false) {}
  Part(std::signed_integral auto number) noexcept
      : Part(number < 0 ? 0 - static_cast<std::uint64_t>(number)
                        : static_cast<std::uint64_t>(number),
             number < 0) {}
  // NOLINTEND(google-explicit-constructor)
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
/// returns false.
bool complainParts(std::string_view prefix, Parts parts) noexcept;

// The same, with the parts as arguments.

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

/// Lower-case (or upper-case) hexadecimal digits, padded with zeros to `width`.
[[nodiscard]] std::string hex(std::uint32_t value, std::size_t width = 1, bool upper = false);

/// A device name or uuid for a terminal: its bytes, with control characters as `\xNN`.
[[nodiscard]] std::string displayable(std::string_view bytes);

}  // namespace tool
