// Reports: made, filled by the functions of the program, and what is done with their rows.

#include "report/report.hpp"

#include <new>

#include "entry.hpp"
#include "log.hpp"
#include "report/group.hpp"
#include "support/pool.hpp"

using namespace devmap::libdm;

namespace {

constexpr std::size_t poolChunk = 10 * 1024;

dm_report* makeReport(std::uint32_t* types, const char* fields, const char* keys,
                      const char* selection, dm_report prototype) noexcept {
  if (fields == nullptr) {
    logError("dm_report: no fields are given");
    return nullptr;
  }
  if (types != nullptr) prototype.types = *types;
  if (!prototype.parse(fields, keys == nullptr ? "" : keys) || !dm_report::selectsAll(selection))
    return nullptr;
  prototype.pool = dm_pool_create("report", poolChunk);
  if (prototype.pool == nullptr) return nullptr;
  auto* const report = new (std::nothrow) dm_report(std::move(prototype));
  if (report != nullptr && types != nullptr) *types = report->types;
  return report;
}

/// Fills one cell. False after a line of the log.
bool fill(dm_report& report, const Column& column, dm_report_field& cell, void* object) noexcept {
  if (column.type->report_fn == nullptr) {  // selected
    static constexpr std::uint64_t yes = 1;
    cell.text = "1";
    cell.sort = &yes;
    return true;
  }
  const char* const data =
      column.object == nullptr ? nullptr : static_cast<const char*>(column.object->data_fn(object));
  if (data == nullptr) {
    logError("_do_report_object: no data assigned to field " + std::string(column.type->id));
    return false;
  }
  if (column.type->report_fn(&report, report.pool, &cell, data + column.type->offset,
                             report.userData) == 0) {
    logError("_do_report_object: report function failed for field " + std::string(column.type->id));
    return false;
  }
  return true;
}

int reportObject(dm_report* report, void* object, bool shown, int* selected) noexcept {
  if (report == nullptr) {
    logError("Internal error: _do_report_object: dm_report handler is NULL.");
    return 0;
  }
  if (report->done) return 1;
  Row row;
  for (const Column& column : report->columns) {
    row.push_back({"", nullptr, column.type});
    if (!fill(*report, column, row.back(), object)) return 0;
  }
  if (selected != nullptr) *selected = 1;
  if (!shown) return 1;
  report->rows.push_back(std::move(row));
  if (!report->buffered()) report->output();
  return 1;
}

dm_report prototype(const dm_report_object_type* objects, const dm_report_field_type* fields,
                    const char* separator, uint32_t flags, void* userData) {
  dm_report report;
  report.objects = objects;
  report.fields = fields;
  report.flags = flags & DM_REPORT_OUTPUT_MASK;
  report.separator = separator == nullptr ? "" : separator;
  report.userData = userData;
  return report;
}

}  // namespace

bool dm_report::selectsAll(const char* selection) noexcept {
  if (selection == nullptr || *selection == '\0' || sameIdentifier(selection, "all")) return true;
  logError("libdevmapper: selection criteria are not provided by devmap: " +
           std::string(selection));
  return false;
}

template <typename Chosen>
void dm_report::compact(Chosen chosen) noexcept {
  if (!buffered() || rows.empty()) return;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool empty =
        std::ranges::all_of(rows, [i](const Row& row) { return row[i].text[0] == '\0'; });
    if (!empty || chosen(columns[i])) columns[i].compacted = empty;
  }
}

void dm_report::dropRows() noexcept {
  rows.clear();
  sized = false;
  dm_pool_empty(pool);
}

dm_report* dm_report_init(uint32_t* types, const dm_report_object_type* objects,
                          const dm_report_field_type* fields, const char* shown,
                          const char* separator, uint32_t flags, const char* keys, void* userData) {
  const Entry entry;
  return makeReport(types, shown, keys, nullptr,
                    prototype(objects, fields, separator, flags, userData));
}

dm_report* dm_report_init_with_selection(uint32_t* types, const dm_report_object_type* objects,
                                         const dm_report_field_type* fields, const char* shown,
                                         const char* separator, uint32_t flags, const char* keys,
                                         const char* selection,
                                         const dm_report_reserved_value* /*for criteria*/,
                                         void* userData) {
  const Entry entry;
  dm_report report = prototype(objects, fields, separator, flags, userData);
  report.selects = true;
  return makeReport(types, shown, keys, selection, std::move(report));
}

void dm_report_free(dm_report* report) {
  const Entry entry;
  if (report == nullptr) return;
  leaveGroup(*report);
  dm_pool_destroy(report->pool);
  delete report;
}

int dm_report_object(dm_report* report, void* object) {
  const Entry entry;
  return reportObject(report, object, true, nullptr);
}

int dm_report_object_is_selected(dm_report* report, void* object, int shown, int* selected) {
  const Entry entry;
  return reportObject(report, object, shown != 0, selected);
}

int dm_report_compact_fields(dm_report* report) {
  const Entry entry;
  report->compact([](const Column&) { return true; });
  return 1;
}

int dm_report_compact_given_fields(dm_report* report, const char* fields) {
  const Entry entry;
  std::vector<const dm_report_field_type*> given;
  const bool known = eachItem(fields == nullptr ? "" : fields, [&](std::string_view name) {
    given.push_back(report->field(name));
    if (given.back() == nullptr) logError("dm_report: Unrecognized field: " + std::string(name));
    return given.back() != nullptr;
  });
  if (!known) return 0;
  report->compact([&](const Column& column) {
    // Of columns of the same field, the first.
    return std::ranges::find(given, column.type) != given.end() &&
           &*std::ranges::find(report->columns, column.type, &Column::type) == &column;
  });
  return 1;
}

int dm_report_is_empty(dm_report* report) { return report->rows.empty() ? 1 : 0; }

void dm_report_destroy_rows(dm_report* report) {
  const Entry entry;
  report->dropRows();
}

int dm_report_output(dm_report* report) {
  const Entry entry;
  report->output();
  return 1;
}

int dm_report_column_headings(dm_report* report) {
  const Entry entry;
  report->outputHeadings();
  return 1;
}

int dm_report_set_output_field_name_prefix(dm_report* report, const char* prefix) {
  const Entry entry;
  report->namePrefix = prefix == nullptr ? "" : prefix;
  return 1;
}

int dm_report_set_selection(dm_report* report, const char* selection) {
  const Entry entry;
  if (!dm_report::selectsAll(selection)) return 0;
  report->sized = false;  // as in 1.02.185
  return 1;
}
