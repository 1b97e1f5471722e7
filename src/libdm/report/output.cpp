// What a report prints.

#include <cstring>
#include <utility>

#include "log.hpp"
#include "report/report.hpp"

using namespace devmap::libdm;

namespace {

/// Makes `text` as wide as its column.
void fit(std::string& text, std::size_t width, bool right) noexcept {
  if (text.size() > width) {
    text.resize(width);
  } else {
    text.insert(right ? 0 : text.size(), width - text.size(), ' ');
  }
}

/// Below 0, 0, or above, as strcmp.
int compared(const dm_report_field& a, const dm_report_field& b, const Column& column) noexcept {
  if ((column.type->flags & DM_REPORT_FIELD_TYPE_STRING_LIST) != 0)
    return std::strcmp(a.text, b.text);
  if (column.numeric() && a.sort != nullptr && b.sort != nullptr) {
    std::uint64_t x;
    std::uint64_t y;
    std::memcpy(&x, a.sort, sizeof x);
    std::memcpy(&y, b.sort, sizeof y);
    return x < y ? -1 : x > y ? 1 : 0;
  }
  const auto text = [&column](const dm_report_field& field) {
    return column.numeric() || field.sort == nullptr ? field.text
                                                     : static_cast<const char*>(field.sort);
  };
  return std::strcmp(text(a), text(b));
}

/// The items that are shown, with the separator between them.
class Joined {
 public:
  explicit Joined(const std::string& separator) noexcept : separator_(separator) {}
  void add(const std::string& item) noexcept {
    if (!std::exchange(first_, false)) line_ += separator_;
    line_ += item;
  }
  [[nodiscard]] const std::string& line() const noexcept { return line_; }

 private:
  const std::string& separator_;
  std::string line_;
  bool first_ = true;
};

}  // namespace

std::string dm_report::cell(const dm_report_field& field, const Column& column) const noexcept {
  std::string text = field.text;
  if (wants(DM_REPORT_OUTPUT_ALIGNED) && !wants(DM_REPORT_OUTPUT_COLUMNS_AS_ROWS)) {
    const std::uint32_t asked = column.type->flags & DM_REPORT_FIELD_ALIGN_MASK;
    const bool number =
        (column.type->flags & (DM_REPORT_FIELD_TYPE_NUMBER | DM_REPORT_FIELD_TYPE_SIZE)) != 0;
    fit(text, column.width, asked == 0 ? number : (asked & DM_REPORT_FIELD_ALIGN_LEFT) == 0);
  }
  if (!wants(DM_REPORT_OUTPUT_FIELD_NAME_PREFIX)) return text;
  std::string name = namePrefix + column.type->id;
  for (char& c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  const char* const quote = wants(DM_REPORT_OUTPUT_FIELD_UNQUOTED) ? "" : "'";
  return name + "=" + quote + text + quote;
}

void dm_report::sort() noexcept {
  if (keys.empty()) return;
  std::ranges::stable_sort(rows, [this](const Row& a, const Row& b) {
    for (const SortKey& key : keys) {
      const int order = compared(a[key.column], b[key.column], columns[key.column]);
      if (order != 0) return key.descending ? order > 0 : order < 0;
    }
    return false;
  });
}

/// Once for all that is printed until the rows are dropped. 1.02.185 cuts off what is wider then.
void dm_report::size() noexcept {
  if (std::exchange(sized, true)) return;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::size_t& width = columns[i].width;
    width = columns[i].type->width > 0 ? static_cast<std::size_t>(columns[i].type->width) : 0;
    for (const Row& row : rows) width = std::max(width, std::string_view(row[i].text).size());
  }
}

void dm_report::outputHeadings() noexcept {
  size();
  headed = true;
  if (!wants(DM_REPORT_OUTPUT_HEADINGS) || wants(DM_REPORT_OUTPUT_COLUMNS_AS_ROWS)) return;
  std::string line;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!columns[i].shown()) continue;
    std::string heading = columns[i].type->heading;
    if (wants(DM_REPORT_OUTPUT_ALIGNED)) {
      fit(heading, columns[i].width, false);
    }
    line += heading;
    // 1.02.185 does not look whether one of those that follow is shown.
    if (i + 1 < columns.size()) line += separator;
  }
  print(line);
}

void dm_report::outputRows() noexcept {
  if (!headed) outputHeadings();
  for (const Row& row : rows) {
    Joined line(separator);
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (columns[i].shown()) line.add(cell(row[i], columns[i]));
    print(line.line());
  }
}

void dm_report::outputColumns() noexcept {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!columns[i].shown()) continue;
    Joined line(separator);
    if (wants(DM_REPORT_OUTPUT_HEADINGS)) line.add(columns[i].type->heading);
    for (const Row& row : rows) line.add(cell(row[i], columns[i]));
    print(line.line());
  }
}

void dm_report::output() noexcept {
  if (rows.empty()) return;
  size();
  if (wants(DM_REPORT_OUTPUT_BUFFERED)) sort();
  if (wants(DM_REPORT_OUTPUT_COLUMNS_AS_ROWS))
    outputColumns();
  else
    outputRows();
  if (!wants(DM_REPORT_OUTPUT_MULTIPLE_TIMES)) dropRows();
}
