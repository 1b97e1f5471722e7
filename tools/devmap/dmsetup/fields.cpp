#include "dmsetup/fields.hpp"
#include "show/device_tree.hpp"

#include <array>

#include "cli/print.hpp"
#include "dmsetup/report.hpp"
#include "dmsetup/stats.hpp"

namespace tool::dmsetup {
namespace {

using enum FieldKind;
using Group = FieldGroup;
using Id = FieldId;

constexpr auto fieldTable = std::to_array<Field>({
    {"name", "Name", 16, text, Group::name, Id::name},
    {"mangled_name", "MangledName", 16, text, Group::name, Id::mangledName},
    {"unmangled_name", "UnmangledName", 16, text, Group::name, Id::unmangledName},
    {"uuid", "UUID", 32, text, Group::name, Id::uuid},
    {"mangled_uuid", "MangledUUID", 32, text, Group::name, Id::mangledUuid},
    {"unmangled_uuid", "UnmangledUUID", 32, text, Group::name, Id::unmangledUuid},
    {"read_ahead", "RAhead", 6, number, Group::name, Id::readAhead},
    {"blkdevname", "BlkDevName", 16, text, Group::info, Id::blockName},
    {"attr", "Stat", 4, text, Group::info, Id::attributes},
    {"tables_loaded", "Tables", 6, text, Group::info, Id::tablesLoaded},
    {"suspended", "Suspended", 9, text, Group::info, Id::suspended},
    {"readonly", "Read-only", 9, text, Group::info, Id::readOnly},
    {"devno", "DevNo", 5, text, Group::info, Id::number},
    {"major", "Maj", 3, number, Group::info, Id::major},
    {"minor", "Min", 3, number, Group::info, Id::minor},
    {"open", "Open", 4, number, Group::info, Id::openCount},
    {"segments", "Targ", 4, number, Group::info, Id::segments},
    {"events", "Event", 6, number, Group::info, Id::events},
    {"device_count", "#Devs", 5, number, Group::deps, Id::dependencyCount},
    {"devnos_used", "DevNosUsed", 16, text, Group::deps, Id::dependencyNumbers},
    {"blkdevs_used", "BlkDevNamesUsed", 16, text, Group::deps, Id::dependencyBlocks},
    {"devs_used", "DevNamesUsed", 16, text, Group::tree, Id::dependencyNames},
    {"device_ref_count", "#Refs", 5, number, Group::tree, Id::userCount},
    {"names_using_dev", "RefNames", 8, text, Group::tree, Id::userNames},
    {"devnos_using_dev", "RefDevNos", 9, text, Group::tree, Id::userNumbers},
    {"subsystem", "Subsys", 6, text, Group::splitname, Id::subsystem},
    {"vg_name", "VG", 4, text, Group::splitname, Id::group},
    {"lv_name", "LV", 4, text, Group::splitname, Id::volume},
    {"lv_layer", "LVLayer", 7, text, Group::splitname, Id::layer},
    {"read_count", "#Reads", 6, number, Group::stats, Id::readCount},
    {"reads_merged_count", "#RdMrgs", 7, number, Group::stats, Id::readsMerged},
    {"read_sector_count", "#RdSectors", 10, number, Group::stats, Id::readSectors},
    {"read_time", "AccRdTime", 11, number, Group::stats, Id::readTime},
    {"write_count", "#Writes", 7, number, Group::stats, Id::writeCount},
    {"writes_merged_count", "#WrMrgs", 7, number, Group::stats, Id::writesMerged},
    {"write_sector_count", "#WrSectors", 10, number, Group::stats, Id::writeSectors},
    {"write_time", "AccWrTime", 11, number, Group::stats, Id::writeTime},
    {"in_progress_count", "#InProg", 7, number, Group::stats, Id::inProgress},
    {"io_ticks", "IoTicks", 7, number, Group::stats, Id::ioTicks},
    {"queue_ticks", "QueueTicks", 10, number, Group::stats, Id::queueTicks},
    {"read_ticks", "RdTicks", 7, number, Group::stats, Id::readTicks},
    {"write_ticks", "WrTicks", 7, number, Group::stats, Id::writeTicks},
    {"reads_merged_per_sec", "RMrg/s", 6, number, Group::stats, Id::readsMergedPerSecond},
    {"writes_merged_per_sec", "WMrg/s", 6, number, Group::stats, Id::writesMergedPerSecond},
    {"reads_per_sec", "R/s", 4, number, Group::stats, Id::readsPerSecond},
    {"writes_per_sec", "W/s", 4, number, Group::stats, Id::writesPerSecond},
    {"read_size_per_sec", "RSz/s", 5, size, Group::stats, Id::readSizePerSecond},
    {"write_size_per_sec", "WSz/s", 5, size, Group::stats, Id::writeSizePerSecond},
    {"avg_request_size", "AvgRqSz", 7, size, Group::stats, Id::averageRequestSize},
    {"queue_size", "QSize", 5, number, Group::stats, Id::queueSize},
    {"await", "AWait", 5, number, Group::stats, Id::await},
    {"read_await", "RdAWait", 7, number, Group::stats, Id::readAwait},
    {"write_await", "WrAWait", 7, number, Group::stats, Id::writeAwait},
    {"throughput", "Throughput", 10, number, Group::stats, Id::throughput},
    {"service_time", "SvcTm", 5, number, Group::stats, Id::serviceTime},
    {"util", "Util%", 5, number, Group::stats, Id::utilization},
    {"hist_count", "Histogram Counts", 16, text, Group::stats, Id::histogramCounts},
    {"hist_count_bounds", "Histogram Counts", 16, text, Group::stats, Id::histogramCountBounds},
    {"hist_count_ranges", "Histogram Counts", 16, text, Group::stats, Id::histogramCountRanges},
    {"hist_percent", "Histogram%", 10, text, Group::stats, Id::histogramPercents},
    {"hist_percent_bounds", "Histogram%", 10, text, Group::stats, Id::histogramPercentBounds},
    {"hist_percent_ranges", "Histogram%", 10, text, Group::stats, Id::histogramPercentRanges},
    {"interval_ns", "IntervalNs", 10, number, Group::stats, Id::intervalNanoseconds},
    {"interval", "Interval", 8, number, Group::stats, Id::interval},
    {"region_id", "RgID", 4, number, Group::region, Id::regionId},
    {"region_start", "RgStart", 7, size, Group::region, Id::regionStart},
    {"region_len", "RgSize", 6, size, Group::region, Id::regionLength},
    {"area_id", "ArID", 4, number, Group::region, Id::areaId},
    {"area_start", "ArStart", 7, size, Group::region, Id::areaStart},
    {"area_len", "ArSize", 6, size, Group::region, Id::areaLength},
    {"area_offset", "ArOff", 5, size, Group::region, Id::areaOffset},
    {"area_count", "#Areas", 6, number, Group::region, Id::areaCount},
    {"group_id", "GrpID", 5, number, Group::region, Id::groupId},
    {"program_id", "ProgID", 6, text, Group::region, Id::programId},
    {"user_data", "UserData", 8, text, Group::region, Id::userData},
    {"precise", "Precise", 7, text, Group::region, Id::precise},
    {"hist_bins", "#Bins", 9, text, Group::region, Id::histogramBins},
    {"hist_bounds", "Histogram Bounds", 16, text, Group::region, Id::histogramBounds},
    {"hist_ranges", "Histogram Ranges", 16, text, Group::region, Id::histogramRanges},
    {"stats_name", "Name", 16, text, Group::region, Id::statsName},
    {"obj_type", "ObjType", 7, text, Group::region, Id::objectType},
    {"vdo_name", "Device", 6, text, Group::vdo, Id::vdoName},
    {"vdo_physical_size", "Size", 9, size, Group::vdo, Id::vdoSize},
    {"vdo_used", "Used", 9, size, Group::vdo, Id::vdoUsed},
    {"vdo_available", "Available", 9, size, Group::vdo, Id::vdoAvailable},
    {"vdo_used_pct", "Use%", 4, text, Group::vdo, Id::vdoUsedPercent},
    {"vdo_saving_pct", "Space saving%", 14, text, Group::vdo, Id::vdoSavingPercent},
    {"selected", "Selected", 8, number, Group::special, Id::selected},
});

void setNumber(FieldValue& value, std::int64_t number) {
  value.text = join(number);
  value.number = static_cast<double>(number);
}

void append(std::string& list, std::string_view item) {
  list += join(list.empty() ? "" : ",", item);
}

enum class ListOf : std::uint8_t { names, numbers, blocks };

void append(FieldValue& value, const DeviceInfo& other, ListOf what) {
  value.number += 1;
  if (what == ListOf::numbers) append(value.text, toString(other.device));
  if (what == ListOf::blocks) append(value.text, blockName(other.device));
  if (what == ListOf::names && other.exists) append(value.text, other.name);
}

/// By the device's own table.
bool dependencies(Run& run, DeviceNumber device, ListOf what, FieldValue& value) {
  if (!run.open()) return false;
  const auto below = run.relatives.below(*run.context, run.has(Opt::inactive), device);
  if (!below) return fail(below.error());
  DeviceInfo other;
  for (const DeviceNumber number : *below) {
    other.device = number;
    append(value, other, what);
  }
  return true;
}

/// By the live tables of all devices, even with --inactive, as in dmsetup.
bool relatives(Run& run, DeviceNumber device, bool users, ListOf what, FieldValue& value) {
  if (!run.open()) return false;
  const auto tree = run.relatives.all(*run.context);
  if (!tree) return fail(tree.error());
  const TreeNode* const node = (*tree)->find(device);
  if (node == nullptr) return true;
  for (const std::size_t other : users ? node->above : node->below)
    append(value, (*tree)->nodes[other].info, what);
  return true;
}

/// Takes a part of an LVM name off `rest`: up to a single `-`; `--` is an escaped `-`.
std::string namePart(std::string_view& rest) {
  std::string part;
  std::size_t at = 0;
  for (; at < rest.size(); ++at) {
    if (rest[at] == '-') {
      if (at + 1 >= rest.size() || rest[at + 1] != '-') break;
      ++at;
    }
    part += rest[at];
  }
  rest.remove_prefix(at < rest.size() ? at + 1 : at);
  return part;
}

void splitName(const DeviceInfo& info, Id id, FieldValue& value) {
  const std::size_t dash = info.uuid.find('-');
  const std::string subsystem =
      dash == std::string::npos ? std::string() : info.uuid.substr(0, dash);
  if (id == Id::subsystem) value.text = subsystem;
  if (id == Id::subsystem || subsystem != "LVM") return;
  std::string_view rest = info.name;
  for (Id part = Id::group; part <= id; part = static_cast<Id>(static_cast<int>(part) + 1))
    value.text = namePart(rest);
}

std::string attributesOf(const DeviceInfo& info) {
  return {info.liveTable ? 'L' : '-', info.inactiveTable ? 'I' : '-', info.suspended ? 's' : '-',
          info.readOnly ? 'r' : 'w'};
}

const char* tablesOf(const DeviceInfo& info) {
  if (info.liveTable) return info.inactiveTable ? "Both" : "Live";
  return info.inactiveTable ? "Inactive" : "None";
}

bool blockNameOf(const DeviceInfo& info, FieldValue& value) {
  value.text = blockName(info.device);
  return !value.text.empty() ||
         fail("Could not resolve block device name for ", toString(info.device), ".");
}

// Names and uuids are the kernel's own only in mode none; the other modes unmangle them.
bool mangledOf(Run& run, std::string_view shown, FieldValue& value) {
  auto text = run.mangling == NameMangling::none ? inForm(shown, NameMangling::hex)
                                                 : mangle(shown, run.mangling);
  if (!text && run.mangling == NameMangling::none) return fail(text.error());
  value.text = text ? *std::move(text) : mangle(shown);
  return true;
}

std::string unmangledOf(Run& run, std::string_view shown) {
  return run.mangling == NameMangling::none ? unmangle(shown, NameMangling::automatic)
                                            : std::string(shown);
}

bool readAheadOf(Run& run, const DeviceInfo& info, FieldValue& value) {
  if (!run.open()) return false;
  const auto sectors = readAhead(*run.context, info.device);
  setNumber(value, sectors ? static_cast<std::int64_t>(sectors->count) : 0);
  return true;
}

/// The numeric fields of the device's own state. Returns false for any other field.
bool stateNumber(const DeviceInfo& info, Id id, FieldValue& value) {
  switch (id) {
    case Id::major: setNumber(value, info.device.major); break;
    case Id::minor: setNumber(value, info.device.minor); break;
    case Id::openCount: setNumber(value, info.openCount); break;
    case Id::segments: setNumber(value, info.targetCount); break;
    case Id::events: setNumber(value, info.eventNr); break;
    default: return false;
  }
  return true;
}

bool relativesOf(Run& run, const DeviceInfo& info, Id id, FieldValue& value) {
  const bool users = id >= Id::userCount;
  const bool count = id == Id::dependencyCount || id == Id::userCount;
  ListOf what = ListOf::names;
  if (id == Id::dependencyNumbers || id == Id::userNumbers) what = ListOf::numbers;
  if (id == Id::dependencyBlocks) what = ListOf::blocks;
  const bool own = id <= Id::dependencyBlocks;
  if (!(own ? dependencies(run, info.device, what, value)
            : relatives(run, info.device, users, what, value)))
    return false;
  if (count) setNumber(value, static_cast<std::int64_t>(value.number));
  return true;
}

/// Whether the row's subject has fields of this group.
bool isThere(const Subject& subject, FieldGroup group) noexcept {
  switch (group) {
    case Group::splitname:
    case Group::special: return true;
    case Group::stats:
    case Group::region: return subject.stats != nullptr;
    case Group::vdo: return subject.vdo != nullptr;
    default: return subject.device;
  }
}

}  // namespace

std::span<const Field> fields() noexcept { return fieldTable; }

const char* groupName(FieldGroup group) noexcept {
  switch (group) {
    case FieldGroup::name: return "name";
    case FieldGroup::info: return "info";
    case FieldGroup::deps: return "deps";
    case FieldGroup::tree: return "tree";
    case FieldGroup::splitname: return "splitname";
    case FieldGroup::stats: return "stats";
    case FieldGroup::region: return "region";
    case FieldGroup::vdo: return "vdo";
    case FieldGroup::special: return "special";
  }
  return "";
}

bool valueOf(Run& run, const Subject& subject, const Field& field, FieldValue& value) {
  const DeviceInfo& info = subject.info;
  const FieldId id = field.shows;
  if (!isThere(subject, field.group))
    return fail("_do_report_object: no data assigned to field ", field.id);
  if (id >= Id::readCount && id <= Id::objectType) return statsValue(run, subject, id, value), true;
  if (id >= Id::vdoName && id <= Id::vdoSavingPercent)
    return vdoValue(run, subject, id, value), true;
  if (stateNumber(info, id, value)) return true;
  if (id >= Id::dependencyCount && id <= Id::userNumbers) return relativesOf(run, info, id, value);
  switch (id) {
    case Id::name: value.text = info.name; break;
    case Id::mangledName: return mangledOf(run, info.name, value);
    case Id::unmangledName: value.text = unmangledOf(run, info.name); break;
    case Id::uuid: value.text = info.uuid; break;
    case Id::mangledUuid: return mangledOf(run, info.uuid, value);
    case Id::unmangledUuid: value.text = unmangledOf(run, info.uuid); break;
    case Id::readAhead: return readAheadOf(run, info, value);
    case Id::blockName: return blockNameOf(info, value);
    case Id::attributes: value.text = attributesOf(info); break;
    case Id::tablesLoaded: value.text = tablesOf(info); break;
    case Id::suspended: value.text = info.suspended ? "Suspended" : "Active"; break;
    case Id::readOnly: value.text = info.readOnly ? "Read-only" : "Writeable"; break;
    case Id::number: value.text = toString(info.device); break;
    case Id::selected: value = {"1", 1.0}; break;  // the report sets it after the selection
    default: splitName(info, id, value); break;
  }
  return true;
}

bool runSplitName(Run& run, Words operands) {
  Subject name{.device = false};
  name.info.name = operands[0];
  name.info.uuid = join(operands.size() > 1 ? operands[1] : "LVM", "-");
  return run.report->add(run, name);
}

}  // namespace tool::dmsetup
