// dmsetup ls --tree: every device with the devices it uses, as a tree.

#include <algorithm>
#include <array>

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/nearest.hpp"
#include "cli/print.hpp"
#include "dmsetup/dmsetup.hpp"
#include "show/device_tree.hpp"
#include "show/screen.hpp"

namespace tool::dmsetup {
namespace {

enum Switch : std::uint16_t {
  number = 1,
  blockdev = 2,
  active = 4,
  rw = 8,
  open = 16,
  uuid = 32,
  ascii = 64,
  utf = 128,
  vt100 = 256,
  compact = 512,
  inverted = 1024,
  notrunc = 2048
};

struct Glyphs {
  const char *middle, *last, *bar, *fork, *single;
};
constexpr Glyphs asciiGlyphs{"|-", "`-", "| ", "-+-", "---"};
constexpr Glyphs utfGlyphs{"├─", "└─", "│ ", "─┬─", "───"};
constexpr Glyphs vt100Glyphs{"\033(0\017tq\033(B", "\033(0\017mq\033(B", "\033(0\017x\033(B ",
                             "\033(0\017qwq\033(B", "\033(0\017qqq\033(B"};

/// Prints trees, one device a line; with `compact`, a first child is on its parent's line.
class Printer {
 public:
  Printer(const DeviceTree& tree, unsigned switches, std::size_t width)
      : tree_(tree), switches_(switches), limit_(width) {
    if (has(utf)) glyphs_ = &utfGlyphs;
    if (has(vt100)) glyphs_ = &vt100Glyphs;
  }

  void printAll() { walk(has(inverted) ? tree_.bottoms : tree_.tops, 0); }

 private:
  [[nodiscard]] bool has(unsigned wanted) const noexcept { return (switches_ & wanted) != 0; }

  /// Appends as much of the text as fits on the line. An escape sequence takes the room of one
  /// character, and so do all bytes of a character.
  void add(std::string_view text) {
    while (!text.empty() && !cut_) {
      std::size_t size = text.starts_with('\033') ? text.size() : 1;
      while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U)
        ++size;
      if (!has(notrunc) && ++column_ > limit_) {
        line_ += "...";
        cut_ = true;
        return;
      }
      line_ += text.substr(0, size);
      text.remove_prefix(size);
    }
  }

  void endLine() {
    print(line_, "\n");
    line_.clear();
    column_ = 0;
    cut_ = false;
  }

  void prefix(std::size_t depth) {
    for (std::size_t level = 0; level < depth; ++level) {
      for (std::size_t i = 0; i < widths_[level]; ++i) add(" ");
      add(" ");
      if (level + 1 < depth) more_[level + 1] ? add(glyphs_->bar) : add("  ");
    }
  }

  [[nodiscard]] std::string label(const TreeNode& node) const {
    const DeviceInfo& info = node.info;
    std::string text = info.name;
    const std::string block = has(blockdev) ? blockName(info.device) : std::string();
    if (!block.empty()) text += join(" <", block, ">");
    if (has(number)) text += join(" (", toString(info.device), ")");
    if (!has(active | rw | open | uuid) || !info.exists) return text;
    const char* between = " [";
    const auto attribute = [&](unsigned wanted, std::string_view value) {
      if (!has(wanted)) return;
      text += join(between, value);
      between = ", ";
    };
    attribute(active, info.suspended ? "SUSPENDED" : "ACTIVE");
    attribute(rw, info.readOnly ? "RO" : "RW");
    attribute(open, join(info.openCount));
    attribute(uuid, info.uuid);
    return text + "]";
  }

  void walk(const std::vector<std::size_t>& children, std::size_t depth) {
    if (depth >= widths_.size()) return;
    for (std::size_t i = 0; i < children.size(); ++i) {
      const TreeNode& node = tree_.nodes[children[i]];
      const std::vector<std::size_t>& next = has(inverted) ? node.above : node.below;
      const bool last = i + 1 == children.size();
      more_[depth] = !last;
      widths_[depth] = 0;
      const std::string text = label(node);
      std::size_t width = text.size();
      if (depth != 0) {
        if (has(compact) && i == 0) {
          add(last ? glyphs_->single : glyphs_->fork);
          width += 3;
        } else {
          prefix(depth);
          add(last ? glyphs_->last : glyphs_->middle);
        }
      }
      add(text);
      if (has(compact)) widths_[depth] = width;
      if (!has(compact) || next.empty()) endLine();
      walk(next, depth + 1);
    }
  }

  const DeviceTree& tree_;
  unsigned switches_;
  std::size_t limit_;
  const Glyphs* glyphs_ = &asciiGlyphs;
  std::array<std::size_t, 100> widths_{};
  std::array<bool, 100> more_{};
  std::string line_;
  std::size_t column_ = 0;
  bool cut_ = false;
};

struct SwitchName {
  char name[12];
  std::uint16_t on, off;
};
constexpr auto switchNames = std::to_array<SwitchName>({{"device", number, 0},
                                                        {"nodevice", 0, number},
                                                        {"blkdevname", blockdev, 0},
                                                        {"status", 0, 0},
                                                        {"table", 0, 0},
                                                        {"active", active, 0},
                                                        {"open", open, 0},
                                                        {"rw", rw, 0},
                                                        {"uuid", uuid, 0},
                                                        {"ascii", ascii, utf | vt100},
                                                        {"utf", utf, ascii | vt100},
                                                        {"vt100", vt100, ascii | utf},
                                                        {"compact", compact, 0},
                                                        {"inverted", inverted, 0},
                                                        {"notrunc", notrunc, 0}});

bool readSwitches(std::string_view words, unsigned& switches) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(','), words.size());
    const std::string_view word = words.substr(0, end);
    words.remove_prefix(std::min(end + 1, words.size()));
    const auto found = std::ranges::find_if(switchNames, [&](const SwitchName& known) {
      return std::string_view(known.name).starts_with(word);
    });
    if (found == switchNames.end()) {
      Nearest nearest;
      for (const SwitchName& known : switchNames) nearest.consider(word, known.name);
      return fail("Tree options not recognised: ", word, ".\n'", word, "'", nearest.question());
    }
    switches = (switches & ~unsigned{found->off}) | found->on;
  }
  // A line with attributes is too long to share.
  if ((switches & (active | rw | open | uuid)) != 0) switches &= ~unsigned{compact};
  return true;
}

}  // namespace

bool runTree(Run& run) {
  unsigned switches = number | (localeIsUtf8() ? utf : ascii);
  if (!readSwitches(run.value(Opt::options), switches)) return false;
  if (!run.open()) return false;
  const auto tree = readTree(*run.context, run.has(Opt::inactive));
  if (!tree) return fail(tree.error());
  if (tree->nodes.empty()) print("No devices found\n");
  winsize size{};
  std::size_t width = 79;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 3) width = size.ws_col - 3U;
  Printer(*tree, switches, width).printAll();
  return true;
}

}  // namespace tool::dmsetup
