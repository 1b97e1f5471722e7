#include "show/json.hpp"

#include <array>
#include <cstddef>

namespace tool {
namespace {

struct Utf8Range {
  unsigned char firstLow, firstHigh;  ///< of the first byte
  unsigned char nextLow, nextHigh;    ///< of the second; all others are 80..BF
  std::size_t length;
};
// Unicode, table 3-7: well-formed sequences; no overlong ones, no surrogates, nothing beyond
// U+10FFFF.
constexpr auto ranges = std::to_array<Utf8Range>({
    {0xC2, 0xDF, 0x80, 0xBF, 2},
    {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3},
    {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4},
    {0xF4, 0xF4, 0x80, 0x8F, 4},
});

bool within(char c, unsigned char low, unsigned char high) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= low && byte <= high;
}

/// Length of the character that `bytes` starts with; 0 if there is none.
std::size_t characterLength(std::string_view bytes) noexcept {
  if (within(bytes[0], 0, 0x7F)) return 1;
  for (const Utf8Range& range : ranges) {
    if (!within(bytes[0], range.firstLow, range.firstHigh)) continue;
    if (bytes.size() < range.length || !within(bytes[1], range.nextLow, range.nextHigh)) return 0;
    for (std::size_t i = 2; i < range.length; ++i)
      if (!within(bytes[i], 0x80, 0xBF)) return 0;
    return range.length;
  }
  return 0;
}

}  // namespace

JsonLine& JsonLine::plain(const char* name, std::string_view value) {
  line_ += join(line_.empty() ? "{\"" : ",\"", name, "\":", value);
  return *this;
}

JsonLine& JsonLine::text(const char* name, std::string_view bytes) {
  std::string quoted = "\"";
  bool odd = false;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = characterLength(bytes.substr(at));
    const auto byte = static_cast<unsigned char>(bytes[at]);
    if (length == 0) {
      quoted += "\\\\x" + hex(byte, 2);
      odd = true;
    } else if (byte < 0x20 || byte == 0x7F) {
      quoted += "\\u" + hex(byte, 4);
    } else {
      if (byte == '"' || byte == '\\') quoted += '\\';
      quoted += bytes.substr(at, length);
    }
    at += length == 0 ? 1 : length;
  }
  plain(name, quoted + '"');
  if (!odd) return *this;
  std::string all = "\"";
  for (const char c : bytes) all += hex(static_cast<unsigned char>(c), 2);
  return plain(join(name, "_hex").c_str(), all + '"');
}

JsonLine& JsonLine::devices(const char* name, std::span<const devmap::DeviceNumber> numbers) {
  std::string list = "[";
  for (const devmap::DeviceNumber number : numbers)
    list += join(list.size() == 1 ? "\"" : ",\"", toString(number), "\"");
  return plain(name, list + ']');
}

JsonLine& JsonLine::signedNumber(const char* name, std::int64_t value) {
  return plain(name, join(value));
}

JsonLine& JsonLine::unsignedNumber(const char* name, std::uint64_t value) {
  return plain(name, join(value));
}

void JsonLine::end() {
  line_ += "}\n";
  put(line_);
}

void putFields(JsonLine& json, const devmap::targets::Value& value) {
  if (!value.typed()) return;
  using Kind = devmap::targets::FieldValue::Kind;
  JsonLine fields;
  for (const devmap::targets::FieldValue& field : value.fields()) {
    const bool digits =
        !field.value.empty() && field.value.find_first_not_of("0123456789") == std::string::npos;
    const bool leadingZero = field.value.size() > 1 && field.value[0] == '0';
    if (field.kind == Kind::flag && field.value == "true")
      fields.boolean(field.name.c_str(), true);
    else if (field.kind == Kind::number && digits && !leadingZero)
      fields.digits(field.name.c_str(), field.value);
    else
      fields.text(field.name.c_str(), field.value);
  }
  json.object("fields", fields);
}

void putRowJson(const devmap::Task& task, const devmap::TableRow& row, std::string_view words) {
  JsonLine json;
  json.text("name", task.info().name)
      .text("uuid", task.info().uuid)
      .text("device", toString(task.info().device));
  json.number("start", row.start.count).number("length", row.length.count).text("target", row.type);
  const bool table = task.type() == devmap::TaskType::DeviceTable;
  json.text(table ? "params" : "status", words);
  putFields(json, table ? devmap::targets::parseParams(row.type, words)
                        : devmap::targets::parseStatus(row.type, words));
  json.end();
}

}  // namespace tool
