// What a Volumes holds, and the steps its functions are made of.
#pragma once

#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/volumes.hpp>
#include <thin/book.hpp>

namespace devmap::thin {

using Lock = std::mutex;
using Hold = std::lock_guard<Lock>;

/// Threads that want the same kind of change at the same time. Whoever gets its turn does what all have asked for by then, in one
/// transaction: what that costs beside the change itself (a status, a durable record, a commit) is paid once for all.
template <typename Request>
class Group {
 public:
  /// `together`: does what is asked for; holds `turn`. `std::span<Request* const>` with each request's result, all done at the end.
  template <typename Do>
  void run(Lock& turn, Request& own, Do&& together) {
    {
      const Hold hold(lock_);
      waiting_.push_back(&own);
    }
    const Hold hold(turn);
    if (own.done) return;
    std::vector<Request*> group;
    {
      const Hold held(lock_);
      group.swap(waiting_);
    }
    together(std::span<Request* const>(group));
    for (Request* const request : group) request->done = true;
  }

 private:
  Lock lock_;
  std::vector<Request*> waiting_;
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
  State(const ThinPool& ofPool, RecordLog& ofLog, const VolumesOptions& with) : pool(ofPool), log(ofLog), options(with) {}

  // With the lock held, or before anybody else has the object:

  /// The log first, then the book.
  Result<void> note(const std::string& record, bool durable) noexcept;
  /// Reads the whole log. `until`: only as far as that transaction.
  Result<void> read(const std::uint64_t* until) noexcept;
  Result<void> begin() noexcept;  ///< an empty log
  /// Finishes the intent there is, if any, as pool and log say.
  Result<void> settle(Recovery& report) noexcept;
  Result<void> mismatch(std::uint64_t present, Recovery& report) noexcept;
  Result<void> rollBack(Recovery& report) noexcept;
  Result<void> carryThrough(Recovery& report) noexcept;
  /// The last two steps of a transaction.
  Result<void> commit() noexcept;
  void compactIfLong() noexcept;  ///< where that fails, the long log does as well, and the next change tries again
  /// What a crash leaves of devices: suspended, without a table, under an old name.
  Result<void> tidyDevices(Recovery& report) noexcept;
  Result<void> tidyDevice(const std::string& name, const std::string& uuid, Recovery& report) noexcept;
  /// Adds to `volumes`, which are planned already.
  Result<void> planCreate(std::span<const NewVolume> wanted, std::vector<Volume>& volumes) const noexcept;
  Result<void> sendCreate(const std::vector<Volume>& volumes) noexcept;
  /// One transaction for all of them; where that fails and they are many, one for each.
  void create(std::span<thin::CreateRequest* const> group) noexcept;
  Result<void> createAll(std::span<thin::CreateRequest* const> group) noexcept;
  void remove(std::span<thin::DeleteRequest* const> group) noexcept;
  Result<void> removeAll(std::span<thin::DeleteRequest* const> group) noexcept;
  Result<void> planRemove(thin::DeleteRequest& request) const noexcept;
  [[nodiscard]] bool gone(const thin::DeleteRequest& request) const noexcept;

  [[nodiscard]] Error failure(Errc code, const char* operation, std::string_view device, std::string detail) const;
  [[nodiscard]] Result<Volume> need(const char* operation, std::string_view name) const noexcept;    ///< takes the lock
  [[nodiscard]] Result<Volume> lookUp(const char* operation, std::string_view name) const noexcept;  ///< needs it
  [[nodiscard]] std::string deviceName(std::string_view name) const;
  [[nodiscard]] Timeout timeout(const std::optional<Timeout>& wanted) const noexcept;
  Result<void> discard(const Volume& volume) noexcept;

  ThinPool pool;
  RecordLog& log;
  VolumesOptions options;
  thin::Book book;
  std::size_t records = 0;  ///< in the log
  mutable thin::Lock lock;
  thin::Group<thin::CreateRequest> creations;
  thin::Group<thin::DeleteRequest> deletions;
};

}  // namespace devmap
