// The fake's sysfs and procfs, and the one ioctl on block devices.

#include <devmap/fake/kernel.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fake/machine.hpp>
#include <fake/text.hpp>

namespace devmap {
namespace {

using fake::Machine;
using Lock = std::unique_lock<std::mutex>;

constexpr std::string_view sysBlock = "/sys/dev/block/";

std::string kernelName(const fake::Device& device) {
  return "dm-" + std::to_string(device.number.minor);
}

// Splits `/sys/dev/block/M:m/REST`; false for other paths and for devices without a directory
// there.
bool parseSysPath(const Machine& machine, std::string_view path, DeviceNumber& number,
                  std::string_view& rest) {
  if (!path.starts_with(sysBlock)) return false;
  path.remove_prefix(sysBlock.size());
  const std::size_t slash = std::min(path.find('/'), path.size());
  if (!fake::parseDeviceNumber(path.substr(0, slash), number)) return false;
  rest = slash == path.size() ? std::string_view() : path.substr(slash + 1);
  const fake::DevicePtr device = fake::findByNumber(machine, number);
  return device ? device->hasDisk : machine.disks.contains(number);
}

// Devices whose tables hold `number` open (holders of bd_link_disk_holder), sorted by name.
std::vector<fake::DevicePtr> holdersOf(const Machine& machine, DeviceNumber number) {
  std::vector<fake::DevicePtr> holders;
  for (const fake::DevicePtr& device : fake::sortedDevices(machine))
    if (device->backing.contains(number)) holders.push_back(device);
  return holders;
}

bool isRulesFile(const Machine& machine, std::string_view path) {
  if (machine.udev.mode == FakeUdev::off || !machine.udev.rules) return false;
  return path == "/usr/lib/udev/rules.d/55-dm.rules" ||
         (machine.udev.completes && path == "/usr/lib/udev/rules.d/95-dm-notify.rules");
}

// A file of a disk, which has a size. Those of /proc and /sys have none.
bool isRegularFile(const Machine& machine, std::string_view path, std::string& text) {
  if (isRulesFile(machine, path)) {
    text = "# rules\n";
    return true;
  }
  const auto file = machine.fileTexts.find(path);
  if (file == machine.fileTexts.end()) return false;
  text = file->second;
  return true;
}

int textOf(const Machine& machine, std::string_view path, std::string& text) {
  if (isRegularFile(machine, path, text)) return 0;
  if (path == "/proc/devices" && machine.present) {
    text = "Character devices:\n  1 mem\n\nBlock devices:\n  7 loop\n" +
           std::to_string(fake::deviceMajor) + " device-mapper\n";
    return 0;
  }
  DeviceNumber number;
  std::string_view rest;
  if (!parseSysPath(machine, path, number, rest)) return ENOENT;
  const fake::DevicePtr device = fake::findByNumber(machine, number);
  if (rest == "uevent") {
    const std::string name = device ? kernelName(*device) : machine.disks.at(number).name;
    text = "MAJOR=" + std::to_string(number.major) + "\nMINOR=" + std::to_string(number.minor) +
           "\nDEVNAME=" + name + "\nDEVTYPE=disk\n";
    return 0;
  }
  if (device && rest == "queue/read_ahead_kb") {
    text = std::to_string(device->readAheadKib) + '\n';
    return 0;
  }
  if (device && rest == "diskseq" && machine.hasInterface(45)) {  // Linux 5.15
    text = std::to_string(device->diskSequence) + '\n';
    return 0;
  }
  for (const fake::DevicePtr& holder : holdersOf(machine, number)) {
    if (rest != "holders/" + kernelName(*holder) + "/dm/name") continue;
    text = holder->name + '\n';
    return 0;
  }
  return ENOENT;
}

int writeReadAhead(const Machine& machine, std::string_view path, std::string_view text) {
  DeviceNumber number;
  std::string_view rest;
  if (!parseSysPath(machine, path, number, rest) || rest != "queue/read_ahead_kb") return ENOENT;
  const fake::DevicePtr device = fake::findByNumber(machine, number);
  if (!device) return ENOENT;
  if (machine.privilege != FakePrivilege::root) return EACCES;
  if (text.ends_with('\n')) text.remove_suffix(1);
  std::uint64_t kib = 0;
  if (!fake::parseNumber(text, kib)) return EINVAL;
  device->readAheadKib = kib / 4 * 4;  // whole pages (blk-sysfs.c: queue_ra_store)
  return 0;
}

// False: no such directory.
bool namesIn(const Machine& machine, std::string_view path, std::vector<std::string>& names) {
  DeviceNumber number;
  std::string_view rest;
  if (parseSysPath(machine, path, number, rest) && rest == "holders") {
    for (const fake::DevicePtr& holder : holdersOf(machine, number))
      names.push_back(kernelName(*holder));
    return true;
  }
  fake::Node node;
  if (machine.nodes.find(path, true, node) != 0 || node.type != NodeType::directory) return false;
  for (const std::string& line : machine.nodes.list(path))
    names.push_back(line.substr(0, line.find(' ')));
  return true;
}

int probe(const Machine& machine, const fake::Descriptor* descriptor) {
  if (descriptor == nullptr) return EBADF;
  const fake::DevicePtr device = fake::findByNumber(machine, descriptor->device);
  if (!device || !machine.hasInterface(50) || !device->live || device->live->targets.size() != 1)
    return ENOTTY;
  if (device->live->targets.front().type->name != "multipath") return ENOTTY;
  if (device->suspended) return EAGAIN;
  return device->usablePaths ? 0 : ENOTCONN;
}

}  // namespace

void FakeKernel::setFileText(std::string_view path, std::string_view text) {
  const Lock lock(machine_->mutex);
  machine_->fileTexts[std::string(path)] = text;
}

bool FakeKernel::setUsablePaths(std::string_view name, bool usable) {
  const Lock lock(machine_->mutex);
  const fake::DevicePtr device = fake::findByName(*machine_, name);
  if (device) device->usablePaths = usable;
  return device != nullptr;
}

int FakeKernel::probePaths(int fd) noexcept {
  const Lock lock(machine_->mutex);
  int error = machine_->faults.enter(FakeCall::probePaths);
  if (error == 0) error = probe(*machine_, machine_->descriptor(fd, fake::Descriptor::Kind::block));
  return machine_->trace.add("probePaths " + std::to_string(fd), error);
}

int FakeKernel::nodeInfo(const char* path, bool follow, NodeInfo& info) noexcept {
  const Lock lock(machine_->mutex);
  int error = machine_->faults.enter(FakeCall::nodeInfo);
  fake::Node node;
  std::string content;
  if (error == 0) error = machine_->nodes.find(path, follow, node);
  if (error == 0) info = {node.type, node.device, 0};
  if (error == ENOENT && isRegularFile(*machine_, path, content)) {
    info = {NodeType::other, {}, content.size()};
    error = 0;
  }
  return machine_->trace.add(std::string("nodeInfo ") + path, error);
}

int FakeKernel::readText(const char* path, std::span<char> text, std::size_t& size) noexcept {
  const Lock lock(machine_->mutex);
  int error = machine_->faults.enter(FakeCall::readText);
  std::string content;
  if (error == 0) error = textOf(*machine_, path, content);
  if (error == 0) {
    size = std::min(content.size(), text.size());
    std::copy_n(content.begin(), size, text.begin());
  }
  return machine_->trace.add(std::string("readText ") + path, error);
}

int FakeKernel::writeText(const char* path, std::string_view text) noexcept {
  const Lock lock(machine_->mutex);
  int error = machine_->faults.enter(FakeCall::writeText);
  if (error == 0) error = writeReadAhead(*machine_, path, text);
  return machine_->trace.add(std::string("writeText ") + path, error);
}

int FakeKernel::listDirectory(const char* path, std::span<char> names, std::size_t& size) noexcept {
  const Lock lock(machine_->mutex);
  int error = machine_->faults.enter(FakeCall::listDirectory);
  std::vector<std::string> found;
  if (error == 0 && !namesIn(*machine_, path, found)) error = ENOENT;
  std::string all;
  for (const std::string& name : found) all += name + '\0';
  if (error == 0 && all.size() > names.size()) error = ERANGE;
  if (error == 0) {
    std::ranges::copy(all, names.begin());
    size = all.size();
  }
  return machine_->trace.add(std::string("listDirectory ") + path, error);
}

}  // namespace devmap
