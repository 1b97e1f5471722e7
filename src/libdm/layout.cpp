#include "layout.hpp"

#include <cstddef>
#include <cstring>
#include <string_view>

#include <devmap/name.hpp>

#include "entry.hpp"
#include "task.hpp"

namespace devmap::libdm {
namespace {

constexpr std::uint32_t hasUuid = 1, hasNoUuid = 2;  // flags of a name (dm-ioctl.h)

/// The distance from the record at `record` to what follows goes into its member at `member`.
void link(Block& block, std::size_t record, std::size_t member) noexcept {
  const auto next = static_cast<std::uint32_t>(block.at() - record);
  std::memcpy(block.data() + record + member, &next, sizeof next);
}

/// A name or uuid as programs see it. Few have something to unmangle, which makes them shorter.
void putShown(Block& block, std::string_view text, NameMangling mangling) noexcept {
  if (text.find('\\') == std::string_view::npos)
    block.text(text);
  else
    block.text(unmangle(text, mangling));
}

}  // namespace

Block layNames(std::span<const ListedDevice> devices, NameMangling mangling) noexcept {
  constexpr std::size_t fixed = 48;  // numbers, NULs and padding of a record
  std::size_t most = fixed;          // without devices: a record, event number and flags
  for (const ListedDevice& device : devices)
    most += fixed + device.name.size() + device.uuid.size();
  Block block(most);
  if (block.empty()) return block;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const ListedDevice& device = devices[i];
    const std::size_t record = block.at();
    block.value(toDev(device.device));
    block.value(std::uint32_t{0});
    putShown(block, device.name, mangling);
    block.align();
    block.value(device.eventNr.value_or(0));
    block.value(device.uuid.empty() ? hasNoUuid : hasUuid);
    if (!device.uuid.empty()) putShown(block, device.uuid, mangling);
    block.align();
    if (i + 1 < devices.size()) link(block, record, offsetof(dm_names, next));
  }
  return block;
}

Block layVersions(std::span<const TargetVersion> types) noexcept {
  constexpr std::size_t fixed = 32;
  std::size_t most = fixed;
  for (const TargetVersion& type : types) most += fixed + type.name.size();
  Block block(most);
  if (block.empty()) return block;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const TargetVersion& type = types[i];
    const std::size_t record = block.at();
    block.value(std::uint32_t{0});
    for (const std::uint32_t part : {type.version.major, type.version.minor, type.version.patch})
      block.value(part);
    block.text(type.name);
    block.align();
    if (i + 1 < types.size()) link(block, record, offsetof(dm_versions, next));
  }
  return block;
}

Block layDependencies(std::span<const DeviceNumber> devices) noexcept {
  Block block((devices.size() + 1) * sizeof(std::uint64_t));
  if (block.empty()) return block;
  block.value(static_cast<std::uint32_t>(devices.size()));
  block.value(std::uint32_t{0});
  for (const DeviceNumber device : devices) block.value(toDev(device));
  return block;
}

Block layRows(std::span<const TableRow> rows) noexcept {
  std::size_t most = rows.size() * sizeof(Row);
  for (const TableRow& row : rows) most += row.type.size() + row.params.size() + 2;
  Block block(most);
  if (block.empty()) return block;
  block.skip(rows.size() * sizeof(Row));
  auto* replied = reinterpret_cast<Row*>(block.data());
  for (const TableRow& row : rows)
    *replied++ = {row.start.count, row.length.count, block.text(row.type), block.text(row.params)};
  return block;
}

}  // namespace devmap::libdm

namespace {

/// The records of the last run, if it was of one of these types.
template <typename Record>
Record* recordsOf(dm_task* task, int type, int otherType) noexcept {
  if (task == nullptr || task->results.records.empty()) return nullptr;
  if (task->type != type && task->type != otherType) return nullptr;
  return reinterpret_cast<Record*>(task->results.records.data());
}

}  // namespace

dm_names* dm_task_get_names(dm_task* task) {
  return recordsOf<dm_names>(task, DM_DEVICE_LIST, DM_DEVICE_LIST);
}

dm_versions* dm_task_get_versions(dm_task* task) {
  return recordsOf<dm_versions>(task, DM_DEVICE_LIST_VERSIONS, DM_DEVICE_GET_TARGET_VERSION);
}

dm_deps* dm_task_get_deps(dm_task* task) {
  return recordsOf<dm_deps>(task, DM_DEVICE_DEPS, DM_DEVICE_DEPS);
}
