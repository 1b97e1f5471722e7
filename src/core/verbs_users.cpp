// usersOf: who uses a device, by sysfs and procfs.

#include <devmap/dependencies.hpp>

#include <algorithm>
#include <utility>

#include <core/text_files.hpp>
#include <core/verbs.hpp>

namespace devmap {
namespace {

bool isDigit(char c) noexcept { return c >= '0' && c <= '7'; }

// `\040` and the like back into bytes (fs/seq_file.c: mangle_path).
std::string unescape(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && text.size() - i > 3 && isDigit(text[i + 1]) && isDigit(text[i + 2]) && isDigit(text[i + 3])) {
      bytes += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      bytes += text[i];
    }
  }
  return bytes;
}

bool leadsTo(Kernel& kernel, std::string_view escapedPath, DeviceNumber device) noexcept {
  NodeInfo node;
  return escapedPath.starts_with('/') && kernel.nodeInfo(unescape(escapedPath).c_str(), true, node) == 0 &&
         node.type == NodeType::blockDevice && node.device == device;
}

void addHolders(Kernel& kernel, DeviceNumber device, DeviceUsers& users) noexcept {
  std::vector<std::string> names;
  const std::string folder = detail::sysPath(device, "holders");
  if (detail::listWhole(kernel, folder, names) != 0) return;
  std::ranges::sort(names);
  for (std::string& name : names) {
    std::string mapped;
    if (detail::readWhole(kernel, folder + '/' + name + "/dm/name", mapped) == 0) {
      if (mapped.ends_with('\n')) mapped.pop_back();
      name = std::move(mapped);
    }
    users.devices.push_back(std::move(name));
  }
}

// Lines of `ID PARENT M:m ROOT MOUNT-POINT OPTIONS... - TYPE SOURCE OPTIONS` (proc(5)). A file system over several devices has a number
// of its own; its source tells then.
void addMounts(Kernel& kernel, DeviceNumber device, DeviceUsers& users) noexcept {
  std::string text;
  if (detail::readWhole(kernel, "/proc/self/mountinfo", text) != 0) return;
  const std::string number = toString(device);
  for (std::string_view rest = text; !rest.empty();) {
    const auto fields = words(detail::takeLine(rest));
    const auto dash = std::ranges::find(fields, "-");
    if (fields.size() < 5) continue;
    const bool hasSource = fields.end() - dash > 2;
    if (fields[2] == number || (hasSource && leadsTo(kernel, dash[2], device))) users.mounts.push_back(unescape(fields[4]));
  }
}

void addSwap(Kernel& kernel, DeviceNumber device, DeviceUsers& users) noexcept {
  std::string text;
  if (detail::readWhole(kernel, "/proc/swaps", text) != 0) return;
  for (std::string_view rest = text; !rest.empty();) {
    const auto fields = words(detail::takeLine(rest));
    if (!fields.empty() && leadsTo(kernel, fields[0], device)) users.swap = true;
  }
}

DeviceUsers usersOfNumber(Kernel& kernel, DeviceNumber device) noexcept {
  DeviceUsers users;
  addHolders(kernel, device, users);
  addMounts(kernel, device, users);
  addSwap(kernel, device, users);
  return users;
}

}  // namespace

Result<DeviceUsers> usersOf(DeviceMapper& context, const DeviceRef& device) noexcept {
  auto present = info(context, device);
  if (!present) return std::move(present).failure();
  if (!present->exists) return detail::noSuchDevice("find users", device);
  return usersOfNumber(context.kernel(), present->device);
}

DeviceUsers usersOf(DeviceMapper& context, const BlockDevice& device) noexcept { return usersOfNumber(context.kernel(), device.number()); }

}  // namespace devmap
