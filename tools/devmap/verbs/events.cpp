// events: what happens to devices, as it happens.

#include <algorithm>

#include "cli/numbers.hpp"
#include "cli/session.hpp"
#include "show/json.hpp"
#include "show/news.hpp"

namespace tool {
namespace {

/// One line of output. `oldName`: of a renamed device; `count`: of target events.
struct Line {
  std::string_view what;
  const WatchedDevice& device;
  std::string_view oldName = {};
  std::uint32_t count = 0;
};

void printText(const Line& line) {
  const WatchedDevice& device = line.device;
  print(line.what, " ", displayable(device.name), " (", toString(device.device), ")");
  if (line.what == "renamed") print(" from ", displayable(line.oldName));
  if (line.what == "uuid-set") print(" ", displayable(device.uuid));
  if (line.count > 0) print(" number ", device.eventNr, " (+", line.count, ")");
  print("\n");
}

void printJson(const Line& line) {
  const WatchedDevice& device = line.device;
  JsonLine json;
  json.text("event", line.what).text("name", device.name);
  if (line.what == "renamed") json.text("old_name", line.oldName);
  json.text("uuid", device.uuid)
      .text("device", toString(device.device))
      .number("event_nr", device.eventNr);
  if (line.count > 0) json.number("count", line.count);
  json.end();
}

Line lineOf(const DeviceEvent& event, const WatchedDevice& device) noexcept {
  using enum DeviceEvent::Kind;
  switch (event.kind) {
    case removed: return {"removed", device};
    case renamed:
      return event.oldName == event.name ? Line{"uuid-set", device}
                                         : Line{"renamed", device, event.oldName};
    case created: return {"created", device};
    case tableChanged: return {"table-changed", device};
    case targetEvent: break;
  }
  return {"target-event", device, {}, event.count};
}

/// The devices that the command line names, or all.
class Selection {
 public:
  explicit Selection(std::vector<Address> addresses) : addresses_(std::move(addresses)) {}

  [[nodiscard]] bool has(const WatchedDevice& device, std::string_view oldName = {}) const {
    return addresses_.empty() || std::ranges::any_of(addresses_, [&](const Address& address) {
             if (address.number) return *address.number == device.device;
             if (!address.uuid.empty()) return address.uuid == device.uuid;
             return address.name == device.name || address.name == oldName;
           });
  }

 private:
  std::vector<Address> addresses_;
};

/// Writes the selected events, one a line, up to the limit.
class Writer {
 public:
  Writer(Selection selection, bool json, std::uint64_t limit)
      : selection_(std::move(selection)), json_(json), limit_(limit) {}

  void present(const std::vector<WatchedDevice>& devices) {
    for (const WatchedDevice& device : devices)
      if (selection_.has(device)) write({"present", device});
  }
  /// Returns false once the limit is reached or stdout accepts no more.
  [[nodiscard]] bool events(const std::vector<DeviceEvent>& events) {
    for (const DeviceEvent& event : events) {
      const WatchedDevice device{event.device, event.name, event.uuid, event.eventNr};
      if (!selection_.has(device, event.oldName)) continue;
      write(lineOf(event, device));
      if (--limit_ == 0 || outputFailed()) return false;
    }
    return !outputFailed();
  }

 private:
  void write(const Line& line) const {
    json_ ? printJson(line) : printText(line);
    flushOutput();
  }

  Selection selection_;
  bool json_;
  std::uint64_t limit_;
};

bool watch(Session& session, Writer& writer) {
  const Call& call = session.call();
  const StopSignals signals;
  auto monitor = EventMonitor::open(session.context());
  if (!monitor) return session.fail(monitor.error());
  if (call.has(Option::initial)) writer.present(monitor->devices());
  for (;;) {
    const auto events = monitor->read();
    if (!events) return session.fail(events.error());
    if (!writer.events(*events)) return true;
    std::optional<Timeout> left;
    if (call.has(Option::deadline)) left = session.timeLeft();
    if (awaitNews(monitor->fd(), signals, left) != News::arrived) return true;
  }
}

}  // namespace

bool runEvents(Session& session) {
  const Call& call = session.call();
  auto devices = session.devices(call.operands);
  if (!devices) return false;
  std::uint64_t limit = UINT64_MAX;
  if (const auto& text = call.value(Option::count)) {
    const auto given = decimal(*text);
    if (!given || *given == 0) return failUsage(call, "'", *text, "' is not a number of events");
    limit = *given;
  }
  Writer writer(Selection(*std::move(devices)), call.has(Option::json), limit);
  return session.open() && watch(session, writer);
}

}  // namespace tool
