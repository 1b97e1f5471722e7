// Regular expressions of selections, `name=~^vg-`: the only place in the project that matches any.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tool::dmsetup {

/// One expression, written as libdevmapper reads it and matched by the C library.
///
/// Syntax: `. [] * + ? | () ^ $ \`. A character is a byte. Not in it: `{n,m}`, back references,
/// classes by name such as `[:alpha:]`.
/// * It fits where any part of the text fits.
/// * Both ends of a text are characters of their own. `^` and `$` fit them, wherever they stand; so
/// do `.` and `[^a]`: `x[^0-9]` fits `x`.
/// * `.` does not fit a newline or a carriage return; `[^a]` does.
/// * `\n`, `\r` and `\t` are control characters. Any other character behind a `\` is itself.
/// * In `[]`, the two ends of a range may stand in any order, and `a-c-e` is the two ranges `a-c`
/// and `c-e`.
class Expression {
 public:
  /// Bytes of the text of one.
  static constexpr std::size_t longest = 4096;

  Expression() noexcept;
  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;
  ~Expression();

  /// Reads it. Null, or what is wrong with it: "has ...", static storage. Refused is what
  /// libdevmapper refuses or reads as something that nobody can have meant, and what the C library
  /// would need too much memory for.
  [[nodiscard]] const char* compile(std::string_view text);
  /// Whether it fits `text`. Nothing: the C library had no memory to find out, or `text` holds a
  /// NUL. Only behind a compile that took it.
  [[nodiscard]] std::optional<bool> fits(std::string_view text) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace tool::dmsetup
