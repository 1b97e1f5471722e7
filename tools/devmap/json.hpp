// JSON, an object a line (JSON Lines), written as it is made.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "print.hpp"

namespace tool {

/// One object: `JsonLine().text("name", name).number("value", 3).end()`. Member names need no escaping.
class JsonLine {
 public:
  /// A string of any bytes. A byte that is not part of UTF-8 becomes the four characters `\xNN`; a second member NAME_hex then gives all
  /// bytes in hexadecimal.
  JsonLine& text(std::string_view name, std::string_view bytes);
  template <std::integral T>
  JsonLine& number(std::string_view name, T value) {
    return plain(name, Piece(value).text());
  }
  JsonLine& null(std::string_view name) { return plain(name, "null"); }
  /// Puts the line.
  void end();

 private:
  JsonLine& plain(std::string_view name, std::string_view value);

  std::string line_;
};

}  // namespace tool
