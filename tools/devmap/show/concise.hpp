// Devices as `dmsetup table --concise` prints and `dmsetup create --concise` takes them:
// NAME,UUID,MINOR,FLAGS,ROW[,ROW...][;NAME,...], a backslash in front of each comma, semicolon and
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
  std::string minor;  ///< as it stands there; empty: the kernel chooses
  bool readOnly = false;
  SecretText rows;  ///< a row a line, as parseRows reads them
};

/// Reads the device that `text` begins with and takes it off. Empty: done; otherwise what is wrong,
/// and `text` is of no use any more.
[[nodiscard]] std::string takeConcise(std::string_view& text, ConciseDevice& device);

/// A name, uuid or row as it stands in such a text.
[[nodiscard]] std::string conciseField(std::string_view text);

}  // namespace tool
