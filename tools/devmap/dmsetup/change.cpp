// dmsetup verbs that change existing devices.

#include <cerrno>

#include "cli/numbers.hpp"
#include "cli/print.hpp"
#include "dmsetup/dmsetup.hpp"

namespace tool::dmsetup {
namespace {

bool simple(Run& run, TaskType type, const Address& address) {
  auto task = run.task(type, address);
  return run.perform(task) && showIfVerbose(run, address);
}

/// Loads one error row over the whole device and resumes it. `hard`: does not wait for I/O or file
/// systems.
bool replaceByErrors(Run& run, const Address& address, bool hard) {
  auto table = run.task(TaskType::DeviceTable, address);
  if (!run.perform(table)) return false;
  if (!table->info().exists) return fail("Device does not exist.");
  if (table->rows().empty()) return true;
  const TableRow& last = table->rows().back();
  auto load = run.task(TaskType::DeviceReload, address);
  if (!load) return fail(load.error());
  if (!ok(load->addTarget(Sectors{0}, Sectors{last.start.count + last.length.count}, "error", "")))
    return false;
  if (!run.perform(load)) return false;
  auto resume = run.task(TaskType::DeviceResume, address);
  if (resume && hard) {
    static_cast<void>(resume->noFlush());
    static_cast<void>(resume->skipLockfs());
  }
  if (run.perform(resume)) return true;
  auto clear = run.task(TaskType::DeviceClear, address);
  static_cast<void>(run.perform(clear));
  return false;
}

/// The name by which the kernel knows the device.
std::optional<DeviceInfo> infoOf(Run& run, const Address& address) {
  auto task = run.look(TaskType::DeviceInfo, address);
  if (!task) return std::nullopt;
  return task->info();
}

}  // namespace

bool showIfVerbose(Run& run, const Address& address) {
  if (!run.has(Opt::verbose)) return true;
  auto task = run.task(TaskType::DeviceInfo, address);
  if (!run.perform(task)) return false;
  if (task->info().exists) printInfo(run, task->info());
  return true;
}

bool removeOne(Run& run, const Address& address, bool) {
  const bool replaced = !run.has(Opt::force) || replaceByErrors(run, address, true);
  auto task = run.task(TaskType::DeviceRemove, address);
  if (task && run.has(Opt::retry)) static_cast<void>(task->retryRemove(Timeout{5000}));
  return run.perform(task) && replaced;
}

bool runRemoveAll(Run& run, Words) {
  if (!run.open()) return false;
  auto first = run.task(TaskType::DeviceRemoveAll);
  if (!run.perform(first)) return false;
  if (!run.has(Opt::force)) return true;
  const auto devices = run.all();
  if (!devices) return false;
  for (const DeviceEntry& device : *devices)
    static_cast<void>(replaceByErrors(run, {{}, {}, device.device}, true));
  auto second = run.task(TaskType::DeviceRemoveAll);
  if (!run.perform(second)) return false;
  const auto left = run.all();
  if (left && !left->empty()) complain("Unable to remove ", left->size(), " device(s).");
  return true;
}

bool suspendOne(Run& run, const Address& address, bool) {
  return simple(run, TaskType::DeviceSuspend, address);
}

bool resumeOne(Run& run, const Address& address, bool) {
  return simple(run, TaskType::DeviceResume, address);
}

bool clearOne(Run& run, const Address& address, bool) {
  return simple(run, TaskType::DeviceClear, address);
}

bool wipeOne(Run& run, const Address& address, bool) {
  return replaceByErrors(run, address, run.has(Opt::force));
}

bool runRename(Run& run, Words operands) {
  const std::string_view wanted = operands.back();
  operands = operands.first(operands.size() - 1);
  const bool uuid = run.has(Opt::setUuid);
  if (!uuid && wanted.find('/') != std::string_view::npos)
    return fail("Name \"", wanted, R"(" invalid. It contains "/".)");
  if (operands.empty()) {
    run.asked = {{}, std::string(run.value(Opt::uuid)), {}};
    return run.failed({.code = Errc::notFound,
                       .operation = "rename device",
                       .errnum = ENXIO,
                       .detail = "the kernel renames devices by name only"});
  }
  const auto address = run.address(operands[0]);
  if (!address) return false;
  auto task = run.task(TaskType::DeviceRename, *address);
  if (!task) return run.failed(task.error());
  const auto set = uuid ? task->setNewUuid(wanted) : task->setNewName(wanted);
  if (!set) return run.failed(set.error());
  return run.perform(task);
}

bool runMessage(Run& run, Words operands) {
  if (!run.addressed() && operands.size() < 3)
    return fail("Incorrect number of arguments.\nUsage: dmsetup message DEVICE SECTOR WORD...");
  const auto address = run.addressed() ? run.address(std::nullopt) : run.takeAddress(operands, 0);
  if (!address) return false;
  const auto sector = decimal(operands[0]);
  if (!sector) return fail("Invalid sector.");
  std::string message;
  for (const std::string_view word : operands.subspan(1))
    message += join(message.empty() ? "" : " ", word);
  auto task = run.task(TaskType::DeviceTargetMsg, *address);
  if (!task) return run.failed(task.error());
  Result<void> done = task->setSector(Sectors{*sector});
  if (done) done = task->setMessage(message);
  if (!done) return run.failed(done.error());
  const auto sent = run.execute(*task);
  // Up to Linux 6.1, a message to a device without a table counts as sent, and so it does in
  // dmsetup.
  if (!sent && sent.error().code == Errc::refusedByKernel && sent.error().errnum == 0) return true;
  if (!sent) return run.failed(sent.error());
  const std::string_view response = task->response().value_or("");
  if (!response.empty()) print(response, response.ends_with('\n') ? "" : "\n");
  return true;
}

bool runGeometry(Run& run, Words operands) {
  const auto address = run.address(operands[0]);
  if (!address) return false;
  const auto number = [&](std::size_t index) {
    return decimal(operands[index]).value_or(UINT64_MAX);
  };
  for (std::size_t i = 1; i < 5; ++i)
    if (number(i) == UINT64_MAX || (i < 4 && number(i) > UINT32_MAX)) {
      run.asked = *address;
      return run.failed({.code = Errc::invalidArgument,
                         .operation = "set geometry",
                         .errnum = EINVAL,
                         .detail = join("'", operands[i], "' is not a number")});
    }
  auto task = run.task(TaskType::DeviceSetGeometry, *address);
  if (!task) return run.failed(task.error());
  const auto set = task->setGeometry({static_cast<std::uint32_t>(number(1)),
                                      static_cast<std::uint32_t>(number(2)),
                                      static_cast<std::uint32_t>(number(3)), Sectors{number(4)}});
  return ok(set) && run.perform(task);
}

bool runMknodes(Run& run, Words operands) {
  if (!run.open()) return false;
  if (operands.empty()) {
    auto task = run.task(TaskType::DeviceMknodes);
    return run.perform(task);
  }
  for (const std::string_view operand : operands) {
    const auto address = run.address(operand);
    if (!address) return false;
    auto task = run.task(TaskType::DeviceMknodes, *address);
    if (!run.perform(task)) return false;
  }
  return true;
}

Result<std::string> inForm(std::string_view kernelText, NameMangling mode) {
  if (mode == NameMangling::none) return unmangle(kernelText, NameMangling::automatic);
  if (mode == NameMangling::automatic) return mangle(kernelText, NameMangling::automatic);
  std::string mangled = mangle(kernelText);
  const bool mixed =
      mangled != kernelText && unmangle(kernelText, NameMangling::automatic) != kernelText;
  return mixed ? mangle(kernelText, NameMangling::automatic)
               : Result<std::string>(std::move(mangled));
}

// The context uses the kernel's own names here, see runVerb.
bool mangleOne(Run& run, const Address& address, bool) {
  const auto info = infoOf(run, address);
  if (!info) return false;
  const auto name = inForm(info->name, run.wantedForm);
  if (!name) return fail(name.error());
  const auto uuid = inForm(info->uuid, run.wantedForm);
  if (!uuid) return fail(uuid.error());
  if (*name == info->name && *uuid == info->uuid) {
    print(*name, ": ", uuid->empty() ? "[no UUID]" : *uuid, ": name ",
          uuid->empty() ? "" : "and UUID ", "already in correct form\n");
    return true;
  }
  if (*uuid != info->uuid) return fail(info->name, ": a uuid cannot be changed.");
  print(info->name, ": renaming to ", *name, "\n");
  auto task = run.task(TaskType::DeviceRename, {info->name, {}, {}});
  if (!task) return run.failed(task.error());
  const auto set = task->setNewName(*name);
  return ok(set) && run.perform(task);
}

}  // namespace tool::dmsetup
