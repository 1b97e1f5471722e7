// Volumes: transactions.

#include <devmap/thin/volumes.hpp>

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

Pool& Volumes::pool() noexcept { return state_->pool; }
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

Error Volumes::State::failure(Errc code, const char* operation, std::string_view device,
                              std::string detail) const {
  return Error{.code = code,
               .operation = operation,
               .device = std::string(device),
               .detail = std::move(detail)};
}

std::string Volumes::State::deviceName(std::string_view name) const {
  return join({pool.name(), "-", name});
}

Timeout Volumes::State::timeout(const std::optional<Timeout>& wanted) const noexcept {
  return wanted.value_or(pool.context().options().udevTimeout);
}

Result<Volume> Volumes::State::need(const char* operation, std::string_view name) const noexcept {
  const Hold hold(lock);
  return lookUp(operation, name);
}

Result<Volume> Volumes::State::lookUp(const char* operation, std::string_view name) const noexcept {
  const Volume* const found = book.find(name);
  if (found == nullptr)
    return failure(Errc::notFound, operation, pool.name(),
                   join({"there is no volume '", name, "'"}));
  return *found;
}

Result<void> Volumes::State::note(const std::string& record, bool durable) noexcept {
  if (auto appended = log.append(record, durable); !appended) return appended;
  ++records;
  const Hold hold(lock);
  if (!book.take(record))
    return failure(Errc::malformedReply, "write record log", pool.name(),
                   "a new record contradicts the log: " + record);
  return {};
}

void Volumes::State::compactIfLong() noexcept {
  constexpr std::size_t slack = 1000;
  if (book.intent || records < slack + 4 * book.volumes.size()) return;
  const std::vector<std::string> all = book.records();
  if (log.replace(all)) records = all.size();
}

Result<void> Volumes::State::commit() noexcept {
  const std::uint64_t next = book.intent->transaction;
  auto swapped = pool.setTransactionId(next - 1, next);
  if (!swapped) {  // the reply may be lost although the change was made
    auto present = pool.status();
    if (!present || present->transactionId != next) return swapped;
  }
  return note(thin::endRecord("commit", next), false);
}

Result<void> Volumes::State::planCreate(std::span<const NewVolume> wanted,
                                        std::vector<Volume>& volumes) const noexcept {
  constexpr const char* operation = "create volume";
  const std::size_t count = volumes.size() + wanted.size();
  const std::vector<ThinId> ids = book.freeIds(count);
  if (ids.size() < count)
    return failure(Errc::noSpace, operation, pool.name(), "all thin ids are taken");
  for (const NewVolume& one : wanted) {
    auto device = Name::parseForNode(deviceName(one.name));
    if (!device) return std::move(device).error();
    if (one.name.empty())
      return failure(Errc::invalidName, operation, pool.name(), "a volume needs a name");
    const auto taken = [&](const Volume& other) { return other.name == one.name; };
    if (book.find(one.name) != nullptr || std::any_of(volumes.begin(), volumes.end(), taken))
      return failure(Errc::alreadyExists, operation, pool.name(),
                     join({"there is a volume '", one.name, "' already"}));
    Volume volume{std::string(one.name),           ids[volumes.size()], one.size, one.readOnly, {},
                  std::string(one.externalOrigin), book.transaction + 1};
    if (!one.origin.empty()) {
      const Volume* const origin = book.find(one.origin);
      if (origin == nullptr)
        return failure(Errc::notFound, operation, pool.name(),
                       join({"there is no volume '", one.origin, "' to snapshot"}));
      volume.origin = origin->id;
      if (volume.size == Sectors{}) volume.size = origin->size;
      if (volume.externalOrigin.empty()) volume.externalOrigin = origin->externalOrigin;
    }
    if (volume.size == Sectors{})
      return failure(Errc::invalidArgument, operation, pool.name(),
                     join({"volume '", one.name, "' needs a size"}));
    volumes.push_back(std::move(volume));
  }
  return {};
}

Result<void> Volumes::State::sendCreate(const std::vector<Volume>& volumes) noexcept {
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const Volume& volume = volumes[i];
    auto made = volume.origin ? pool.snapshotVolume(volume.id, *volume.origin)
                              : pool.createVolume(volume.id);
    if (made) continue;
    // Only the volumes up to this one are rolled back, and this one only if it is ours.
    const bool foreign = made.error().code == Errc::alreadyExists;
    auto& intended = book.intent->volumes;
    intended.erase(intended.begin() + static_cast<std::ptrdiff_t>(foreign ? i : i + 1),
                   intended.end());
    if (foreign)
      made.error().detail +=
          join({"; thin id ", decimal(volume.id), " of volume '", volume.name,
                "' is in the pool, but not in the log: ", "another program makes volumes there"});
    return made;
  }
  return {};
}

Result<void> Volumes::State::createAll(std::span<thin::CreateRequest* const> group) noexcept {
  Recovery ignored;
  if (book.intent)
    if (auto settled = settle(ignored); !settled) return settled;
  std::vector<Volume> planned;
  for (const thin::CreateRequest* const request : group)
    if (auto plan = planCreate(request->wanted, planned); !plan) return plan;
  if (planned.empty()) return {};
  if (options.freePercent != 0)
    if (auto enough = pool.checkFree(options.freePercent); !enough) return enough;
  if (auto noted = note(thin::makeRecord(book.transaction + 1, planned), true); !noted)
    return noted;
  auto done = sendCreate(planned);
  if (done) done = commit();
  if (done) {
    compactIfLong();
    return done;
  }
  if (!book.intent) return done;
  if (auto back = settle(ignored); !back)
    done.error().detail +=
        "; taking it back failed too, and is tried again later: " + back.error().message();
  return done;
}

void Volumes::State::create(std::span<thin::CreateRequest* const> group) noexcept {
  auto done = createAll(group);
  if (group.size() == 1) {
    group.front()->result = std::move(done);
  } else if (!done) {  // retried one by one, so that each gets its result
    for (thin::CreateRequest* const request : group)
      request->result = createAll(std::span(&request, 1));
  }
}

Result<void> Volumes::create(std::span<const NewVolume> volumes) noexcept {
  State& state = *state_;
  thin::CreateRequest request{volumes, {}};
  state.creations.run(state.turn, request,
                      [&](std::span<thin::CreateRequest* const> group) { state.create(group); });
  return std::move(request.result);
}

Result<void> Volumes::State::planRemove(thin::DeleteRequest& request) const noexcept {
  for (const std::string_view name : request.names) {
    const Volume* const found = book.find(name);
    if (found == nullptr)
      return failure(Errc::notFound, "delete volume", pool.name(),
                     join({"there is no volume '", name, "'"}));
    const auto again = [&](const Volume& other) { return other.id == found->id; };
    if (std::none_of(request.leaving.begin(), request.leaving.end(), again))
      request.leaving.push_back(*found);
  }
  return {};
}

bool Volumes::State::gone(const thin::DeleteRequest& request) const noexcept {
  const auto absent = [&](const Volume& volume) { return book.findId(volume.id) == nullptr; };
  return std::all_of(request.leaving.begin(), request.leaving.end(), absent);
}

Result<void> Volumes::State::removeAll(std::span<thin::DeleteRequest* const> group) noexcept {
  Recovery report;
  if (book.intent)
    if (auto settled = settle(report); !settled) return settled;
  std::vector<Volume> leaving;
  for (const thin::DeleteRequest* const request : group)
    for (const Volume& volume : request->leaving) {
      const auto again = [&](const Volume& other) { return other.id == volume.id; };
      if (book.findId(volume.id) != nullptr && std::none_of(leaving.begin(), leaving.end(), again))
        leaving.push_back(volume);
    }
  if (leaving.empty()) return {};
  if (auto noted = note(thin::idsRecord("delete", book.transaction + 1, leaving), true); !noted)
    return noted;
  for (thin::DeleteRequest* const request : group)
    if (request->options->discard)
      for (const Volume& volume : request->leaving)
        if (auto done = discard(volume); !done) request->result = std::move(done);
  if (auto done = carryThrough(report); !done) return done;
  compactIfLong();
  return {};
}

void Volumes::State::remove(std::span<thin::DeleteRequest* const> group) noexcept {
  Recovery report;
  std::vector<thin::DeleteRequest*> planned;
  for (thin::DeleteRequest* const request : group) {
    request->result = book.intent ? settle(report) : Result<void>();
    if (request->result) request->result = planRemove(*request);
    if (request->result) planned.push_back(request);
  }
  auto done = removeAll(planned);
  if (done) return;
  for (thin::DeleteRequest* const request : planned) {
    if (gone(*request)) continue;
    auto alone = planned.size() == 1 ? std::move(done) : removeAll(std::span(&request, 1));
    if (!alone) request->result = std::move(alone);
  }
}

Result<void> Volumes::remove(std::span<const std::string_view> names,
                             const DeleteOptions& options) noexcept {
  State& state = *state_;
  if (auto left = deactivate(names, {.timeout = options.timeout}); !left) return left;
  thin::DeleteRequest request{names, &options, {}, {}};
  state.deletions.run(state.turn, request,
                      [&](std::span<thin::DeleteRequest* const> group) { state.remove(group); });
  return std::move(request.result);
}

Result<void> Volumes::State::discard(const Volume& volume) noexcept {
  const std::string name = deviceName(volume.name);
  const Timeout limit = timeout({});
  auto device = pool.activateVolume({name, volume.id, volume.size, false, {}},
                                    {.timeout = limit, .udevFlags = privateDeviceFlags});
  if (!device) return std::move(device).error();
  const std::string path = join({pool.context().options().directory, "/", name});
  const int error = options.storage->discardDevice(path.c_str());
  auto gone = devmap::remove(pool.context(), device->device,
                             {.retryBusy = true, .waiting = {.timeout = limit}});
  if (error != 0) return thin::storageError("discard volume", error, path);
  if (!gone) return std::move(gone).error();
  return {};
}

}  // namespace devmap
