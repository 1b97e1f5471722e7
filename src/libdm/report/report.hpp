// A report: columns that the program chose, rows of texts, and how they are printed. The program's
// functions fill the rows. What these files do was seen by running libdevmapper 1.02.185.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api.hpp"

/// One cell, which a function of the program fills. Both point into the pool of the report.
struct dm_report_field {
  const char* text;
  const void* sort;  // a uint64_t where the column is numeric, else text; null: the text
  const dm_report_field_type* type;
};

namespace devmap::libdm {

struct Column {
  const dm_report_field_type* type;
  const dm_report_object_type* object;  // null for the implicit columns
  std::size_t width;                    // in bytes
  bool keyOnly;                         // sorted by, and not shown
  bool compacted;                       // not shown because it was empty in all rows

  [[nodiscard]] bool shown() const noexcept { return !keyOnly && !compacted; }
  [[nodiscard]] bool numeric() const noexcept;
};

struct SortKey {
  std::size_t column;
  bool descending;
};

using Row = std::vector<dm_report_field>;

/// Whether an identifier is the same without regard to case and underscores.
[[nodiscard]] bool sameIdentifier(std::string_view a, std::string_view b) noexcept;

/// Calls `handle` with each item of a list that is separated by commas, until it returns false, as
/// this does then. Commas before an item are skipped.
template <typename Handle>
bool eachItem(std::string_view list, Handle handle) noexcept {
  while (!list.empty()) {
    list.remove_prefix(std::min(list.find_first_not_of(','), list.size()));
    const std::size_t size = std::min(list.find(','), list.size());
    if (!handle(list.substr(0, size))) return false;
    list.remove_prefix(size);
  }
  return true;
}

}  // namespace devmap::libdm

struct dm_report {
  dm_pool* pool = nullptr;  // of the texts of the rows
  const dm_report_object_type* objects = nullptr;
  const dm_report_field_type* fields = nullptr;
  void* userData = nullptr;
  std::uint32_t types = 0;  // of the objects whose fields are shown
  std::uint32_t flags = 0;
  std::string separator;
  std::string idPrefix;    // of the names of fields, which the program may leave out
  std::string namePrefix;  // before the names that are printed
  std::vector<devmap::libdm::Column> columns;
  std::vector<devmap::libdm::SortKey> keys;
  std::vector<devmap::libdm::Row> rows;
  bool selects = false;  // has the implicit column `selected`
  bool done = false;     // help was asked for, and printed
  bool headed = false;   // the headings were printed
  bool sized = false;    // the columns are as wide as the rows that were there at that time
  dm_report_group* group = nullptr;
  bool headedBefore = false;  // when it was pushed to the group
  bool sizedBefore = false;

  [[nodiscard]] bool wants(std::uint32_t flag) const noexcept { return (flags & flag) != 0; }
  [[nodiscard]] bool buffered() const noexcept {
    return wants(DM_REPORT_OUTPUT_BUFFERED | DM_REPORT_OUTPUT_COLUMNS_AS_ROWS);
  }

  /// The type of objects of an id. Null: there is none.
  [[nodiscard]] const dm_report_object_type* object(std::uint32_t id) const noexcept;
  /// The field of a name, an implicit one also. Null: there is none.
  [[nodiscard]] const dm_report_field_type* field(std::string_view name) const noexcept;
  /// Makes the columns and the keys. False after a line of the log.
  bool parse(std::string_view fields, std::string_view keys) noexcept;
  /// True when a selection selects all; false after a line of the log.
  static bool selectsAll(const char* selection) noexcept;

  /// Hides the columns that are chosen where no row has a text, and shows all where one has.
  template <typename Chosen>
  void compact(Chosen chosen) noexcept;
  /// Prints all rows, and drops them unless they are printed many times.
  void output() noexcept;
  void outputHeadings() noexcept;
  void dropRows() noexcept;

 private:
  using Word = std::string_view;
  [[nodiscard]] std::uint32_t typesOfAll(Word word) const noexcept;
  [[nodiscard]] devmap::libdm::Column column(const dm_report_field_type& type,
                                             bool keyOnly) const noexcept;
  bool noteTypes(Word word) noexcept;
  bool addField(Word word) noexcept;
  bool addKey(Word word) noexcept;
  void help() const noexcept;
  void helpOf(const dm_report_field_type* list, std::size_t width) const noexcept;
  void sort() noexcept;
  void size() noexcept;
  [[nodiscard]] std::string cell(const dm_report_field& field,
                                 const devmap::libdm::Column& column) const noexcept;
  void outputRows() noexcept;
  void outputColumns() noexcept;
};
