// load, clear, resume, reload.

#include <devmap/reload.hpp>

#include <cerrno>
#include <optional>
#include <utility>

#include <operations/operation.hpp>

namespace devmap {

using detail::taskFor;

namespace {

Result<Task> loadTask(DeviceMapper& context, const DeviceRef& device, std::span<const Row> rows,
                      const LoadOptions& options) noexcept {
  auto task = taskFor(context, TaskType::DeviceReload, device);
  if (!task) return task;
  task->secureData(options.secure);
  if (auto set = task->setReadOnly(options.readOnly); !set) return std::move(set).error();
  if (auto added = detail::addRows(*task, rows, options.backslash); !added)
    return std::move(added).error();
  return task;
}

Result<Task> tableTask(DeviceMapper& context, const DeviceRef& device, TableSlot slot,
                       bool secure) noexcept {
  auto task = taskFor(context, TaskType::DeviceTable, device);
  if (!task) return task;
  task->secureData(secure);
  if (auto set = task->queryInactiveTable(slot == TableSlot::inactive); !set)
    return std::move(set).error();
  return task;
}

// Which slot holds the rows already, if any.
enum class Found : std::uint8_t { nowhere, live, inactive };

Result<Found> findIdentical(DeviceMapper& context, const DeviceRef& device,
                            std::span<const Row> rows, const LoadOptions& options) noexcept {
  auto inactive = tableTask(context, device, TableSlot::inactive, options.secure);
  if (!inactive) return std::move(inactive).error();
  if (auto done = inactive->run(); !done) return std::move(done).error();
  const auto same = [&](const Task& task) {
    return task.info().readOnly == options.readOnly &&
           detail::sameRows(context.kernel(), rows, options.backslash, task.rows());
  };
  if (inactive->info().inactiveTable) return same(*inactive) ? Found::inactive : Found::nowhere;
  if (!inactive->info().liveTable) return Found::nowhere;
  auto live = tableTask(context, device, TableSlot::live, options.secure);
  if (!live) return std::move(live).error();
  if (auto done = live->run(); !done) return std::move(done).error();
  return same(*live) ? Found::live : Found::nowhere;
}

}  // namespace

Result<Load> load(DeviceMapper& context, const DeviceRef& device, std::span<const Row> rows,
                  const LoadOptions& options) noexcept {
  auto task = loadTask(context, device, rows, options);
  if (!task) return std::move(task).error();
  if (options.skipIdentical) {
    auto found = findIdentical(context, device, rows, options);
    if (!found) return std::move(found).error();
    if (*found != Found::nowhere) return Load::identical;
  }
  if (auto done = task->run(); !done) return std::move(done).error();
  return Load::done;
}

Result<void> clear(DeviceMapper& context, const DeviceRef& device) noexcept {
  auto task = taskFor(context, TaskType::DeviceClear, device);
  if (!task) return std::move(task).error();
  return task->run();
}

namespace {

bool sameText(const std::vector<TableRow>& before, const std::vector<TableRow>& now) noexcept {
  if (before.size() != now.size()) return false;
  for (std::size_t i = 0; i < before.size(); ++i)
    if (before[i].start != now[i].start || before[i].length != now[i].length ||
        before[i].type != now[i].type || before[i].params != now[i].params)
      return false;
  return true;
}

// A resume that may swap tables. What recovery needs is prepared before the resume.
class Swap {
 public:
  Swap(DeviceMapper& context, const DeviceRef& device, const ResumeOptions& options) noexcept
      : context_(context), device_(device), options_(options), cookie_(options.waiting) {}

  /// `before`: the device's current state. `secure`: its tables hold secrets.
  Result<void> prepare(const DeviceInfo& before, bool secure) noexcept;
  Result<void> run(SwapState& state) noexcept;

 private:
  void recover(SwapState& state, Error& error) noexcept;
  LiveTable whichIsLive() noexcept;

  DeviceMapper& context_;
  const DeviceRef& device_;
  const ResumeOptions& options_;
  detail::VerbCookie cookie_;
  DeviceInfo before_;
  bool secure_ = false;
  std::optional<Task> resume_;
  std::optional<Task> replacement_;  // the new table as the kernel shows it
};

Result<void> Swap::prepare(const DeviceInfo& before, bool secure) noexcept {
  before_ = before;
  secure_ = secure;
  auto resume = taskFor(context_, TaskType::DeviceResume, device_);
  if (!resume) return std::move(resume).error();
  if (auto set = resume->noFlush(options_.noFlush); !set) return set;
  if (auto set = resume->skipLockfs(options_.skipLockfs); !set) return set;
  if (auto set = cookie_.attach(*resume); !set) return set;
  resume_.emplace(*std::move(resume));
  if (!before.liveTable || !before.inactiveTable) return {};
  auto table = tableTask(context_, device_, TableSlot::inactive, secure);
  if (!table) return std::move(table).error();
  replacement_.emplace(*std::move(table));
  return replacement_->run();
}

Result<void> Swap::run(SwapState& state) noexcept {
  auto done = resume_->run();
  if (done) {
    state.live = before_.inactiveTable ? LiveTable::replacement : LiveTable::previous;
    state.suspended = false;
    return cookie_.wait(detail::timeoutOf(context_, options_.waiting));
  }
  recover(state, done.error());
  return done;
}

void Swap::recover(SwapState& state, Error& error) noexcept {
  state = {LiveTable::previous, before_.suspended};
  // Interrupted before the swap: the kernel has restored everything (dm-ioctl.c: do_resume).
  if (error.errnum == EINTR || error.code == Errc::notFound || !before_.inactiveTable) return;
  state.suspended = before_.suspended || !resume_->run();
  state.live = before_.liveTable ? whichIsLive() : LiveTable::previous;
  switch (state.live) {
    case LiveTable::previous:
      error.detail +=
          before_.liveTable ? "; the previous table is live" : "; the device has no table";
      break;
    case LiveTable::replacement: error.detail += "; the new table is live"; break;
    case LiveTable::unknown: error.detail += "; which table is live could not be found out"; break;
  }
  error.detail += state.suspended ? ", and the device is suspended" : ", and the device runs";
}

LiveTable Swap::whichIsLive() noexcept {
  auto table = tableTask(context_, device_, TableSlot::live, secure_);
  if (!replacement_ || !table || !table->run()) return LiveTable::unknown;
  return sameText(replacement_->rows(), table->rows()) ? LiveTable::replacement
                                                       : LiveTable::previous;
}

}  // namespace

Result<void> resume(DeviceMapper& context, const DeviceRef& device, const ResumeOptions& options,
                    SwapState* state) noexcept {
  SwapState ignored;
  SwapState& end = state != nullptr ? *state : ignored;
  auto before = info(context, device);
  if (!before) return std::move(before).error();
  if (!before->exists) return detail::noSuchDevice("resume device", device);
  end = {LiveTable::previous, before->suspended};
  Swap swap(context, device, options);
  if (auto prepared = swap.prepare(*before, true); !prepared) return prepared;
  return swap.run(end);
}

namespace {

// The second half of a reload: the rows are in the inactive slot. On failure, they are cleared from
// it.
Result<void> swapLoaded(DeviceMapper& context, const DeviceRef& device, const DeviceInfo& loaded,
                        const ReloadOptions& options, SwapState& end) noexcept {
  end = {LiveTable::previous, loaded.suspended};
  Swap swap(context, device, options.resume);
  auto done = swap.prepare(loaded, options.load.secure);
  if (done) done = swap.run(end);
  if (!done && end.live == LiveTable::previous)
    if (auto cleared = clear(context, device); !cleared && cleared.error().code != Errc::notFound)
      done.error().detail += "; the new rows are still in the inactive slot";
  return done;
}

}  // namespace

Result<Load> reload(DeviceMapper& context, const DeviceRef& device, std::span<const Row> rows,
                    const ReloadOptions& options, SwapState* state) noexcept {
  SwapState ignored;
  SwapState& end = state != nullptr ? *state : ignored;
  end = {};
  auto task = loadTask(context, device, rows, options.load);
  if (!task) return std::move(task).error();
  Found found = Found::nowhere;
  if (options.load.skipIdentical) {
    auto searched = findIdentical(context, device, rows, options.load);
    if (!searched) return std::move(searched).error();
    found = *searched;
  }
  if (found == Found::live) return Load::identical;
  if (found == Found::inactive) {
    auto present = info(context, device);
    if (!present) return std::move(present).error();
    if (auto done = swapLoaded(context, device, *present, options, end); !done)
      return std::move(done).error();
    return Load::done;
  }
  if (auto done = task->run(); !done) return std::move(done).error();
  if (auto done = swapLoaded(context, device, task->info(), options, end); !done)
    return std::move(done).error();
  return Load::done;
}

}  // namespace devmap
