#include <operations/operation.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace devmap::detail {

Result<Task> taskFor(DeviceMapper& context, TaskType type, const DeviceRef& device) noexcept {
  auto task = Task::create(context, type);
  if (!task) return task;
  Result<void> set;
  switch (device.by()) {
    case DeviceRef::By::name: set = task->setName(device.text()); break;
    case DeviceRef::By::uuid: set = task->setUuid(device.text()); break;
    case DeviceRef::By::number: set = task->setDevice(device.number()); break;
  }
  if (!set) return std::move(set).error();
  return task;
}

std::string textOf(const DeviceRef& device) {
  return device.by() == DeviceRef::By::number ? toString(device.number())
                                              : std::string(device.text());
}

Error noSuchDevice(const char* operation, const DeviceRef& device) {
  return {.code = Errc::notFound,
          .operation = operation,
          .errnum = ENXIO,
          .device = textOf(device),
          .detail = "no such device"};
}

Timeout timeoutOf(const DeviceMapper& context, const Waiting& waiting) noexcept {
  return std::max(waiting.timeout.value_or(context.options().udevTimeout), Timeout{0});
}

Deadline::Deadline(DeviceMapper& context, const Waiting& waiting) noexcept
    : whole_(timeoutOf(context, waiting)), end_(context.kernel(), whole_) {}

Result<void> VerbCookie::wait(Timeout timeout) noexcept {
  if (waiting_.cookie != nullptr) return {};
  return udevWait(own_, timeout);
}

Result<void> runAndWait(DeviceMapper& context, Task& task, const Waiting& waiting) noexcept {
  VerbCookie cookie(waiting);
  if (auto set = cookie.attach(task); !set) return set;
  if (auto done = task.run(); !done) return done;
  return cookie.wait(timeoutOf(context, waiting));
}

std::vector<Row> ownedRows(const std::vector<TableRow>& rows) {
  std::vector<Row> owned;
  owned.reserve(rows.size());
  for (const TableRow& row : rows)
    owned.push_back({row.start, row.length, std::string(row.type), std::string(row.params)});
  return owned;
}

Result<DeviceRows> runForRows(Task& task, const DeviceRef& device, const char* operation) noexcept {
  if (auto done = task.run(); !done) return std::move(done).error();
  if (!task.info().exists) return noSuchDevice(operation, device);
  return DeviceRows{task.info(), ownedRows(task.rows())};
}

Result<void> addRows(Task& task, std::span<const Row> rows, Backslash backslash) noexcept {
  for (const Row& row : rows)
    if (auto added = task.addTarget(row.start, row.length, row.type, row.params, backslash); !added)
      return added;
  return {};
}

namespace {

// Whether `path` is a node of the device that `number` (`major:minor`) names.
bool leadsTo(Kernel& kernel, std::string_view path, std::string_view number) noexcept {
  NodeInfo info;
  if (kernel.nodeInfo(std::string(path).c_str(), true, info) != 0 ||
      info.type != NodeType::blockDevice)
    return false;
  return toString(info.device) == number;
}

bool sameWords(Kernel& kernel, std::string_view wanted, std::string_view present) noexcept {
  const auto ours = words(wanted);
  const auto theirs = words(present);
  if (ours.size() != theirs.size()) return false;
  for (std::size_t i = 0; i < ours.size(); ++i)
    if (ours[i] != theirs[i] && !(ours[i].starts_with('/') && leadsTo(kernel, ours[i], theirs[i])))
      return false;
  return true;
}

}  // namespace

bool sameRows(Kernel& kernel, std::span<const Row> wanted, Backslash backslash,
              const std::vector<TableRow>& present) noexcept {
  if (wanted.size() != present.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Row& ours = wanted[i];
    const TableRow& theirs = present[i];
    if (ours.start != theirs.start || ours.length != theirs.length || ours.type != theirs.type)
      return false;
    // The kernel shows unescaped text, where a blank inside a word looks like a separator.
    if (backslash == Backslash::escape && ours.params.find('\\') != std::string::npos) return false;
    if (!sameWords(kernel, ours.params, theirs.params)) return false;
  }
  return true;
}

}  // namespace devmap::detail
