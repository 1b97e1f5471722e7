// watch: the state of devices on a screen, read again whenever the kernel has news of them.
#include <algorithm>

#include "cli/numbers.hpp"
#include "cli/session.hpp"
#include "show/condition.hpp"
#include "show/json.hpp"
#include "show/news.hpp"

namespace tool {
namespace {

constexpr Timeout shortestPause{100};  // no matter how much happens

/// One device as shown: a line, and one for each further row that has something to report.
struct Seen {
  std::string name;
  std::string types;
  std::uint64_t bytes = 0;
  std::string conditions{};  ///< lines, each ending in a line feed

  /// Bad news first, then devices with something to report, then the rest.
  [[nodiscard]] int rank() const noexcept {
    const Tone tone = worst(conditions);
    if (tone >= Tone::warning) return tone == Tone::bad ? 0 : 1;
    return conditions.empty() ? 3 : 2;
  }
  [[nodiscard]] std::size_t lines() const noexcept {
    return std::max<std::size_t>(static_cast<std::size_t>(std::ranges::count(conditions, '\n')), 1);
  }
};

class Watch {
 public:
  Watch(Session& session, std::vector<Address> addresses)
      : session_(session), addresses_(std::move(addresses)) {}

  /// Reads all devices. It shows only what can be read at this moment: devices come and go
  /// meanwhile.
  [[nodiscard]] Result<void> look() {
    seen_.clear();
    if (!addresses_.empty()) {
      for (const Address& address : addresses_) {
        auto found = lookAt(address);
        if (!found) return std::move(found).error();
        if (!*found && !address.name.empty())
          seen_.push_back({displayable(address.name), "", 0, toned("not there", Tone::bad) + '\n'});
      }
      return {};
    }
    auto names = session_.allNames();
    if (!names) return std::move(names).error();
    for (std::string& name : *names)
      if (auto found = lookAt({std::move(name), {}, {}}); !found) return std::move(found).error();
    return {};
  }

  void draw(const Screen& screen) {
    if (json()) return;
    std::size_t nameWidth = 4;
    std::size_t typeWidth = 4;
    std::size_t all = 1;
    for (const Seen& device : seen_) {
      all += device.lines();
      nameWidth = std::max(nameWidth, columnsOf(device.name));
      typeWidth = std::max(typeWidth, device.types.size());
    }
    if (screen.terminal) {  // 36 columns for the state, 10 for the size and the gaps
      typeWidth = std::min<std::size_t>(typeWidth, 12);
      nameWidth = std::min(
          nameWidth, std::max<std::size_t>(screen.columns, 46 + typeWidth + 12) - 46 - typeWidth);
    }
    const auto row = [&](std::string_view name, std::string_view types, std::string_view size) {
      return join(fitted(screen, name, nameWidth), " ", fitted(screen, types, typeWidth), " ",
                  fitted(screen, size, 6, true), "  ");
    };
    const std::size_t room = full_ ? std::max<std::size_t>(screen.rows, 4) - 1 : all;
    const std::size_t shown = all > room ? room - 1 : all;
    std::size_t line = 0;
    const auto show = [&](std::string_view text) {
      if (line++ < shown) putLine(screen, text);
    };
    if (full_) print("\033[H\033[J");
    show(toned(join(row("NAME", "TYPE", "SIZE"), "STATE"), Tone::faint));
    for (int rank = 0; rank < 4; ++rank) {
      for (const Seen& device : seen_) {
        if (device.rank() != rank) continue;
        std::string left =
            row(device.name, device.types, device.types.empty() ? "" : sizeText(device.bytes));
        std::string_view rest = device.conditions;
        do {
          const std::size_t end = std::min(rest.find('\n'), rest.size());
          show(join(left, rest.substr(0, end)));
          rest.remove_prefix(std::min(end + 1, rest.size()));
          left.assign(columnsOf(left), ' ');
        } while (!rest.empty());
      }
    }
    if (seen_.empty()) putLine(screen, "No devices found");
    if (line > shown)
      putLine(screen, toned(join("and ", line - shown, " more lines"), Tone::faint));
  }

  /// From here on each picture replaces the one before, on the alternate screen. The last one stays
  /// on the normal screen.
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
  /// Returns false if there is no such device.
  Result<bool> lookAt(const Address& address) {
    auto task = session_.task(TaskType::DeviceStatus, address);
    if (!task) return std::move(task).error();
    Result<void> done = task->noFlush();  // so that a thin pool does not commit
    if (done) done = task->run();
    if (!done)
      return done.error().code == Errc::notFound ? Result<bool>(false)
                                                 : Result<bool>(std::move(done).error());
    if (!task->info().exists) return false;
    show(*task);
    return true;
  }

  void show(const Task& task) {
    const auto& wanted = session_.call().value(Option::target);
    Seen device{displayable(task.info().name), typesOf(task.rows()), bytesOf(task.rows()), {}};
    if (const std::string state = stateOf(task.info()); !state.empty())
      device.conditions += join(state, "\n");
    bool any = !wanted;
    for (const TableRow& row : task.rows()) {
      if (wanted && row.type != *wanted) continue;
      any = true;
      if (json()) putRowJson(task, row, row.params);
      if (const std::string condition = conditionOf(screen_, row); !condition.empty())
        device.conditions += join(condition, "\n");
    }
    if (any) seen_.push_back(std::move(device));
  }

  Session& session_;
  std::vector<Address> addresses_;
  Screen screen_ = standardOutput();
  std::vector<Seen> seen_;
  bool full_ = false;
};

/// Shows pictures until there are enough, time is up, or stdout has no reader any more.
Result<void> watch(Session& session, Watch& pictures, std::uint64_t limit, Timeout interval) {
  const Call& call = session.call();
  const StopSignals signals;
  const bool hasNews = session.context().interfaceVersion() >=
                       Version{4, 37, 0};  // Linux 4.14; older kernels are polled
  auto arm = session.task(TaskType::DeviceArmPoll);
  if (!arm) return std::move(arm).error();
  for (;;) {
    if (hasNews)  // arm, then look: a change in between is news
      if (auto armed = arm->run(); !armed) return armed;
    if (auto looked = pictures.look(); !looked) return looked;
    pictures.draw(standardOutput());
    flushOutput();
    if (--limit == 0 || outputFailed()) return {};
    Timeout left = interval;
    if (call.has(Option::deadline)) left = std::min(left, session.timeLeft());
    if (awaitNews(-1, signals, std::min(left, shortestPause)) == News::stop) return {};
    const News news = awaitNews(hasNews ? session.context().controlFd() : -1, signals,
                                left - std::min(left, shortestPause));
    if (news == News::stop || (call.has(Option::deadline) && session.timeLeft().count() == 0))
      return {};
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
    if (!given || *given < shortestPause)
      return failUsage(call, "'", *text, "' is not a number of seconds of at least 0.1");
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
