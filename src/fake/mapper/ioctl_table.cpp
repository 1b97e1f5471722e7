// Commands on tables.

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fake/mapper/ioctl.hpp>
#include <fake/mapper/table.hpp>
#include <fake/text.hpp>

namespace devmap::fake {
namespace {

constexpr std::uint32_t maxTargets = 1048576;

struct Loaded {
  dm_target_spec spec{};
  std::string params;
};

// Reads one row of a load, `next` bytes after the previous spec. `minimum`: the smallest valid
// `next`. (dm-ioctl.c: populate_table, next_target)
int readRow(Call& call, std::size_t base, std::uint32_t next, std::size_t& minimum, bool first,
            Loaded& row) {
  const auto refuse = [&](const std::string& sentence) {
    call.machine.error("ioctl: " + sentence);
    return EINVAL;
  };
  if (next < minimum) {
    return refuse("populate_table: next target spec (offset " + std::to_string(next) +
                  ") overlaps " + (first ? "'struct dm_ioctl'" : "previous target"));
  }
  if (base + next + uapi::specSize >= call.size()) {
    (void)refuse("Target spec extends beyond end of parameters");
    return refuse("unable to find target");
  }
  if (call.machine.hasInterface(48) && next % uapi::payloadAlign != 0) {
    (void)refuse("Next dm_target_spec (offset " + std::to_string(next) + ") is not 8-byte aligned");
    return refuse("unable to find target");
  }
  const std::size_t at = base + next;
  std::memcpy(&row.spec, call.buffer.data() + at, uapi::specSize);
  if (!call.text(at + uapi::specSize, row.params))
    return refuse("populate_table: target parameters not NUL-terminated");
  minimum = uapi::specSize + row.params.size() + 1;
  return 0;
}

int populate(Call& call, Device& device, Table& table) {
  if (call.head.target_count == 0) {
    call.machine.error("ioctl: populate_table: no targets specified");
    return EINVAL;
  }
  std::size_t base = 0;
  std::size_t minimum = uapi::headerSize;
  std::uint32_t next = call.head.data_start;
  for (std::uint32_t i = 0; i < call.head.target_count; ++i) {
    Loaded row;
    if (const int error = readRow(call, base, next, minimum, i == 0, row); error != 0) return error;
    const char* type = row.spec.target_type;
    const int error = addRow(call.machine, device, table, {type, strnlen(type, uapi::typeLength)},
                             row.spec.sector_start, row.spec.length, row.params);
    if (error != 0) {
      call.machine.error("ioctl: error adding target to table");
      return error;
    }
    base += next;
    next = row.spec.next;
  }
  return 0;
}

// Checks a table as a whole.
int acceptTable(Call& call, Device& device, const Table& table) {
  const TargetType& first = *table.targets.front().type;
  const bool wildcard = std::any_of(table.targets.begin(), table.targets.end(),
                                    [](const Target& target) { return target.type->wildcard; });
  if (!device.immutableType.empty() && (!first.immutable || first.name != device.immutableType) &&
      !wildcard) {
    call.machine.error("ioctl: can't replace immutable target type " + device.immutableType);
    return EINVAL;
  }
  if (device.hasDisk) return 0;  // sizes are checked again when the table becomes live
  if (const int error = checkAreas(call.machine, device, table); error != 0) {
    call.machine.error("core: Cannot calculate initial queue limits");
    call.machine.error("ioctl: unable to set up device queue for new table.");
    return error;
  }
  addDisk(call.machine, device);
  return 0;
}

const Table* queriedTable(const Call& call, const Device& device) {
  return call.flag(uapi::flagQueryInactive) ? device.inactive.get() : device.live.get();
}

StatusKind statusKind(const Call& call) {
  if (call.flag(uapi::flagStatusTable)) return StatusKind::table;
  return call.flag(uapi::flagIma) ? StatusKind::ima : StatusKind::info;
}

}  // namespace

int commandLoad(Call& call) {
  const DevicePtr device = findDevice(call);
  if (!device) return ENXIO;
  if (call.head.target_count > maxTargets) return EOVERFLOW;
  auto table = std::make_unique<Table>();
  table->readOnly = call.flag(uapi::flagReadOnly);
  int error = populate(call, *device, *table);
  if (error == 0) error = acceptTable(call, *device, *table);
  if (error != 0) {
    destroyTable(call.machine, *device, std::move(table));
    return error;
  }
  std::unique_ptr<Table> old = std::exchange(device->inactive, std::move(table));
  call.setFlag(uapi::flagInactivePresent, true);
  fillStatus(call, *device);
  if (old) destroyTable(call.machine, *device, std::move(old));
  return 0;
}

int commandClear(Call& call) {
  const DevicePtr device = findDevice(call);
  if (!device) return ENXIO;
  std::unique_ptr<Table> old = std::move(device->inactive);
  call.setFlag(uapi::flagInactivePresent, false);
  fillStatus(call, *device);
  if (old) destroyTable(call.machine, *device, std::move(old));
  return 0;
}

int commandDeps(Call& call) {
  const DevicePtr device = findDevice(call);
  if (!device) return ENXIO;
  fillStatus(call, *device);
  const Table* table = queriedTable(call, *device);
  if (table == nullptr) return 0;
  const auto out = call.results();
  const std::size_t needed = sizeof(dm_target_deps) + table->devices.size() * sizeof(std::uint64_t);
  if (out.size() < needed) {
    call.setFlag(uapi::flagBufferFull, true);
    return 0;
  }
  const auto count = static_cast<std::uint32_t>(table->devices.size());
  put(out, 0, &count, sizeof count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t encoded = encodeDevice(table->devices[i]);
    put(out, sizeof(dm_target_deps) + i * sizeof encoded, &encoded, sizeof encoded);
  }
  call.head.data_size = call.head.data_start + static_cast<std::uint32_t>(needed);
  return 0;
}

int commandTableStatus(Call& call) {
  const DevicePtr device = findDevice(call);
  if (!device) return ENXIO;
  fillStatus(call, *device);
  writeRows(call, *device);
  return 0;
}

// dm-ioctl.c: retrieve_status. A row that does not fit ends the reply; the count still includes all
// rows.
void writeRows(Call& call, const Device& device) {
  const Table* table = queriedTable(call, device);
  if (table == nullptr) return;
  const auto out = call.results();
  std::size_t at = 0;
  std::size_t used = 0;
  for (const Target& target : table->targets) {
    const std::size_t left = at < out.size() ? out.size() - at : 0;
    const std::string text = left > uapi::specSize
                                 ? statusText(call.machine, device, target, statusKind(call))
                                 : std::string();
    if (left <= uapi::specSize || text.size() + 1 >= left - uapi::specSize) {
      call.setFlag(uapi::flagBufferFull, true);
      break;
    }
    dm_target_spec spec{};
    spec.sector_start = target.start;
    spec.length = target.length;
    target.type->name.copy(spec.target_type, uapi::typeLength - 1);
    const std::size_t end = at + uapi::specSize + text.size() + 1;
    spec.next = static_cast<std::uint32_t>(align(end));
    put(out, at, &spec, uapi::specSize);
    put(out, at + uapi::specSize, text.c_str(), text.size() + 1);
    used = end;
    at = align(end);
    if (at > out.size()) {  // complete, but reported as truncated
      call.setFlag(uapi::flagBufferFull, true);
      break;
    }
  }
  if (used != 0) call.head.data_size = call.head.data_start + static_cast<std::uint32_t>(used);
  call.head.target_count = static_cast<std::uint32_t>(table->targets.size());
}

}  // namespace devmap::fake
