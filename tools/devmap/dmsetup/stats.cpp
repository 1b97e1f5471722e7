#include "dmsetup/stats.hpp"

#include <algorithm>

#include "cli/numbers.hpp"
#include "cli/print.hpp"

namespace tool::dmsetup {
namespace {

constexpr std::string_view groupTag = "DMS_GROUP=";

/// Takes the optional arguments off the end of a line of @stats_list: `precise_timestamps` and
/// `histogram:N,N`, each after a blank. The user data before them may contain blanks. Returns the
/// text after `histogram:`.
std::string_view takeOptions(std::string_view& line, bool& precise) {
  constexpr std::string_view histogram = " histogram:", timestamps = " precise_timestamps";
  std::string_view bounds;
  if (const std::size_t at = line.rfind(histogram); at != std::string_view::npos) {
    const std::string_view text = line.substr(at + histogram.size());
    if (text.find_first_not_of("0123456789,") == std::string_view::npos) {
      bounds = text;
      line = line.substr(0, at);
    }
  }
  precise = line.ends_with(timestamps);
  if (precise) line.remove_suffix(timestamps.size());
  return bounds;
}

/// A group as user data describes it: `DMS_GROUP="ALIAS":MEMBERS#DATA`. dmsetup before 1.02.198
/// writes the alias without quotes. The kernel keeps a quoted alias without escapes, so it ends at
/// the first `":` that is followed by members and a `#`.
std::optional<StatsGroup> readGroup(std::string_view data) {
  if (!data.starts_with(groupTag)) return std::nullopt;
  data.remove_prefix(groupTag.size());
  const bool quoted = data.starts_with('"');
  const std::string_view mark = quoted ? "\":" : ":";
  for (std::size_t at = data.find(mark, quoted ? 1 : 0); at != std::string_view::npos;
       at = data.find(mark, at + 1)) {
    std::string_view rest = data.substr(at + mark.size());
    auto members = membersOf(nextPart(rest, '#'));
    if (!members || members->empty()) {
      if (quoted) continue;
      return std::nullopt;
    }
    return StatsGroup{0, std::string(data.substr(quoted ? 1 : 0, at - (quoted ? 1 : 0))),
                      std::string(rest), *std::move(members)};
  }
  return std::nullopt;
}

/// One line of @stats_list:
/// `ID: START+LENGTH STEP PROGRAM DATA [precise_timestamps] [histogram:N,N]`
void readRegion(std::string_view line, DeviceStats& stats) {
  StatsRegion& region = stats.regions.emplace_back();
  std::string_view bounds = takeOptions(line, region.precise);
  region.id = static_cast<std::uint32_t>(numberOr0(nextPart(line, ':')));
  nextPart(line, ' ');
  region.start = numberOr0(nextPart(line, '+'));
  region.length = numberOr0(nextPart(line, ' '));
  region.step = numberOr0(nextPart(line, ' '));
  region.program = nextPart(line, ' ');
  region.data = line;
  while (!bounds.empty())
    region.bounds.push_back(
        saturatedProduct(numberOr0(nextPart(bounds, ',')), region.precise ? 1 : 1'000'000));
  if (auto group = readGroup(region.data)) {
    group->id = region.id;
    region.data = group->data;
    stats.groups.push_back(*std::move(group));
  }
  if (region.data == "-") region.data.clear();
}

/// Calls `each` for each line of a reply.
template <typename Each>
void forEachLine(std::string_view text, Each each) {
  while (!text.empty())
    if (const std::string_view line = nextPart(text, '\n'); !line.empty()) each(line);
}

bool readCounters(Run& run, DeviceStats& stats) {
  for (StatsRegion& region : stats.regions) {
    const auto reply = send(run, stats.info, join("@stats_print_clear ", region.id));
    if (!reply) return false;
    forEachLine(*reply, [&](std::string_view line) {
      Counters& counters = region.areas.emplace_back();
      // Reports show the total length of all areas; the last area may reach beyond the region.
      std::string_view range = nextPart(line, ' ');
      const std::uint64_t start = numberOr0(nextPart(range, '+'));
      region.length = start + numberOr0(range) - region.start;
      for (std::size_t i = 0; i < counterCount; ++i) {
        const auto counter = static_cast<Counter>(i);
        const bool time = counter == Counter::readTime || counter == Counter::writeTime ||
                          counter >= Counter::ioTime;
        counters.values[i] = static_cast<double>(numberOr0(nextPart(line, ' '))) *
                             (time && !region.precise ? 1e6 : 1);
      }
      while (!line.empty())
        counters.histogram.push_back(static_cast<double>(numberOr0(nextPart(line, ':'))));
    });
  }
  return true;
}

std::string programOf(const Run& run) {
  if (run.has(Opt::allPrograms)) return {};
  return run.has(Opt::programId) ? std::string(run.value(Opt::programId)) : "dmstats";
}

}  // namespace

std::optional<std::string> send(Run& run, const DeviceInfo& info, const std::string& message) {
  auto task = run.task(TaskType::DeviceTargetMsg, {info.name, {}, {}});
  if (!task) return fail(task.error()), std::nullopt;
  if (auto set = task->setMessage(message); !set) return fail(set.error()), std::nullopt;
  if (!run.perform(task)) return std::nullopt;
  return std::string(task->response().value_or(""));
}

std::string_view nextPart(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

std::uint64_t numberOr0(std::string_view text) { return decimal(text).value_or(0); }

std::optional<std::vector<std::uint32_t>> membersOf(std::string_view text) {
  constexpr std::size_t most = 65536;
  std::string present(most, '\0');
  while (!text.empty()) {
    std::string_view part = nextPart(text, ',');
    const auto first = decimal(nextPart(part, '-'), most - 1);
    const auto last = part.empty() ? first : decimal(part, most - 1);
    if (!first || !last || *last < *first) return std::nullopt;
    for (auto id = *first; id <= *last; ++id) present[static_cast<std::size_t>(id)] = '+';
  }
  std::vector<std::uint32_t> members;
  for (std::size_t id = 0; id < most; ++id)
    if (present[id] != '\0') members.push_back(static_cast<std::uint32_t>(id));
  return members;
}

std::optional<DeviceStats> readStats(Run& run, const Address& address, bool counters) {
  const auto task = run.look(TaskType::DeviceInfo, address);
  if (!task) return std::nullopt;
  DeviceStats stats;
  stats.info = task->info();
  const auto reply = send(run, stats.info, join("@stats_list ", programOf(run)));
  if (!reply) return std::nullopt;
  forEachLine(*reply, [&](std::string_view line) { readRegion(line, stats); });
  if (counters && !readCounters(run, stats)) return std::nullopt;
  return stats;
}

std::string groupData(const StatsGroup& group) {
  const char* const quote = group.alias.empty() ? "" : "\"";
  return join(groupTag, quote, group.alias, quote, ":", memberText(group.members), "#",
              group.data.empty() ? "-" : group.data);
}

bool setUserData(Run& run, const DeviceInfo& info, std::uint32_t region, std::string_view data) {
  std::string escaped;
  for (const char c : data.empty() ? std::string_view("-") : data) {
    if (c == '\\' || c == ' ' || (c >= '\t' && c <= '\r')) escaped += '\\';
    escaped += c;
  }
  return send(run, info, join("@stats_set_aux ", region, " ", escaped)).has_value();
}

void Counters::add(const Counters& other) {
  for (std::size_t i = 0; i < counterCount; ++i) values[i] += other.values[i];
  histogram.resize(std::max(histogram.size(), other.histogram.size()));
  for (std::size_t i = 0; i < other.histogram.size(); ++i) histogram[i] += other.histogram[i];
}

std::string memberText(const std::vector<std::uint32_t>& members) {
  std::string text;
  for (std::size_t i = 0; i < members.size();) {
    std::size_t last = i;
    while (last + 1 < members.size() && members[last + 1] == members[last] + 1) ++last;
    text += join(text.empty() ? "" : ",", members[i], last == i ? "" : join("-", members[last]));
    i = last + 1;
  }
  return text;
}

}  // namespace tool::dmsetup
