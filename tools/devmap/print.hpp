// What the tool writes: stdout in large pieces with its errors remembered, stderr a line at a time.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

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

/// One argument of print: text, or an integer in decimal. Lifetime: of the full expression.
class Piece {
 public:
  explicit Piece(std::string_view text) noexcept : text_(text) {}
  template <std::integral T>
  explicit Piece(T number) noexcept {
    text_ = {digits_, static_cast<std::size_t>(std::to_chars(digits_, digits_ + sizeof digits_, number).ptr - digits_)};
  }
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;
  [[nodiscard]] std::string_view text() const noexcept { return text_; }

 private:
  char digits_[24];
  std::string_view text_;
};

void putPieces(std::span<const Piece> pieces) noexcept;
[[nodiscard]] std::string joinPieces(std::span<const Piece> pieces);

namespace detail {

// One instance for all texts of the same kind and all numbers of the same sign, whatever their length or width.
inline const char* plain(const char* text) noexcept { return text; }
inline const std::string& plain(const std::string& text) noexcept { return text; }
inline const std::string_view& plain(const std::string_view& text) noexcept { return text; }
template <std::unsigned_integral T>
std::uint64_t plain(T number) noexcept {
  return number;
}
template <std::signed_integral T>
std::int64_t plain(T number) noexcept {
  return number;
}

template <typename... T>
void printPlain(T... parts) noexcept {
  const Piece pieces[] = {Piece(parts)...};
  putPieces(pieces);
}

template <typename... T>
std::string joinPlain(T... parts) {
  const Piece pieces[] = {Piece(parts)...};
  return joinPieces(pieces);
}

}  // namespace detail

/// Writes text and decimal numbers to stdout, one after the other.
template <typename... T>
void print(const T&... parts) noexcept {
  detail::printPlain<decltype(detail::plain(parts))...>(detail::plain(parts)...);
}

/// The parts as one string.
template <typename... T>
[[nodiscard]] std::string join(const T&... parts) {
  return detail::joinPlain<decltype(detail::plain(parts))...>(detail::plain(parts)...);
}

/// Writes one line to stderr, after what was put to stdout before.
void complain(std::string_view line) noexcept;

/// `text` followed by blanks up to `width` bytes.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);

/// Lower-case (or upper-case) hexadecimal digits, filled up with zeros to `width`.
[[nodiscard]] std::string hex(std::uint32_t value, std::size_t width = 1, bool upper = false);

/// A device name or uuid for a person's terminal: its bytes, with control characters as `\xNN`.
[[nodiscard]] std::string displayable(std::string_view bytes);

}  // namespace tool
