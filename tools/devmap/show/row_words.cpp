#include "show/row_words.hpp"

#include <algorithm>

#include <devmap/targets.hpp>

#include "cli/numbers.hpp"
#include "cli/print.hpp"

namespace tool {
namespace {

constexpr const char* operation = "read row";

Error wrong(std::string detail) {
  return {.code = Errc::invalidTable, .operation = operation, .detail = std::move(detail)};
}

Result<Sectors> sizeOf(std::string_view device) {
  const bool number = device.find_first_not_of("0123456789:") == std::string_view::npos;
  auto bytes = getBlockDeviceSize(join(number ? "/dev/block/" : "", device));
  if (!bytes) return std::move(bytes).error();
  return toSectors(*bytes);
}

/// The length of the row if `length=` is not given.
Result<Sectors> wholeLength(const targets::Value& value) {
  std::string device;
  std::uint64_t start = 0;
  bool hasStart = false;
  for (const targets::FieldValue& field : value.fields()) {
    if (field.name == "device") device = field.value;
    if (field.name == "start") hasStart = true, start = decimal(field.value).value_or(0);
  }
  if (const auto* const pool = value.as<targets::ThinPool>()) return sizeOf(pool->data.text);
  if (const auto* const verity = value.as<targets::Verity>()) {
    if (verity->dataBlocks > UINT64_MAX / verity->dataBlockSize)
      return wrong("verity: data_blocks: are more than there are bytes");
    return toSectors(verity->dataBlocks * verity->dataBlockSize);
  }
  if (device.empty() || !hasStart)
    return wrong(join(value.type(), ": length: is missing: say length=SECTORS"));
  auto size = sizeOf(device);
  if (!size) return size;
  if (size->count <= start) return wrong(join(value.type(), ": start: is not inside of ", device));
  return Sectors{size->count - start};
}

}  // namespace

bool isRowWords(std::span<const std::string_view> words) noexcept {
  return words.size() > 1 && std::ranges::all_of(words.subspan(1), [](std::string_view word) {
           return word.find('=') != std::string_view::npos;
         });
}

Result<SecretRows> rowOfWords(std::span<const std::string_view> words) {
  std::vector<targets::NamedWord> fields;
  std::optional<Sectors> length;
  for (const std::string_view word : words.subspan(1)) {
    const std::size_t equals = word.find('=');
    const targets::NamedWord field{word.substr(0, equals), word.substr(equals + 1)};
    if (field.name != "length") {
      fields.push_back(field);
    } else if (length) {
      return wrong("length: is given twice");
    } else if (length = sectors(field.value); !length) {
      return wrong(
          join("length: '", field.value, "' is not a size: sectors, or a number with K, M, G, T"));
    }
  }
  auto value = targets::makeParams(words.front(), fields);
  if (!value) return std::move(value).error();
  if (!length) {
    auto whole = wholeLength(*value);
    if (!whole) return std::move(whole).error();
    length = *whole;
  }
  if (auto checked = value->check(*length); !checked) return std::move(checked).error();
  std::vector<Row> rows;
  rows.push_back(
      {Sectors{0}, *length, std::string(words.front()), std::string(value->text().view())});
  return SecretRows(std::move(rows));
}

}  // namespace tool
