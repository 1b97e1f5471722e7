// ls --tree: what stands on what, with sizes, types and mounts.
#ifndef DEVMAP_MINIMAL

#include <algorithm>
#include <array>
#include <charconv>

#include "json.hpp"
#include "screen.hpp"
#include "session.hpp"

namespace tool {
namespace {

/// One device, of the device-mapper or below it.
struct Shown {
  std::string name;
  DeviceNumber device;
  std::uint64_t bytes = 0;
  std::string types;  ///< target types of its rows, each once; `disk`, `part` of others
  Text use;           ///< state, and where it is mounted
  std::vector<std::size_t> next{};
  bool isTop = true;  ///< nothing that is shown leads to it
};

void add(Text& use, std::string_view words, Tone tone = Tone::plain) {
  if (!use.empty()) use.push_back({", "});
  use.push_back({std::string(words), tone});
}

/// What the device-mapper and procfs tell of a device. False: it is gone.
bool describe(DeviceMapper& context, const DependencyNode& node, Shown& shown) {
  const auto rows = status(context, node.device);
  if (!rows) return false;
  for (const Row& row : rows->rows) {
    shown.bytes += toBytes(row.length);
    if (join(",", shown.types, ",").find(join(",", row.type, ",")) != std::string::npos) continue;
    shown.types += join(shown.types.empty() ? "" : ",", row.type);
  }
  const DeviceInfo& info = rows->info;
  if (!info.liveTable) add(shown.use, "no table", Tone::faint);
  if (info.inactiveTable) add(shown.use, "table loaded", Tone::warning);
  if (info.suspended) add(shown.use, "suspended", Tone::warning);
  if (info.readOnly) add(shown.use, "read-only");
  if (info.deferredRemove) add(shown.use, "goes at its last close", Tone::warning);
  if (const auto users = usersOf(context, node.device)) {
    for (const std::string& mount : users->mounts) add(shown.use, displayable(mount));
    if (users->swap) add(shown.use, "swap");
    for (const std::string& device : users->devices)
      if (device.starts_with("md")) add(shown.use, device);  // of others than the device-mapper: its own are in the tree
  }
  return true;
}

/// What sysfs tells of a device of another driver.
void describeOther(Kernel& kernel, Shown& shown) {
  const std::string directory = join("/sys/dev/block/", toString(shown.device), "/");
  std::array<char, 4096> buffer;
  const auto text = [&](std::string_view file) -> std::string_view {
    std::size_t size = 0;
    if (kernel.readText(join(directory, file).c_str(), buffer, size) != 0) return {};
    std::string_view read(buffer.data(), size);
    if (read.ends_with('\n')) read.remove_suffix(1);
    return read;
  };
  for (const std::string_view line : words(text("uevent"))) {
    if (line.starts_with("DEVNAME=")) shown.name = line.substr(8);
    if (line.starts_with("DEVTYPE=")) shown.types = line.substr(8) == "partition" ? "part" : line.substr(8);
  }
  std::uint64_t sectors = 0;
  const std::string_view size = text("size");
  std::from_chars(size.data(), size.data() + size.size(), sectors);
  shown.bytes = toBytes(Sectors{sectors});
  if (const std::string_view file = text("loop/backing_file"); !file.empty()) {
    shown.types = "loop";
    add(shown.use, displayable(file));
  }
  if (shown.name.empty()) shown.name = toString(shown.device);
}

/// All devices; what each leads to is what it stands on, or inverted, what stands on it.
Result<std::vector<Shown>> readAll(DeviceMapper& context, bool inverted) {
  auto nodes = dependencyTree(context);
  if (!nodes) return std::move(nodes).failure();
  std::vector<Shown> all;
  for (const DependencyNode& node : *nodes) {
    Shown& shown = all.emplace_back(Shown{node.name, node.device, 0, {}, {}});
    if (node.name.empty() || !describe(context, node, shown)) describeOther(context.kernel(), shown);
  }
  for (std::size_t above = 0; above < nodes->size(); ++above)
    for (const std::size_t below : (*nodes)[above].below) all[inverted ? below : above].next.push_back(inverted ? above : below);
  for (const Shown& shown : all)
    for (const std::size_t next : shown.next) all[next].isTop = false;
  return all;
}

/// One line of the tree.
struct Line {
  std::string branch;  ///< what leads to it
  std::size_t device = 0;
  bool again = false;  ///< what hangs on it was shown before
};

class Tree {
 public:
  Tree(const std::vector<Shown>& all, const Screen& screen) : all_(all), screen_(screen), seen_(all.size()) {}

  [[nodiscard]] std::vector<Line> lines() && {
    for (std::size_t i = 0; i < all_.size(); ++i)
      if (all_[i].isTop) walk(i, {}, {});
    return std::move(lines_);
  }

 private:
  /// `lead` leads to the device itself, `indent` to what hangs on it. Ends: what was seen is not walked again.
  void walk(std::size_t device, const std::string& lead, const std::string& indent) {
    const std::vector<std::size_t>& next = all_[device].next;
    const bool again = seen_[device] && !next.empty();
    lines_.push_back({lead, device, again});
    seen_[device] = true;
    if (again) return;
    for (std::size_t i = 0; i < next.size(); ++i) {
      const bool last = i + 1 == next.size();
      walk(next[i], indent + (screen_.utf8 ? (last ? "└─" : "├─") : (last ? "`-" : "|-")),
           indent + (last           ? "  "
                     : screen_.utf8 ? "│ "
                                    : "| "));
    }
  }

  const std::vector<Shown>& all_;
  const Screen& screen_;
  std::vector<bool> seen_;
  std::vector<Line> lines_;
};

void printTree(const std::vector<Shown>& all, const Screen& screen) {
  const std::vector<Line> lines = Tree(all, screen).lines();
  const auto nameOf = [&](const Line& line) { return line.branch + displayable(all[line.device].name); };
  std::size_t nameWidth = 4;
  std::size_t numberWidth = 6;
  std::size_t typeWidth = 4;
  for (const Line& line : lines) {
    nameWidth = std::max(nameWidth, columnsOf(nameOf(line)));
    numberWidth = std::max(numberWidth, toString(all[line.device].device).size());
    typeWidth = std::max(typeWidth, all[line.device].types.size());
  }
  if (screen.terminal) {  // names and types give way to what is behind them
    typeWidth = std::min<std::size_t>(typeWidth, 15);
    const std::size_t others = numberWidth + 7 + typeWidth + 4 * 2 + 10;
    nameWidth = std::min(nameWidth, std::max<std::size_t>(screen.columns, others + 12) - others);
  }
  const auto row = [&](std::string_view name, std::string_view number, std::string_view size, std::string_view types) {
    return join(fitted(screen, name, nameWidth), "  ", fitted(screen, number, numberWidth), " ", fitted(screen, size, 6, true), "  ",
                fitted(screen, types, typeWidth), "  ");
  };
  putLine(screen, {{join(row("NAME", "DEVICE", "SIZE", "TYPE"), "USE"), Tone::faint}});
  for (const Line& line : lines) {
    const Shown& device = all[line.device];
    Text text{{row(nameOf(line), toString(device.device), sizeText(device.bytes), device.types)}};
    if (line.again)
      text.push_back({"see above", Tone::faint});
    else
      text.insert(text.end(), device.use.begin(), device.use.end());
    putLine(screen, text);
  }
}

void printJson(const std::vector<Shown>& all) {
  for (const Shown& device : all) {
    std::vector<DeviceNumber> next;
    for (const std::size_t i : device.next) next.push_back(all[i].device);
    std::string use;
    for (const Span& span : device.use) use += span.text;
    JsonLine json;
    json.text("name", device.name).text("device", toString(device.device)).number("bytes", device.bytes);
    json.text("types", device.types).text("use", use).devices("next", next).end();
  }
}

}  // namespace

bool runTree(Session& session) {
  const Call& call = session.call();
  const std::string_view order = *call.value(Option::tree);
  if (!order.empty() && order != "inverted") return failUsage(call, "--tree takes no '", order, "', only 'inverted'");
  if (call.has(Option::target)) return failUsage(call, "--tree shows all devices: it does not go with --target");
  if (!session.open()) return false;
  const auto all = readAll(session.context(), !order.empty());
  if (!all) return session.fail(all.error());
  if (call.has(Option::json)) {
    printJson(*all);
  } else if (all->empty()) {
    print("No devices found\n");
  } else {
    printTree(*all, standardOutput());
  }
  return true;
}

}  // namespace tool

#endif
