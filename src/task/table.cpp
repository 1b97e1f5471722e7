#include <devmap/table.hpp>

#include <base/text.hpp>
#include <devmap/targets/keys.hpp>
#include <devmap/types.hpp>

namespace devmap {
namespace {

struct Position {
  std::uint32_t row;
  std::uint64_t line;
  std::uint64_t column;
};

Error badRow(Position at, std::string_view what) {
  Error error{
      .code = Errc::invalidTable, .operation = "read table", .row = at.row, .detail = "line "};
  error.detail += std::to_string(at.line) + ", column " + std::to_string(at.column) + ": ";
  error.detail += what;
  error.detail +=
      "; a row is START LENGTH TYPE [PARAMETERS], start and length in sectors of 512 bytes";
  return error;
}

Result<Row> parseRow(std::string_view line, std::uint32_t row, std::uint64_t lineNumber) {
  std::string_view rest = line;
  const auto columnOf = [&](std::string_view word) {
    return word.empty() ? line.size() + 1
                        : static_cast<std::uint64_t>(word.data() - line.data()) + 1;
  };
  Row parsed;
  std::string_view word = base::takeWord(rest);
  if (!base::readNumber(word, parsed.start.count))
    return badRow({row, lineNumber, columnOf(word)}, "the start must be a number");
  word = base::takeWord(rest);
  if (!base::readNumber(word, parsed.length.count))
    return badRow({row, lineNumber, columnOf(word)}, "the length must be a number");
  word = base::takeWord(rest);
  if (word.empty()) return badRow({row, lineNumber, columnOf(word)}, "the target type is missing");
  parsed.type = word;
  parsed.params = base::trim(rest);
  return parsed;
}

}  // namespace

Result<std::vector<Row>> parseTable(std::string_view text) noexcept {
  std::vector<Row> rows;
  std::uint64_t lineNumber = 0;
  while (!text.empty()) {
    ++lineNumber;
    const std::string_view line = base::takeLine(text);
    const std::string_view content = base::trim(line);
    if (content.empty() || content.front() == '#') continue;
    auto row = parseRow(line, static_cast<std::uint32_t>(rows.size()), lineNumber);
    if (!row) {
      for (Row& read : rows) wipe(read.params);  // may hold keys, and are not returned
      return std::move(row).error();
    }
    rows.push_back(*std::move(row));
  }
  return rows;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  for (std::string_view word = base::takeWord(text); !word.empty(); word = base::takeWord(text))
    found.push_back(word);
  return found;
}

}  // namespace devmap
