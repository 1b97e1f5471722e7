// info, findDevice, status, table, imaTable, waitForEvent, list.

#include <devmap/query.hpp>

#include <utility>

#include <base/text.hpp>
#include <devmap/capabilities.hpp>
#include <operations/operation.hpp>

namespace devmap {

using detail::taskFor;

Result<DeviceInfo> info(DeviceMapper& context, const DeviceRef& device, TableSlot slot) noexcept {
  auto task = taskFor(context, TaskType::DeviceInfo, device);
  if (!task) return std::move(task).error();
  if (auto set = task->queryInactiveTable(slot == TableSlot::inactive); !set)
    return std::move(set).error();
  if (auto done = task->run(); !done) return std::move(done).error();
  return task->info();
}

namespace {

Result<DeviceRows> readRows(DeviceMapper& context, TaskType type, const DeviceRef& device,
                            const QueryOptions& options, const char* operation) noexcept {
  auto task = taskFor(context, type, device);
  if (!task) return std::move(task).error();
  task->secureData(options.secure);
  if (auto set = task->queryInactiveTable(options.slot == TableSlot::inactive); !set)
    return std::move(set).error();
  if (auto set = task->noFlush(options.noFlush); !set) return std::move(set).error();
  return detail::runForRows(*task, device, operation);
}

}  // namespace

Result<DeviceRows> status(DeviceMapper& context, const DeviceRef& device,
                          const QueryOptions& options) noexcept {
  return readRows(context, TaskType::DeviceStatus, device, options, "get status");
}

Result<DeviceRows> table(DeviceMapper& context, const DeviceRef& device,
                         const QueryOptions& options) noexcept {
  return readRows(context, TaskType::DeviceTable, device, options, "get table");
}

Result<DeviceRows> imaTable(DeviceMapper& context, const DeviceRef& device,
                            TableSlot slot) noexcept {
  constexpr const char* operation = "get IMA table";
  auto task = taskFor(context, TaskType::DeviceStatus, device);
  if (!task) return std::move(task).error();
  if (auto set = task->queryInactiveTable(slot == TableSlot::inactive); !set)
    return std::move(set).error();
  if (auto set = task->imaMeasurement(); !set) return std::move(set).error();
  if (auto set = task->noFlush(); !set) return std::move(set).error();
  auto rows = detail::runForRows(*task, device, operation);
  if (!rows) return rows;
  // A kernel that does not know the flag returns the status, and no version shows which kernels do.
  // Measured rows begin with the target's name (device-mapper.h: DMEMIT_TARGET_NAME_VERSION).
  for (const Row& row : rows->rows)
    if (!row.params.empty() && !row.params.starts_with("target_name="))
      return Error{.code = Errc::unsupported,
                   .operation = operation,
                   .device = detail::textOf(device),
                   .detail = "this kernel does not measure tables (Linux before 5.15)"};
  return rows;
}

Result<DeviceRows> waitForEvent(DeviceMapper& context, const DeviceRef& device,
                                std::uint32_t lastEvent, std::optional<Timeout> timeout) noexcept {
  auto task = taskFor(context, TaskType::DeviceWaitEvent, device);
  if (!task) return std::move(task).error();
  if (auto set = task->setEventNr(lastEvent); !set) return std::move(set).error();
  if (auto set = task->noFlush(); !set) return std::move(set).error();
  if (timeout)
    if (auto set = task->waitTimeout(*timeout); !set) return std::move(set).error();
  return detail::runForRows(*task, device, "wait for event");
}

namespace {

std::optional<DeviceNumber> parseNumber(std::string_view text) noexcept {
  const auto number = base::takeDevice(text);
  return text.empty() ? number : std::nullopt;
}

constexpr const char* find = "find device";

// The last component of a path directly under `directory`, or nothing.
std::string_view nameUnder(std::string_view directory, std::string_view path) noexcept {
  if (!path.starts_with(directory)) return {};
  path.remove_prefix(directory.size());
  if (!path.starts_with('/')) return {};
  path.remove_prefix(1);
  return path.find('/') == std::string_view::npos ? path : std::string_view();
}

// The first candidate that exists.
Result<DeviceInfo> firstOf(DeviceMapper& context, std::span<const DeviceRef> candidates,
                           std::string_view text) noexcept {
  for (const DeviceRef& candidate : candidates) {
    auto found = info(context, candidate);
    if (found && found->exists) return found;
    // What cannot be a name may still be a uuid.
    if (!found && found.error().code != Errc::invalidName &&
        found.error().code != Errc::invalidUuid && found.error().code != Errc::invalidArgument)
      return found;
  }
  return detail::noSuchDevice(find, text);
}

Result<DeviceInfo> findByPath(DeviceMapper& context, std::string_view path) noexcept {
  NodeInfo node;
  if (context.kernel().nodeInfo(std::string(path).c_str(), true, node) != 0) {
    const std::string name =
        unmangle(nameUnder(context.options().directory, path), context.options().mangling);
    const DeviceRef device(name);
    if (!name.empty()) return firstOf(context, {&device, 1}, path);
    return Error{.code = Errc::notFound,
                 .operation = find,
                 .device = std::string(path),
                 .detail = "nothing there, or a link that leads nowhere"};
  }
  if (node.type != NodeType::blockDevice)
    return Error{.code = Errc::notABlockDevice,
                 .operation = find,
                 .device = std::string(path),
                 .detail = "not a block device"};
  auto found =
      info(context, node.device);  // the kernel checks the major number too (dm.c: dm_get_md)
  if (!found || found->exists) return found;
  Error error{.code = Errc::notFound,
              .operation = find,
              .device = std::string(path),
              .detail = "block device "};
  error.detail += toString(node.device) + " is not a device of the device-mapper";
  return error;
}

}  // namespace

Result<DeviceInfo> findDevice(DeviceMapper& context, std::string_view text) noexcept {
  if (text.empty() || text.find('\0') != std::string_view::npos)
    return Error{.code = Errc::invalidArgument,
                 .operation = find,
                 .device = std::string(text),
                 .detail = "a name, uuid, number or path cannot be empty or hold a NUL byte"};
  if (text.front() == '/') return findByPath(context, text);
  const auto number = parseNumber(text);
  const std::array<DeviceRef, 3> candidates{DeviceRef(text), DeviceRef::uuid(text),
                                            DeviceRef(number.value_or(DeviceNumber{}))};
  return firstOf(context, std::span(candidates).first(number ? 3 : 2), text);
}

namespace {

// Adds uuid and event number to an entry of a list without them. False: the device is gone.
Result<bool> complete(DeviceMapper& context, DeviceEntry& entry) noexcept {
  auto present = info(context, entry.device);
  if (!present) return std::move(present).error();
  entry.name = present->name;  // may have changed since the list
  entry.uuid = present->uuid;
  entry.eventNr = present->eventNr;
  return present->exists;
}

Result<std::vector<DeviceEntry>> listOneByOne(DeviceMapper& context,
                                              const ListFilter& filter) noexcept {
  auto task = Task::create(context, TaskType::DeviceList);
  if (!task) return std::move(task).error();
  if (auto done = task->run(); !done) return std::move(done).error();
  std::vector<DeviceEntry> devices;
  for (const ListedDevice& listed : task->names()) {
    DeviceEntry entry{std::string(listed.name), {}, listed.device, 0};
    auto there = complete(context, entry);
    if (!there) return std::move(there).error();
    if (*there && entry.name.starts_with(filter.namePrefix) &&
        entry.uuid.starts_with(filter.uuidPrefix))
      devices.push_back(std::move(entry));
  }
  return devices;
}

}  // namespace

Result<std::vector<DeviceEntry>> list(DeviceMapper& context, const ListFilter& filter) noexcept {
  auto task = Task::create(context, TaskType::DeviceList);
  if (!task) return std::move(task).error();
  if (!filter.namePrefix.empty())
    if (auto set = task->setName(filter.namePrefix); !set) return std::move(set).error();
  if (!filter.uuidPrefix.empty())
    if (auto set = task->setUuid(filter.uuidPrefix); !set) return std::move(set).error();
  if (!capabilities(context).listFilters) return listOneByOne(context, filter);
  if (auto done = task->run(); !done) return std::move(done).error();
  std::vector<DeviceEntry> devices;
  devices.reserve(task->names().size());
  for (const ListedDevice& listed : task->names())
    devices.push_back({std::string(listed.name), std::string(listed.uuid), listed.device,
                       listed.eventNr.value_or(0)});
  return devices;
}

}  // namespace devmap
