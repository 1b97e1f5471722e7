// capabilities, targetTypes, targetVersion, hasTarget.

#include <devmap/capabilities.hpp>

#include <utility>

#include <devmap/task.hpp>

namespace devmap {

Capabilities capabilities(Version interface) noexcept {
  const auto since = [&](std::uint32_t minor) { return interface >= Version{4, minor, 0}; };
  Capabilities can;
  can.interface = interface;
  can.udevCookies = since(15);
  can.inactiveTableQuery = since(16);
  can.ueventReported = since(17);
  can.setUuid = since(19);
  can.secureData = since(20);
  can.statusWithoutFlush = since(23);
  can.messageReplies = since(24);
  can.deferredRemove = since(27);
  can.internalSuspend = since(29);
  can.preciseStatistics = since(33);
  can.eventNumbersInLists = since(37);
  can.eventPolling = since(37);
  can.targetVersion = since(41);
  can.uuidsInLists = since(45);
  can.listFilters = since(45);
  can.imaMeasurement = since(45);
  can.multipathProbe = since(50);
  return can;
}

Capabilities capabilities(const DeviceMapper& context) noexcept {
  return capabilities(context.interfaceVersion());
}

Result<std::vector<TargetType>> targetTypes(DeviceMapper& context) noexcept {
  auto task = Task::create(context, TaskType::DeviceListVersions);
  if (!task) return std::move(task).error();
  if (auto done = task->run(); !done) return std::move(done).error();
  std::vector<TargetType> types;
  for (const TargetVersion& version : task->versions())
    types.push_back({std::string(version.name), version.version});
  return types;
}

namespace {

Error noSuchType(std::string_view type) {
  return {.code = Errc::notFound,
          .operation = "get target version",
          .device = std::string(type),
          .detail = "this kernel has no such target type, or it is not loaded"};
}

Result<Version> amongLoaded(DeviceMapper& context, std::string_view type) noexcept {
  auto types = targetTypes(context);
  if (!types) return std::move(types).error();
  for (const TargetType& loaded : *types)
    if (loaded.name == type) return loaded.version;
  return noSuchType(type);
}

}  // namespace

Result<Version> targetVersion(DeviceMapper& context, std::string_view type) noexcept {
  if (!capabilities(context).targetVersion) return amongLoaded(context, type);
  auto task = Task::create(context, TaskType::DeviceGetTargetVersion, type);
  if (!task) return std::move(task).error();
  if (auto done = task->run(); !done) return std::move(done).error();
  if (task->versions().empty()) return noSuchType(type);
  return task->versions().front().version;
}

Result<bool> hasTarget(DeviceMapper& context, std::string_view type, Version atLeast) noexcept {
  auto version = targetVersion(context, type);
  if (version) return *version >= atLeast;
  if (version.error().code == Errc::notFound) return false;
  return std::move(version).error();
}

}  // namespace devmap
