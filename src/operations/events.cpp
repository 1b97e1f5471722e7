#include <devmap/events.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <base/deadline.hpp>
#include <task/control.hpp>
#include <task/task_state.hpp>

namespace devmap {
namespace {

using detail::TaskState;
using std::chrono::nanoseconds;

constexpr Version listAndPollTellEvents{4, 37, 0};
constexpr std::size_t kindCount = static_cast<std::size_t>(DeviceEvent::Kind::targetEvent) + 1;

/// What is kept of a table: its hash, or nothing before it has been read.
using TableHash = std::optional<std::uint64_t>;

// 64-bit FNV-1a. Tables are short, and whoever could forge a collision can change tables anyway.
class Hash {
 public:
  void add(std::string_view text) noexcept {
    for (const char byte : text) addByte(static_cast<unsigned char>(byte));
    addByte(0);
  }
  void add(std::uint64_t number) noexcept {
    for (int shift = 0; shift < 64; shift += 8)
      addByte(static_cast<unsigned char>(number >> shift));
  }
  [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

 private:
  void addByte(unsigned char byte) noexcept { value_ = (value_ ^ byte) * 0x100000001b3U; }
  std::uint64_t value_ = 0xcbf29ce484222325U;
};

std::uint64_t hashOf(const std::vector<TableRow>& rows) noexcept {
  Hash hash;
  for (const TableRow& row : rows) {
    hash.add(row.start.count);
    hash.add(row.length.count);
    hash.add(row.type);
    hash.add(row.params);
  }
  return hash.value();
}

// How far the event number rose from `before` to `now`; negative if it fell. It may wrap around.
std::int32_t advance(std::uint32_t before, std::uint32_t now) noexcept {
  return static_cast<std::int32_t>(now - before);
}

// Whether the device listed under a number is the same as before (see EventMonitor).
bool isSame(const WatchedDevice& before, const ListedDevice& now) noexcept {
  const std::int32_t raised = advance(before.eventNr, now.eventNr.value_or(0));
  if (raised < 0) return false;
  if (before.uuid != now.uuid) return before.uuid.empty() && before.name == now.name && raised > 0;
  return before.name == now.name || raised > 0 || !before.uuid.empty();
}

}  // namespace

struct EventMonitor::State {
  State(Kernel& kernel, const Options& contextOptions, EventOptions eventOptions) noexcept
      : context(kernel, contextOptions),
        options(eventOptions),
        arm(context, TaskType::DeviceArmPoll),
        list(context, TaskType::DeviceList),
        table(context, TaskType::DeviceTable) {
    table.secure = true;
    table.packet.setSecret(true);
  }

  /// Arms, lists, compares. Events go to the end of the queue.
  Result<void> look() noexcept;
  /// Waits for events and looks, until the queue is not empty.
  Result<void> await(Timeout timeout) noexcept;
  [[nodiscard]] bool queueEmpty() const noexcept { return taken == queue.size(); }
  DeviceEvent takeFirst() noexcept;
  std::vector<DeviceEvent> takeAll() noexcept;

  detail::Context context;  ///< a separate descriptor: the kernel tracks which events each has seen
  const EventOptions options;
  std::vector<WatchedDevice> devices;  ///< sorted by number
  bool unseen = true;  ///< the last look was incomplete: the next one does not wait for an event
  std::vector<DeviceEvent> queue;
  std::size_t taken = 0;  ///< of the queue

 private:
  void compare(bool first) noexcept;
  void compareOne(WatchedDevice& device, const ListedDevice& now) noexcept;
  Result<void> compareTables() noexcept;
  Result<void> compareTable(const WatchedDevice& device, TableHash& known) noexcept;
  DeviceEvent& report(DeviceEvent::Kind kind, const WatchedDevice& device,
                      std::uint32_t count = 1) noexcept;
  void enqueueFound() noexcept;
  void keep(WatchedDevice device, TableHash hash) noexcept {
    nextDevices.push_back(std::move(device));
    nextTables.push_back(hash);
  }

  TaskState arm;
  TaskState list;
  TaskState table;
  bool looked = false;            ///< there is a previous look to compare with
  std::vector<TableHash> tables;  ///< of devices, index by index
  std::vector<WatchedDevice> nextDevices;
  std::vector<TableHash> nextTables;
  std::array<std::vector<DeviceEvent>, kindCount> found;  ///< by this look
};

DeviceEvent& EventMonitor::State::report(DeviceEvent::Kind kind, const WatchedDevice& device,
                                         std::uint32_t count) noexcept {
  return found[static_cast<std::size_t>(kind)].emplace_back(
      DeviceEvent{kind, device.device, device.name, {}, device.uuid, device.eventNr, count});
}

void EventMonitor::State::enqueueFound() noexcept {
  for (std::vector<DeviceEvent>& events : found) {
    std::ranges::move(events, std::back_inserter(queue));
    events.clear();
  }
}

DeviceEvent EventMonitor::State::takeFirst() noexcept {
  DeviceEvent event = std::move(queue[taken++]);
  if (!queueEmpty()) return event;
  queue.clear();
  taken = 0;
  return event;
}

std::vector<DeviceEvent> EventMonitor::State::takeAll() noexcept {
  queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(taken));
  taken = 0;
  return std::exchange(queue, {});
}

void EventMonitor::State::compareOne(WatchedDevice& device, const ListedDevice& now) noexcept {
  auto raised = static_cast<std::uint32_t>(advance(device.eventNr, now.eventNr.value_or(0)));
  device.eventNr = now.eventNr.value_or(0);
  if (device.name != now.name || device.uuid != now.uuid) {
    std::string oldName = std::exchange(device.name, std::string(now.name));
    device.uuid = now.uuid;
    report(DeviceEvent::Kind::renamed, device).oldName = std::move(oldName);
    if (raised > 0) --raised;  // raised by the rename, if there is a live table
  }
  if (raised > 0) report(DeviceEvent::Kind::targetEvent, device, raised);
}

// Both sides are sorted by number: one pass over both.
void EventMonitor::State::compare(bool first) noexcept {
  std::ranges::sort(list.names, {}, &ListedDevice::device);
  nextDevices.clear();
  nextTables.clear();
  std::size_t at = 0;
  const auto goneBefore = [&](const DeviceNumber* number) {
    for (; at < devices.size() && (number == nullptr || devices[at].device < *number); ++at)
      report(DeviceEvent::Kind::removed, devices[at]);
  };
  for (const ListedDevice& now : list.names) {
    goneBefore(&now.device);
    const bool known = at < devices.size() && devices[at].device == now.device;
    if (known && isSame(devices[at], now)) {
      compareOne(devices[at], now);
      keep(std::move(devices[at]), tables[at]);
    } else {
      if (known) report(DeviceEvent::Kind::removed, devices[at]);
      keep({now.device, std::string(now.name), std::string(now.uuid), now.eventNr.value_or(0)}, {});
      if (!first) report(DeviceEvent::Kind::created, nextDevices.back());
    }
    if (known) ++at;
  }
  goneBefore(nullptr);
  devices.swap(nextDevices);
  tables.swap(nextTables);
}

Result<void> EventMonitor::State::compareTable(const WatchedDevice& device,
                                               TableHash& known) noexcept {
  table.device = device.device;
  if (auto read = detail::runTask(table); !read) {
    if (read.error().errnum == ENXIO)
      return {};  // removed since it was listed: the next look reports it
    return read;
  }
  // Likewise, the next look reports another device under this number, or a new name, and compares
  // its table then.
  const DeviceInfo& info = table.info;
  const bool sameUuid =
      device.uuid.empty() || info.uuid == device.uuid;  // kernels before 4.45 list none
  if (info.name != device.name || !sameUuid || advance(device.eventNr, info.eventNr) < 0) return {};
  const std::uint64_t hash = hashOf(table.rows);
  if (known && *known != hash) report(DeviceEvent::Kind::tableChanged, device);
  known = hash;
  return {};
}

Result<void> EventMonitor::State::compareTables() noexcept {
  Result<void> done;
  for (std::size_t i = 0; i < devices.size() && done; ++i)
    done = compareTable(devices[i], tables[i]);
  table.clearResults();
  table.packet.reset();  // wipes the whole buffer, not only the last reply
  return done;
}

Result<void> EventMonitor::State::look() noexcept {
  unseen = true;
  if (auto armed = detail::runTask(arm); !armed) return armed;
  if (auto listed = detail::runTask(list); !listed) return listed;
  compare(!looked);
  looked = true;
  Result<void> done = options.tableChanges ? compareTables() : Result<void>();
  enqueueFound();
  unseen = !done;
  return done;
}

Result<void> EventMonitor::State::await(Timeout timeout) noexcept {
  constexpr detail::Call call{DmCommand::armPoll, "wait for device events"};
  const base::Deadline deadline(context.kernel, timeout);
  for (nanoseconds left = toNanoseconds(timeout);;) {
    const int errnum = unseen ? 0 : context.kernel.pollControl(context.control, left);
    if (errnum != 0 && errnum != ETIMEDOUT) return detail::kernelError(call, errnum);
    if (errnum == 0) {
      if (auto done = look(); !done) return done;
      if (!queueEmpty()) return {};
    }
    left = errnum == 0 ? deadline.left() : nanoseconds{0};
    if (left == nanoseconds{0})
      return Error{.code = Errc::timedOut,
                   .operation = call.operation,
                   .detail = "nothing happened in time"};
  }
}

EventMonitor::EventMonitor(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
EventMonitor::EventMonitor(EventMonitor&& other) noexcept = default;
EventMonitor& EventMonitor::operator=(EventMonitor&& other) noexcept = default;
EventMonitor::~EventMonitor() = default;

Result<EventMonitor> EventMonitor::open(DeviceMapper& context, EventOptions options) noexcept {
  auto state = std::make_unique<State>(context.kernel(), context.options(), options);
  if (auto opened = detail::openControl(state->context); !opened) return std::move(opened).error();
  const Version version = state->context.interfaceVersion;
  if (version < listAndPollTellEvents)
    return Error{.code = Errc::unsupported,
                 .operation = "watch devices",
                 .detail =
                     "event numbers in lists need version 4.37 of the interface (Linux 4.14), the "
                     "kernel has " +
                     toString(version)};
  if (auto seen = state->look(); !seen) return std::move(seen).error();
  return EventMonitor(std::move(state));
}

Result<EventMonitor> EventMonitor::open(EventOptions options) noexcept {
  auto context = DeviceMapper::system();
  if (!context) return std::move(context).error();
  return open(**context, options);
}

int EventMonitor::fd() const noexcept { return state_->context.control; }

Result<std::vector<DeviceEvent>> EventMonitor::read() noexcept {
  if (auto done = state_->look(); !done) return std::move(done).error();
  return state_->takeAll();
}

Result<DeviceEvent> EventMonitor::next(Timeout timeout) noexcept {
  if (state_->queueEmpty())
    if (auto done = state_->await(timeout); !done) return std::move(done).error();
  return state_->takeFirst();
}

const std::vector<WatchedDevice>& EventMonitor::devices() const noexcept { return state_->devices; }

}  // namespace devmap
