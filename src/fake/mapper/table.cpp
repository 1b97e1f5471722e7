#include <fake/mapper/table.hpp>

#include <algorithm>
#include <cerrno>

#include <fake/machine.hpp>
#include <fake/targets/targets.hpp>
#include <fake/text.hpp>

namespace devmap::fake {
namespace {

constexpr std::uint64_t maxSectors = 0x7fffffffffffffffULL >> 9;

// dm-table.c: dm_get_device. Before 6.4, anything wrong with a path was ENODEV.
int lookUp(const Machine& machine, const std::string& word, DeviceNumber& number) {
  if (word.find(':') != std::string::npos && parseDeviceNumber(word, number)) {
    return number.major < 4096 && number.minor < minorLimit ? 0 : EOVERFLOW;
  }
  Node node;
  int error = machine.nodes.find(word, true, node);
  if (error == 0 && node.type != NodeType::blockDevice) error = ENOTBLK;
  number = node.device;
  return error != 0 && !machine.hasInterface(48) ? ENODEV : error;
}

int openForTable(Machine& machine, Device& device, DeviceNumber number) {
  const auto held = device.backing.find(number);
  if (held != device.backing.end()) {
    ++held->second;
    return 0;
  }
  if (const int error = openBlockDevice(machine, number, true); error != 0) return error;
  device.backing[number] = 1;
  return 0;
}

// Rules for mixing types (dm-table.c: dm_table_add_target).
const char* mixingComplaint(const Table& table, const TargetType& type) {
  if (type.singleton && !table.targets.empty())
    return "singleton target type must appear alone in table";
  if (type.alwaysWritable && table.readOnly)
    return "target type may not be included in a read-only table";
  if (type.immutable && !table.targets.empty() && table.targets.front().type != &type) {
    return "immutable target type cannot be mixed with other target types";
  }
  return nullptr;
}

std::string deviceName(const Machine& machine, DeviceNumber number) {
  if (number.major == deviceMajor) return "dm-" + std::to_string(number.minor);
  const auto disk = machine.disks.find(number);
  return disk == machine.disks.end() ? numberText(number) : disk->second.name;
}

void destroyTarget(Machine& machine, Target& target) {
  if (target.type->destroy != nullptr) target.type->destroy(machine, target);
}

int construct(Machine& machine, Device& device, Table& table, Target& target,
              std::string_view params, std::string& complaint) {
  if (target.start != table.size()) {
    complaint = "Gap in table";
    return EINVAL;
  }
  Build build{machine, device, table, target, splitArguments(params), {}};
  if (target.type->construct == nullptr) {
    target.params = params;
    return 0;
  }
  const int error = target.type->construct(build);
  complaint = std::move(build.complaint);
  return error;
}

}  // namespace

int addRow(Machine& machine, Device& device, Table& table, std::string_view type,
           std::uint64_t start, std::uint64_t length, std::string_view params) {
  const std::string prefix = "table: " + numberText(device.number) + ": ";
  const auto refuse = [&](const std::string& sentence) {
    machine.error(prefix + sentence);
    return EINVAL;
  };
  if (!table.targets.empty() && table.targets.front().type->singleton) {
    return refuse("target type " + table.targets.front().type->name +
                  " must appear alone in table");
  }
  if (length == 0) return refuse("zero-length target");
  if (machine.hasInterface(48) && (start + length < start || start + length > maxSectors))
    return refuse("too large device");
  Target target;
  target.type = findType(machine.mapper, type, true);
  if (target.type == nullptr) return refuse(std::string(type) + ": unknown target type");
  target.start = start;
  target.length = length;
  std::string complaint;
  int error = EINVAL;
  if (const char* mixing = mixingComplaint(table, *target.type)) {
    complaint = mixing;
  } else {
    error = construct(machine, device, table, target, params, complaint);
  }
  if (error != 0) {
    machine.error(prefix + target.type->name + ": " + complaint + " (" + errorPointerName(error) +
                  ")");
    return error;
  }
  table.targets.push_back(std::move(target));
  return 0;
}

int checkAreas(Machine& machine, const Device& device, const Table& table) {
  for (const Target& target : table.targets) {
    for (const Area& area : target.areas) {
      const std::uint64_t size = blockDeviceBytes(machine, area.device) / bytesPerSector;
      if (size == 0 || (area.start < size && area.length <= size - area.start)) continue;
      machine.error("table: " + numberText(device.number) + ": " +
                    deviceName(machine, area.device) +
                    " too small for target: start=" + std::to_string(area.start) +
                    ", len=" + std::to_string(area.length) + ", dev_size=" + std::to_string(size));
      return EINVAL;
    }
  }
  return 0;
}

void destroyTable(Machine& machine, Device& device, std::unique_ptr<Table> table) {
  for (Target& target : table->targets) destroyTarget(machine, target);
  const std::vector<DeviceNumber> devices = std::move(table->devices);
  table.reset();
  for (const DeviceNumber number : devices) {
    const auto held = device.backing.find(number);
    if (held == device.backing.end() || --held->second > 0) continue;
    device.backing.erase(held);
    closeBlockDevice(machine, number);
  }
}

int takeDevice(Build& build, const std::string& word, DeviceNumber& number) {
  if (const int error = lookUp(build.machine, word, number); error != 0) return error;
  if (number == build.device.number && (build.device.hasDisk || build.machine.hasInterface(48)))
    return EINVAL;
  auto& devices = build.table.devices;
  if (std::find(devices.begin(), devices.end(), number) != devices.end()) return 0;
  if (const int error = openForTable(build.machine, build.device, number); error != 0) return error;
  devices.insert(devices.begin(), number);
  return 0;
}

std::string statusText(Machine& machine, const Device& device, const Target& target,
                       StatusKind kind) {
  if (target.type->status != nullptr) return target.type->status(machine, device, target, kind);
  if (kind == StatusKind::table) return target.params;
  return kind == StatusKind::info ? target.info : std::string();
}

}  // namespace devmap::fake
