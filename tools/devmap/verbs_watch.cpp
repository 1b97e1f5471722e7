// watch: the state of devices on a screen, looked at again whenever the kernel has news of them.
#ifndef DEVMAP_MINIMAL

#include <algorithm>

#include "condition.hpp"
#include "json.hpp"
#include "news.hpp"
#include "numbers.hpp"
#include "session.hpp"

namespace tool {
namespace {

constexpr Timeout shortestPause{100};  // however much happens

/// One device as it is shown: a line, and one for each further row that has something to say.
struct Seen {
  std::string name;
  std::string types;
  std::uint64_t bytes = 0;
  std::vector<Text> conditions{};

  [[nodiscard]] Tone tone() const noexcept {
    Tone found = Tone::plain;
    for (const Text& text : conditions) found = std::max(found, worst(text));
    return found;
  }
  /// Bad news first, then what says something, then the rest.
  [[nodiscard]] int rank() const noexcept {
    if (tone() >= Tone::warning) return tone() == Tone::bad ? 0 : 1;
    return conditions.empty() ? 3 : 2;
  }
};

/// What a device is apart from its rows.
Text stateOf(const DeviceInfo& info) {
  Text text;
  const auto say = [&](bool holds, const char* words, Tone tone) {
    if (holds) text.push_back({join(text.empty() ? "" : ", ", words), tone});
  };
  say(!info.liveTable, "no table", Tone::faint);
  say(info.inactiveTable, "table loaded", Tone::warning);
  say(info.suspended, "suspended", Tone::warning);
  say(info.deferredRemove, "goes at its last close", Tone::warning);
  return text;
}

class Watch {
 public:
  Watch(Session& session, std::vector<Address> addresses) : session_(session), addresses_(std::move(addresses)) {}

  /// Looks at all devices. Only what can be read at this moment is shown: devices come and go meanwhile.
  [[nodiscard]] Result<void> look() {
    seen_.clear();
    if (!addresses_.empty()) {
      for (const Address& address : addresses_) {
        auto found = lookAt(address);
        if (!found) return std::move(found).failure();
        if (!*found && !address.name.empty()) seen_.push_back({displayable(address.name), "", 0, {{{"not there", Tone::bad}}}});
      }
      return {};
    }
    auto names = session_.allNames();
    if (!names) return std::move(names).failure();
    for (std::string& name : *names)
      if (auto found = lookAt({std::move(name), {}, {}}); !found) return std::move(found).failure();
    return {};
  }

  void draw(const Screen& screen) {
    if (json()) return;
    std::ranges::stable_sort(seen_, {}, &Seen::rank);
    std::size_t nameWidth = 4;
    std::size_t typeWidth = 4;
    for (const Seen& device : seen_) {
      nameWidth = std::max(nameWidth, columnsOf(device.name));
      typeWidth = std::max(typeWidth, device.types.size());
    }
    if (screen.terminal) {  // 36 columns for the state, 10 for the size and what is between
      typeWidth = std::min<std::size_t>(typeWidth, 12);
      nameWidth = std::min(nameWidth, std::max<std::size_t>(screen.columns, 46 + typeWidth + 12) - 46 - typeWidth);
    }
    const auto row = [&](std::string_view name, std::string_view types, std::string_view size) {
      return join(fitted(screen, name, nameWidth), " ", fitted(screen, types, typeWidth), " ", fitted(screen, size, 6, true), "  ");
    };
    std::vector<Text> lines{{{join(row("NAME", "TYPE", "SIZE"), "STATE"), Tone::faint}}};
    for (const Seen& device : seen_) {
      std::string left = row(device.name, device.types, device.types.empty() ? "" : sizeText(device.bytes));
      if (device.conditions.empty()) lines.push_back({{left}});
      for (const Text& condition : device.conditions) {
        Text line{{left}};
        line.insert(line.end(), condition.begin(), condition.end());
        lines.push_back(std::move(line));
        left.assign(columnsOf(left), ' ');
      }
    }
    if (seen_.empty()) lines.push_back({{"No devices found"}});
    const std::size_t room = full_ ? std::max<std::size_t>(screen.rows, 4) - 1 : lines.size();
    if (lines.size() > room) {
      const std::size_t hidden = lines.size() - room + 1;
      lines.resize(room - 1);
      lines.push_back({{join("and ", hidden, " more lines"), Tone::faint}});
    }
    if (full_) print("\033[H\033[J");
    for (const Text& line : lines) putLine(screen, line);
  }

  /// From here on every picture takes the place of the one before, on a screen of its own; the last one stays on the old one.
  void enter() {
    full_ = true;
    print("\033[?1049h\033[?25l");
  }
  void leave() {
    full_ = false;
    print("\033[?25h\033[?1049l");
  }
  [[nodiscard]] bool json() const noexcept { return session_.call().has(Option::json); }

 private:
  /// False: there is no such device.
  Result<bool> lookAt(const Address& address) {
    auto task = session_.task(TaskType::DeviceStatus, address);
    if (!task) return std::move(task).failure();
    Result<void> done = task->noFlush();  // a thin pool does not commit for it
    if (done) done = task->run();
    if (!done) return done.error().code == Errc::notFound ? Result<bool>(false) : Result<bool>(std::move(done).error());
    if (!task->info().exists) return false;
    show(*task);
    return true;
  }

  void show(const Task& task) {
    const auto& wanted = session_.call().value(Option::target);
    Seen device{displayable(task.info().name), {}, 0, {}};
    if (Text state = stateOf(task.info()); !state.empty()) device.conditions.push_back(std::move(state));
    bool any = !wanted;
    for (const TableRow& row : task.rows()) {
      device.bytes += toBytes(row.length);
      if (join(",", device.types, ",").find(join(",", row.type, ",")) == std::string::npos)
        device.types += join(device.types.empty() ? "" : ",", row.type);
      if (wanted && row.type != *wanted) continue;
      any = true;
      if (json()) putRowJson(task, row, row.params);
      if (Text condition = conditionOf(screen_, row); !condition.empty()) device.conditions.push_back(std::move(condition));
    }
    if (any) seen_.push_back(std::move(device));
  }

  Session& session_;
  std::vector<Address> addresses_;
  Screen screen_ = standardOutput();
  std::vector<Seen> seen_;
  bool full_ = false;
};

/// Shows pictures until there are enough, time is up, or nobody looks any more.
Result<void> watch(Session& session, Watch& pictures, std::uint64_t limit, Timeout interval) {
  const Call& call = session.call();
  const StopSignals signals;
  auto monitor = EventMonitor::open(session.context(), {.tableChanges = false});
  if (!monitor) return std::move(monitor).failure();
  for (;;) {
    if (auto looked = pictures.look(); !looked) return looked;
    pictures.draw(standardOutput());
    flushOutput();
    if (--limit == 0 || outputFailed()) return {};
    Timeout left = interval;
    if (call.has(Option::deadline)) left = std::min(left, session.timeLeft());
    if (awaitNews(-1, signals, std::min(left, shortestPause)) == News::stop) return {};
    const News news = awaitNews(monitor->fd(), signals, left - std::min(left, shortestPause));
    if (news == News::stop || (call.has(Option::deadline) && session.timeLeft().count() == 0)) return {};
    if (news != News::arrived) continue;
    if (auto events = monitor->read(); !events) return std::move(events).failure();
  }
}

}  // namespace

bool runWatch(Session& session) {
  const Call& call = session.call();
  auto devices = session.devices(call.operands);
  if (!devices) return false;
  std::uint64_t limit = UINT64_MAX;
  if (const auto& text = call.value(Option::count)) {
    const auto given = decimal(*text);
    if (!given || *given == 0) return failUsage(call, "'", *text, "' is not a number of looks");
    limit = *given;
  }
  Timeout interval{2000};
  if (const auto& text = call.value(Option::interval)) {
    const auto given = seconds(*text);
    if (!given || *given < shortestPause) return failUsage(call, "'", *text, "' is not a number of seconds of at least 0.1");
    interval = *given;
  }
  if (!session.open()) return false;
  Watch pictures(session, *std::move(devices));
  const bool full = standardOutput().terminal && limit > 1 && !pictures.json();
  if (full) pictures.enter();
  const auto done = watch(session, pictures, limit, interval);
  if (full) {
    pictures.leave();
    if (done) pictures.draw(standardOutput());
  }
  return session.ok(done);
}

}  // namespace tool

#endif
