// Setting up a task: every setter checks at once.

#include <devmap/task.hpp>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include <codec/flags.hpp>
#include <codec/request.hpp>
#include <devmap/name.hpp>
#include <task/task_state.hpp>

namespace devmap {

using detail::TaskState;

namespace detail {
namespace {

constexpr const char* setUp = "set up task";

bool oneOf(TaskType type, std::initializer_list<TaskType> types) noexcept {
  return std::ranges::find(types, type) != types.end();
}

Result<void> only(const TaskState& state, std::initializer_list<TaskType> types,
                  const char* why) noexcept {
  if (oneOf(state.type, types)) return {};
  return state.refuse(Errc::invalidArgument, setUp, why);
}

Result<void> causesEvent(const TaskState& state) noexcept {
  return only(state,
              {TaskType::DeviceCreate, TaskType::DeviceResume, TaskType::DeviceRemove,
               TaskType::DeviceRename},
              "only create, resume, remove and rename cause an event that a cookie can wait for");
}

Result<void> setFlag(TaskState& state, std::uint32_t flag, bool on) noexcept {
  state.flags = on ? state.flags | flag : state.flags & ~flag;
  return {};
}

Error badRow(const TaskState& state, const char* why) {
  Error error = state.refuse(Errc::invalidTable, "add row", why);
  error.row = state.rowCount;
  return error;
}

// Why the row cannot follow the existing rows, or null.
const char* reasonAgainst(const TaskState& state, Sectors start, Sectors length,
                          std::string_view type) noexcept {
  if (length.count == 0) return "a row must be at least one sector long";
  if (state.rowCount == 0 && start.count != 0) return "the first row must start at sector 0";
  if (start < state.end) return "the row overlaps the one before it";
  if (start > state.end) return "there is a gap between this row and the one before it";
  if (start.count + length.count < start.count)
    return "the row ends beyond the largest possible sector";
  if (type.empty()) return "the target type is missing";
  if (type.size() >= codec::typeLength) return "a target type has at most 15 bytes";
  return nullptr;
}

Result<std::string> toKernel(const TaskState& state, std::string_view text) noexcept {
  return mangle(text, state.context.options.mangling);
}

// The kernel form of a new name: valid for a link too, unless the context accepts any name.
Result<Name> parseNewName(const TaskState& state, std::string_view kernelName) noexcept {
  return state.context.options.anyNewName ? Name::parse(kernelName)
                                          : Name::parseForNode(kernelName);
}

Result<Uuid> parseUuid(const TaskState& state, std::string_view text) noexcept {
  auto kernelUuid = toKernel(state, text);
  if (kernelUuid) return Uuid::parse(*kernelUuid);
  kernelUuid.error().code = Errc::invalidUuid;
  kernelUuid.error().operation = "check uuid";
  return std::move(kernelUuid).error();
}

// Converts names and uuids of the results to the caller's mangling. Done after the run, which works
// with the kernel's own.
void unmangleResults(TaskState& state) noexcept {
  const NameMangling mode = state.context.options.mangling;
  if (mode == NameMangling::none) return;
  state.info.name = unmangle(state.info.name, mode);
  state.info.uuid = unmangle(state.info.uuid, mode);
  state.unmangled.reserve(2 * state.names.size());  // views into it must not move
  const auto shown = [&](std::string_view text) -> std::string_view {
    return text.find('\\') == std::string_view::npos
               ? text
               : state.unmangled.emplace_back(unmangle(text, mode));
  };
  for (ListedDevice& device : state.names) {
    device.name = shown(device.name);
    device.uuid = shown(device.uuid);
  }
}

}  // namespace
}  // namespace detail

using detail::only;
using detail::setFlag;

Task::Task(std::unique_ptr<TaskState> state) noexcept : state_(std::move(state)) {}
Task::Task(Task&& other) noexcept = default;
Task& Task::operator=(Task&& other) noexcept = default;
Task::~Task() = default;

Result<Task> Task::create(DeviceMapper& context, TaskType type, std::string_view name) noexcept {
  Task task(std::make_unique<TaskState>(*context.context_, type));
  const bool needsName =
      detail::oneOf(type, {TaskType::DeviceCreate, TaskType::DeviceGetTargetVersion});
  if (name.empty() && !needsName) return task;
  if (auto named = task.setName(name); !named) return std::move(named).error();
  return task;
}

Result<Task> createTask(TaskType type, std::string_view name) noexcept {
  auto context = DeviceMapper::system();
  if (!context) return std::move(context).error();
  return Task::create(**context, type, name);
}

TaskType Task::type() const noexcept { return state_->type; }

Result<void> Task::setName(std::string_view name) noexcept {
  auto kernelName = state_->type == TaskType::DeviceGetTargetVersion
                        ? Result<std::string>(std::string(name))
                        : detail::toKernel(*state_, name);
  if (!kernelName) return std::move(kernelName).error();
  if (state_->type == TaskType::DeviceList) {  // a prefix, which need not be a valid name
    if (kernelName->size() > Name::maxLength || kernelName->find('\0') != std::string::npos)
      return state_->refuse(Errc::invalidName, detail::setUp,
                            "a device name has at most 127 bytes and no NUL byte");
    state_->name = *std::move(kernelName);
    return {};
  }
  auto parsed = state_->type == TaskType::DeviceCreate ? detail::parseNewName(*state_, *kernelName)
                                                       : Name::parse(*kernelName);
  if (!parsed) return std::move(parsed).error();
  state_->name = parsed->str();
  return {};
}

Result<void> Task::setUuid(std::string_view uuid) noexcept {
  auto parsed = detail::parseUuid(*state_, uuid);
  if (!parsed) return std::move(parsed).error();
  state_->uuid = parsed->str();
  return {};
}

Result<void> Task::setDevice(DeviceNumber device) noexcept {
  constexpr std::uint32_t majors = 1U << 12, minors = 1U << 20;  // linux/kdev_t.h: MINORBITS
  if (device.major >= majors || device.minor >= minors)
    return state_->refuse(Errc::invalidArgument, detail::setUp,
                          "a device number has 12 bits of major and 20 bits of minor");
  state_->device = device;
  return {};
}

Result<void> Task::setNewName(std::string_view name) noexcept {
  if (auto ok = only(*state_, {TaskType::DeviceRename}, "a new name is for DeviceRename"); !ok)
    return ok;
  auto kernelName = detail::toKernel(*state_, name);
  if (!kernelName) return std::move(kernelName).error();
  auto parsed = detail::parseNewName(*state_, *kernelName);
  if (!parsed) return std::move(parsed).error();
  state_->newText = parsed->str();
  state_->newTextIsUuid = false;
  return {};
}

Result<void> Task::setNewUuid(std::string_view uuid) noexcept {
  if (auto ok = only(*state_, {TaskType::DeviceRename}, "a new uuid is for DeviceRename"); !ok)
    return ok;
  auto parsed = detail::parseUuid(*state_, uuid);
  if (!parsed) return std::move(parsed).error();
  state_->newText = parsed->str();
  state_->newTextIsUuid = true;
  return {};
}

Result<void> Task::addTarget(Sectors start, Sectors length, std::string_view type,
                             std::string_view params, Backslash backslash) noexcept {
  TaskState& state = *state_;
  if (state.type != TaskType::DeviceCreate && state.type != TaskType::DeviceReload)
    return state.refuse(Errc::invalidArgument, detail::setUp,
                        "rows are for DeviceCreate and DeviceReload");
  if (const char* why = detail::reasonAgainst(state, start, length, type))
    return detail::badRow(state, why);
  const std::size_t before = std::max(state.load.size(), codec::headerSize);
  const std::size_t size = codec::rowSize(params, backslash);
  if (size > codec::maxPacketSize || before + size > codec::maxPacketSize ||
      !state.load.resize(before + size)) {
    Error error = detail::badRow(state, "no memory for the row, or the table is larger than 1 GiB");
    error.code = Errc::outOfMemory;
    return error;
  }
  if (!codec::encodeRow({start, length, type, params}, backslash,
                        state.load.span().subspan(before))) {
    static_cast<void>(state.load.resize(before));
    const bool inType = type.find('\0') != std::string_view::npos;
    return detail::badRow(
        state, inType ? "the target type holds a NUL byte" : "the parameters hold a NUL byte");
  }
  ++state.rowCount;
  state.end = Sectors{start.count + length.count};
  return {};
}

void Task::clearTargets() noexcept {
  state_->load.reset();
  state_->rowCount = 0;
  state_->end = {};
}

Result<void> Task::setUdevFlags(UdevFlags flags) noexcept {
  if (auto ok = detail::causesEvent(*state_); !ok) return ok;
  state_->hold.release();
  state_->udevFlags = flags;
  return {};
}

Result<void> Task::setCookie(UdevCookie& cookie, UdevFlags flags) noexcept {
  TaskState& state = *state_;
  if (auto ok = detail::causesEvent(state); !ok) return ok;
  state.hold.release();
  auto hold = detail::CookieHold::take(cookie, state.context);
  if (!hold) {
    hold.error().device = state.deviceText();
    return std::move(hold).error();
  }
  state.hold = *std::move(hold);
  state.udevFlags = flags;
  return {};
}

Result<void> Task::setReadOnly(bool on) noexcept {
  if (auto ok = only(*state_, {TaskType::DeviceCreate, TaskType::DeviceReload},
                     "read-only is a property of a table: DeviceCreate, DeviceReload");
      !ok)
    return ok;
  return setFlag(*state_, codec::flagReadOnly, on);
}

Result<void> Task::setAddNode(AddNode when) noexcept {
  if (auto ok =
          only(*state_, {TaskType::DeviceCreate}, "when the node is made is up to DeviceCreate");
      !ok)
    return ok;
  state_->addNode = when;
  return {};
}

Result<void> Task::setNodeAttributes(const NodeAttributes& attributes) noexcept {
  if (auto ok =
          only(*state_, {TaskType::DeviceCreate, TaskType::DeviceResume, TaskType::DeviceMknodes},
               "a node is made by DeviceCreate, DeviceResume and DeviceMknodes");
      !ok)
    return ok;
  if (attributes.mode > 07777)
    return state_->refuse(Errc::invalidArgument, detail::setUp,
                          "a mode has at most the bits 07777");
  state_->nodeAttributes = attributes;
  return {};
}

Result<void> Task::setMessage(std::string_view message) noexcept {
  TaskState& state = *state_;
  if (auto ok = only(state, {TaskType::DeviceTargetMsg}, "a message is for DeviceTargetMsg"); !ok)
    return ok;
  if (message.empty())
    return state.refuse(Errc::invalidArgument, detail::setUp, "a message cannot be empty");
  if (message.find('\0') != std::string_view::npos)
    return state.refuse(Errc::invalidArgument, detail::setUp, "a message cannot hold a NUL byte");
  state.message.setSecret(state.secure);
  state.message.reset();
  if (!state.message.resize(message.size()))
    return state.refuse(Errc::outOfMemory, detail::setUp, "no memory for the message");
  std::ranges::copy(std::as_bytes(std::span(message)), state.message.span().begin());
  return {};
}

Result<void> Task::setSector(Sectors sector) noexcept {
  if (auto ok = only(*state_, {TaskType::DeviceTargetMsg}, "a sector is for DeviceTargetMsg"); !ok)
    return ok;
  state_->sector = sector;
  return {};
}

Result<void> Task::setGeometry(Geometry geometry) noexcept {
  if (auto ok = only(*state_, {TaskType::DeviceSetGeometry}, "a geometry is for DeviceSetGeometry");
      !ok)
    return ok;
  state_->geometry = geometry;
  return {};
}

Result<void> Task::setEventNr(std::uint32_t eventNr) noexcept {
  if (auto ok =
          only(*state_, {TaskType::DeviceWaitEvent}, "an event number is for DeviceWaitEvent");
      !ok)
    return ok;
  state_->eventNr = eventNr;
  return {};
}

Result<void> Task::waitTimeout(Timeout timeout) noexcept {
  if (auto ok = only(*state_, {TaskType::DeviceWaitEvent}, "this timeout is for DeviceWaitEvent");
      !ok)
    return ok;
  state_->waitTimeout = timeout;
  return {};
}

Result<void> Task::noFlush(bool on) noexcept {
  if (auto ok = only(*state_,
                     {TaskType::DeviceSuspend, TaskType::DeviceResume, TaskType::DeviceCreate,
                      TaskType::DeviceStatus, TaskType::DeviceTable, TaskType::DeviceInfo,
                      TaskType::DeviceWaitEvent},
                     "noFlush is for suspend, resume and status");
      !ok)
    return ok;
  return setFlag(*state_, codec::flagNoFlush, on);
}

Result<void> Task::skipLockfs(bool on) noexcept {
  if (auto ok = only(*state_, {TaskType::DeviceSuspend, TaskType::DeviceResume},
                     "skipLockfs is for suspend and resume");
      !ok)
    return ok;
  return setFlag(*state_, codec::flagSkipLockfs, on);
}

Result<void> Task::queryInactiveTable(bool on) noexcept {
  if (auto ok = only(*state_,
                     {TaskType::DeviceInfo, TaskType::DeviceStatus, TaskType::DeviceTable,
                      TaskType::DeviceDeps},
                     "the inactive table can be asked for by info, status, table and deps");
      !ok)
    return ok;
  return setFlag(*state_, codec::flagQueryInactive, on);
}

Result<void> Task::deferredRemove(bool on) noexcept {
  if (auto ok = only(*state_, {TaskType::DeviceRemove, TaskType::DeviceRemoveAll},
                     "only a remove can be deferred");
      !ok)
    return ok;
  return setFlag(*state_, codec::flagDeferredRemove, on);
}

Result<void> Task::retryRemove(Timeout deadline) noexcept {
  if (auto ok = only(*state_, {TaskType::DeviceRemove},
                     "only DeviceRemove is tried again while the device is busy");
      !ok)
    return ok;
  state_->removeDeadline = deadline;
  return {};
}

Result<void> Task::imaMeasurement(bool on) noexcept {
  if (auto ok =
          only(*state_, {TaskType::DeviceStatus}, "the IMA measurement is a form of DeviceStatus");
      !ok)
    return ok;
  return setFlag(*state_, codec::flagIma, on);
}

void Task::secureData(bool on) noexcept {
  state_->secure = on;
  state_->load.setSecret(on);
  state_->message.setSecret(on);
  state_->packet.setSecret(on);
}

Result<void> Task::run() noexcept {
  state_->clearResults();
  auto done = detail::runTask(*state_);
  state_->hold.release();
  if (done)
    detail::unmangleResults(*state_);
  else
    state_->clearResults();
  return done;
}

const DeviceInfo& Task::info() const noexcept { return state_->info; }
const std::vector<TableRow>& Task::rows() const noexcept { return state_->rows; }
const std::vector<ListedDevice>& Task::names() const noexcept { return state_->names; }
const std::vector<DeviceNumber>& Task::deps() const noexcept { return state_->deps; }
const std::vector<TargetVersion>& Task::versions() const noexcept { return state_->versions; }
std::optional<std::string_view> Task::response() const noexcept { return state_->response; }
Version Task::driverVersion() const noexcept { return state_->driverVersion; }

}  // namespace devmap
