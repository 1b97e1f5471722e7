// usersOf, blockUses: who uses a device, from sysfs and procfs.

#include <devmap/dependencies.hpp>

#include <algorithm>
#include <optional>
#include <utility>

#include <base/text.hpp>
#include <base/text_files.hpp>
#include <operations/operation.hpp>

namespace devmap {
namespace {

bool isDigit(char c) noexcept { return c >= '0' && c <= '7'; }

// Decodes `\040` and the like (fs/seq_file.c: mangle_path).
std::string unescape(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && text.size() - i > 3 && isDigit(text[i + 1]) && isDigit(text[i + 2]) &&
        isDigit(text[i + 3])) {
      bytes += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                 (text[i + 3] - '0'));
      i += 3;
    } else {
      bytes += text[i];
    }
  }
  return bytes;
}

std::optional<DeviceNumber> blockDeviceAt(Kernel& kernel, std::string_view escapedPath) noexcept {
  NodeInfo node;
  if (!escapedPath.starts_with('/') ||
      kernel.nodeInfo(unescape(escapedPath).c_str(), true, node) != 0)
    return {};
  return node.type == NodeType::blockDevice ? std::optional(node.device) : std::nullopt;
}

// Lines of `ID PARENT M:m ROOT MOUNT-POINT OPTIONS... - TYPE SOURCE OPTIONS` (proc(5)). A file
// system over several devices has an anonymous number; its source names a device.
void addMounts(Kernel& kernel, std::vector<BlockUse>& uses) noexcept {
  std::string text;
  if (detail::readWhole(kernel, "/proc/self/mountinfo", text) != 0) return;
  for (std::string_view rest = text; !rest.empty();) {
    const auto fields = words(base::takeLine(rest));
    const auto dash = std::ranges::find(fields, "-");
    if (fields.size() < 5) continue;
    std::string_view number = fields[2];
    const auto own = base::takeDevice(number);
    const auto source = fields.end() - dash > 2 ? blockDeviceAt(kernel, dash[2]) : std::nullopt;
    if (own && own->major != 0)
      uses.push_back({*own, unescape(fields[4])});  // 0: not a block device
    if (source && source != own) uses.push_back({*source, unescape(fields[4])});
  }
}

void addSwap(Kernel& kernel, std::vector<BlockUse>& uses) noexcept {
  std::string text;
  if (detail::readWhole(kernel, "/proc/swaps", text) != 0) return;
  for (std::string_view rest = text; !rest.empty();) {
    const auto fields = words(base::takeLine(rest));
    if (fields.empty()) continue;
    if (const auto device = blockDeviceAt(kernel, fields[0])) uses.push_back({*device, {}});
  }
}

void addHolders(Kernel& kernel, DeviceNumber device, DeviceUsers& users) noexcept {
  std::vector<std::string> names;
  const std::string folder = detail::sysPath(device, "holders");
  if (detail::listWhole(kernel, folder, names) != 0) return;
  std::ranges::sort(names);
  for (std::string& name : names) {
    std::string mapped;
    if (detail::readWhole(kernel, detail::sysPath(device, "holders/" + name + "/dm/name"),
                          mapped) == 0) {
      if (mapped.ends_with('\n')) mapped.pop_back();
      name = std::move(mapped);
    }
    users.devices.push_back(std::move(name));
  }
}

std::vector<BlockUse> usesOf(Kernel& kernel) noexcept {
  std::vector<BlockUse> uses;
  addMounts(kernel, uses);
  addSwap(kernel, uses);
  return uses;
}

void addFileSystems(Kernel& kernel, DeviceNumber device, DeviceUsers& users) noexcept {
  std::string name = detail::kernelNameOf(kernel, device);
  std::ranges::replace(name, '/', '!');  // as in sysfs
  std::vector<std::string> types;
  if (name.empty() || detail::listWhole(kernel, "/sys/fs", types) != 0) return;
  std::ranges::sort(types);
  for (std::string& type : types) {
    const std::string folder = "/sys/fs/" + type + '/' + name;
    NodeInfo node;
    if (kernel.nodeInfo(folder.c_str(), true, node) == 0 && node.type == NodeType::directory)
      users.fileSystems.push_back(std::move(type));
  }
}

DeviceUsers usersOfNumber(Kernel& kernel, DeviceNumber device) noexcept {
  DeviceUsers users;
  addHolders(kernel, device, users);
  addFileSystems(kernel, device, users);
  for (BlockUse& use : usesOf(kernel)) {
    if (use.device != device) continue;
    if (use.mount.empty())
      users.swap = true;
    else
      users.mounts.push_back(std::move(use.mount));
  }
  return users;
}

}  // namespace

std::vector<BlockUse> blockUses(DeviceMapper& context) noexcept { return usesOf(context.kernel()); }

Result<DeviceUsers> usersOf(DeviceMapper& context, const DeviceRef& device) noexcept {
  auto present = info(context, device);
  if (!present) return std::move(present).error();
  if (!present->exists) return detail::noSuchDevice("find users", device);
  return usersOfNumber(context.kernel(), present->device);
}

DeviceUsers usersOf(DeviceNumber device, Kernel& kernel) noexcept {
  return usersOfNumber(kernel, device);
}

DeviceUsers usersOf(DeviceMapper& context, const BlockDevice& device) noexcept {
  return usersOfNumber(context.kernel(), device.number());
}

}  // namespace devmap
