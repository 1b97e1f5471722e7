#include "show/concise.hpp"

#include <algorithm>
#include <array>

#include "cli/print.hpp"

namespace tool {
namespace {

constexpr std::string_view blanks = " \t\n\v\f\r";

/// Takes the next text and its separator off `rest`, and sets `separator`. A backslash quotes the
/// next byte.
std::string nextField(std::string_view& rest, bool trim, char& separator) {
  if (trim) rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
  std::string field;
  std::size_t at = 0;
  for (; at < rest.size() && rest[at] != ',' && rest[at] != ';'; ++at) {
    if (rest[at] == '\\' && at + 1 < rest.size()) ++at;
    field += rest[at];
  }
  separator = at < rest.size() ? rest[at] : ';';
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return field;
}

}  // namespace

std::string takeConcise(std::string_view& text, ConciseDevice& device) {
  std::string flags;
  char separator = ',';
  for (std::string* const field : {&device.name, &device.uuid, &device.minor, &flags}) {
    *field = nextField(text, true, separator);
    if (separator != ',') return "Five comma-separated fields are required for each device";
  }
  for (bool first = true; separator == ','; first = false) {
    device.rows.append(nextField(text, first, separator));
    device.rows.append("\n");
  }
  if (!flags.empty() && flags != "rw" && flags != "ro")
    return join("Invalid flags parameter '", flags, "' must be 'ro' or 'rw' or empty.");
  device.readOnly = flags == "ro";
  return {};
}

std::string conciseField(std::string_view text) {
  std::string field;
  for (const char c : text) {
    if (c == ',' || c == ';' || c == '\\') field += '\\';
    field += c;
  }
  return field;
}

}  // namespace tool
