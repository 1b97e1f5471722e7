// ls --tree: which devices use which, with sizes, types and mounts.
#include <algorithm>
#include <array>

#include "cli/numbers.hpp"
#include "cli/session.hpp"
#include "show/condition.hpp"
#include "show/device_tree.hpp"
#include "show/json.hpp"

namespace tool {
namespace {

/// What is shown of a mapped device or of a device below one.
struct Shown {
  std::string name;
  std::uint64_t bytes = 0;
  std::string types;  ///< target types of its rows, each once; `disk`, `part` for others
  std::string use;    ///< state, and where it is mounted, for putLine
  bool printed = false;
};

/// Describes a mapped device. Returns false if it is gone or another driver's.
bool describe(Session& session, const DeviceInfo& info, Shown& shown) {
  if (!info.exists) return false;
  shown.name = info.name;
  auto task = session.task(TaskType::DeviceStatus, {{}, {}, info.device});
  Result<void> done =
      task ? task->noFlush() : Result<void>(task.error());  // so that a thin pool does not commit
  if (done) done = task->run();
  if (!done) {
    shown.use = toned(done.error().message(), Tone::bad);
    return true;
  }
  if (!task->info().exists) return false;
  shown.bytes = bytesOf(task->rows());
  shown.types = typesOf(task->rows());
  shown.use = stateOf(task->info());
  if (task->info().readOnly) listUp(shown.use, "read-only");
  return true;
}

/// Describes another driver's device from sysfs.
void describeOther(Kernel& kernel, DeviceNumber device, Shown& shown) {
  const std::string directory = join("/sys/dev/block/", toString(device), "/");
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
    if (line.starts_with("DEVTYPE="))
      shown.types = line.substr(8) == "partition" ? "part" : line.substr(8);
  }
  shown.bytes = toBytes(Sectors{decimal(text("size")).value_or(0)});
  if (const std::string_view file = text("loop/backing_file"); !file.empty()) {
    shown.types = "loop";
    listUp(shown.use, displayable(file));
  }
  if (shown.name.empty()) shown.name = toString(device);
}

/// Where it is mounted, whether it is swap space, and which RAID arrays use it, as these are not
/// devices of the tree. Best effort: not if it has hundreds of holders.
void describeUses(Kernel& kernel, const std::vector<BlockUse>& uses, DeviceNumber device,
                  Shown& shown) {
  for (const BlockUse& use : uses)
    if (use.device == device)
      listUp(shown.use, use.mount.empty() ? "swap" : displayable(use.mount));
  std::array<char, 4096> names;
  std::size_t size = 0;
  if (kernel.listDirectory(join("/sys/dev/block/", toString(device), "/holders").c_str(), names,
                           size) != 0)
    return;
  for (std::string_view rest(names.data(), size); !rest.empty();
       rest.remove_prefix(rest.find('\0') + 1))
    if (rest.starts_with("md")) listUp(shown.use, rest.substr(0, rest.find('\0')));
}

/// Lines of a tree, each after the branches that lead to its device. The first walk only measures,
/// the second one prints.
class TreePrinter {
 public:
  TreePrinter(const DeviceTree& tree, bool inverted, std::vector<Shown>& shown,
              const Screen& screen)
      : tree_(tree), inverted_(inverted), shown_(shown), screen_(screen) {}

  void print() {
    walkAll();
    for (Shown& shown : shown_) shown.printed = false;
    if (screen_.terminal) {  // names and types make room for what follows
      typeWidth_ = std::min<std::size_t>(typeWidth_, 15);
      const std::size_t others = numberWidth_ + typeWidth_ +
                                 25;  // the size, the gaps between columns, and ten for the use
      nameWidth_ =
          std::min(nameWidth_, std::max<std::size_t>(screen_.columns, others + 12) - others);
    }
    printing_ = true;
    putLine(screen_, toned(row("NAME", "DEVICE", "SIZE", "TYPE", "USE"), Tone::faint));
    walkAll();
  }

 private:
  void walkAll() {
    for (const std::size_t top : inverted_ ? tree_.bottoms : tree_.tops) walk(top, {}, {});
  }

  /// `lead`: the branches to the device itself; `indent`: those to its children. It ends, because
  /// what was seen is not walked again.
  void walk(std::size_t device, std::string_view lead, std::string_view indent) {
    const std::vector<std::size_t>& next =
        inverted_ ? tree_.nodes[device].above : tree_.nodes[device].below;
    const bool again = shown_[device].printed && !next.empty();
    line(join(lead, displayable(shown_[device].name)), device, again);
    shown_[device].printed = true;
    if (again) return;
    for (const std::size_t& below : next) {
      const bool last = &below == &next.back();
      const char* const branch = screen_.utf8 ? (last ? "└─" : "├─") : (last ? "`-" : "|-");
      const char* const beside = last ? "  " : screen_.utf8 ? "│ " : "| ";
      walk(below, join(indent, branch), join(indent, beside));
    }
  }

  void line(const std::string& name, std::size_t device, bool again) {
    const Shown& shown = shown_[device];
    const std::string number = toString(tree_.nodes[device].info.device);
    if (printing_) {
      putLine(screen_, row(name, number, sizeText(shown.bytes), shown.types,
                           again ? toned("see above", Tone::faint) : shown.use));
    } else {
      nameWidth_ = std::max(nameWidth_, columnsOf(name));
      numberWidth_ = std::max(numberWidth_, number.size());
      typeWidth_ = std::max(typeWidth_, shown.types.size());
    }
  }

  [[nodiscard]] std::string row(std::string_view name, std::string_view number,
                                std::string_view size, std::string_view types,
                                std::string_view use) const {
    return join(fitted(screen_, name, nameWidth_), "  ", fitted(screen_, number, numberWidth_), " ",
                fitted(screen_, size, 6, true), "  ", fitted(screen_, types, typeWidth_), "  ",
                use);
  }

  const DeviceTree& tree_;
  bool inverted_;
  std::vector<Shown>& shown_;
  const Screen& screen_;
  bool printing_ = false;
  std::size_t nameWidth_ = 4;
  std::size_t numberWidth_ = 6;
  std::size_t typeWidth_ = 4;
};

void printJson(const DeviceTree& tree, bool inverted, const std::vector<Shown>& shown) {
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const TreeNode& node = tree.nodes[i];
    const std::vector<std::size_t>& others = inverted ? node.above : node.below;
    std::vector<DeviceNumber> next(others.size());
    for (std::size_t k = 0; k < next.size(); ++k) next[k] = tree.nodes[others[k]].info.device;
    JsonLine json;
    json.text("name", shown[i].name)
        .text("device", toString(node.info.device))
        .number("bytes", shown[i].bytes);
    json.text("types", shown[i].types)
        .text("use", plainText(shown[i].use))
        .devices("next", next)
        .end();
  }
}

}  // namespace

bool runTree(Session& session) {
  const Call& call = session.call();
  const std::string_view order = *call.value(Option::tree);
  if (!order.empty() && order != "inverted")
    return failUsage(call, "--tree takes no '", order, "', only 'inverted'");
  if (call.has(Option::target))
    return failUsage(call, "--tree shows all devices: it does not go with --target");
  if (!session.open()) return false;
  const auto tree = readTree(session.context());
  if (!tree) return session.fail(tree.error());
  std::vector<Shown> shown(tree->nodes.size());
  const std::vector<BlockUse> uses = blockUses(session.context());
  Kernel& kernel = session.context().kernel();
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const DeviceInfo& info = tree->nodes[i].info;
    if (describe(session, info, shown[i]))
      describeUses(kernel, uses, info.device, shown[i]);
    else
      describeOther(kernel, info.device, shown[i]);
  }
  const bool inverted = !order.empty();
  if (call.has(Option::json))
    printJson(*tree, inverted, shown);
  else if (shown.empty())
    print("No devices found\n");
  else
    TreePrinter(*tree, inverted, shown, standardOutput()).print();
  return true;
}

}  // namespace tool
