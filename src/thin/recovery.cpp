// Volumes: recovery from a crash.

#include <cerrno>
#include <utility>

#include <devmap/query.hpp>
#include <devmap/reload.hpp>
#include <devmap/udev.hpp>
#include <thin/state.hpp>
#include <thin/words.hpp>

namespace devmap {

using thin::decimal;
using thin::Hold;
using thin::join;

Result<void> Volumes::State::read(const std::uint64_t* until) noexcept {
  auto all = log.load();
  if (!all) return std::move(all).error();
  const Hold hold(lock);
  book = {};
  records = all->size();
  for (const std::string& record : *all) {
    // An intent beyond `until` ends the replay: all later records build on it.
    const bool intent = record.starts_with("make ") || record.starts_with("delete ");
    if (until != nullptr && intent && book.transaction >= *until) break;
    if (!book.take(record))
      return failure(Errc::malformedReply, "read record log", pool.name(),
                     "this record makes no sense: " + record);
  }
  return {};
}

Result<void> Volumes::State::begin() noexcept {
  auto present = pool.status();
  if (!present) return std::move(present).error();
  if (!present->transactionId || !present->dataUsed)
    return failure(Errc::readOnly, "open volumes", pool.name(),
                   join({"the pool has failed; ", present->advice()}));
  if (*present->transactionId != 1 || *present->dataUsed != 0)
    return failure(Errc::invalidArgument, "open volumes", pool.name(),
                   join({"the log is empty, but the pool is not: transaction id ",
                         decimal(*present->transactionId), ", ", decimal(*present->dataUsed),
                         " bytes of data; it needs its own log, or must be made again"}));
  book.stem = pool.uuidStem();
  book.blockSize = pool.blockSize().count;
  book.transaction = *present->transactionId;
  const std::vector<std::string> all = book.records();
  records = all.size();
  return log.replace(all);
}

Result<void> Volumes::State::rollBack(Recovery& report) noexcept {
  for (const Volume& volume : book.intent->volumes) {
    auto gone = pool.deleteVolume(volume.id);
    if (!gone && gone.error().errnum != ENODATA) return gone;
    if (gone)
      report.actions.push_back(
          join({"deleted the half-made volume '", volume.name, "', thin id ", decimal(volume.id)}));
  }
  const std::uint64_t dropped = book.intent->transaction;
  report.outcome = Recovery::Outcome::rolledBack;
  report.actions.push_back(join({"rolled transaction ", decimal(dropped), " back"}));
  return note(thin::endRecord("abort", dropped), false);
}

Result<void> Volumes::State::carryThrough(Recovery& report) noexcept {
  std::vector<Volume> kept;
  Result<void> first;
  for (const Volume& volume : book.intent->volumes) {
    auto gone = pool.deleteVolume(volume.id);
    if (gone || gone.error().errnum == ENODATA) continue;
    if (gone.error().code != Errc::busy)
      return gone;  // the intent stays pending, and is carried through later
    gone.error().detail += join({"; volume '", volume.name, "' stays"});
    if (kept.empty()) first = std::move(gone);
    kept.push_back(volume);
  }
  const std::uint64_t transaction = book.intent->transaction;
  if (kept.size() == book.intent->volumes.size()) {
    if (auto noted = note(thin::endRecord("abort", transaction), false); !noted) return noted;
    return first;
  }
  if (!kept.empty())
    if (auto noted = note(thin::idsRecord("keep", transaction, kept), true); !noted) return noted;
  for (const Volume& volume : book.intent->volumes)
    report.actions.push_back(join({"deleted volume '", volume.name, "'"}));
  report.outcome = Recovery::Outcome::carriedThrough;
  if (auto done = commit(); !done) return done;
  return first;
}

Result<void> Volumes::State::settle(Recovery& report) noexcept {
  auto present = pool.status();
  if (!present) return std::move(present).error();
  if (!present->transactionId)
    return failure(Errc::readOnly, "open volumes", pool.name(),
                   join({"the pool has failed; ", present->advice()}));
  const std::uint64_t id = *present->transactionId;
  report.transaction = id;
  if (!book.intent) return id == book.transaction ? Result<void>() : mismatch(id, report);
  if (id == book.intent->transaction) {
    report.outcome = Recovery::Outcome::committed;
    report.actions.push_back(join({"transaction ", decimal(id), " had been committed: noted"}));
    return note(thin::endRecord("commit", id), false);
  }
  if (id != book.transaction) return mismatch(id, report);
  if (!book.intent->deletes) return rollBack(report);
  auto done = carryThrough(report);
  report.transaction = book.transaction;
  if (!done && done.error().code == Errc::busy) {
    report.actions.push_back(done.error().detail);
    return {};
  }
  return done;
}

Result<void> Volumes::State::mismatch(std::uint64_t present, Recovery& report) noexcept {
  const std::uint64_t ours = book.transaction;
  const bool behind = present < ours;
  if (options.onMismatch == VolumesOptions::Mismatch::refuse)
    return failure(
        Errc::invalidArgument, "open volumes", pool.name(),
        join({"the pool's transaction id is ", decimal(present), ", the log's ", decimal(ours),
              behind ? ": the pool is an older copy, or another pool"
                     : ": the log is an older copy, or another program changed the pool",
              "; find the one that belongs to it, or open with trustPool to go by the pool"}));
  if (behind) {
    const std::vector<Volume> before = book.volumes;
    if (auto again = read(&present); !again) return again;
    if (book.transaction != present)
      return failure(Errc::invalidArgument, "open volumes", pool.name(),
                     join({"the log no longer knows the state of transaction ", decimal(present)}));
    for (const Volume& volume : before)
      if (book.findId(volume.id) == nullptr)
        report.actions.push_back(
            join({"volume '", volume.name, "' is lost: the pool went back before it was made"}));
  }
  {
    const Hold hold(lock);
    book.intent.reset();
    book.transaction = present;
  }
  report.outcome = behind ? Recovery::Outcome::logWentBack : Recovery::Outcome::logWentOn;
  report.actions.push_back(
      join({"the log went from transaction ", decimal(ours), " to the pool's ", decimal(present)}));
  const std::vector<std::string> all = book.records();
  records = all.size();
  return log.replace(all);
}

Result<void> Volumes::State::tidyDevice(const std::string& name, const std::string& uuid,
                                        Recovery& report) noexcept {
  DeviceMapper& context = pool.context();
  const DeviceRef device = DeviceRef::uuid(uuid);
  auto state = info(context, device);
  if (!state) return std::move(state).error();
  if (!state->exists) return {};
  if (!state->liveTable && state->openCount == 0) {
    report.actions.push_back(join({"removed the half-made device ", name}));
    auto gone = devmap::remove(context, device);
    return gone ? Result<void>() : std::move(gone).error();
  }
  if (state->inactiveTable) {
    report.actions.push_back(join({"dropped a table of ", name, " that was not yet live"}));
    if (auto cleared = clear(context, device); !cleared) return cleared;
  }
  if (state->suspended) {
    report.actions.push_back(join({"resumed ", name}));
    if (auto resumed = resume(context, device); !resumed) return resumed;
  }
  std::string_view tail = uuid;
  tail.remove_prefix(pool.uuidStem().size());
  std::uint64_t id = 0;
  if (!base::readNumber(tail, id)) return {};
  const Volume* const volume = book.findId(static_cast<ThinId>(id));
  if (volume == nullptr || deviceName(volume->name) == name) return {};
  report.actions.push_back(
      join({"renamed device ", name, " after its volume '", volume->name, "'"}));
  return devmap::rename(context, device, deviceName(volume->name));
}

Result<void> Volumes::State::tidyDevices(Recovery& report) noexcept {
  DeviceMapper& context = pool.context();
  if (pool.uuidStem().empty()) return {};
  // The pool first: the devices on it cannot be resumed before it.
  if (auto done = tidyDevice(pool.name(), pool.uuid(), report); !done) return done;
  auto devices = devmap::list(context, {.uuidPrefix = pool.uuidStem()});
  if (!devices) return std::move(devices).error();
  for (const DeviceEntry& device : *devices)
    if (device.uuid != pool.uuid())
      if (auto done = tidyDevice(device.name, device.uuid, report); !done) return done;
  if (auto cookies = reclaimUdevCookies({}, context.kernel()); cookies && !cookies->empty())
    report.actions.push_back(
        join({"removed ", decimal(cookies->size()), " udev cookies of processes that have ended"}));
  return {};
}

Result<Volumes> Volumes::open(const Pool& pool, RecordLog& log, const VolumesOptions& options,
                              Recovery* report) noexcept {
  Recovery own;
  Recovery& found = report != nullptr ? *report : own;
  found = {};
  auto state = std::make_unique<State>(pool, log, options);
  if (auto read = state->read(nullptr); !read) return std::move(read).error();
  if (state->records == 0)
    if (auto begun = state->begin(); !begun) return std::move(begun).error();
  const thin::Book& book = state->book;
  if (book.stem != pool.uuidStem() || book.blockSize != pool.blockSize().count)
    return state->failure(
        Errc::invalidArgument, "open volumes", pool.name(),
        join({"the log belongs to another pool: uuids begin with '", book.stem,
              "' and blocks have ", decimal(book.blockSize), " sectors there, '", pool.uuidStem(),
              "' and ", decimal(pool.blockSize().count), " here"}));
  if (auto tidied = state->tidyDevices(found); !tidied) return std::move(tidied).error();
  if (auto settled = state->settle(found); !settled) return std::move(settled).error();
  return Volumes(std::move(state));
}

}  // namespace devmap
