// What a Volumes holds, and the steps its functions are made of.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/volumes.hpp>
#include <thin/book.hpp>

namespace devmap::thin {

/// One thread at a time.
class Lock {
 public:
  void lock() noexcept {
    while (held_.exchange(true, std::memory_order_acquire)) held_.wait(true, std::memory_order_relaxed);
  }
  void unlock() noexcept {
    held_.store(false, std::memory_order_release);
    held_.notify_one();
  }

 private:
  std::atomic<bool> held_{false};
};

class Hold {
 public:
  explicit Hold(Lock& lock) noexcept : lock_(lock) { lock_.lock(); }
  ~Hold() { lock_.unlock(); }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

 private:
  Lock& lock_;
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
  Result<void> compactIfLong() noexcept;
  /// What a crash leaves of devices: suspended, without a table, under an old name.
  Result<void> tidyDevices(Recovery& report) noexcept;
  Result<void> tidyDevice(const std::string& name, const std::string& uuid, Recovery& report) noexcept;
  Result<void> planCreate(std::span<const NewVolume> wanted, std::vector<Volume>& volumes) const noexcept;
  Result<void> sendCreate(const std::vector<Volume>& volumes) noexcept;

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
};

}  // namespace devmap
