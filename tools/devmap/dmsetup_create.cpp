// dmsetup create and load: tables as text, and devices as --concise describes them.

#include "concise.hpp"
#include "dmsetup.hpp"
#include "print.hpp"
#include "table_text.hpp"

namespace tool::dmsetup {
namespace {

/// Where the table of this call comes from: --table, a file, or stdin.
Result<SecretRows> rowsOf(const Run& run, Words file) {
  auto rows = run.has(Opt::table) ? parseRows(run.value(Opt::table), "--table") : readRows(file);
  if (rows) rows->dropComments();
  return rows;
}

bool setReadAheadOf(Run& run, DeviceNumber device) {
  std::string_view text = run.value(Opt::readAhead);
  if (text.empty() || text == "auto") return true;
  const bool least = text.starts_with('+');
  const auto sectors = text == "none" ? 0 : leadingNumber(least ? text.substr(1) : text);
  if (sectors < 0) return true;
  const auto set =
      setReadAhead(*run.context, device, Sectors{static_cast<std::uint64_t>(sectors)}, least ? ReadAhead::atLeast : ReadAhead::exactly);
  return ok(set);
}

bool createDevice(Run& run, Result<Task>& task, const SecretRows& rows) {
  if (task)
    if (!ok(rows.addTo(*task))) return false;
  if (!run.perform(task)) return false;
  const DeviceNumber number = task->info().device;
  return (rows.empty() || setReadAheadOf(run, number)) && showIfVerbose(run, {{}, {}, number});
}

bool createConcise(Run& run, std::string_view& rest) {
  ConciseDevice device;
  if (const std::string problem = takeConcise(rest, device); !problem.empty()) return fail(problem);
  auto task = run.task(TaskType::DeviceCreate, {device.name, {}, {}});
  if (!task) return fail(task.error());
  Result<void> done;
  if (!device.uuid.empty()) done = task->setUuid(device.uuid);
  if (done && !device.minor.empty()) done = task->setDevice({0, static_cast<std::uint32_t>(leadingNumber(device.minor))});
  if (done && device.readOnly) done = task->setReadOnly();
  if (!ok(done)) return false;
  auto parsed = parseRows(device.rows.str(), "--concise");
  if (parsed) parsed->dropComments();
  return parsed ? createDevice(run, task, *parsed) : fail(parsed.error());
}

bool createAllConcise(Run& run, Words operands) {
  if (run.has(Opt::table) || run.has(Opt::noTable) || run.has(Opt::minor) || run.has(Opt::uuid) || run.has(Opt::inactive))
    return fail("--concise is incompatible with --[no]table, --minor, --uuid and --inactive.");
  if (operands.size() > 1) return fail("dmsetup create --concise takes at most one argument");
  if (!run.open()) return false;
  SecretText input;
  if (operands.empty())
    if (const int error = readInput(input)) return fail("standard input: ", errnoName(error));
  std::string_view rest = operands.empty() ? std::string_view(input.str()) : operands[0];
  while (rest.ends_with('\n') || rest.ends_with(' ')) rest.remove_suffix(1);
  while (!rest.empty())
    if (!createConcise(run, rest)) return false;
  return true;
}

}  // namespace

bool runCreate(Run& run, Words operands) {
  if (run.has(Opt::concise)) return createAllConcise(run, operands);
  if (operands.empty()) return fail("A new device needs a name.");
  if (operands[0].find('/') != std::string_view::npos) return fail("Name \"", operands[0], R"(" invalid. It contains "/".)");
  if (!run.open()) return false;
  auto task = run.task(TaskType::DeviceCreate, {std::string(operands[0]), {}, {}});
  if (!task) return fail(task.error());
  Result<void> done;
  if (run.has(Opt::uuid)) done = task->setUuid(run.value(Opt::uuid));
  if (done && run.has(Opt::minor))
    done = task->setDevice({static_cast<std::uint32_t>(leadingNumber(run.value(Opt::major))),
                            static_cast<std::uint32_t>(leadingNumber(run.value(Opt::minor)))});
  if (!ok(done)) return false;
  const auto rows = run.has(Opt::noTable) ? Result<SecretRows>(SecretRows()) : rowsOf(run, operands.subspan(1));
  return rows ? createDevice(run, task, *rows) : fail(rows.error());
}

bool runLoad(Run& run, Words operands) {
  if (run.has(Opt::noTable)) return fail("--notable only available when creating new device.");
  const bool addressed = run.addressed();
  if (addressed && operands.size() > 1) return fail("Too many command line arguments.");
  if (!addressed && operands.empty()) return fail("Please specify device.");
  const auto address = run.takeAddress(operands, addressed ? 1 : 0);
  if (!address) return false;
  auto task = run.task(TaskType::DeviceReload, *address);
  if (!task) return fail(task.error());
  const auto rows = rowsOf(run, operands);
  if (!rows) return fail(rows.error());
  if (!ok(rows->addTo(*task))) return false;
  return run.perform(task) && showIfVerbose(run, *address);
}

}  // namespace tool::dmsetup
