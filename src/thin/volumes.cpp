// Volumes: transactions.

#include <devmap/volumes.hpp>

#include <algorithm>
#include <utility>

#include <devmap/query.hpp>
#include <thin/state.hpp>
#include <thin/words.hpp>

namespace devmap {

using thin::decimal;
using thin::Hold;
using thin::join;

Volumes::Volumes(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Volumes::Volumes(Volumes&& other) noexcept = default;
Volumes& Volumes::operator=(Volumes&& other) noexcept = default;
Volumes::~Volumes() = default;

ThinPool& Volumes::pool() noexcept { return state_->pool; }
std::string Volumes::deviceName(std::string_view name) const { return state_->deviceName(name); }

std::vector<Volume> Volumes::list() const {
  const Hold hold(state_->lock);
  return state_->book.volumes;
}

std::optional<Volume> Volumes::find(std::string_view name) const {
  const Hold hold(state_->lock);
  const Volume* const found = state_->book.find(name);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

std::uint64_t Volumes::transaction() const {
  const Hold hold(state_->lock);
  return state_->book.transaction;
}

Error Volumes::State::failure(Errc code, const char* operation, std::string_view device, std::string detail) const {
  return Error{code, operation, 0, std::string(device), {}, std::move(detail), {}};
}

std::string Volumes::State::deviceName(std::string_view name) const { return join({pool.name(), "-", name}); }

Timeout Volumes::State::timeout(const std::optional<Timeout>& wanted) const noexcept {
  return wanted.value_or(pool.context().options().udevTimeout);
}

Result<Volume> Volumes::State::need(const char* operation, std::string_view name) const noexcept {
  const Hold hold(lock);
  return lookUp(operation, name);
}

Result<Volume> Volumes::State::lookUp(const char* operation, std::string_view name) const noexcept {
  const Volume* const found = book.find(name);
  if (found == nullptr) return failure(Errc::notFound, operation, pool.name(), join({"there is no volume '", name, "'"}));
  return *found;
}

Result<void> Volumes::State::note(const std::string& record, bool durable) noexcept {
  if (auto appended = log.append(record, durable); !appended) return appended;
  ++records;
  if (!book.take(record))
    return failure(Errc::malformedReply, "write record log", pool.name(), "a record of our own makes no sense: " + record);
  return {};
}

Result<void> Volumes::State::compactIfLong() noexcept {
  constexpr std::size_t slack = 1000;
  if (book.intent || records < slack + 4 * book.volumes.size()) return {};
  const std::vector<std::string> all = book.records();
  auto replaced = log.replace(all);
  if (replaced) records = all.size();
  return replaced;
}

Result<void> Volumes::State::commit() noexcept {
  const std::uint64_t next = book.intent->transaction;
  auto swapped = pool.setTransactionId(next - 1, next);
  if (!swapped) {  // the answer may be lost, the deed done
    auto present = pool.status();
    if (!present || present->transactionId != next) return swapped;
  }
  return note(thin::endRecord("commit", next), false);
}

Result<void> Volumes::State::planCreate(std::span<const NewVolume> wanted, std::vector<Volume>& volumes) const noexcept {
  constexpr const char* operation = "create volume";
  const std::vector<ThinId> ids = book.freeIds(wanted.size());
  if (ids.size() < wanted.size()) return failure(Errc::noSpace, operation, pool.name(), "all thin ids are taken");
  for (const NewVolume& one : wanted) {
    auto device = Name::parseForNode(deviceName(one.name));
    if (!device) return std::move(device).error();
    if (one.name.empty()) return failure(Errc::invalidName, operation, pool.name(), "a volume needs a name");
    const auto taken = [&](const Volume& other) { return other.name == one.name; };
    if (book.find(one.name) != nullptr || std::any_of(volumes.begin(), volumes.end(), taken))
      return failure(Errc::alreadyExists, operation, pool.name(), join({"there is a volume '", one.name, "' already"}));
    Volume volume{std::string(one.name),           ids[volumes.size()], one.size, one.readOnly, {},
                  std::string(one.externalOrigin), book.transaction + 1};
    if (!one.origin.empty()) {
      const Volume* const origin = book.find(one.origin);
      if (origin == nullptr)
        return failure(Errc::notFound, operation, pool.name(), join({"there is no volume '", one.origin, "' to snapshot"}));
      volume.origin = origin->id;
      if (volume.size == Sectors{}) volume.size = origin->size;
      if (volume.externalOrigin.empty()) volume.externalOrigin = origin->externalOrigin;
    }
    if (volume.size == Sectors{})
      return failure(Errc::invalidArgument, operation, pool.name(), join({"volume '", one.name, "' needs a size"}));
    volumes.push_back(std::move(volume));
  }
  return {};
}

Result<void> Volumes::State::sendCreate(const std::vector<Volume>& volumes) noexcept {
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const Volume& volume = volumes[i];
    auto made = volume.origin ? pool.snapshotVolume(volume.id, *volume.origin) : pool.createVolume(volume.id);
    if (made) continue;
    // Only what came before it is taken back; and it, unless it is not ours.
    const bool foreign = made.error().code == Errc::alreadyExists;
    auto& intended = book.intent->volumes;
    intended.erase(intended.begin() + static_cast<std::ptrdiff_t>(foreign ? i : i + 1), intended.end());
    if (foreign)
      made.error().detail += join({"; thin id ", decimal(volume.id), " of volume '", volume.name,
                                   "' is in the pool, but not in the log: ", "somebody else makes volumes there"});
    return made;
  }
  return {};
}

Result<void> Volumes::create(std::span<const NewVolume> volumes) noexcept {
  State& state = *state_;
  const Hold hold(state.lock);
  Recovery ignored;
  if (state.book.intent)
    if (auto settled = state.settle(ignored); !settled) return settled;
  std::vector<Volume> planned;
  if (auto plan = state.planCreate(volumes, planned); !plan || planned.empty()) return plan;
  if (state.options.freePercent != 0)
    if (auto enough = state.pool.checkFree(state.options.freePercent); !enough) return enough;
  if (auto noted = state.note(thin::makeRecord(state.book.transaction + 1, planned), true); !noted) return noted;
  auto done = state.sendCreate(planned);
  if (done) done = state.commit();
  if (done) return state.compactIfLong();
  if (!state.book.intent) return done;
  if (auto back = state.settle(ignored); !back)
    done.error().detail += "; taking it back failed too, and is tried again later: " + back.error().message();
  return done;
}

Result<void> Volumes::remove(std::span<const std::string_view> names, const DeleteOptions& options) noexcept {
  State& state = *state_;
  if (auto gone = deactivate(names, {.timeout = options.timeout}); !gone) return gone;
  const Hold hold(state.lock);
  Recovery report;
  if (state.book.intent)
    if (auto settled = state.settle(report); !settled) return settled;
  std::vector<Volume> leaving;
  for (const std::string_view name : names) {
    const Volume* const found = state.book.find(name);
    if (found == nullptr)
      return state.failure(Errc::notFound, "delete volume", state.pool.name(), join({"there is no volume '", name, "'"}));
    const auto again = [&](const Volume& other) { return other.id == found->id; };
    if (std::none_of(leaving.begin(), leaving.end(), again)) leaving.push_back(*found);
  }
  if (leaving.empty()) return {};
  if (auto noted = state.note(thin::idsRecord("delete", state.book.transaction + 1, leaving), true); !noted) return noted;
  Result<void> discarded;
  if (options.discard)
    for (const Volume& volume : leaving)
      if (auto done = state.discard(volume); !done) discarded = std::move(done);
  if (auto done = state.carryThrough(report); !done) return done;
  if (auto done = state.compactIfLong(); !done) return done;
  return discarded;
}

Result<void> Volumes::State::discard(const Volume& volume) noexcept {
  const std::string name = deviceName(volume.name);
  const Timeout limit = timeout({});
  auto device = pool.activateVolume({name, volume.id, volume.size, false, {}}, {.timeout = limit, .udevFlags = privateDeviceFlags});
  if (!device) return std::move(device).error();
  const std::string path = join({pool.context().options().directory, "/", name});
  const int error = options.storage->discardDevice(path.c_str());
  auto gone = devmap::remove(pool.context(), device->device, {.retryBusy = true, .waiting = {.timeout = limit}});
  if (error != 0) return thin::storageError("discard volume", error, path);
  if (!gone) return std::move(gone).error();
  return {};
}

}  // namespace devmap
