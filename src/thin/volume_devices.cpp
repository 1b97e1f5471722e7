// Volumes: their devices, and changes of their properties.

#include <cerrno>
#include <span>
#include <utility>

#include <base/deadline.hpp>
#include <devmap/query.hpp>
#include <devmap/reload.hpp>
#include <devmap/targets/thin.hpp>
#include <devmap/udev.hpp>
#include <thin/state.hpp>
#include <thin/words.hpp>

namespace devmap {

using thin::Hold;
using thin::join;

Result<void> Volumes::activate(std::span<const std::string_view> names,
                               std::optional<Timeout> timeout) noexcept {
  State& state = *state_;
  DeviceMapper& context = state.pool.context();
  UdevCookie cookie;
  std::vector<DeviceNumber> made;
  Result<void> done;
  for (const std::string_view name : names) {
    auto volume = state.need("activate volume", name);
    if (!volume) {
      done = std::move(volume).error();
      break;
    }
    const std::string device = state.deviceName(name);
    auto fresh = state.pool.activateVolume(
        {device, volume->id, volume->size, volume->readOnly, volume->externalOrigin},
        {.cookie = &cookie});
    if (fresh) {
      made.push_back(fresh->device);
      continue;
    }
    auto present = info(context, DeviceRef::uuid(state.pool.volumeUuid(volume->id)));
    if (fresh.error().code == Errc::alreadyExists && present && present->exists) {
      if (!present->deferredRemove) continue;
      done = cancelRemove(context, present->device);
      if (done) continue;
    } else {
      done = std::move(fresh).error();
    }
    break;
  }
  auto waited = udevWait(cookie, state.timeout(timeout));
  if (done) return waited;
  for (const DeviceNumber number : made)
    static_cast<void>(devmap::remove(context, number, {.retryBusy = true}));
  return done;
}

Result<void> Volumes::deactivate(std::span<const std::string_view> names,
                                 const DeactivateOptions& options) noexcept {
  State& state = *state_;
  const base::Deadline deadline(state.pool.context().kernel(), state.timeout(options.timeout));
  UdevCookie cookie;
  Result<void> done;
  for (const std::string_view name : names) {
    auto volume = state.need("deactivate volume", name);
    if (!volume) {
      done = std::move(volume).error();
      break;
    }
    const std::string uuid = state.pool.volumeUuid(volume->id);
    RemoveOptions remove;
    remove.retryBusy = !options.deferred;
    remove.deferred = options.deferred;
    remove.waiting.timeout = deadline.leftAsTimeout();
    remove.waiting.cookie = &cookie;
    auto gone = devmap::remove(state.pool.context(), DeviceRef::uuid(uuid), remove);
    if (gone || gone.error().code == Errc::notFound) continue;
    gone.error().device = state.deviceName(name);
    done = std::move(gone).error();
    break;
  }
  auto waited = udevWait(cookie, deadline.leftAsTimeout());
  return done ? std::move(waited) : std::move(done);
}

Result<void> Volumes::cancelDeactivate(std::string_view name) noexcept {
  auto volume = state_->need("cancel deactivation", name);
  if (!volume) return std::move(volume).error();
  return cancelRemove(state_->pool.context(), DeviceRef::uuid(state_->pool.volumeUuid(volume->id)));
}

Result<VolumeStatus> Volumes::status(std::string_view name) const noexcept {
  auto volume = state_->need("status of volume", name);
  if (!volume) return std::move(volume).error();
  VolumeStatus status;
  auto rows =
      devmap::status(state_->pool.context(), DeviceRef::uuid(state_->pool.volumeUuid(volume->id)));
  if (!rows && rows.error().code == Errc::notFound) return status;
  if (!rows) return std::move(rows).error();
  status.device = rows->info;
  status.active = !rows->rows.empty();
  status.deferred = rows->info.deferredRemove;
  if (!status.active) return status;
  auto thin = targets::Thin::parseStatus(rows->rows[0].params);
  if (!thin) return std::move(thin).error();
  if (thin->mapped) status.mapped = toBytes(*thin->mapped);
  return status;
}

namespace {

/// Gives an active device the size and the mode of its volume.
Result<void> follow(Pool& pool, const Volume& volume) noexcept {
  const std::string uuid = pool.volumeUuid(volume.id);
  auto live = table(pool.context(), DeviceRef::uuid(uuid));
  if (!live && live.error().code == Errc::notFound) return {};
  if (!live) return std::move(live).error();
  if (live->rows.size() != 1) return {};
  live->rows[0].length = volume.size;
  ReloadOptions options;
  options.load.readOnly = volume.readOnly;
  auto done = reload(pool.context(), DeviceRef::uuid(uuid), live->rows, options);
  return done ? Result<void>() : std::move(done).error();
}

}  // namespace

Result<void> Volumes::resize(std::string_view name, Sectors size) noexcept {
  const Hold hold(state_->turn);
  auto volume = state_->lookUp("resize volume", name);
  if (!volume) return std::move(volume).error();
  if (size < volume->size)
    return state_->failure(Errc::invalidArgument, "resize volume", state_->pool.name(),
                           join({"volume '", name, "' can only grow"}));
  volume->size = size;
  if (auto noted = state_->note(thin::setRecord(*volume), true); !noted) return noted;
  return follow(state_->pool, *volume);
}

Result<void> Volumes::setReadOnly(std::string_view name, bool readOnly) noexcept {
  const Hold hold(state_->turn);
  auto volume = state_->lookUp("change volume", name);
  if (!volume) return std::move(volume).error();
  volume->readOnly = readOnly;
  if (auto noted = state_->note(thin::setRecord(*volume), true); !noted) return noted;
  return follow(state_->pool, *volume);
}

Result<void> Volumes::rename(std::string_view name, std::string_view newName) noexcept {
  const Hold hold(state_->turn);
  auto volume = state_->lookUp("rename volume", name);
  if (!volume) return std::move(volume).error();
  auto device = Name::parseForNode(state_->deviceName(newName));
  if (!device) return std::move(device).error();
  if (newName.empty() || state_->book.find(newName) != nullptr)
    return state_->failure(Errc::alreadyExists, "rename volume", state_->pool.name(),
                           join({"there is a volume '", newName, "' already"}));
  volume->name = newName;
  if (auto noted = state_->note(thin::setRecord(*volume), true); !noted) return noted;
  const std::string uuid = state_->pool.volumeUuid(volume->id);
  auto renamed = devmap::rename(state_->pool.context(), DeviceRef::uuid(uuid), device->str());
  return renamed || renamed.error().code != Errc::notFound ? std::move(renamed) : Result<void>();
}

}  // namespace devmap
