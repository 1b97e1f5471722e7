// dmsetup create and load: tables as text, and devices as --concise describes them.

#include "cli/print.hpp"
#include "dmsetup/dmsetup.hpp"
#include "show/concise.hpp"
#include "show/table_text.hpp"

namespace tool::dmsetup {
namespace {

/// The rows as dmsetup reads them: without comments. Returns nothing after showing an error.
std::optional<SecretRows> asRead(Result<SecretRows> rows) {
  if (!rows) return fail(rows.error()), std::nullopt;
  for (const Row& row : rows->rows())
    if (row.type.size() > 15)
      return fail("Target type name ", row.type, " is too long."), std::nullopt;
  rows->dropComments();
  return *std::move(rows);
}

/// The table of this call: --table, a file, or stdin.
std::optional<SecretRows> rowsOf(const Run& run, Words file) {
  return asRead(run.has(Opt::table) ? parseRows(run.value(Opt::table), "--table") : readRows(file));
}

/// What --readahead asks for. Without sectors, the read-ahead stays as it is.
struct WantedReadAhead {
  std::optional<Sectors> sectors;
  ReadAhead how = ReadAhead::exactly;
};

/// Returns nothing after showing an error. Called before anything is made.
std::optional<WantedReadAhead> wantedReadAhead(const Run& run) {
  WantedReadAhead wanted;
  std::string_view text = run.value(Opt::readAhead);
  if (!run.has(Opt::readAhead) || text == "auto") return wanted;
  if (text.starts_with('+')) wanted.how = ReadAhead::atLeast;
  auto sectors =
      text == "none" ? 0 : leadingNumber(wanted.how == ReadAhead::atLeast ? text.substr(1) : text);
  if (sectors < 0 && wanted.how == ReadAhead::exactly) {
    fail("Negative read ahead value (", text, ") is not understood.");
    return std::nullopt;
  }
  sectors = std::max<std::int64_t>(sectors, 0);  // any value meets a negative minimum
  constexpr std::uint64_t pageSectors = 8;
  wanted.sectors = Sectors{static_cast<std::uint64_t>(sectors) / pageSectors *
                           pageSectors};  // the kernel counts whole pages
  return wanted;
}

/// Best effort: a failure is shown, and the device stays.
void setReadAheadOf(Run& run, DeviceNumber device, const WantedReadAhead& wanted) {
  if (!wanted.sectors) return;
  if (const auto set = setReadAhead(*run.context, device, *wanted.sectors, wanted.how); !set)
    complain(set.error().message());
}

/// Loads the rows. Returns false after showing an error.
bool load(Run& run, Result<Task>& task, const SecretRows& rows) {
  if (!task) return run.failed(task.error());
  const auto added = rows.addTo(*task);
  return added ? run.perform(task) : run.failed(added.error());
}

/// What follows the creation of `name`. As in dmsetup, one call after another, so that an error
/// shows the number that the device had.
bool bringUp(Run& run, std::string_view name, DeviceNumber number, const SecretRows& rows,
             bool readOnly) {
  const Address address{{}, {}, number};
  const auto perform = [&](TaskType type) {
    auto task = run.task(type, address);
    run.asked.name = name;
    if (type == TaskType::DeviceResume) return run.perform(task);
    if (task && readOnly) static_cast<void>(task->setReadOnly());
    return load(run, task, rows);
  };
  if (perform(TaskType::DeviceReload) && perform(TaskType::DeviceResume)) return true;
  auto remove = run.task(TaskType::DeviceRemove, address);
  if (remove) static_cast<void>(remove->retryRemove(Timeout{5000}));  // udev may have it open
  static_cast<void>(run.perform(remove));
  return false;
}

bool createDevice(Run& run, std::string_view name, Result<Task>& task, const SecretRows& rows,
                  bool readOnly = false) {
  const auto wanted = wantedReadAhead(run);
  if (!wanted || !run.perform(task)) return false;
  const DeviceNumber number = task->info().device;
  if (!rows.empty()) {
    if (!bringUp(run, name, number, rows, readOnly)) return false;
    setReadAheadOf(run, number, *wanted);
  }
  return showIfVerbose(run, {{}, {}, number});
}

bool createConcise(Run& run, std::string_view& rest) {
  ConciseDevice device;
  if (const std::string problem = takeConcise(rest, device); !problem.empty()) return fail(problem);
  auto task = run.task(TaskType::DeviceCreate, {device.name, {}, {}});
  if (!task) return run.failed(task.error());
  Result<void> done;
  if (!device.uuid.empty()) done = task->setUuid(device.uuid);
  if (done && !device.minor.empty())
    done = task->setDevice({0, static_cast<std::uint32_t>(leadingNumber(device.minor))});
  run.asked.uuid = device.uuid;
  if (!done) return run.failed(done.error());
  const auto rows = asRead(parseRows(device.rows.str(), "--concise"));
  return rows && createDevice(run, device.name, task, *rows, device.readOnly);
}

bool createAllConcise(Run& run, Words operands) {
  if (run.has(Opt::table) || run.has(Opt::noTable) || run.has(Opt::minor) || run.has(Opt::uuid) ||
      run.has(Opt::inactive))
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
  if (operands.empty()) return fail("Please provide a name for the new device.");
  if (operands[0].find('/') != std::string_view::npos)
    return fail("Name \"", operands[0], R"(" invalid. It contains "/".)");
  if (!run.open()) return false;
  auto task = run.task(TaskType::DeviceCreate, {std::string(operands[0]), {}, {}});
  if (!task) return run.failed(task.error());
  Result<void> done;
  run.asked.uuid = run.value(Opt::uuid);
  if (!run.value(Opt::uuid).empty()) done = task->setUuid(run.value(Opt::uuid));
  if (done && run.has(Opt::minor)) {
    run.asked.number = {static_cast<std::uint32_t>(leadingNumber(run.value(Opt::major))),
                        static_cast<std::uint32_t>(leadingNumber(run.value(Opt::minor)))};
    done = task->setDevice(*run.asked.number);
  }
  if (!done) return run.failed(done.error());
  const auto rows =
      run.has(Opt::noTable) ? std::optional(SecretRows()) : rowsOf(run, operands.subspan(1));
  return rows && createDevice(run, operands[0], task, *rows);
}

bool runLoad(Run& run, Words operands) {
  if (run.has(Opt::noTable)) return fail("--notable only available when creating new device.");
  const bool addressed = run.addressed();
  if (addressed && operands.size() > 1) return fail("Too many command line arguments.");
  if (!addressed && operands.empty()) return fail("Please specify device.");
  const auto address = run.takeAddress(operands, addressed ? 1 : 0);
  if (!address) return false;
  auto task = run.task(TaskType::DeviceReload, *address);
  const auto rows = rowsOf(run, operands);
  return rows && load(run, task, *rows) && showIfVerbose(run, *address);
}

}  // namespace tool::dmsetup
