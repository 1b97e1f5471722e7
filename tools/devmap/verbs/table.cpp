// load, message: verbs that change a table. table, status, wait: verbs that read one.

#include "cli/each_device.hpp"
#include "cli/numbers.hpp"
#include "cli/print.hpp"
#include "cli/session.hpp"
#include "show/json.hpp"
#include "show/table_text.hpp"

namespace tool {

bool runLoad(Session& session) {
  const Call& call = session.call();
  auto operands = call.operands;
  const auto device = session.device(operands);
  if (!device || !checkFile(call, operands)) return false;
  if (!session.open()) return false;
  const auto rows = readRows(call, operands);
  if (!rows) return session.fail(rows.error());
  return session.ok(load(session.context(), device->ref(), rows->rows(),
                         {.readOnly = call.has(Option::readOnly), .secure = true}));
}

bool runMessage(Session& session) {
  const Call& call = session.call();
  auto operands = call.operands;
  const auto device = session.device(operands);
  if (!device) return false;
  if (operands.size() < 2) return failUsage(call, "give a sector and a message");
  const auto sector = decimal(operands[0]);
  if (!sector) return failUsage(call, "'", operands[0], "' is not a sector");
  if (!session.open()) return false;
  std::string message;
  for (const std::string_view word : operands.subspan(1))
    message += join(message.empty() ? "" : " ", word);
  auto task = session.task(TaskType::DeviceTargetMsg, *device);
  if (!task) return session.fail(task.error());
  Result<void> done = task->setSector(Sectors{*sector});
  if (done) done = task->setMessage(message);
  if (done) done = task->run();
  if (!session.ok(done)) return false;
  const std::string_view response = task->response().value_or("");
  if (call.has(Option::json)) {
    JsonLine json;
    json.text("name", task->info().name);
    task->response() ? json.text("response", response) : json.null("response");
    json.end();
    return true;
  }
  if (!response.empty()) print(response, response.ends_with('\n') ? "" : "\n");
  return true;
}

namespace {

/// Prints the rows of a task that has run. A device without a table gives one empty line, unless a
/// target type is asked for.
void printRows(const Session& session, const Task& task, bool several) {
  const Call& call = session.call();
  const auto& wanted = call.value(Option::target);
  const bool hideKeys = task.type() == TaskType::DeviceTable && !call.has(Option::showKeys);
  const std::string prefix = several ? displayable(task.info().name) + ": " : std::string();
  const bool json = call.has(Option::json);
  if (task.rows().empty() && !wanted && !json) print(prefix, "\n");
  for (const TableRow& row : task.rows()) {
    if (wanted && row.type != *wanted) continue;
    const std::string params =
        hideKeys ? withoutKeys(row.type, row.params) : std::string(row.params);
    if (json)
      putRowJson(task, row, params);
    else
      print(prefix, row.start.count, " ", row.length.count, " ", row.type, " ", params, "\n");
  }
}

Shown showRows(Session& session, TaskType type, const Address& address, bool several) {
  auto task = session.task(type, address);
  if (!task) return std::move(task).error();
  if (type == TaskType::DeviceTable) task->secureData();
  Result<void> done = session.applyOptions(*task);
  if (done) done = task->run();
  if (!done) return std::move(done).error();
  if (task->info().exists) printRows(session, *task, several);
  return task->info().exists;
}

Shown showTable(Session& session, const Address& address, bool several) {
  return showRows(session, TaskType::DeviceTable, address, several);
}

Shown showStatus(Session& session, const Address& address, bool several) {
  return showRows(session, TaskType::DeviceStatus, address, several);
}

}  // namespace

bool runTable(Session& session) { return forEachDevice(session, &showTable); }

bool runStatus(Session& session) { return forEachDevice(session, &showStatus); }

bool runWait(Session& session) {
  const Call& call = session.call();
  auto operands = call.operands;
  const auto device = session.device(operands);
  if (!device) return false;
  if (operands.size() > 1) return failUsage(call, "'", operands[1], "' is one operand too many");
  const auto event =
      operands.empty() ? std::optional<std::uint64_t>(0) : decimal(operands[0], UINT32_MAX);
  if (!event) return failUsage(call, "'", operands[0], "' is not an event number");
  if (!session.open()) return false;
  auto task = session.task(TaskType::DeviceWaitEvent, *device);
  if (!task) return session.fail(task.error());
  Result<void> done = task->setEventNr(static_cast<std::uint32_t>(*event));
  if (done && call.has(Option::deadline)) done = task->waitTimeout(session.timeLeft());
  if (done) done = session.applyOptions(*task);
  if (done) done = task->run();
  return session.ok(done);
}

}  // namespace tool
