// State of a Volumes, and the steps of its functions.
#pragma once

#include <atomic>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/thin/volumes.hpp>
#include <thin/book.hpp>

namespace devmap::thin {

using Lock = std::mutex;
using Hold = std::lock_guard<Lock>;

/// Group commit for threads that request the same kind of change at the same time. One of them
/// carries out all requests made by then, in one transaction. So the fixed cost (a status, a
/// durable record, a commit) is paid once for all. The others sleep until theirs is done, and never
/// queue for `turn`: the thread that just held it would get it again before they wake.
template <typename Request>
class Group {
 public:
  /// `together` carries out the requests, a `std::span<Request* const>`, with `turn` held. It sets
  /// each request's result. All are done when it returns.
  template <typename Do>
  void run(Lock& turn, Request& own, Do&& together) {
    std::unique_lock hold(lock_);
    waiting_.push_back(&own);
    while (busy_ && !own.done) {
      const unsigned seen = finished_.load(std::memory_order_relaxed);
      hold.unlock();
      finished_.wait(seen, std::memory_order_acquire);
      hold.lock();
    }
    if (own.done) return;
    busy_ = true;
    std::vector<Request*> group;
    group.swap(waiting_);
    hold.unlock();
    {
      const Hold held(turn);
      together(std::span<Request* const>(group));
    }
    hold.lock();
    for (Request* const request : group) request->done = true;
    busy_ = false;
    finished_.fetch_add(1, std::memory_order_release);
    hold.unlock();
    finished_.notify_all();
  }

 private:
  Lock lock_;  // guards all but finished_, which is waited on without it
  std::vector<Request*> waiting_;
  bool busy_ = false;
  std::atomic<unsigned> finished_{0};
};

struct CreateRequest {
  std::span<const NewVolume> wanted;
  Result<void> result;
  bool done = false;
};

struct DeleteRequest {
  std::span<const std::string_view> names;
  const DeleteOptions* options = nullptr;
  Result<void> result;
  std::vector<Volume> leaving;
  bool done = false;
};

}  // namespace devmap::thin

namespace devmap {

struct Volumes::State {
  State(const Pool& ofPool, RecordLog& ofLog, const VolumesOptions& with)
      : pool(ofPool), log(ofLog), options(with) {}

  // Called with `turn` held, or before the object is shared:

  /// Adds a record to the log first, then to the book.
  Result<void> note(const std::string& record, bool durable) noexcept;
  /// Reads the whole log. `until`: only up to that transaction.
  Result<void> read(const std::uint64_t* until) noexcept;
  Result<void> begin() noexcept;  ///< starts an empty log
  /// Finishes the pending intent, if any, according to pool and log.
  Result<void> settle(Recovery& report) noexcept;
  Result<void> mismatch(std::uint64_t present, Recovery& report) noexcept;
  Result<void> rollBack(Recovery& report) noexcept;
  Result<void> carryThrough(Recovery& report) noexcept;
  /// The last two steps of a transaction.
  Result<void> commit() noexcept;
  void compactIfLong() noexcept;  ///< best effort: on failure the long log still works, and the
                                  ///< next change retries
  /// Repairs devices that a crash left suspended, without a table or under an old name.
  Result<void> tidyDevices(Recovery& report) noexcept;
  Result<void> tidyDevice(const std::string& name, const std::string& uuid,
                          Recovery& report) noexcept;
  /// Appends to `volumes`, which are already planned.
  Result<void> planCreate(std::span<const NewVolume> wanted,
                          std::vector<Volume>& volumes) const noexcept;
  Result<void> sendCreate(const std::vector<Volume>& volumes) noexcept;
  /// One transaction for all requests; if that fails and there are several, one for each.
  void create(std::span<thin::CreateRequest* const> group) noexcept;
  Result<void> createAll(std::span<thin::CreateRequest* const> group) noexcept;
  void remove(std::span<thin::DeleteRequest* const> group) noexcept;
  Result<void> removeAll(std::span<thin::DeleteRequest* const> group) noexcept;
  Result<void> planRemove(thin::DeleteRequest& request) const noexcept;
  [[nodiscard]] bool gone(const thin::DeleteRequest& request) const noexcept;

  [[nodiscard]] Error failure(Errc code, const char* operation, std::string_view device,
                              std::string detail) const;
  [[nodiscard]] Result<Volume> need(const char* operation,
                                    std::string_view name) const noexcept;  ///< takes `lock`
  [[nodiscard]] Result<Volume> lookUp(
      const char* operation, std::string_view name) const noexcept;  ///< needs `lock` or `turn`
  [[nodiscard]] std::string deviceName(std::string_view name) const;
  [[nodiscard]] Timeout timeout(const std::optional<Timeout>& wanted) const noexcept;
  Result<void> discard(const Volume& volume) noexcept;

  Pool pool;
  RecordLog& log;
  VolumesOptions options;
  thin::Book book;
  std::size_t records = 0;  ///< in the log
  thin::Lock turn;          ///< held to change pool, log and book, for as long as that takes
  mutable thin::Lock lock;  ///< of the book, held briefly: a writer holds both locks, a reader one
  thin::Group<thin::CreateRequest> creations;
  thin::Group<thin::DeleteRequest> deletions;
};

}  // namespace devmap
