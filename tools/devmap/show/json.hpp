// JSON, one object a line (JSON Lines), written as it is made.
#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>

#include <devmap/targets.hpp>
#include <devmap/task.hpp>
#include <devmap/types.hpp>

#include "cli/print.hpp"

namespace tool {

/// One object: `JsonLine().text("name", name).number("value", 3).end()`. Member names need no
/// escaping.
class JsonLine {
 public:
  /// A string of any bytes. A byte that is not part of UTF-8 becomes the four characters `\xNN`,
  /// and a second member NAME_hex then gives all bytes in hexadecimal.
  JsonLine& text(const char* name, std::string_view bytes);
  template <std::integral T>
  JsonLine& number(const char* name, T value) {
    if constexpr (std::is_signed_v<T>)
      return signedNumber(name, value);
    else
      return unsignedNumber(name, value);
  }
  JsonLine& boolean(const char* name, bool value) { return plain(name, value ? "true" : "false"); }
  JsonLine& null(const char* name) { return plain(name, "null"); }
  /// An array of device numbers, as strings.
  JsonLine& devices(const char* name, std::span<const devmap::DeviceNumber> numbers);
  /// A nested object.
  JsonLine& object(const char* name, const JsonLine& inner) {
    return plain(name, inner.line_.empty() ? "{}" : inner.line_ + '}');
  }
  /// Digits, as a number.
  JsonLine& digits(const char* name, std::string_view text) { return plain(name, text); }
  /// Prints the line.
  void end();

 private:
  JsonLine& plain(const char* name, std::string_view value);
  JsonLine& signedNumber(const char* name, std::int64_t value);
  JsonLine& unsignedNumber(const char* name, std::uint64_t value);

  std::string line_;
};

/// Prints a row of a task that has run, as an object. `words`: its `params` for a table, its
/// `status` for a status.
void putRowJson(const devmap::Task& task, const devmap::TableRow& row, std::string_view words);

/// Adds the member `fields`: the fields of a typed value, by the kernel's names, with numbers and
/// flags as such.
void putFields(JsonLine& json, const devmap::targets::Value& value);

}  // namespace tool
