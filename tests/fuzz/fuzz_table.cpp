// Fuzz target: tables as people write them. What is read is written and read again, plain and
// typed.
#include <string>

#include <devmap/table.hpp>
#include <devmap/targets.hpp>

#include "fuzz.hpp"
#include "show/table_text.hpp"

using namespace devmap;
using fuzz::expect;

namespace {

std::string textOf(const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows)
    text += std::to_string(row.start.count) + ' ' + std::to_string(row.length.count) + ' ' +
            row.type + ' ' + row.params + '\n';
  return text;
}

bool same(const Row& a, const Row& b) {
  return a.start == b.start && a.length == b.length && a.type == b.type && a.params == b.params;
}

void hideKeys(const Row& row) {
  const std::string hidden = tool::withoutKeys(row.type, row.params);
  expect(hidden.size() == row.params.size(), "hiding keys changes the length");
  expect(tool::withoutKeys(row.type, hidden) == hidden, "hiding keys twice changes more");
}

void typed(const std::string& text, std::size_t count) {
  const auto rows = targets::parseTable(text);
  expect(rows.has_value() && rows->size() == count, "typed rows are not the plain ones");
  if (const auto checked = targets::checkTable(*rows); !checked)
    expect(!checked.error().detail.empty(), "a refusal without its reason");
  for (const auto& row : *rows) {
    expect(row.target.typed() || row.target.fields().empty(), "fields of a raw value");
    (void)row.target.text();
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto rows = parseTable(text);
  if (!rows) {
    const Error& error = rows.error();
    expect(error.code == Errc::invalidTable && error.row && !error.detail.empty(),
           "an error of the wrong kind, or without its place");
    return 0;
  }
  const std::string written = textOf(*rows);
  const auto again = parseTable(written);
  expect(again.has_value() && again->size() == rows->size(), "written rows cannot be read");
  for (std::size_t i = 0; i < rows->size(); ++i) {
    expect(same((*rows)[i], (*again)[i]), "a row changes");
    hideKeys((*rows)[i]);
  }
  typed(written, rows->size());
  return 0;
}
