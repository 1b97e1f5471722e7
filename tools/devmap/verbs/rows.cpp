// explain, diff: rows read as typed values. Not in the static tool for an initramfs.

#include <devmap/targets.hpp>
#include <devmap/targets/table_diff.hpp>

#include "cli/print.hpp"
#include "cli/session.hpp"
#include "show/json.hpp"
#include "show/table_text.hpp"

namespace tool {
namespace {

std::optional<DeviceNumber> resolve(void*, std::string_view path) noexcept {
  return numberOfNode(std::string(path));
}

/// What is wrong with a row, as far as can be known without the kernel. Empty if nothing is, and
/// for types that devmap does not know.
std::string problemOf(const targets::TargetRow& row) {
  if (!row.target.typed()) return std::string(row.target.whyRaw());
  const auto checked = row.target.check(row.length);
  return checked ? std::string() : checked.error().message();
}

void explainRow(const targets::TargetRow& row, const std::string& problem) {
  print(displayable(row.target.type()), ": sectors ", row.start.count, " to ",
        row.start.count + row.length.count, "\n");
  for (const targets::FieldValue& field : row.target.fields()) {
    print("  ", padded(field.name, 28), " ", displayable(field.value));
    if (field.unit != targets::Unit::none) print(" ", targets::toString(field.unit));
    print("\n");
  }
  if (!row.target.typed() && problem.empty())
    print("  parameters: ", displayable(row.target.text().view()), "\n");
  if (!problem.empty()) print("  problem: ", problem, "\n");
}

void explainRowJson(const targets::TargetRow& row, const std::string& problem) {
  JsonLine json;
  json.number("start", row.start.count)
      .number("length", row.length.count)
      .text("target", row.target.type());
  putFields(json, row.target);
  problem.empty() ? json.null("problem") : json.text("problem", problem);
  json.end();
}

std::string shown(const std::string& value) {
  return displayable(value.empty() ? std::string_view("-") : value);
}

}  // namespace

bool runExplain(Session& session) {
  const Call& call = session.call();
  const auto rows = call.operands.empty() ? readRows({}) : parseRows(call.operands[0], "ROW");
  if (!rows) return session.fail(rows.error());
  bool good = true;
  const std::vector<targets::TargetRow> typed = targets::typedRows(rows->rows());
  for (const targets::TargetRow& row : typed) {
    const std::string problem = problemOf(row);
    good = good && problem.empty();
    (call.has(Option::json) ? explainRowJson : explainRow)(row, problem);
  }
  if (!good) return false;
  return session.ok(targets::checkTable(typed));
}

bool runDiff(Session& session) {
  const Call& call = session.call();
  auto operands = call.operands;
  const auto device = session.device(operands);
  if (!device || !checkFile(call, operands)) return false;
  const auto wanted = readRows(call, operands);
  if (!wanted) return session.fail(wanted.error());
  if (!session.open()) return false;
  auto task = session.task(TaskType::DeviceTable, *device);
  if (!task) return session.fail(task.error());
  task->secureData();
  Result<void> done = session.applyOptions(*task);
  if (done) done = task->run();
  if (!session.ok(done)) return false;
  if (!task->info().exists) return session.failMissing(*device);
  std::vector<targets::TargetRow> present;
  for (const TableRow& row : task->rows())
    present.push_back({row.start, row.length, targets::parseParams(row.type, row.params)});
  const auto diff =
      targets::compareTables(present, targets::typedRows(wanted->rows()), {&resolve, nullptr});
  const bool json = call.has(Option::json);
  for (const targets::Change& change : diff.changes) {
    if (json) {
      JsonLine line;
      line.number("row", change.row)
          .text("field", change.field)
          .text("before", change.before)
          .text("after", change.after);
      line.boolean("fixed", change.fixed).end();
      continue;
    }
    print("row ", change.row, ": ", change.field, ": ", shown(change.before), " -> ",
          shown(change.after), change.fixed ? " (kept for life)" : "", "\n");
  }
  if (json) {
    JsonLine()
        .boolean("same", diff.same())
        .boolean("live", diff.live)
        .text("why_not", diff.whyNot)
        .end();
  } else if (diff.same()) {
    print("both mean the same\n");
  } else {
    print("a live device ", diff.live ? "takes it" : "does not take it: ", diff.whyNot, "\n");
  }
  return true;
}

}  // namespace tool
