// Devices as `dmsetup table --concise` prints and `dmsetup create --concise` takes them:
// NAME,UUID,MINOR,FLAGS,ROW[,ROW...][;NAME,...]. A backslash precedes each comma, semicolon and
// backslash of a text.
#pragma once

#include <string>
#include <string_view>

#include "show/table_text.hpp"

namespace tool {

/// One device of such a text.
struct ConciseDevice {
  std::string name;
  std::string uuid;   ///< empty: none
  std::string minor;  ///< as written there; empty: the kernel chooses
  bool readOnly = false;
  SecretText rows;  ///< one row a line, as parseRows reads them
};

/// Reads the first device of `text` and takes it off. Returns an empty string, or what is wrong;
/// `text` is then of no more use.
[[nodiscard]] std::string takeConcise(std::string_view& text, ConciseDevice& device);

/// A name, uuid or row as written in such a text.
[[nodiscard]] std::string conciseField(std::string_view text);

}  // namespace tool
