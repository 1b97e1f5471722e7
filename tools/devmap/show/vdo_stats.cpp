#include "show/vdo_stats.hpp"

#include <algorithm>
#include <array>

#include "cli/numbers.hpp"
#include "cli/print.hpp"

namespace tool {
namespace {

using Fields = std::vector<VdoField>;

constexpr bool isSmall(char c) noexcept { return c >= 'a' && c <= 'z'; }
constexpr bool isCapital(char c) noexcept { return c >= 'A' && c <= 'Z'; }

/// `maxVIOs` as `max VIOs`, `invalidAdvicePBNCount` as `invalid advice PBN count`. A capital begins
/// a word after a small letter. So does the last of several capitals before a small letter, unless
/// that is their plural `s`.
std::string wordsOf(std::string_view name) {
  const auto at = [&](std::size_t i) { return i < name.size() ? name[i] : '\0'; };
  std::string words;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char before = i == 0 ? '\0' : name[i - 1];
    const bool plural = at(i + 2) == '\0' || isCapital(at(i + 2));
    const bool begins = isCapital(name[i]) &&
                        (isSmall(before) || (isCapital(before) && isSmall(at(i + 1)) && !plural));
    if (begins) words += ' ';
    words += begins && isSmall(at(i + 1)) ? static_cast<char>(name[i] | 32) : name[i];
  }
  return words;
}

class Reader {
 public:
  Reader(std::string_view text, Fields& fields) noexcept : rest_(text), fields_(fields) {}

  void read() {
    take('{');
    group("", 0);
  }

 private:
  void skipBlanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n"), rest_.size()));
  }
  bool take(char c) {
    skipBlanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view word() {
    skipBlanks();
    const std::string_view found = rest_.substr(0, rest_.find_first_of(" \t\n:,{}"));
    rest_.remove_prefix(found.size());
    return found;
  }
  /// Reads up to the end of a group. Returns false if the text is malformed.
  bool group(const std::string& label, unsigned depth) {
    while (!take('}')) {
      const std::string_view name = word();
      if (name.empty() || !take(':') || depth > 8) return false;
      const std::string full = join(label, label.empty() ? "" : " ", wordsOf(name));
      if (take('{')) {
        if (!group(full, depth + 1)) return false;
      } else {
        const std::string_view value = word();
        if (value.empty()) return false;
        fields_.push_back({full, std::string(value)});
      }
      take(',');
    }
    return true;
  }

  std::string_view rest_;
  Fields& fields_;
};

const std::string* find(const Fields& fields, std::string_view label) {
  const auto found = std::ranges::find(fields, label, &VdoField::label);
  return found == fields.end() ? nullptr : &found->value;
}
std::uint64_t numberOf(const Fields& fields, std::string_view label) {
  const std::string* const value = find(fields, label);
  return value == nullptr ? 0 : decimal(*value).value_or(0);
}

struct Mode {
  bool recovering, readOnly;
};
Mode modeOf(const Fields& fields) {
  const std::string* const mode = find(fields, "mode");
  return {mode != nullptr && *mode == "recovering", mode != nullptr && *mode == "read-only"};
}

/// Exact up to 2^57 blocks.
std::uint64_t percent(std::uint64_t part, std::uint64_t whole, bool up) {
  for (; part > UINT64_MAX / 100 && whole > 1; part /= 2) whole /= 2;
  part = std::min(part, UINT64_MAX / 100) * 100;
  return part / whole + (up && part % whole != 0 ? 1 : 0);
}

struct Renamed {
  std::string_view label, shown;
};
constexpr auto renamed = std::to_array<Renamed>({
    {"complete recoveries", "completed recovery count"},
    {"read only recoveries", "read-only recovery count"},
    {"mode", "operating mode"},
    {"recovery percentage", "recovery progress (%)"},
    {"journal disk full", "journal disk full count"},
    {"journal slab journal commits requested", "journal commits requested count"},
    {"ref counts blocks written", "reference blocks written"},
    {"current VIOs in progress", "current VDO IO requests in progress"},
    {"max VIOs", "maximum VDO IO requests in progress"},
    {"bytes used", "KVDO module bytes used"},
    {"peak bytes used", "KVDO module peak bytes used"},
    {"curr dedupe queries", "current dedupe queries"},
    {"in recovery mode", ""},
    {"logical block size", ""},
});

/// The label as shown; empty for a value that is not shown.
std::string_view shownLabel(std::string_view label) {
  for (const std::string_view group :
       {"packer ", "allocator ", "hash lock ", "errors ", "index ", "memory usage "})
    if (label.starts_with(group)) label.remove_prefix(group.size());
  const auto found = std::ranges::find(renamed, label, &Renamed::label);
  return found == renamed.end() ? label : found->shown;
}

/// Whether the value has no meaning in this mode.
bool unknown(std::string_view label, Mode mode) {
  if (label == "recovery percentage") return !mode.recovering;
  if (label == "data blocks used") return mode.recovering || mode.readOnly;
  return mode.recovering && (label == "overhead blocks used" || label == "logical blocks used");
}

std::string textOf(const std::optional<std::uint64_t>& number, std::uint64_t unit = 1) {
  return number ? join(*number / unit) : "N/A";
}

/// With two decimals.
std::string ratio(double value) {
  const auto hundredths = static_cast<std::uint64_t>(value * 100 + 0.5);
  return join(hundredths / 100, hundredths % 100 < 10 ? ".0" : ".", hundredths % 100);
}

std::uint64_t difference(const Fields& fields, std::string_view more, std::string_view less) {
  const std::uint64_t from = numberOf(fields, more), taken = numberOf(fields, less);
  return from < taken ? 0 : from - taken;
}

/// Adds what dmsetup shows before a value: what is begun but not yet written, or written but not
/// yet committed.
void addJournal(const Fields& fields, std::string_view label, Fields& shown) {
  for (const char* const what : {"journal entries", "journal blocks"}) {
    const std::string started = join(what, " started"), written = join(what, " written"),
                      committed = join(what, " committed");
    if (label == started)
      shown.push_back({join(what, " batching"), join(difference(fields, started, written))});
    if (label == written)
      shown.push_back({join(what, " writing"), join(difference(fields, written, committed))});
  }
}

/// Adds what dmsetup shows after a value.
void addDerived(const Fields& fields, std::string_view label, Fields& shown) {
  if (label == "logical blocks") {
    const VdoUse use = useOf(fields);
    shown.push_back({"1K-blocks", join(use.size / 2)});
    shown.push_back({"1K-blocks used", textOf(use.used, 2)});
    shown.push_back({"1K-blocks available", textOf(use.available, 2)});
    shown.push_back({"used percent", textOf(use.usedPercent)});
    shown.push_back({"saving percent", textOf(use.savingPercent)});
  } else if (label == "flush out") {
    const auto in = static_cast<double>(numberOf(fields, "bios in write"));
    const auto out = static_cast<double>(numberOf(fields, "bios out write")) +
                     static_cast<double>(numberOf(fields, "bios meta write"));
    shown.push_back({"write amplification ratio", ratio(in > 0 ? out / in : 0)});
  } else if (label == "instance") {
    shown.push_back(
        {"512 byte emulation", numberOf(fields, "logical block size") == 512 ? "on" : "off"});
  }
}

}  // namespace

std::vector<VdoField> readVdoStats(std::string_view reply) {
  Fields fields;
  Reader(reply, fields).read();
  return fields;
}

VdoUse useOf(const std::vector<VdoField>& fields) {
  const std::uint64_t bytes = numberOf(fields, "block size");
  const std::uint64_t sectors = bytes == 0 ? 8 : bytes / 512;
  const std::uint64_t blocks = numberOf(fields, "physical blocks"),
                      data = numberOf(fields, "data blocks used");
  const std::uint64_t used = data + numberOf(fields, "overhead blocks used"),
                      logical = numberOf(fields, "logical blocks used");
  const Mode mode = modeOf(fields);
  VdoUse use;
  use.size = blocks * sectors;
  if (mode.recovering || mode.readOnly) return use;
  use.used = used * sectors;
  if (used <= blocks) use.available = (blocks - used) * sectors;
  if (blocks != 0) use.usedPercent = percent(used, blocks, true);
  if (logical != 0 && data <= logical) use.savingPercent = percent(logical - data, logical, false);
  return use;
}

std::string vdoText(std::string_view device, const std::vector<VdoField>& fields) {
  const Mode mode = modeOf(fields);
  Fields shown;
  for (const VdoField& field : fields) {
    const std::string_view label = shownLabel(field.label);
    if (label.empty()) continue;
    addJournal(fields, label, shown);
    shown.push_back({std::string(label), unknown(field.label, mode) ? "N/A" : field.value});
    addDerived(fields, label, shown);
  }
  std::size_t width = 25;
  for (const VdoField& field : shown) width = std::max(width, field.label.size());
  std::string text = join(device, " :\n");
  for (const VdoField& field : shown)
    text += join("  ", padded(field.label, width), " : ", field.value, "\n");
  return text;
}

}  // namespace tool
