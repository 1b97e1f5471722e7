// events: what happens to devices, as it happens.

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include <poll.h>

#include "json.hpp"
#include "numbers.hpp"
#include "session.hpp"

namespace tool {
namespace {

volatile std::sig_atomic_t stopped = 0;

/// From here on SIGINT and SIGTERM are taken note of, and only while poll waits: none is missed between a look and the next wait.
class StopSignals {
 public:
  StopSignals() noexcept {
    struct sigaction action {};
    action.sa_handler = [](int) { stopped = 1; };
    sigset_t blocked;
    sigemptyset(&blocked);
    for (const int signal : {SIGINT, SIGTERM}) {
      sigaddset(&blocked, signal);
      struct sigaction before {};
      const bool known = sigaction(signal, nullptr, &before) == 0;
      if (!known || before.sa_handler != SIG_IGN) (void)sigaction(signal, &action, nullptr);  // ignored: run by nohup, or in the background
    }
    (void)sigprocmask(SIG_BLOCK, &blocked, &whileWaiting_);
    sigdelset(&whileWaiting_, SIGINT);
    sigdelset(&whileWaiting_, SIGTERM);
  }
  [[nodiscard]] const sigset_t* whileWaiting() const noexcept { return &whileWaiting_; }

 private:
  sigset_t whileWaiting_{};
};

/// Waits for news. False: a signal came, the deadline passed, or nobody reads stdout any more.
bool awaitNews(int fd, const StopSignals& signals, std::optional<Timeout> left) noexcept {
  std::array<pollfd, 2> entries{pollfd{fd, POLLIN, 0}, pollfd{STDOUT_FILENO, 0, 0}};
  timespec time{};
  if (left) {
    time.tv_sec = static_cast<time_t>(left->count() / 1000);
    time.tv_nsec = static_cast<long>(left->count() % 1000 * 1'000'000);
  }
  for (;;) {
    const int ready = ppoll(entries.data(), entries.size(), left ? &time : nullptr, signals.whileWaiting());
    if (stopped != 0 || ready == 0) return false;
    if (ready < 0 && errno != EINTR) return false;
    if (ready < 0) continue;  // a signal of no interest, such as a stop and its end: at worst the deadline starts anew
    if ((entries[1].revents & POLLERR) != 0) return false;
    if (entries[0].revents != 0) return true;
    entries[1].fd = -1;  // closed from the start: the first line to write will say so
  }
}

/// One line of output. `oldName` of a renamed device, `count` of target events.
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
  json.text("uuid", device.uuid).text("device", toString(device.device)).number("event_nr", device.eventNr);
  if (line.count > 0) json.number("count", line.count);
  json.end();
}

Line lineOf(const DeviceEvent& event, const WatchedDevice& device) noexcept {
  using enum DeviceEvent::Kind;
  switch (event.kind) {
    case removed: return {"removed", device};
    case renamed: return event.oldName == event.name ? Line{"uuid-set", device} : Line{"renamed", device, event.oldName};
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

/// Writes what is selected, a line at a time, until there is enough.
class Writer {
 public:
  Writer(Selection selection, bool json, std::uint64_t limit) : selection_(std::move(selection)), json_(json), limit_(limit) {}

  void present(const std::vector<WatchedDevice>& devices) {
    for (const WatchedDevice& device : devices)
      if (selection_.has(device)) write({"present", device});
  }
  /// False when there is enough, or stdout takes no more.
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
    if (!awaitNews(monitor->fd(), signals, left)) return true;
  }
}

}  // namespace

bool runEvents(const Call& call) {
  Session session(call);
  auto devices = session.devices(call.operands);
  if (!devices) return false;
  std::uint64_t limit = UINT64_MAX;
  if (const auto& text = call.value(Option::count)) {
    const auto given = decimal(*text);
    if (!given || *given == 0) return failUsage(call, join("'", *text, "' is not a number of events"));
    limit = *given;
  }
  Writer writer(Selection(*std::move(devices)), call.has(Option::json), limit);
  return session.open() && watch(session, writer);
}

}  // namespace tool
