// dmsetup stats, dmstats: the verbs.

#include <algorithm>

#include "cli/nearest.hpp"
#include "cli/numbers.hpp"
#include "cli/print.hpp"
#include "dmsetup/report.hpp"
#include "dmsetup/stats.hpp"

namespace tool::dmsetup {
namespace {

/// Reports regions that overlap the next one on the device, as dmsetup does.
void warnOfOverlaps(DeviceStats& stats, std::span<const std::uint32_t> ids) {
  std::vector<const StatsRegion*> regions;
  for (const std::uint32_t id : ids) regions.push_back(stats.region(id));
  std::ranges::stable_sort(regions, {}, &StatsRegion::start);
  for (std::size_t i = 1; i < regions.size(); ++i) {
    const StatsRegion& one = *regions[i - 1];
    if (regions[i]->start - one.start >= one.length) continue;
    complain("WARNING: region IDs ", one.id, " and ", regions[i]->id,
             " overlap. Some events will be counted twice.");
  }
}

bool addGroup(Run& run, DeviceStats& stats, std::vector<std::uint32_t> members,
              std::string_view shown, const char* where) {
  StatsGroup group{members.front(), std::string(run.value(Opt::alias)), {}, std::move(members)};
  for (const std::uint32_t id : group.members) {
    if (stats.region(id) == nullptr) return fail("Invalid region ID: ", id);
    if (const StatsGroup* const other = stats.groupOf(id))
      return fail("Region ID ", id, " already a member of group ID ", other->id);
  }
  warnOfOverlaps(stats, group.members);
  group.data = stats.region(group.id)->data;
  if (!setUserData(run, stats.info, group.id, groupData(group))) return false;
  print("Grouped regions ", shown, " as group ID ", group.id);
  if (!group.alias.empty() && *where == '\0') print(" with alias ", group.alias);
  print(*where == '\0' ? "" : join(" on ", where), "\n");
  return true;
}

/// Always returns false. A group has the number of its first region.
bool failNoGroup(DeviceStats& stats, std::uint32_t id) {
  return stats.region(id) != nullptr ? fail("Group ID ", id, " does not exist")
                                     : fail("Invalid group ID: ", id);
}

bool dropGroup(Run& run, DeviceStats& stats, std::uint32_t id) {
  const auto found = std::ranges::find(stats.groups, id, &StatsGroup::id);
  if (found == stats.groups.end()) return failNoGroup(stats, id);
  const bool sent = setUserData(run, stats.info, id, found->data);
  stats.groups.erase(found);
  return sent;
}

bool deleteRegion(Run& run, DeviceStats& stats, std::uint32_t id) {
  if (stats.region(id) == nullptr)
    return fail("Region ID ", id, " does not exist\nCould not delete statistics region");
  StatsGroup* const group = stats.groupOf(id);
  const bool leads = group != nullptr && group->id == id;  // its description is the group
  if (leads) std::erase_if(stats.groups, [&](const StatsGroup& other) { return other.id == id; });
  if (group != nullptr && !leads) {
    std::erase(group->members, id);
    if (!setUserData(run, stats.info, group->id, groupData(*group))) return false;
  }
  return send(run, stats.info, join("@stats_delete ", id)).has_value();
}

/// A size from --start, --length or --areasize, in sectors. Unchanged if it was not given.
bool sizeOf(const Run& run, Opt opt, const char* name, std::uint64_t& sectors) {
  std::string_view text = run.value(opt);
  if (text.empty()) return true;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = decimal(text.substr(0, digits));
  const std::string_view unit = text.substr(digits);
  const std::uint64_t bytes = unit.empty() ? 512 : unit.size() == 1 ? bytesOf(unit[0]) : 0;
  if (!number || bytes == 0 || *number > UINT64_MAX / bytes)
    return fail("Invalid ", name, " argument: \"", text, "\"");
  sectors = *number * bytes / 512;
  return true;
}

/// --bounds as the kernel's optional arguments, with their count.
bool optionalArguments(const Run& run, std::string& text) {
  std::string_view rest = run.value(Opt::bounds);
  std::vector<std::uint64_t> bounds;
  bool precise = run.has(Opt::precise);
  while (!rest.empty()) {
    const std::string_view part = nextPart(rest, ',');
    const std::size_t digits = std::min(part.find_first_not_of("0123456789"), part.size());
    const std::string_view unit = part.substr(digits);
    const auto value = decimal(part.substr(0, digits));
    std::uint64_t scale = unit == "s" ? 1'000'000'000 : 1;
    if (unit == "ms") scale = 1'000'000;
    if (unit == "us") scale = 1'000;
    if (!value || *value > UINT64_MAX / scale || (scale == 1 && !unit.empty() && unit != "ns"))
      return fail("Could not parse bounds value: ", part);
    bounds.push_back(*value * scale);
    precise = precise || bounds.back() % 1'000'000 != 0;
  }
  text = join(bounds.empty() ? 0 : 1, " ");
  if (precise) text = join(bounds.empty() ? 1 : 2, " precise_timestamps ");
  const char* between = "histogram:";
  for (const std::uint64_t bound : bounds) {
    text += join(between, bound / (precise ? 1 : 1'000'000));
    between = ",";
  }
  return true;
}

bool createRegion(Run& run, const DeviceInfo& info, std::uint64_t start, std::uint64_t length,
                  std::vector<std::uint32_t>& made) {
  std::uint64_t step = 0;
  std::string optional;
  if (!sizeOf(run, Opt::areaSize, "areasize", step) || !optionalArguments(run, optional))
    return false;
  const bool bySize = run.has(Opt::areaSize);  // the kernel refuses less than a sector
  const auto areas =
      static_cast<std::uint64_t>(std::max<std::int64_t>(leadingNumber(run.value(Opt::areas)), 1));
  const std::string_view data = run.has(Opt::userData) ? run.value(Opt::userData) : "-";
  const auto reply =
      send(run, info,
           join("@stats_create ", start, "+", length, bySize ? " " : " /", bySize ? step : areas,
                " ", optional, " ", run.has(Opt::programId) ? run.value(Opt::programId) : "dmstats",
                " ", data));
  if (!reply) return fail(info.name, ": Could not create statistics region.");
  const auto id =
      static_cast<std::uint32_t>(numberOr0(std::string_view(*reply).substr(0, reply->find('\n'))));
  made.push_back(id);
  const std::uint64_t count = step == 0 ? areas : length / step + (length % step == 0 ? 0 : 1);
  print(info.name, ": Created new region with ", count, " area(s) as region ID ", id, "\n");
  return true;
}

bool statsCreate(Run& run, const Address& address, bool) {
  if (run.has(Opt::programId) && run.value(Opt::programId).empty() && !run.has(Opt::force))
    return fail("Creating a region with no program id requires --force.");
  const auto table = run.look(TaskType::DeviceTable, address);
  if (!table) return false;
  const DeviceInfo info = table->info();
  std::uint64_t start = 0;
  std::uint64_t length = 0;
  if (!sizeOf(run, Opt::start, "start", start) || !sizeOf(run, Opt::length, "length", length))
    return false;
  std::vector<std::uint32_t> made;
  if (!run.has(Opt::segments)) {
    const std::uint64_t end = table->rows().empty() ? 0
                                                    : table->rows().back().start.count +
                                                          table->rows().back().length.count;
    // As in dmsetup, the default is the length of the device, wherever the region starts.
    return createRegion(run, info, start, length == 0 ? end : length, made);
  }
  for (const TableRow& row : table->rows())
    if (!createRegion(run, info, row.start.count, row.length.count, made)) return false;
  if (run.has(Opt::noGroup) || made.size() < 2) return true;
  std::string shown;
  for (const std::uint32_t id : made) shown += join(shown.empty() ? "" : ",", id);
  auto stats = readStats(run, address, false);
  return stats && addGroup(run, *stats, made, shown, "");
}

/// The regions that --regionid or --allregions select, for a verb that needs one of the two.
/// `alternatives`: what the error suggests besides --allregions.
bool wantedRegions(Run& run, const DeviceStats& stats, std::string_view alternatives,
                   std::vector<std::uint32_t>& ids) {
  if (run.has(Opt::regionId)) {
    ids.push_back(static_cast<std::uint32_t>(leadingNumber(run.value(Opt::regionId))));
    return true;
  }
  if (!run.has(Opt::allRegions))
    return fail("Please specify a ", alternatives, " use --allregions.");
  for (const StatsRegion& region : stats.regions) ids.push_back(region.id);
  return true;
}

template <typename Each>
bool forRegions(Run& run, const Address& address, Each each,
                std::string_view alternatives = "--regionid or") {
  auto stats = readStats(run, address, false);
  std::vector<std::uint32_t> ids;
  if (!stats || !wantedRegions(run, *stats, alternatives, ids)) return false;
  for (const std::uint32_t id : ids)
    if (!each(*stats, id)) return false;
  return true;
}

bool statsDelete(Run& run, const Address& address, bool) {
  if (!run.has(Opt::groupId))
    return forRegions(
        run, address,
        [&](DeviceStats& stats, std::uint32_t id) { return deleteRegion(run, stats, id); },
        "--regionid or --groupid, or");
  auto stats = readStats(run, address, false);
  if (!stats) return false;
  const auto id = static_cast<std::uint32_t>(leadingNumber(run.value(Opt::groupId)));
  const auto group = std::ranges::find(stats->groups, id, &StatsGroup::id);
  if (group == stats->groups.end()) return failNoGroup(*stats, id);
  for (const std::uint32_t member : group->members)
    if (!send(run, stats->info, join("@stats_delete ", member))) return false;
  print("Deleted statistics group ", id, ".\n");
  return true;
}

bool statsClear(Run& run, const Address& address, bool) {
  return forRegions(run, address, [&](DeviceStats& stats, std::uint32_t id) {
    if (stats.region(id) == nullptr) return fail("No such region: ", id, ".");
    return send(run, stats.info, join("@stats_clear ", id)).has_value();
  });
}

bool statsPrint(Run& run, const Address& address, bool) {
  return forRegions(run, address, [&](DeviceStats& stats, std::uint32_t id) {
    const auto reply = send(
        run, stats.info, join(run.has(Opt::clear) ? "@stats_print_clear " : "@stats_print ", id));
    if (reply) put(*reply);
    return reply.has_value();
  });
}

bool statsGroup(Run& run, const Address& address, bool) {
  const auto members = membersOf(run.value(Opt::regions));
  if (!members || members->empty()) return fail("Group operation requires --regions: as in 0-3,5.");
  auto stats = readStats(run, address, false);
  return stats &&
         addGroup(run, *stats, *members, run.value(Opt::regions), stats->info.name.c_str());
}

bool statsUngroup(Run& run, const Address& address, bool) {
  if (!run.has(Opt::groupId)) return fail("Please specify group id.");
  auto stats = readStats(run, address, false);
  if (!stats) return false;
  const auto id = static_cast<std::uint32_t>(leadingNumber(run.value(Opt::groupId)));
  const bool done = dropGroup(run, *stats, id);
  print("Removed group ID ", id, " on ", stats->info.name, "\n");
  return done;
}

/// A row for each area, region and group, as --area, --region, --group and the verb say.
bool report(Run& run, const Address& address, bool counters) {
  auto stats = readStats(run, address, counters);
  if (!stats) return false;
  const bool chosen = run.has(Opt::area) || run.has(Opt::region) || run.has(Opt::group);
  const bool all = counters || run.has(Opt::verbose);
  const bool areas = chosen ? run.has(Opt::area) : all;
  const bool regions = chosen ? run.has(Opt::region) : true;
  const bool groups = chosen ? run.has(Opt::group) : true;
  Subject subject{stats->info, nullptr};
  bool done = true;
  const auto add = [&](const StatsObject& object) {
    subject.stats = &object;
    done = run.report->add(run, subject) && done;
  };
  for (StatsRegion& region : stats->regions) {
    region.areas.resize(region.areaCount());
    StatsObject object{StatsObject::Kind::area, &region, stats->groupOf(region.id), 0, 0, {}};
    for (; areas && object.area < region.areas.size(); ++object.area) {
      object.counters = region.areas[object.area];
      add(object);
    }
  }
  for (StatsRegion& region : stats->regions) {
    if (!regions || (areas && region.areas.size() < 2)) continue;
    StatsObject object{StatsObject::Kind::region, &region, stats->groupOf(region.id), 0, 0, {}};
    for (const Counters& area : region.areas) object.counters.add(area);
    add(object);
  }
  for (const StatsGroup& group : stats->groups) {
    StatsObject object{StatsObject::Kind::group, stats->region(group.id), &group, 0, 0, {}};
    for (const std::uint32_t id : group.members) {
      const StatsRegion* const region = stats->region(id);
      if (region == nullptr) continue;
      object.length += region->length;
      for (const Counters& area : region->areas) object.counters.add(area);
    }
    if (groups) add(object);
  }
  return done;
}

bool statsList(Run& run, const Address& address, bool) { return report(run, address, false); }
bool statsReport(Run& run, const Address& address, bool) { return report(run, address, true); }

const char* columnsOf(const Run& run, bool metrics) {
  if (metrics && run.has(Opt::histogram))
    return run.has(Opt::relative) ? "stats_name,group_id,region_id,obj_type,region_start,region_"
                                    "len,area_count,area_len,util,await,hist_percent_bounds"
                                  : "stats_name,group_id,region_id,obj_type,region_start,region_"
                                    "len,area_count,area_len,util,await,hist_count_bounds";
  if (metrics)
    return "stats_name,group_id,region_id,obj_type,area_id,area_start,area_len,reads_merged_per_"
           "sec,writes_merged_per_sec,reads_per_sec,"
           "writes_per_sec,"
           "read_size_per_sec,write_size_per_sec,avg_request_size,queue_size,util,await,read_await,"
           "write_await";
  if (run.has(Opt::histogram))
    return "stats_name,group_id,region_id,obj_type,region_start,region_len,area_count,area_len,"
           "hist_bins,hist_bounds";
  if (run.has(Opt::verbose))
    return "stats_name,group_id,region_id,obj_type,region_start,region_len,area_count,area_id,area_"
           "start,area_len,program_id";
  return "stats_name,group_id,region_id,obj_type,region_start,region_len,area_count,area_len,"
         "program_id";
}

bool needsDevice(const Run& run, Words operands) {
  if (!operands.empty() || run.addressed() || run.has(Opt::allDevices)) return true;
  return fail("Please specify device(s) or use --alldevices.");
}

bool statsHelp(Run&, Words) {
  complain(
      "Usage:\n\n  dmstats create|delete|clear|group|ungroup|list|print|report|version [OPTION...] "
      "[DEVICE...]; devmap.8 explains them");
  return true;
}

bool refuseFileMap(Run&, Words) {
  return fail(
      "Regions of a file (--filemap, update_filemap) are not supported: they need a daemon that "
      "follows the file.");
}

constexpr auto statsVerbs = std::to_array<Verb>({
    {"help", "", 0, 0, Scope::once, &statsHelp, nullptr},
    {"clear", "", 0, 255, Scope::orAll, nullptr, &statsClear},
    {"create", "", 0, 255, Scope::orAll, nullptr, &statsCreate},
    {"delete", "", 0, 255, Scope::orAll, nullptr, &statsDelete},
    {"group", "", 0, 255, Scope::orAll, nullptr, &statsGroup},
    {"list", "", 0, 255, Scope::orAll, nullptr, &statsList},
    {"print", "", 0, 255, Scope::orAll, nullptr, &statsPrint},
    {"report", "", 0, 255, Scope::orAll, nullptr, &statsReport},
    {"ungroup", "", 0, 255, Scope::orAll, nullptr, &statsUngroup},
    {"update_filemap", "", 0, 255, Scope::once, &refuseFileMap, nullptr},
    {"version", "", 0, 0, Scope::once, &runVersion, nullptr},
});

}  // namespace

bool runStats(Run& run, Words operands) {
  const std::string_view name = operands[0];
  operands = operands.subspan(1);
  Nearest nearest;
  for (const Verb& verb : statsVerbs) {
    nearest.consider(name, verb.name);
    if (name != verb.name) continue;
    if (run.has(Opt::fileMap)) return refuseFileMap(run, operands);
    if (verb.scope == Scope::once) return verb.once(run, operands);
    const bool metrics = verb.each == &statsReport;
    if (verb.each != &statsList && !metrics)
      return needsDevice(run, operands) && runEach(run, verb, operands);
    Report report;
    if (!report.prepare(run.line, columnsOf(run, metrics), metrics ? 0x60 : 0x40)) return false;
    run.report = &report;
    Repetition repetition(run);
    bool done = false;
    do {
      done = runEach(run, verb, operands);
      report.output();
    } while (done && repetition.again());
    return done;
  }
  run.began = false;
  fail("Unknown stats command.");
  if (const std::string question = nearest.question(); !question.empty())
    complain("'", name, "'", question);
  statsHelp(run, {});
  return false;
}

}  // namespace tool::dmsetup
