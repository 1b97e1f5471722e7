#include <devmap/graph_driver.hpp>

#include <cerrno>
#include <string>
#include <utility>

#include <devmap/query.hpp>
#include <devmap/suspension.hpp>
#include <devmap/udev.hpp>
#include <operations/operation.hpp>

namespace devmap {
namespace {

constexpr ThinId maxThinId = (1U << 24) - 1;
constexpr std::uint64_t lowWaterMarkBlocks = 32768;

// `<metadata> <data> <block size> <low-water mark> 1 skip_block_zeroing`: devices by number, so
// that no node is needed.
std::string poolParams(const BlockDevice& data, const BlockDevice& metadata, Sectors blockSize) {
  return toString(metadata.number()) + ' ' + toString(data.number()) + ' ' +
         std::to_string(blockSize.count) + ' ' + std::to_string(lowWaterMarkBlocks) +
         " 1 skip_block_zeroing";
}

Error withBlockSizeHint(Error error, Sectors blockSize) {
  constexpr std::uint64_t
      unit = 128,
      largest = 2097152;  // dm-thin.c: DATA_DEV_BLOCK_SIZE_MIN_SECTORS, ..._MAX_SECTORS
  if (error.errnum == EINVAL &&
      (blockSize.count < unit || blockSize.count > largest || blockSize.count % unit != 0))
    error.detail = "the pool block size of " + std::to_string(blockSize.count) +
                   " sectors is not a multiple of 128 between 128 and 2097152";
  return error;
}

Result<Task> poolTask(DeviceMapper& context, TaskType type, std::string_view poolName,
                      const BlockDevice& data, const BlockDevice& metadata,
                      Sectors blockSize) noexcept {
  auto task = Task::create(context, type, poolName);
  if (!task) return task;
  auto bytes = data.size();
  if (!bytes) return std::move(bytes).error();
  auto added = task->addTarget(Sectors{0}, toSectors(*bytes), "thin-pool",
                               poolParams(data, metadata, blockSize));
  if (!added) return std::move(added).error();
  return task;
}

Result<Task> messageTask(DeviceMapper& context, std::string_view device,
                         std::string_view text) noexcept {
  auto task = Task::create(context, TaskType::DeviceTargetMsg, device);
  if (!task) return task;
  if (auto set = task->setMessage(text); !set) return std::move(set).error();
  return task;
}

Result<void> send(DeviceMapper& context, std::string_view device,
                  const std::string& text) noexcept {
  auto task = messageTask(context, device, text);
  if (!task) return std::move(task).error();
  return task->run();
}

Result<void> checkId(std::string_view poolName, ThinId id) noexcept {
  if (id <= maxThinId) return {};
  return Error{.code = Errc::invalidArgument,
               .operation = "use thin id",
               .device = std::string(poolName),
               .detail = "a thin id is 0 to 16777215, not " + std::to_string(id)};
}

Result<void> removeWith(DeviceMapper& context, std::string_view name, bool deferred,
                        bool& stays) noexcept {
  auto task = Task::create(context, TaskType::DeviceRemove, name);
  if (!task) return std::move(task).error();
  if (auto set = task->deferredRemove(deferred); !set) return set;
  auto done = detail::runAndWait(context, *task);
  stays = done && task->info().deferredRemove;
  return done;
}

std::string snapMessage(ThinId id, ThinId baseId) {
  return "create_snap " + std::to_string(id) + ' ' + std::to_string(baseId);
}

Result<std::vector<Row>> readRows(DeviceMapper& context, TaskType type,
                                  std::string_view name) noexcept {
  auto rows = type == TaskType::DeviceTable ? table(context, name) : status(context, name);
  if (!rows) return std::move(rows).error();
  return std::move(rows->rows);
}

}  // namespace

Result<void> createPool(DeviceMapper& context, std::string_view poolName,
                        const BlockDevice& dataFile, const BlockDevice& metadataFile,
                        Sectors poolBlockSize) noexcept {
  auto task =
      poolTask(context, TaskType::DeviceCreate, poolName, dataFile, metadataFile, poolBlockSize);
  if (!task) return std::move(task).error();
  auto done = detail::runAndWait(context, *task, {.udevFlags = privateDeviceFlags});
  if (!done) return withBlockSizeHint(std::move(done).error(), poolBlockSize);
  return done;
}

Result<void> reloadPool(DeviceMapper& context, std::string_view poolName,
                        const BlockDevice& dataFile, const BlockDevice& metadataFile,
                        Sectors poolBlockSize) noexcept {
  auto task =
      poolTask(context, TaskType::DeviceReload, poolName, dataFile, metadataFile, poolBlockSize);
  if (!task) return std::move(task).error();
  auto done = task->run();
  if (!done) return withBlockSizeHint(std::move(done).error(), poolBlockSize);
  return done;
}

Result<void> createDevice(DeviceMapper& context, std::string_view poolName, ThinId id) noexcept {
  if (auto ok = checkId(poolName, id); !ok) return ok;
  return send(context, poolName, "create_thin " + std::to_string(id));
}

Result<void> createSnapDeviceRaw(DeviceMapper& context, std::string_view poolName, ThinId id,
                                 ThinId baseId) noexcept {
  if (auto ok = checkId(poolName, id); !ok) return ok;
  if (auto ok = checkId(poolName, baseId); !ok) return ok;
  return send(context, poolName, snapMessage(id, baseId));
}

Result<void> createSnapDevice(DeviceMapper& context, std::string_view poolName, ThinId id,
                              std::string_view baseName, ThinId baseId) noexcept {
  if (auto ok = checkId(poolName, id); !ok) return ok;
  if (auto ok = checkId(poolName, baseId); !ok) return ok;
  auto message = messageTask(context, poolName, snapMessage(id, baseId));
  if (!message) return std::move(message).error();
  auto suspension = suspend(context, baseName);
  if (!suspension && suspension.error().code == Errc::notFound) return message->run();
  if (!suspension) return std::move(suspension).error();
  auto sent = message->run();
  auto resumed = suspension->resume();
  if (!resumed && !sent)
    resumed.error().detail += "; before that, the snapshot failed: " + sent.error().message();
  return resumed ? std::move(sent) : std::move(resumed);
}

Result<void> deleteDevice(DeviceMapper& context, std::string_view poolName, ThinId id) noexcept {
  if (auto ok = checkId(poolName, id); !ok) return ok;
  auto sent = send(context, poolName, "delete " + std::to_string(id));
  if (!sent && sent.error().errnum == ENODATA) return {};
  return sent;
}

Result<void> setTransactionId(DeviceMapper& context, std::string_view poolName, std::uint64_t oldId,
                              std::uint64_t newId) noexcept {
  return send(context, poolName,
              "set_transaction_id " + std::to_string(oldId) + ' ' + std::to_string(newId));
}

Result<void> activateDevice(DeviceMapper& context, std::string_view poolName, std::string_view name,
                            ThinId id, Sectors size, const BlockDevice* externalOrigin) noexcept {
  if (auto ok = checkId(poolName, id); !ok) return ok;
  auto pool = getInfo(context, poolName);
  if (!pool) return std::move(pool).error();
  if (!pool->exists)
    return Error{.code = Errc::notFound,
                 .operation = "activate thin volume",
                 .errnum = ENXIO,
                 .device = std::string(poolName),
                 .detail = "no such pool"};
  auto task = Task::create(context, TaskType::DeviceCreate, name);
  if (!task) return std::move(task).error();
  std::string params = toString(pool->device) + ' ' + std::to_string(id);
  if (externalOrigin != nullptr) params += ' ' + toString(externalOrigin->number());
  if (auto added = task->addTarget(Sectors{0}, size, "thin", params); !added) return added;
  return detail::runAndWait(context, *task);
}

Result<void> removeDevice(DeviceMapper& context, std::string_view name) noexcept {
  bool stays = false;
  return removeWith(context, name, false, stays);
}

Result<bool> removeDeviceDeferred(DeviceMapper& context, std::string_view name) noexcept {
  bool stays = false;
  if (auto done = removeWith(context, name, true, stays); !done) return std::move(done).error();
  return stays;
}

Result<void> cancelDeferredRemove(DeviceMapper& context, std::string_view name) noexcept {
  return send(context, name, "@cancel_deferred_remove");
}

Result<void> suspendDevice(DeviceMapper& context, std::string_view name) noexcept {
  auto task = Task::create(context, TaskType::DeviceSuspend, name);
  if (!task) return std::move(task).error();
  return task->run();
}

Result<void> resumeDevice(DeviceMapper& context, std::string_view name) noexcept {
  auto task = Task::create(context, TaskType::DeviceResume, name);
  if (!task) return std::move(task).error();
  return detail::runAndWait(context, *task);
}

Result<DeviceInfo> getInfo(DeviceMapper& context, std::string_view name) noexcept {
  auto task = Task::create(context, TaskType::DeviceInfo, name);
  if (!task) return std::move(task).error();
  if (auto done = task->run(); !done) return std::move(done).error();
  return task->info();
}

Result<std::vector<Row>> getStatus(DeviceMapper& context, std::string_view name) noexcept {
  return readRows(context, TaskType::DeviceStatus, name);
}

Result<std::vector<Row>> getTable(DeviceMapper& context, std::string_view name) noexcept {
  return readRows(context, TaskType::DeviceTable, name);
}

Result<std::vector<DeviceNumber>> getDeps(DeviceMapper& context, std::string_view name) noexcept {
  auto task = Task::create(context, TaskType::DeviceDeps, name);
  if (!task) return std::move(task).error();
  if (auto done = task->run(); !done) return std::move(done).error();
  return task->deps();
}

Result<Version> getDriverVersion(DeviceMapper& context) noexcept {
  auto task = Task::create(context, TaskType::DeviceVersion);
  if (!task) return std::move(task).error();
  if (auto done = task->run(); !done) return std::move(done).error();
  return task->driverVersion();
}

namespace {

// The same call on the system context.
template <typename Function>
auto onSystem(Function function) noexcept -> decltype(function(std::declval<DeviceMapper&>())) {
  auto context = DeviceMapper::system();
  if (!context) return std::move(context).error();
  return function(**context);
}

}  // namespace

Result<bool> udevSyncSupported() noexcept {
  return onSystem(
      [](DeviceMapper& dm) -> Result<bool> { return dm.udevState().mode == UdevMode::cookies; });
}
Result<void> createPool(std::string_view poolName, const BlockDevice& dataFile,
                        const BlockDevice& metadataFile, Sectors poolBlockSize) noexcept {
  return onSystem([&](DeviceMapper& dm) {
    return createPool(dm, poolName, dataFile, metadataFile, poolBlockSize);
  });
}
Result<void> reloadPool(std::string_view poolName, const BlockDevice& dataFile,
                        const BlockDevice& metadataFile, Sectors poolBlockSize) noexcept {
  return onSystem([&](DeviceMapper& dm) {
    return reloadPool(dm, poolName, dataFile, metadataFile, poolBlockSize);
  });
}
Result<void> createDevice(std::string_view poolName, ThinId id) noexcept {
  return onSystem([&](DeviceMapper& dm) { return createDevice(dm, poolName, id); });
}
Result<void> createSnapDevice(std::string_view poolName, ThinId id, std::string_view baseName,
                              ThinId baseId) noexcept {
  return onSystem(
      [&](DeviceMapper& dm) { return createSnapDevice(dm, poolName, id, baseName, baseId); });
}
Result<void> createSnapDeviceRaw(std::string_view poolName, ThinId id, ThinId baseId) noexcept {
  return onSystem([&](DeviceMapper& dm) { return createSnapDeviceRaw(dm, poolName, id, baseId); });
}
Result<void> deleteDevice(std::string_view poolName, ThinId id) noexcept {
  return onSystem([&](DeviceMapper& dm) { return deleteDevice(dm, poolName, id); });
}
Result<void> setTransactionId(std::string_view poolName, std::uint64_t oldId,
                              std::uint64_t newId) noexcept {
  return onSystem([&](DeviceMapper& dm) { return setTransactionId(dm, poolName, oldId, newId); });
}
Result<void> activateDevice(std::string_view poolName, std::string_view name, ThinId id,
                            Sectors size, const BlockDevice* externalOrigin) noexcept {
  return onSystem([&](DeviceMapper& dm) {
    return activateDevice(dm, poolName, name, id, size, externalOrigin);
  });
}
Result<void> removeDevice(std::string_view name) noexcept {
  return onSystem([&](DeviceMapper& dm) { return removeDevice(dm, name); });
}
Result<bool> removeDeviceDeferred(std::string_view name) noexcept {
  return onSystem([&](DeviceMapper& dm) { return removeDeviceDeferred(dm, name); });
}
Result<void> cancelDeferredRemove(std::string_view name) noexcept {
  return onSystem([&](DeviceMapper& dm) { return cancelDeferredRemove(dm, name); });
}
Result<void> suspendDevice(std::string_view name) noexcept {
  return onSystem([&](DeviceMapper& dm) { return suspendDevice(dm, name); });
}
Result<void> resumeDevice(std::string_view name) noexcept {
  return onSystem([&](DeviceMapper& dm) { return resumeDevice(dm, name); });
}
Result<DeviceInfo> getInfo(std::string_view name) noexcept {
  return onSystem([&](DeviceMapper& dm) { return getInfo(dm, name); });
}
Result<std::vector<Row>> getStatus(std::string_view name) noexcept {
  return onSystem([&](DeviceMapper& dm) { return getStatus(dm, name); });
}
Result<std::vector<Row>> getTable(std::string_view name) noexcept {
  return onSystem([&](DeviceMapper& dm) { return getTable(dm, name); });
}
Result<std::vector<DeviceNumber>> getDeps(std::string_view name) noexcept {
  return onSystem([&](DeviceMapper& dm) { return getDeps(dm, name); });
}
Result<Version> getDriverVersion() noexcept {
  return onSystem([](DeviceMapper& dm) { return getDriverVersion(dm); });
}

}  // namespace devmap
