// One call of dmsetup: its context, the devices it names, and how it runs tasks.

#include <algorithm>
#include <cstdlib>

#include "cli/numbers.hpp"
#include "cli/print.hpp"
#include "dmsetup/dmsetup.hpp"
#include "dmsetup/report.hpp"

namespace tool::dmsetup {
namespace {

struct ManglingName {
  const char* name;
  NameMangling mode;
};

constexpr NodeAttributes debianNodes{0660, 0, 6};  // root:disk

std::optional<NameMangling> manglingOf(std::string_view text) {
  for (const auto [name, mode] : {ManglingName{"none", NameMangling::none},
                                  {"auto", NameMangling::automatic},
                                  {"hex", NameMangling::hex}})
    if (text == name) return mode;
  return std::nullopt;
}

std::optional<DeviceNumber> numberOf(const std::string& path) noexcept {
  NodeInfo node;
  if (systemKernel().nodeInfo(path.c_str(), true, node) != 0 || node.type != NodeType::blockDevice)
    return std::nullopt;
  return node.device;
}

std::uint32_t attribute(const Line& line, Opt opt, std::uint32_t otherwise) {
  return line.has(opt) ? static_cast<std::uint32_t>(leadingNumber(line.value(opt))) : otherwise;
}

bool octal(std::string_view text, std::uint32_t& mode) {
  mode = 0;
  for (const char c : text) {
    if (c < '0' || c > '7' || mode > 07777) return false;
    mode = mode * 8 + static_cast<std::uint32_t>(c - '0');
  }
  return mode != 0;
}

}  // namespace

bool Run::takeOptions() {
  if (has(Opt::mangleName)) {
    const auto known = manglingOf(value(Opt::mangleName));
    if (!known) return fail("Unknown name mangling mode.\nIt is none, auto or hex.");
    mangling = *known;
  }
  if (has(Opt::count) && leadingNumber(value(Opt::count)) < 0)
    return fail("Count must be zero or greater.");
  if (has(Opt::interval) && leadingNumber(value(Opt::interval)) <= 0)
    return fail("Interval must be a positive integer.");
  std::uint32_t mode = 0;
  if (has(Opt::mode) && !octal(value(Opt::mode), mode))
    return fail("Invalid argument for --mode: ", value(Opt::mode), ". ");
  if (has(Opt::major) != has(Opt::minor))
    return fail("Please specify both major number and minor number.");
  if (has(Opt::table) && has(Opt::noTable)) return fail("--table and --notable are incompatible.");
  if (has(Opt::addNodeOnCreate) && has(Opt::addNodeOnResume))
    return fail("--addnodeonresume and --addnodeoncreate are incompatible.");
  if (has(Opt::headings) && !headingsOf(value(Opt::headings)))
    return fail("Unknown headings type.");
  return true;
}

bool Run::prepare() {
  if (const char* const directory = std::getenv("DM_DEV_DIR");
      directory != nullptr && *directory != '\0') {
    if (*directory != '/')
      return fail("Invalid DM_DEV_DIR environment variable value.\nIt must be an absolute path.");
    devDirectory = directory;
    while (devDirectory.size() > 1 && devDirectory.ends_with('/')) devDirectory.pop_back();
  }
  if (const char* const mode = std::getenv("DM_DEFAULT_NAME_MANGLING_MODE"))
    if (const auto known = manglingOf(mode)) mangling = *known;
  if (!takeOptions()) return fail("Couldn't process command line.");
  const std::string_view units = value(Opt::units);
  if (has(Opt::units) && (units.size() != 1 || std::string_view("hHbBsSkKmMgGtTpPeE").find(units) ==
                                                   std::string_view::npos))
    return fail("Invalid --units argument.\nIt is one of the letters hbskmgtpe, or a capital.");
  const char* const inherited = std::getenv("DM_UDEV_COOKIE");
  if (has(Opt::udevCookie) || inherited != nullptr) {
    const auto given = cookieValue(
        inherited == nullptr || has(Opt::udevCookie) ? value(Opt::udevCookie) : inherited);
    if (given)
      cookie = *given;
    else
      complain("Incorrect cookie value.");
  }
  return true;
}

bool Run::open() {
  if (context) return true;
  Options options;
  options.directory = devDirectory == "/" ? "/mapper" : devDirectory + "/mapper";
  options.mangling = mangling;
  options.anyNewName = mangling == NameMangling::none;
  options.nodes = debianNodes;
  if (std::getenv("DM_DISABLE_UDEV") != nullptr || devDirectory != "/dev")
    options.udevMode = UdevMode::none;
  else if (has(Opt::noUdevSync) && udevRunning())
    options.udevMode = UdevMode::flagsOnly;
  if (has(Opt::noUdevRules))
    flags = flags | UdevFlag::disableDmRules | UdevFlag::disableSubsystemRules;
  auto opened = DeviceMapper::open(kernel, options);
  if (!opened) return fail(opened.error());
  context.emplace(*std::move(opened));
  return true;
}

std::string Run::nodeOf(std::string_view name) const {
  return join(devDirectory, "/mapper/", mangle(name));
}

std::optional<Address> Run::address(std::optional<std::string_view> operand) {
  if (!open()) return std::nullopt;
  Address found;
  if (!operand) {
    if (has(Opt::uuid))
      found.uuid = value(Opt::uuid);
    else
      found.number = DeviceNumber{attribute(line, Opt::major, 0), attribute(line, Opt::minor, 0)};
    return found;
  }
  found.name = *operand;
  if (operand->find('/') == std::string_view::npos) return found;
  auto number = numberOf(found.name);
  if (!number && !operand->starts_with('/')) number = numberOf(join(devDirectory, "/", *operand));
  if (number) {
    auto info = task(TaskType::DeviceInfo, {{}, {}, number});
    if (info && info->run() && info->info().exists) {
      found.name = info->info().name;
      return found;
    }
  }
  NodeInfo node;  // dmsetup shows only the last component of an existing path
  const bool there = systemKernel().nodeInfo(found.name.c_str(), true, node) == 0;
  dmsetup::fail("Device ", there ? operand->substr(operand->rfind('/') + 1) : *operand,
                " not found");
  return std::nullopt;
}

std::optional<Address> Run::takeAddress(Words& operands, std::size_t others) {
  if (addressed() && operands.size() <= others) return address(std::nullopt);
  if (operands.empty()) {
    dmsetup::fail("No device specified.");
    return std::nullopt;
  }
  const std::string_view operand = operands.front();
  operands = operands.subspan(1);
  return address(operand);
}

std::optional<std::vector<DeviceEntry>> Run::all() {
  if (!open()) return std::nullopt;
  auto devices = list(*context);
  if (devices) return *std::move(devices);
  asked = {};
  failed(devices.error());
  return std::nullopt;
}

Result<Task> Run::task(TaskType type, const Address& address) {
  asked = address;
  if (!asked.name.empty()) asked.number.reset();
  auto task = createTask(*context, type, address.number ? std::string_view() : address.name);
  if (!task) return task;
  Result<void> done;
  if (!address.uuid.empty()) done = task->setUuid(address.uuid);
  if (done && address.number) done = task->setDevice(*address.number);
  if (!done) return std::move(done).error();
  // A task refuses settings that its type does not take. They have no effect here.
  if (has(Opt::noFlush)) static_cast<void>(task->noFlush());
  if (has(Opt::noLockFs)) static_cast<void>(task->skipLockfs());
  if (has(Opt::inactive)) static_cast<void>(task->queryInactiveTable());
  if (has(Opt::readOnly)) static_cast<void>(task->setReadOnly());
  if (has(Opt::deferred)) static_cast<void>(task->deferredRemove());
  if (has(Opt::addNodeOnCreate)) static_cast<void>(task->setAddNode(AddNode::onCreate));
  // A link to the devtmpfs node has that node's owner and mode, and a udevd that starts later takes
  // it over. A separate node is made only where it was asked for.
  if (has(Opt::uid) || has(Opt::gid) || has(Opt::mode) || has(Opt::verifyUdev) ||
      std::getenv("DM_DISABLE_UDEV") != nullptr) {
    NodeAttributes attributes = debianNodes;
    if (has(Opt::mode)) static_cast<void>(octal(value(Opt::mode), attributes.mode));
    attributes.uid = attribute(line, Opt::uid, attributes.uid);
    attributes.gid = attribute(line, Opt::gid, attributes.gid);
    static_cast<void>(task->setNodeAttributes(attributes));
  }
  return task;
}

Result<void> Run::execute(Task& task) {
  UdevCookie taken;
  const TaskType type = task.type();
  const bool event = type == TaskType::DeviceCreate || type == TaskType::DeviceResume ||
                     type == TaskType::DeviceRemove || type == TaskType::DeviceRename;
  if (!event) return task.run();
  const bool borrowed = cookie != 0 && context->udevState().mode == UdevMode::cookies;
  if (borrowed) {
    auto lent = UdevCookie::borrow(cookie, kernel);
    if (!lent) return std::move(lent).error();
    taken = *std::move(lent);
  }
  auto use = flags;
  if (has(Opt::verifyUdev))
    use = UdevFlags::fromBits(static_cast<std::uint16_t>(
        use.bits() & ~UdevFlags(UdevFlag::disableLibraryFallback).bits()));
  if (auto set = task.setCookie(taken, use); !set) return set;
  if (auto ran = task.run(); !ran) return ran;
  return borrowed || has(Opt::noUdevSync) ? Result<void>() : udevWait(taken, Timeout{180'000});
}

bool Run::perform(Result<Task>& task) {
  if (!task) return failed(task.error());
  const auto done = execute(*task);
  return done || failed(done.error());
}

std::optional<Task> Run::look(TaskType type, const Address& address) {
  auto made = task(type, address);
  if (made && type == TaskType::DeviceTable) made->secureData();
  if (!perform(made)) return std::nullopt;
  if (type != TaskType::DeviceList && type != TaskType::DeviceDeps && !made->info().exists) {
    dmsetup::fail("Device does not exist.");
    return std::nullopt;
  }
  return *std::move(made);
}

// Devices that the user did not name are addressed by number, so that a wrongly mangled name works
// too. Errors show the name.
bool runAll(Run& run, const Verb& verb, bool selecting) {
  const auto devices = selecting ? selected(run) : run.all();
  if (!devices) return false;
  if (devices->empty() && !selecting) print("No devices found\n");
  bool done = true;
  for (const DeviceEntry& device : *devices)
    done = verb.each(run, {device.name, {}, device.device}, true) && done;
  if (run.printed) put("\n");
  return done;
}

bool runEach(Run& run, const Verb& verb, Words operands) {
  const bool selecting = run.has(Opt::select) && run.report == nullptr && verb.each != &showInfo;
  if (selecting || (operands.empty() && !run.addressed() && verb.scope == Scope::orAll))
    return runAll(run, verb, selecting);
  if (operands.empty()) {
    if (!run.addressed()) return fail("No device specified.");
    const auto address = run.address(std::nullopt);
    const bool done = address && verb.each(run, *address, false);
    if (run.printed) put("\n");
    return done;
  }
  bool done = true;
  for (auto operand = operands.begin(); done && operand != operands.end(); ++operand) {
    const auto address = run.address(*operand);
    done = address && verb.each(run, *address, operands.size() > 1);
  }
  if (run.printed) put("\n");
  return done;
}

}  // namespace tool::dmsetup
