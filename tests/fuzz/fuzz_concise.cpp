// Fuzz target: devices as `dmsetup create --concise` takes them. What is read is written as
// `dmsetup table --concise` does, and read again.
#include <string>

#include "fuzz.hpp"
#include "show/concise.hpp"

using devmap::fuzz::expect;

namespace {

/// Leading blanks are skipped unless they are quoted, so one is quoted again.
std::string fieldOf(std::string_view text) {
  const bool blank =
      !text.empty() && std::string_view(" \t\n\v\f\r").find(text.front()) != std::string_view::npos;
  return (blank ? "\\" : "") + tool::conciseField(text);
}

std::string textOf(const tool::ConciseDevice& device) {
  std::string text = fieldOf(device.name) + ',' + fieldOf(device.uuid) + ',' +
                     fieldOf(device.minor) + (device.readOnly ? ",ro" : ",rw");
  std::string_view rows = device.rows.str();
  while (!rows.empty()) {
    const std::size_t end = rows.find('\n');
    text += ',' + fieldOf(rows.substr(0, end));
    rows.remove_prefix(end + 1);
  }
  return text;
}

bool same(const tool::ConciseDevice& a, const tool::ConciseDevice& b) {
  return a.name == b.name && a.uuid == b.uuid && a.minor == b.minor && a.readOnly == b.readOnly &&
         a.rows.str() == b.rows.str();
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  while (!text.empty()) {
    const std::size_t before = text.size();
    tool::ConciseDevice device;
    if (!tool::takeConcise(text, device).empty()) return 0;
    expect(text.size() < before, "a device of no bytes");
    const std::string written = textOf(device);
    std::string_view rest = written;
    tool::ConciseDevice again;
    expect(tool::takeConcise(rest, again).empty() && rest.empty(),
           "a written device cannot be read");
    expect(same(device, again), "a device changes");
    (void)tool::parseRows(device.rows.str(), "concise");
  }
  return 0;
}
