// dmsetup verbs that look at devices: info, deps, status, table, measure, wait, ls, targets,
// version.

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/wait.h>
#include <unistd.h>

#include "cli/print.hpp"
#include "dmsetup/dmsetup.hpp"
#include "dmsetup/report.hpp"
#include "show/concise.hpp"
#include "show/table_text.hpp"

namespace tool::dmsetup {
namespace {

/// How a list names devices: by number, by the kernel's name, by the device-mapper's.
enum class Style : std::uint8_t { number, kernelName, name };

/// The style that -o names, by any prefix; number without -o.
std::optional<Style> styleOf(const Run& run) {
  const std::string_view wanted = run.value(Opt::options);
  Style style = Style::number;
  for (const std::string_view known : {"devno", "blkdevname", "devname"}) {
    if (known.starts_with(wanted)) return style;
    style = static_cast<Style>(static_cast<int>(style) + 1);
  }
  return std::nullopt;
}

/// The device-mapper's name from sysfs; empty for other devices.
std::string mapperName(DeviceNumber device) {
  std::array<char, 256> text{};
  std::size_t size = 0;
  if (systemKernel().readText(join("/sys/dev/block/", toString(device), "/dm/name").c_str(), text,
                              size) != 0)
    return {};
  if (size > 0 && text[size - 1] == '\n') --size;
  return {text.data(), size};
}

/// `(7:0)`, `(loop0)`; by number if the device has no such name.
std::string styled(DeviceNumber device, Style style, const char* between) {
  std::string name;
  if (style == Style::name) name = mapperName(device);
  if (style != Style::number && name.empty()) name = blockName(device);
  return name.empty() ? join("(", device.major, between, device.minor, ")") : join("(", name, ")");
}

/// Parameters as dmsetup shows them.
std::string shownParams(const Run& run, const TableRow& row) {
  if (run.has(Opt::showKeys)) return std::string(row.params);
  return withoutKeys(row.type, row.params, NullKey::zero);
}

/// Prints a device on one line, as `create --concise` takes it.
void printConcise(Run& run, const Task& task) {
  const DeviceInfo& info = task.info();
  const auto wanted = [&](const TableRow& row) { return row.type == run.value(Opt::target); };
  if (run.has(Opt::target) && std::ranges::none_of(task.rows(), wanted)) return;
  if (run.printed) put(";");
  run.printed = true;
  put(conciseField(info.name));
  put(",");
  put(conciseField(info.uuid));
  print(",", info.device.minor, ",", info.readOnly ? "ro" : "rw");
  for (const TableRow& row : task.rows()) {
    if (run.has(Opt::target) && row.type != run.value(Opt::target)) continue;
    print(",", row.start.count, " ", row.length.count, " ", row.type, " ");
    put(conciseField(shownParams(run, row)));
  }
}

bool showRows(Run& run, TaskType type, const Address& address, bool several, bool ima) {
  auto made = run.task(type, address);
  if (!made) return fail(made.error());
  if (type == TaskType::DeviceTable) made->secureData();
  if (ima) static_cast<void>(made->imaMeasurement());
  if (!run.perform(made)) return false;
  const DeviceInfo& info = made->info();
  if (!info.exists) return fail("Device does not exist.");
  if (run.has(Opt::concise) && type == TaskType::DeviceTable) return printConcise(run, *made), true;
  const bool verbose = run.has(Opt::verbose);
  const bool silent = run.has(Opt::exec) && !verbose;
  const std::string prefix = several && !verbose ? info.name + ": " : std::string();
  bool matched = false;
  const auto begin = [&] {
    if (!matched && verbose && !silent) printInfo(run, info);
    matched = true;
    if (!silent) put(prefix);
  };
  if (made->rows().empty() && !run.has(Opt::target)) {
    begin();
    if (!silent) put("\n");
  }
  for (const TableRow& row : made->rows()) {
    if (run.has(Opt::target) && row.type != run.value(Opt::target)) continue;
    begin();
    const std::string text =
        type == TaskType::DeviceTable ? shownParams(run, row) : std::string(row.params);
    if (!silent) print(row.start.count, " ", row.length.count, " ", row.type, " ", text, "\n");
  }
  if (several && verbose && matched) put("\n");
  return !matched || !run.has(Opt::exec) || execute(run, info.name);
}

/// ls --target, ls --exec
bool listOne(Run& run, const Address& address) {
  const auto task = run.look(TaskType::DeviceStatus, address);
  if (!task) return false;
  const DeviceInfo& info = task->info();
  bool matched = !run.has(Opt::target);
  for (const TableRow& row : task->rows()) matched = matched || row.type == run.value(Opt::target);
  if (!matched) return true;
  if (!run.has(Opt::exec) || run.has(Opt::verbose))
    print(info.name, "\t", styled(info.device, Style::number, ", "), "\n");
  return !run.has(Opt::exec) || execute(run, info.name);
}

}  // namespace

bool checkStyle(const Run& run) {
  if (styleOf(run)) return true;
  return fail("Option not recognised: ", run.value(Opt::options),
              ".\nIt is devno, blkdevname or devname.");
}

std::string blockName(DeviceNumber number) {
  std::array<char, 256> target{};
  const ssize_t size =
      readlink(join("/sys/dev/block/", toString(number)).c_str(), target.data(), target.size());
  if (size <= 0) return {};
  const std::string_view path(target.data(), static_cast<std::size_t>(size));
  return std::string(path.substr(path.rfind('/') + 1));
}

bool execute(Run& run, std::string_view name) {
  auto task = run.task(TaskType::DeviceMknodes, {std::string(name), {}, {}});
  if (task) static_cast<void>(task->run());
  std::vector<std::string> texts;
  for (const std::string_view word : words(run.value(Opt::exec))) texts.emplace_back(word);
  texts.push_back(run.nodeOf(name));
  std::vector<char*> arguments;
  arguments.reserve(texts.size() + 1);
  for (std::string& text : texts) arguments.push_back(text.data());
  arguments.push_back(nullptr);
  flushOutput();
  volatile int failure = 0;     // the child shares our memory until it execs
  const pid_t child = vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork): it does
                                // nothing but start the program
  if (child < 0) return fail("Fork failed.");
  if (child == 0) {
    execvp(arguments[0], arguments.data());
    failure = errno;
    _exit(127);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (failure != 0) complain("execvp ", texts[0], " failed: ", errnoName(failure));
  return true;
}

void printInfo(Run& run, const DeviceInfo& info) {
  print("Name:              ", info.name,
        "\nState:             ", info.suspended ? "SUSPENDED" : "ACTIVE",
        info.readOnly ? " (READ-ONLY)" : "", info.deferredRemove ? " (DEFERRED REMOVE)" : "", "\n");
  if (const auto sectors = readAhead(*run.context, info.device))
    print("Read Ahead:        ", sectors->count, "\n");
  const char* const live = info.inactiveTable ? "LIVE & INACTIVE" : "LIVE";
  const char* const other = info.inactiveTable ? "INACTIVE" : "None";
  print("Tables present:    ", info.liveTable ? live : other, "\n");
  if (info.openCount >= 0) print("Open count:        ", info.openCount, "\n");
  print("Event number:      ", info.eventNr, "\nMajor, minor:      ", info.device.major, ", ",
        info.device.minor, "\n");
  print("Number of targets: ", info.targetCount, "\n");
  if (!info.uuid.empty()) print("UUID: ", info.uuid, "\n");
  put("\n");
}

bool showInfo(Run& run, const Address& address, bool) {
  const auto task = run.look(TaskType::DeviceInfo, address);
  if (!task) return false;
  if (run.report != nullptr) return run.report->add(run, task->info());
  printInfo(run, task->info());
  return true;
}

bool showDeps(Run& run, const Address& address, bool several) {
  const Style style = styleOf(run).value_or(Style::number);
  const auto task = run.look(TaskType::DeviceDeps, address);
  if (!task) return false;
  if (run.has(Opt::verbose)) printInfo(run, task->info());
  if (several && !run.has(Opt::verbose)) print(task->info().name, ": ");
  print(task->deps().size(), " dependencies\t:");
  for (const DeviceNumber device : task->deps()) print(" ", styled(device, style, ", "));
  put("\n");
  if (several && run.has(Opt::verbose)) put("\n");
  return true;
}

bool showStatus(Run& run, const Address& address, bool several) {
  return showRows(run, TaskType::DeviceStatus, address, several, false);
}

bool showTable(Run& run, const Address& address, bool several) {
  return showRows(run, TaskType::DeviceTable, address, several, false);
}

bool showMeasure(Run& run, const Address& address, bool several) {
  return showRows(run, TaskType::DeviceStatus, address, several, true);
}

bool runWait(Run& run, Words operands) {
  if (operands.empty() && !run.addressed()) return fail("Incorrect number of arguments.");
  const auto address = run.takeAddress(operands, run.addressed() ? 1 : 0);
  if (!address) return false;
  auto task = run.task(TaskType::DeviceWaitEvent, *address);
  if (!task) return fail(task.error());
  const auto last = operands.empty() ? 0 : leadingNumber(operands[0]);
  if (!ok(task->setEventNr(static_cast<std::uint32_t>(last)))) return false;
  if (!run.perform(task)) return false;
  if (run.has(Opt::verbose)) printInfo(run, task->info());
  return true;
}

bool runList(Run& run, Words) {
  if (run.has(Opt::tree)) return runTree(run);
  const Style style = styleOf(run).value_or(Style::number);
  const auto devices = run.all();
  if (!devices) return false;
  if (devices->empty()) print("No devices found\n");
  bool done = true;
  for (const DeviceEntry& device : *devices) {
    if (run.has(Opt::target) || run.has(Opt::exec))
      done = listOne(run, {{}, {}, device.device}) && done;
    else
      print(device.name, "\t", styled(device.device, style, ":"), "\n");
  }
  return done;
}

bool runTargets(Run& run, Words) {
  if (!run.open()) return false;
  auto task = run.task(TaskType::DeviceListVersions);
  if (!run.perform(task)) return false;
  for (const TargetVersion& target : task->versions())
    print(padded(target.name, 16), " v", toString(target.version), "\n");
  return true;
}

bool runTargetVersion(Run& run, Words operands) {
  if (!run.open()) return false;
  for (const std::string_view type : operands) {
    auto task = run.task(TaskType::DeviceGetTargetVersion, {std::string(type), {}, {}});
    if (!run.perform(task)) return false;
    for (const TargetVersion& target : task->versions())
      print(padded(target.name, 16), " v", toString(target.version), "\n");
  }
  return true;
}

bool runVersion(Run& run, Words) {
  // Scripts compare it, so it is the dmsetup release that the command line follows.
  print("Library version:   ", spokenVersion, "\n");
  if (!run.open()) return false;
  print("Driver version:    ", toString(run.context->interfaceVersion()), "\n");
  return true;
}

}  // namespace tool::dmsetup
