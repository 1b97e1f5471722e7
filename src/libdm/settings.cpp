// From the settings of the C interface to a devmap::Task.

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <utility>

#include <devmap/block.hpp>
#include <devmap/table.hpp>

#include "process.hpp"
#include "run.hpp"

namespace devmap::libdm {
namespace {

constexpr Timeout removeRetries = std::chrono::seconds{5};

/// The device's number, if the program gave one.
std::optional<DeviceNumber> numberOf(const dm_task& task) noexcept {
  if (task.minor < 0) return {};
  const auto minor = static_cast<std::uint32_t>(task.minor);
  const std::uint32_t own = deviceMapperMajor(kernel()).value_or(0);
  const bool given =
      task.major >= 0 && (!task.ownMajor || static_cast<std::uint32_t>(task.major) == own);
  return DeviceNumber{given ? static_cast<std::uint32_t>(task.major) : own, minor};
}

Result<void> applyFlags(const dm_task& task, Task& target) noexcept {
  const Settings& settings = task.settings;
  const int type = task.type;
  target.secureData(settings.secure);
  Result<void> done;
  const auto set = [&](bool wanted, std::initializer_list<int> types,
                       Result<void> (Task::*setter)(bool) noexcept) {
    if (done && wanted && isOneOf(type, types)) done = (target.*setter)(true);
  };
  set(settings.readOnly, {DM_DEVICE_CREATE, DM_DEVICE_RELOAD}, &Task::setReadOnly);
  set(settings.noFlush,
      {DM_DEVICE_SUSPEND, DM_DEVICE_RESUME, DM_DEVICE_STATUS, DM_DEVICE_TABLE, DM_DEVICE_WAITEVENT,
       DM_DEVICE_INFO},
      &Task::noFlush);
  set(settings.skipLockfs, {DM_DEVICE_SUSPEND, DM_DEVICE_RESUME}, &Task::skipLockfs);
  set(settings.inactiveTable, {DM_DEVICE_INFO, DM_DEVICE_STATUS, DM_DEVICE_TABLE, DM_DEVICE_DEPS},
      &Task::queryInactiveTable);
  set(settings.deferredRemove, {DM_DEVICE_REMOVE, DM_DEVICE_REMOVE_ALL}, &Task::deferredRemove);
  set(settings.imaMeasurement, {DM_DEVICE_STATUS}, &Task::imaMeasurement);
  if (done && settings.retryRemove && type == DM_DEVICE_REMOVE)
    done = target.retryRemove(removeRetries);
  return done;
}

Result<void> applyNode(const dm_task& task, Task& target) noexcept {
  const Settings& settings = task.settings;
  if (task.type == DM_DEVICE_CREATE && settings.addNodeOnCreate)
    if (auto done = target.setAddNode(AddNode::onCreate); !done) return done;
  if (!settings.mode && !settings.uid && !settings.gid) return {};
  if (!isOneOf(task.type, {DM_DEVICE_CREATE, DM_DEVICE_RESUME, DM_DEVICE_MKNODES})) return {};
  NodeAttributes attributes;
  if (settings.mode) attributes.mode = *settings.mode & 07777;
  if (settings.uid) attributes.uid = *settings.uid;
  if (settings.gid) attributes.gid = *settings.gid;
  return target.setNodeAttributes(attributes);
}

Result<void> applyRows(const dm_task& task, Task& target) noexcept {
  if (!isOneOf(task.type, {DM_DEVICE_CREATE, DM_DEVICE_RELOAD})) return {};
  for (const AddedRow& row : task.rows)
    if (auto added =
            target.addTarget(Sectors{row.start}, Sectors{row.length}, row.type, row.params);
        !added)
      return added;
  return {};
}

bool readNumber(std::string_view word, std::uint64_t& value) noexcept {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc{} && end == word.data() + word.size();
}

Result<void> applyGeometry(const dm_task& task, Task& target) noexcept {
  std::array<std::uint64_t, 4> numbers{};
  const auto parts = words(task.settings.geometry);
  bool good = parts.size() == numbers.size();
  for (std::size_t i = 0; good && i < numbers.size(); ++i)
    good = readNumber(parts[i], numbers[i]) && (i == 3 || numbers[i] <= UINT32_MAX);
  if (!good)
    return Error{.code = Errc::invalidArgument,
                 .operation = "set geometry",
                 .detail = "not four numbers: " + task.settings.geometry};
  return target.setGeometry({static_cast<std::uint32_t>(numbers[0]),
                             static_cast<std::uint32_t>(numbers[1]),
                             static_cast<std::uint32_t>(numbers[2]), Sectors{numbers[3]}});
}

Result<void> applyText(const dm_task& task, Task& target) noexcept {
  const Settings& settings = task.settings;
  switch (task.type) {
    case DM_DEVICE_RENAME:
      return task.newTextIsUuid ? target.setNewUuid(task.newText) : target.setNewName(task.newText);
    case DM_DEVICE_TARGET_MSG:
      if (auto done = target.setSector(Sectors{settings.sector}); !done) return done;
      return target.setMessage(settings.message ? std::string_view(*settings.message) : "");
    case DM_DEVICE_WAITEVENT: return target.setEventNr(settings.eventNr);
    case DM_DEVICE_SET_GEOMETRY: return applyGeometry(task, target);
    default: return {};
  }
}

Result<void> applyUdev(const dm_task& task, Task& target, Cookie* cookie) noexcept {
  if (!causesEvent(task)) return {};
  if (cookie != nullptr) return target.setCookie(cookie->cookie, task.udevFlags);
  UdevFlags flags = task.udevFlags;
  if (!task.cookieSet) flags = flags | UdevFlag::disableDmRules | UdevFlag::disableSubsystemRules;
  return target.setUdevFlags(flags);
}

}  // namespace

bool isOneOf(int type, std::initializer_list<int> types) noexcept {
  for (const int each : types)
    if (each == type) return true;
  return false;
}

bool needsDevice(int type) noexcept {
  return !isOneOf(type, {DM_DEVICE_REMOVE_ALL, DM_DEVICE_VERSION, DM_DEVICE_LIST, DM_DEVICE_MKNODES,
                         DM_DEVICE_LIST_VERSIONS, DM_DEVICE_ARM_POLL});
}

bool causesEvent(const dm_task& task) noexcept {
  return isOneOf(task.type, {DM_DEVICE_RESUME, DM_DEVICE_REMOVE, DM_DEVICE_RENAME}) ||
         (task.type == DM_DEVICE_CREATE && !task.rows.empty());
}

int addressOf(const dm_task& task, Address& address) noexcept {
  address = {task.name, task.uuid, numberOf(task)};
  if (task.type == DM_DEVICE_CREATE) {
    if (address.name.empty()) return EINVAL;
    if (address.device) address.device->major = 0;
    return 0;
  }
  if (address.device && task.major >= 0 &&
      isOneOf(task.type, {DM_DEVICE_RESUME, DM_DEVICE_RELOAD, DM_DEVICE_REMOVE}))
    address.name = {};
  const int given =
      (address.name.empty() ? 0 : 1) + (address.uuid.empty() ? 0 : 1) + (address.device ? 1 : 0);
  if (given == 1) return 0;
  if (given > 1 || task.type == DM_DEVICE_RENAME) return EINVAL;
  return ENXIO;
}

Result<Task> build(const dm_task& task, DeviceMapper& context, const Address& address,
                   Cookie* cookie) noexcept {
  const auto type = static_cast<TaskType>(task.type);
  auto target = Task::create(context, type, address.name);
  if (!target) return target;
  Result<void> done;
  if (!address.uuid.empty() && task.type != DM_DEVICE_GET_TARGET_VERSION)
    done = target->setUuid(address.uuid);
  if (done && address.device) done = target->setDevice(*address.device);
  for (const auto apply : {applyFlags, applyNode, applyRows, applyText})
    if (done) done = apply(task, *target);
  if (done) done = applyUdev(task, *target, cookie);
  if (!done) return std::move(done).error();
  return target;
}

}  // namespace devmap::libdm
