#include <devmap/thin/pool.hpp>

#include <array>
#include <span>
#include <utility>

#include <devmap/query.hpp>
#include <devmap/reload.hpp>
#include <devmap/targets/thin.hpp>
#include <devmap/targets/thin_pool.hpp>
#include <thin/words.hpp>

namespace devmap {

using thin::decimal;
using thin::join;

namespace {

constexpr std::string_view poolTail = "pool";

Error poolError(Errc code, const char* operation, std::string_view pool, std::string detail) {
  return Error{.code = code,
               .operation = operation,
               .device = std::string(pool),
               .detail = std::move(detail)};
}

targets::ThinPool poolRow(DeviceNumber data, DeviceNumber metadata, Sectors blockSize,
                          const PoolFeatures& features, std::uint64_t lowWaterMark) {
  targets::ThinPool row;
  row.metadata = metadata;
  row.data = data;
  row.blockSize = blockSize;
  row.lowWaterMark = lowWaterMark;
  row.skipBlockZeroing = features.skipBlockZeroing;
  row.ignoreDiscard = features.ignoreDiscard;
  row.noDiscardPassdown = features.noDiscardPassdown;
  row.readOnly = features.readOnly;
  row.errorIfNoSpace = features.errorIfNoSpace;
  return row;
}

/// The single row of a pool, over all of `data`.
Result<Row> rowOver(const BlockDevice& data, const targets::ThinPool& pool) noexcept {
  auto bytes = data.size();
  if (!bytes) return std::move(bytes).error();
  const Sectors length = toSectors(*bytes);
  if (auto fits = pool.check(length); !fits) return std::move(fits).error();
  return Row{Sectors{0}, length, "thin-pool", std::string(pool.toParams().view())};
}

/// The live row of a pool. invalidArgument: the device is not a pool.
Result<targets::ThinPool> liveRow(DeviceMapper& context, const DeviceRef& device,
                                  DeviceInfo& info) noexcept {
  auto rows = table(context, device);
  if (!rows) return std::move(rows).error();
  info = std::move(rows->info);
  if (rows->rows.size() != 1 || rows->rows[0].type != "thin-pool")
    return poolError(Errc::invalidArgument, "open thin pool", info.name,
                     rows->rows.empty()
                         ? "the device has no live table"
                         : join({"the device is no thin pool, but of type ", rows->rows[0].type}));
  return targets::ThinPool::parseTable(rows->rows[0].params);
}

PoolHealth healthOf(const targets::ThinPoolStatus& status) noexcept {
  using Status = targets::ThinPoolStatus;
  if (status.state == Status::State::error) return PoolHealth::error;
  if (status.state == Status::State::failed) return PoolHealth::failed;
  if (status.needsCheck) return PoolHealth::needsCheck;
  if (status.mode == Status::Mode::outOfDataSpace) return PoolHealth::outOfDataSpace;
  return status.mode == Status::Mode::readWrite ? PoolHealth::ok : PoolHealth::readOnly;
}

/// Removes a pool of ours that a crash left without a table. True: there was one, and it is
/// removed.
bool removeHalfMade(DeviceMapper& context, std::string_view name,
                    std::string_view prefix) noexcept {
  const auto present = info(context, name);
  return present && present->exists && !present->liveTable && present->openCount == 0 &&
         present->uuid.starts_with(prefix) && present->uuid.ends_with("-pool") &&
         devmap::remove(context, present->device).has_value();
}

std::string randomId(Kernel& kernel) {
  std::array<std::byte, 16> bytes{};
  if (kernel.random(bytes) != 0) {  // rare: the kernel has not collected enough yet
    const auto now = static_cast<std::uint64_t>(kernel.wallClock()) ^
                     static_cast<std::uint64_t>(kernel.now().count());
    for (std::size_t i = 0; i < sizeof now; ++i) bytes[i] = static_cast<std::byte>(now >> (8 * i));
  }
  std::string text;
  for (const std::byte byte : bytes) {
    text += "0123456789abcdef"[std::to_integer<unsigned>(byte) >> 4];
    text += "0123456789abcdef"[std::to_integer<unsigned>(byte) & 15];
  }
  return text;
}

}  // namespace

Pool::Pool(DeviceMapper& context, const DeviceInfo& info, Sectors blockSize) noexcept
    : context_(&context),
      name_(info.name),
      uuid_(info.uuid),
      number_(info.device),
      blockSize_(blockSize) {}

std::string_view Pool::uuidStem() const noexcept {
  const std::string_view uuid = uuid_;
  return uuid.ends_with("-pool") ? uuid.substr(0, uuid.size() - poolTail.size())
                                 : std::string_view();
}

std::string Pool::volumeUuid(ThinId id) const { return join({uuidStem(), decimal(id)}); }

Result<Pool> Pool::open(DeviceMapper& context, const DeviceRef& device) noexcept {
  DeviceInfo info;
  auto row = liveRow(context, device, info);
  if (!row) return std::move(row).error();
  return Pool(context, info, row->blockSize);
}

Result<Pool> Pool::make(DeviceMapper& context, std::string_view name, const BlockDevice& data,
                        const BlockDevice& metadata, const PoolSettings& settings) noexcept {
  auto row = rowOver(data, poolRow(data.number(), metadata.number(), settings.blockSize,
                                   settings.features, settings.lowWaterMark));
  if (!row) return std::move(row).error();
  const std::string id = settings.id.empty() ? randomId(context.kernel()) : settings.id;
  if (settings.uuidPrefix.empty() || settings.uuidPrefix.size() > 80 || id.size() > 32 ||
      id.find('-') != std::string::npos)
    return poolError(Errc::invalidUuid, "create thin pool", name,
                     "a uuid prefix has 1 to 80 bytes, a pool id at most 32 and no '-'");
  const std::string uuid = join({settings.uuidPrefix, "-", id, "-", poolTail});
  const CreateOptions options{.uuid = uuid, .waiting = {.udevFlags = privateDeviceFlags}};
  auto made = devmap::create(context, name, std::span(&*row, 1), options);
  if (!made && made.error().code == Errc::alreadyExists &&
      removeHalfMade(context, name, settings.uuidPrefix))
    made = devmap::create(context, name, std::span(&*row, 1), options);
  if (!made) return std::move(made).error();
  return Pool(context, *made, settings.blockSize);
}

Result<Pool> Pool::create(DeviceMapper& context, std::string_view name, const BlockDevice& data,
                          const BlockDevice& metadata, const PoolSettings& settings) noexcept {
  auto pool = make(context, name, data, metadata, settings);
  if (!pool) return pool;
  auto claimed = pool->claim();
  if (claimed) return pool;
  if (auto gone = pool->deactivate(context.options().udevTimeout); !gone)
    claimed.error().detail += "; and it could not be removed: " + gone.error().message();
  return std::move(claimed).error();
}

Result<Pool> Pool::activate(DeviceMapper& context, std::string_view name, const BlockDevice& data,
                            const BlockDevice& metadata, const PoolSettings& settings) noexcept {
  if (settings.id.empty())
    return poolError(Errc::invalidArgument, "activate thin pool", name,
                     "the id of the pool is needed");
  auto pool = make(context, name, data, metadata, settings);
  if (!pool) return pool;
  auto status = pool->status();
  if (status && (status->health >= PoolHealth::failed || status->transactionId != 0)) return pool;
  static_cast<void>(pool->deactivate(context.options().udevTimeout));
  if (!status) return std::move(status).error();
  return poolError(Errc::notFound, "activate thin pool", name,
                   "the metadata holds no pool that was claimed: its transaction id is 0");
}

Result<Pool> Pool::adopt(DeviceMapper& context, const DeviceRef& device,
                         const PoolExpectation& expected) noexcept {
  auto pool = open(context, device);
  if (!pool) return pool;
  auto status = pool->status();
  if (!status) return std::move(status).error();
  auto features = pool->features();
  if (!features) return std::move(features).error();
  std::string reasons;
  const auto object = [&](std::initializer_list<std::string_view> parts) {
    reasons += (reasons.empty() ? "" : "; ") + join(parts);
  };
  if (pool->uuid() != expected.uuid && !expected.uuid.empty())
    object({"its uuid is '", pool->uuid(), "', not '", expected.uuid, "'"});
  if (expected.blockSize && *expected.blockSize != pool->blockSize())
    object({"its block size is ", decimal(pool->blockSize().count), " sectors, not ",
            decimal(expected.blockSize->count)});
  if (expected.features && *expected.features != *features)
    object({"its features are not the expected ones"});
  if (expected.healthy && status->health != PoolHealth::ok)
    object({"its health is: ", toString(status->health)});
  if (expected.transactionId && status->transactionId &&
      *expected.transactionId != *status->transactionId)
    object({"its transaction id is ", decimal(*status->transactionId), ", not ",
            decimal(*expected.transactionId)});
  if (!reasons.empty())
    return poolError(Errc::invalidArgument, "adopt thin pool", pool->name(), std::move(reasons));
  return pool;
}

Result<PoolStatus> Pool::status() const noexcept {
  auto status = usage();
  if (!status) return status;
  DeviceInfo info;
  auto row = liveRow(*context_, number_, info);
  if (!row) return std::move(row).error();
  status->metadata = row->metadata.number().value_or(DeviceNumber{});
  status->data = row->data.number().value_or(DeviceNumber{});
  return status;
}

Result<PoolStatus> Pool::usage() const noexcept {
  auto rows = devmap::status(*context_, number_);
  if (!rows) return std::move(rows).error();
  if (rows->rows.empty())
    return poolError(Errc::notFound, "status of thin pool", name_, "it has no live table");
  auto read = targets::ThinPool::parseStatus(rows->rows[0].params);
  if (!read) return std::move(read).error();
  const targets::ThinPoolStatus& parsed = *read;
  PoolStatus status;
  status.health = healthOf(parsed);
  status.transactionId = parsed.transactionId;
  if (parsed.data) {
    status.dataUsed = parsed.data->used * toBytes(blockSize_);
    status.dataTotal = parsed.data->total * toBytes(blockSize_);
  }
  if (parsed.metadata) {
    status.metadataUsed = parsed.metadata->used * 4096;
    status.metadataTotal = parsed.metadata->total * 4096;
  }
  status.heldRoot = parsed.heldRoot;
  if (parsed.onNoSpace)
    status.errorIfNoSpace = *parsed.onNoSpace == targets::ThinPoolStatus::OnNoSpace::error;
  status.suspended = rows->info.suspended;
  status.eventNr = rows->info.eventNr;
  return status;
}

Result<PoolFeatures> Pool::features() const noexcept {
  DeviceInfo info;
  auto row = liveRow(*context_, number_, info);
  if (!row) return std::move(row).error();
  return PoolFeatures{row->skipBlockZeroing, row->ignoreDiscard, row->noDiscardPassdown,
                      row->readOnly, row->errorIfNoSpace};
}

Result<void> Pool::claim() noexcept {
  auto present = status();
  if (!present) return std::move(present).error();
  if (!present->transactionId || !present->dataUsed)
    return poolError(Errc::readOnly, "claim thin pool", name_,
                     join({"the pool has failed; ", present->advice()}));
  if (*present->transactionId != 0 || *present->dataUsed != 0)
    return poolError(Errc::alreadyExists, "claim thin pool", name_,
                     join({"its metadata is in use: transaction id ",
                           decimal(*present->transactionId), ", ", decimal(*present->dataUsed),
                           " bytes of data; activate it, or zero the first 4096 bytes of the "
                           "metadata device for a new pool"}));
  return setTransactionId(0, 1);
}

Result<void> Pool::checkFree(unsigned percent) const noexcept {
  auto present = usage();
  if (!present) return std::move(present).error();
  if (present->health != PoolHealth::ok) {
    present = status();
    if (!present) return std::move(present).error();
    const Errc code =
        present->health == PoolHealth::outOfDataSpace ? Errc::noSpace : Errc::readOnly;
    return poolError(code, "check thin pool", name_,
                     join({"its health is: ", toString(present->health), "; ", present->advice()}));
  }
  const auto check = [&](const char* what, std::uint64_t used,
                         std::uint64_t total) -> Result<void> {
    if ((total - used) / 4096 * 100 >= total / 4096 * percent) return {};
    return poolError(Errc::noSpace, "check thin pool", name_,
                     join({"only ", decimal(total - used), " of ", decimal(total), " bytes of ",
                           what, " are free, ", decimal(percent),
                           " % are wanted for a new volume: delete volumes, or grow the pool"}));
  };
  if (auto enough = check("data", present->dataUsed.value_or(0), present->dataTotal.value_or(0));
      !enough)
    return enough;
  return check("metadata", present->metadataUsed.value_or(0), present->metadataTotal.value_or(0));
}

Result<void> Pool::reload(const BlockDevice& data, const PoolFeatures& features,
                          std::uint64_t lowWaterMark) noexcept {
  DeviceInfo info;
  auto live = liveRow(*context_, number_, info);
  if (!live) return std::move(live).error();
  if (live->data.number() != data.number())
    return poolError(Errc::invalidArgument, "reload thin pool", name_,
                     join({"its data device is ", live->data.text, ", not ", data.path()}));
  auto row = rowOver(data, poolRow(data.number(), live->metadata.number().value_or(DeviceNumber{}),
                                   blockSize_, features, lowWaterMark));
  if (!row) return std::move(row).error();
  ReloadOptions options;
  options.resume.waiting.udevFlags = privateDeviceFlags;
  auto done = devmap::reload(*context_, number_, std::span(&*row, 1), options);
  if (!done) return std::move(done).error();
  return {};
}

Result<void> Pool::grow(const BlockDevice& data) noexcept {
  DeviceInfo info;
  auto live = liveRow(*context_, number_, info);
  if (!live) return std::move(live).error();
  return reload(data,
                {live->skipBlockZeroing, live->ignoreDiscard, live->noDiscardPassdown,
                 live->readOnly, live->errorIfNoSpace},
                live->lowWaterMark);
}

Result<void> Pool::deactivate(Timeout timeout) noexcept {
  auto gone = devmap::remove(
      *context_, number_,
      {.retryBusy = true, .waiting = {.timeout = timeout, .udevFlags = privateDeviceFlags}});
  if (!gone) return std::move(gone).error();
  return {};
}

Result<void> Pool::send(std::string_view message) const noexcept {
  auto sent = sendMessage(*context_, number_, message);
  if (sent) return {};
  sent.error().device = name_;
  return std::move(sent).error();
}

Result<void> Pool::createVolume(ThinId id) noexcept { return createDevice(*context_, name_, id); }
Result<void> Pool::deleteVolume(ThinId id) noexcept { return send(targets::ThinPool::remove(id)); }
Result<void> Pool::setTransactionId(std::uint64_t present, std::uint64_t next) noexcept {
  return devmap::setTransactionId(*context_, name_, present, next);
}
Result<void> Pool::reserveMetadataSnapshot() noexcept {
  return send(targets::ThinPool::reserveMetadataSnapshot());
}
Result<void> Pool::releaseMetadataSnapshot() noexcept {
  return send(targets::ThinPool::releaseMetadataSnapshot());
}

Result<void> Pool::snapshotVolume(ThinId id, ThinId origin) noexcept {
  auto base = info(*context_, DeviceRef::uuid(volumeUuid(origin)));
  if (!base) return std::move(base).error();
  if (!base->exists || uuidStem().empty()) return createSnapDeviceRaw(*context_, name_, id, origin);
  bool leaving = base->deferredRemove;
  if (leaving)
    if (auto kept = cancelRemove(*context_, base->device); !kept) {
      if (kept.error().code != Errc::notFound) return kept;
      return createSnapDeviceRaw(*context_, name_, id, origin);  // removed meanwhile
    }
  auto made = createSnapDevice(*context_, name_, id, base->name, origin);
  if (leaving) static_cast<void>(devmap::remove(*context_, base->device, {.deferred = true}));
  return made;
}

Result<DeviceInfo> Pool::activateVolume(const VolumeDevice& volume,
                                        const Waiting& waiting) noexcept {
  const std::string uuid = volumeUuid(volume.id);
  targets::Thin thin;
  thin.pool = number_;
  thin.id = volume.id;
  if (!volume.externalOrigin.empty()) thin.externalOrigin = volume.externalOrigin;
  const Row row{Sectors{0}, volume.size, "thin", std::string(thin.toParams().view())};
  CreateOptions options;
  if (!uuidStem().empty()) options.uuid = uuid;
  options.readOnly = volume.readOnly;
  options.waiting = waiting;
  return devmap::create(*context_, volume.name, std::span(&row, 1), options);
}

}  // namespace devmap
