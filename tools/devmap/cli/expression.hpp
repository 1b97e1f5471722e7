// Regular expressions of selections, `name=~^vg-`: the only ones in the project.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tool::dmsetup {

/// One expression, in libdevmapper's syntax, matched by the C library.
///
/// Syntax: `. [] * + ? | () ^ $ \`. A character is a byte. Not supported: `{n,m}`, back references,
/// and classes by name such as `[:alpha:]`.
/// * It matches if any part of the text matches.
/// * The two ends of a text count as characters. `^` and `$` match them wherever they appear, and
/// so do `.` and `[^a]`: `x[^0-9]` matches `x`.
/// * `.` does not match a newline or a carriage return; `[^a]` does.
/// * `\n`, `\r` and `\t` are control characters. Any other character after a `\` is itself.
/// * In `[]`, the two ends of a range may be in either order, and `a-c-e` is the two ranges `a-c`
/// and `c-e`.
class Expression {
 public:
  /// Longest text of an expression, in bytes.
  static constexpr std::size_t longest = 4096;

  Expression() noexcept;
  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;
  ~Expression();

  /// Compiles it. Returns null, or what is wrong with it: "has ...", static storage. It refuses
  /// what libdevmapper refuses, or reads in a way that no one can have meant. It also refuses what
  /// would take too much of the C library's memory.
  [[nodiscard]] const char* compile(std::string_view text);
  /// Whether it matches `text`. Nothing if the C library had no memory to find out, or if `text`
  /// holds a NUL. Call it only after a successful compile.
  [[nodiscard]] std::optional<bool> fits(std::string_view text) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace tool::dmsetup
