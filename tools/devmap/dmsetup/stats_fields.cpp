// The values of the fields of statistics.

#include "cli/numbers.hpp"
#include "cli/print.hpp"
#include "dmsetup/stats.hpp"

namespace tool::dmsetup {
namespace {

using Id = FieldId;
using Kind = StatsObject::Kind;

/// With two decimals.
std::string fixed(double value) {
  const double scaled = value * 100;
  auto hundredths = wholePart(scaled);
  if (scaled - static_cast<double>(hundredths) >= 0.5 && hundredths != UINT64_MAX) ++hundredths;
  return join(hundredths / 100, hundredths % 100 < 10 ? ".0" : ".", hundredths % 100);
}

std::string timeText(std::uint64_t nanoseconds) {
  struct Unit {
    std::uint64_t scale;
    const char* name;
  };
  for (const auto [scale, name] : {Unit{1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}})
    if (nanoseconds % scale == 0) return join(nanoseconds / scale, name);
  return join(nanoseconds, "ns");
}

void setNumber(FieldValue& value, double number) { value = {join(wholePart(number)), number}; }
void setFixed(FieldValue& value, double number) { value = {fixed(number), number}; }
void setSize(const Run& run, FieldValue& value, double sectors) {
  value = {sizeText(run, sectors), sectors};
}

std::string right(std::string_view text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ').append(text)
                             : std::string(text);
}

/// What precedes the number of requests in a bin.
enum class Bounds : std::uint8_t { none, lower, range };

/// All bins; with `counters` also their contents, as numbers or as `percent`. Numbers are in
/// columns of 6; a bound wider than 6 takes the room from its number. `plain`, for programs: no
/// padding, and colons in between.
std::string histogramText(const StatsRegion& region, Bounds bounds, const Counters* counters,
                          bool percent, bool plain) {
  if (region.bounds.empty()) return {};
  double total = 0;
  if (counters != nullptr)
    for (const double count : counters->histogram) total += count;
  std::string text;
  for (std::size_t bin = 0; bin <= region.bounds.size(); ++bin) {
    std::size_t width = plain ? 0 : 6;
    const char* const between = plain ? ":" : bounds == Bounds::none ? "" : ",";
    text += bin == 0 ? "" : between;
    if (bounds != Bounds::none) {
      std::string bound = timeText(bin == 0 ? 0 : region.bounds[bin - 1]);
      if (bounds == Bounds::range)
        bound = bin == region.bounds.size() ? ">" + bound
                                            : join(bound, "-", timeText(region.bounds[bin]));
      text +=
          join(counters == nullptr ? bound : right(bound, width), counters == nullptr ? "" : ":");
      width -= bound.size() > width ? std::min(width, bound.size() - width) : 0;
    }
    if (counters == nullptr) continue;
    const double count = bin < counters->histogram.size() ? counters->histogram[bin] : 0;
    text += percent ? right(fixed(total == 0 ? 0 : count * 100 / total), width) + '%'
                    : right(join(wholePart(count)), width);
  }
  return text;
}

/// Values per second or per request.
void metric(const Run& run, const Counters& c, Id id, FieldValue& value) {
  const double seconds = static_cast<double>(run.covered.count()) / 1e9;
  const auto ratio = [](double a, double b) { return b == 0 ? 0 : a / b; };
  const double requests = c[Counter::reads] + c[Counter::writes];
  switch (id) {
    case Id::readsMergedPerSecond: return setFixed(value, c[Counter::readsMerged] / seconds);
    case Id::writesMergedPerSecond: return setFixed(value, c[Counter::writesMerged] / seconds);
    case Id::readsPerSecond: return setFixed(value, c[Counter::reads] / seconds);
    case Id::writesPerSecond: return setFixed(value, c[Counter::writes] / seconds);
    case Id::readSizePerSecond: return setSize(run, value, c[Counter::readSectors] / seconds);
    case Id::writeSizePerSecond: return setSize(run, value, c[Counter::writeSectors] / seconds);
    case Id::averageRequestSize:
      return setSize(run, value,
                     ratio(c[Counter::readSectors] + c[Counter::writeSectors], requests));
    case Id::queueSize: return setFixed(value, c[Counter::queueTime] / (seconds * 1e9));
    case Id::await:
      return setFixed(value, ratio(c[Counter::readTime] + c[Counter::writeTime], requests) / 1e6);
    case Id::readAwait:
      return setFixed(value, ratio(c[Counter::readTime], c[Counter::reads]) / 1e6);
    case Id::writeAwait:
      return setFixed(value, ratio(c[Counter::writeTime], c[Counter::writes]) / 1e6);
    case Id::throughput: return setFixed(value, requests / seconds);
    case Id::serviceTime: return setFixed(value, ratio(c[Counter::ioTime], requests) / 1e6);
    case Id::utilization:
      return setFixed(value, std::min(c[Counter::ioTime] / (seconds * 1e9), 1.0) * 100);
    default: return;
  }
}

void areaValue(const Run& run, const StatsObject& object, Id id, FieldValue& value) {
  const StatsRegion& region = *object.region;
  const bool group = object.kind == Kind::group;
  const auto step = static_cast<double>(group ? object.length : region.step);
  const auto offset = static_cast<double>(object.area) * static_cast<double>(region.step);
  switch (id) {
    case Id::areaId: setNumber(value, static_cast<double>(object.area)); break;
    case Id::areaStart: setSize(run, value, static_cast<double>(region.start) + offset); break;
    case Id::areaLength: setSize(run, value, step); break;
    case Id::areaOffset: setSize(run, value, offset); break;
    default: setNumber(value, group ? 1 : static_cast<double>(region.areaCount())); break;
  }
  // dmsetup writes the zero of a region differently from that of an area or a group.
  if (value.text == "0" && object.kind == Kind::region &&
      (id == Id::areaStart || id == Id::areaOffset))
    value.text = "0b";
}

void regionValue(const Run& run, const StatsObject& object, Id id, FieldValue& value) {
  const StatsRegion& region = *object.region;
  const bool group = object.kind == Kind::group;
  switch (id) {
    case Id::regionId:
      value = {group ? memberText(object.group->members) : join(region.id),
               static_cast<double>(region.id)};
      break;
    case Id::regionStart: setSize(run, value, static_cast<double>(region.start)); break;
    case Id::regionLength:
      setSize(run, value, static_cast<double>(group ? object.length : region.length));
      break;
    case Id::groupId:
      value = {object.group == nullptr ? "-" : join(object.group->id),
               object.group == nullptr ? 0 : static_cast<double>(object.group->id)};
      break;
    case Id::programId: value.text = region.program; break;
    case Id::userData: value.text = group ? std::string() : region.data; break;
    case Id::precise: value = {region.precise ? "1" : "0", region.precise ? 1.0 : 0.0}; break;
    case Id::histogramBins:
      setNumber(value,
                region.bounds.empty() || group ? 0 : static_cast<double>(region.bounds.size() + 1));
      break;
    default: break;
  }
}

}  // namespace

std::string sizeText(const Run& run, double sectors) {
  const std::string_view units = run.value(Opt::units);
  const char unit = units.empty() ? 'h' : units[0];
  const bool decimal = unit >= 'A' && unit <= 'Z' && unit != 'H';
  constexpr std::string_view names = "bkmgtpe";
  double size = sectors * 512;
  if (unit == 's' || unit == 'S') return join(wholePart(sectors));
  if (size < 1) return "0";
  std::size_t index = 0;
  const bool human = unit == 'h' || unit == 'H';
  const std::size_t wanted = names.find(static_cast<char>(unit | 32));
  for (; human ? size >= 1024 && index + 1 < names.size()
               : index < wanted && index + 1 < names.size();
       ++index)
    size /= decimal ? 1000 : 1024;
  const char name = decimal ? static_cast<char>(names[index] - 32) : names[index];
  const std::string suffix =
      run.has(Opt::noSuffix) || !human ? std::string() : std::string(1, name);
  return (index == 0 ? join(wholePart(size)) : fixed(size)) + suffix;
}

void statsValue(const Run& run, const Subject& subject, FieldId id, FieldValue& value) {
  if (subject.stats == nullptr) return;
  const StatsObject& object = *subject.stats;
  const bool group = object.kind == Kind::group;
  if (id >= Id::readCount && id <= Id::writeTicks) {
    return setNumber(
        value, object.counters
                   .values[static_cast<std::size_t>(id) - static_cast<std::size_t>(Id::readCount)]);
  }
  if (id >= Id::readsMergedPerSecond && id <= Id::utilization)
    return metric(run, object.counters, id, value);
  if (id >= Id::areaId && id <= Id::areaCount) return areaValue(run, object, id, value);
  if (id >= Id::histogramCounts && id <= Id::histogramPercentRanges) {
    const auto style = static_cast<unsigned>(id) - static_cast<unsigned>(Id::histogramCounts);
    if (!group)
      value.text = histogramText(*object.region, static_cast<Bounds>(style % 3), &object.counters,
                                 style >= 3, run.has(Opt::noHeadings));
    return;
  }
  if (id == Id::statsName) {
    const bool named = object.group != nullptr && !object.group->alias.empty();
    value.text = named ? object.group->alias : subject.info.name;
  } else if (id == Id::objectType) {
    value.text = group ? "group" : "region";
    if (object.kind == Kind::area) value.text = "area";
  } else if (id == Id::histogramBounds || id == Id::histogramRanges) {
    if (!group)
      value.text =
          histogramText(*object.region, id == Id::histogramBounds ? Bounds::lower : Bounds::range,
                        nullptr, false, false);
  } else if (id == Id::intervalNanoseconds) {
    setNumber(value, static_cast<double>(run.covered.count()));
  } else if (id == Id::interval) {
    const auto micros = static_cast<std::uint64_t>(run.covered.count() + 500) / 1000;
    const std::string fraction = join(micros % 1'000'000);
    value = {join(micros / 1'000'000, ".", std::string(6 - fraction.size(), '0'), fraction),
             static_cast<double>(micros) / 1e6};
  } else {
    regionValue(run, object, id, value);
  }
}

}  // namespace tool::dmsetup
