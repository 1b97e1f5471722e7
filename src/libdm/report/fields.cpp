// What the functions of a program call to fill a cell.

#include <cstdio>
#include <cstring>

#include "entry.hpp"
#include "log.hpp"
#include "report/report.hpp"
#include "support/pool.hpp"

using namespace devmap::libdm;

namespace {

constexpr std::size_t longestPercentage = 6;

int fillText(dm_report& report, dm_report_field& field, std::string_view text) noexcept {
  const char* const copy = poolCopy(*report.pool, text);
  if (copy == nullptr) return 0;
  field.text = copy;
  field.sort = nullptr;
  return 1;
}

int fillNumber(dm_report& report, dm_report_field& field, std::string_view text,
               std::uint64_t sort) noexcept {
  void* const value = poolAllocate(*report.pool, sizeof sort);
  if (value == nullptr || fillText(report, field, text) == 0) return 0;
  std::memcpy(value, &sort, sizeof sort);
  field.sort = value;
  return 1;
}

int fillList(dm_report& report, dm_report_field& field, const dm_list& list, const char* delimiter,
             bool sorted) noexcept {
  std::vector<std::string_view> items;
  for (const dm_list* item = list.n; item != &list; item = item->n)
    items.emplace_back(reinterpret_cast<const dm_str_list*>(item)->str);
  if (sorted) std::ranges::sort(items);
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i != 0) text += delimiter == nullptr ? "," : delimiter;
    text += items[i];
  }
  return fillText(report, field, text);
}

}  // namespace

int dm_report_field_string(dm_report* report, dm_report_field* field, const char* const* data) {
  const Entry entry;
  return fillText(*report, *field, *data);
}

int dm_report_field_int(dm_report* report, dm_report_field* field, const int* data) {
  const Entry entry;
  return fillNumber(*report, *field, std::to_string(*data), static_cast<std::uint64_t>(*data));
}

int dm_report_field_int32(dm_report* report, dm_report_field* field, const int32_t* data) {
  const Entry entry;
  return fillNumber(*report, *field, std::to_string(*data), static_cast<std::uint64_t>(*data));
}

int dm_report_field_uint32(dm_report* report, dm_report_field* field, const uint32_t* data) {
  const Entry entry;
  return fillNumber(*report, *field, std::to_string(*data), *data);
}

int dm_report_field_uint64(dm_report* report, dm_report_field* field, const uint64_t* data) {
  const Entry entry;
  return fillNumber(*report, *field, std::to_string(*data), *data);
}

int dm_report_field_percent(dm_report* report, dm_report_field* field, const dm_percent_t* data) {
  const Entry entry;
  if (*data == DM_PERCENT_INVALID)
    return fillNumber(*report, *field, "", static_cast<std::uint64_t>(*data));
  char text[32];
  const int size = std::snprintf(text, sizeof text, "%.2f",
                                 static_cast<double>(dm_percent_to_round_float(*data, 2)));
  if (size < 0 || static_cast<std::size_t>(size) > longestPercentage) {
    logError("dm_report_field_percent: percentage too large.");
    return 0;
  }
  return fillNumber(*report, *field, text, static_cast<std::uint64_t>(*data));
}

int dm_report_field_string_list(dm_report* report, dm_report_field* field, const dm_list* data,
                                const char* delimiter) {
  const Entry entry;
  return fillList(*report, *field, *data, delimiter, true);
}

int dm_report_field_string_list_unsorted(dm_report* report, dm_report_field* field,
                                         const dm_list* data, const char* delimiter) {
  const Entry entry;
  return fillList(*report, *field, *data, delimiter, false);
}

void dm_report_field_set_value(dm_report_field* field, const void* value, const void* sort) {
  const Entry entry;
  field->text = static_cast<const char*>(value);
  field->sort = sort;
  if (sort == nullptr && Column{field->type, nullptr, 0, false, false}.numeric())
    logError("Internal error: Using string as sort value for numerical field.");
}
