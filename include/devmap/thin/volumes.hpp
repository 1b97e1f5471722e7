// Volumes of a thin pool by name, with state that survives a crash at any point.
//
// Every change of the pool is a transaction of four steps.
//  * The intent is appended to the log and synced.
//  * The messages are sent to the pool.
//  * The pool's transaction id is raised by one, compare-and-swap in the kernel.
//  * The end is appended to the log.
//
// After a crash, open() compares the pool's transaction id with the intent in the log:
//  * The intent's id: the transaction happened, and only its end is logged.
//  * The id before it: volumes that were being created are deleted; a deletion is completed.
//  * Any other id, or no intent and not the log's id: pool and log do not belong together, or one
//    is an old copy. This is refused, unless VolumesOptions::onMismatch says otherwise.
// Thin ids are assigned in ascending order, and not again before all 2^24 were used. So an id is
// never reused while the kernel may know it.
//
//   auto log = FileRecordLog::open("/var/lib/myapp/volumes");
//   Recovery report;  // says what was done
//   auto volumes = Volumes::open(*pool, *log, {}, &report);  // after a crash: consistent again
//
//   volumes->create({.name = "base", .size = Sectors{2097152}});
//   volumes->create({.name = "box", .origin = "base"});  // a snapshot
//   volumes->activate("box");                            // /dev/mapper/POOL-box
//
// Threading: all members from any thread. Transactions run one at a time. Requests that arrive
// meanwhile are combined into one transaction (group commit), and each caller sees it as its own.
// Activation and removal of devices run in parallel. Lifetime: must not outlive the pool's context
// nor its log.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/device.hpp>
#include <devmap/error.hpp>
#include <devmap/thin/pool.hpp>
#include <devmap/thin/record_log.hpp>
#include <devmap/thin/storage.hpp>
#include <devmap/types.hpp>

namespace devmap {

struct Volume {
  std::string name;
  ThinId id = 0;
  Sectors size{};
  bool readOnly = false;
  std::optional<ThinId> origin{};  ///< snapshot of this volume, which may have been deleted
  std::string externalOrigin{};    ///< device that serves blocks never written here; empty: none
  std::uint64_t transaction = 0;   ///< the transaction that made it
};

struct NewVolume {
  std::string_view name{};            ///< Device name without the `POOL-` prefix.
  Sectors size{};                     ///< for a snapshot: zero for its origin's size
  std::string_view origin{};          ///< name of a volume to snapshot
  std::string_view externalOrigin{};  ///< path of a device that is never written
  bool readOnly = false;
};

struct VolumesOptions {
  enum class Mismatch : std::uint8_t {
    refuse,
    /// The pool is right. If its transaction id is lower, the log goes back to that transaction, if
    /// it still knows it. If it is higher, the log continues from there, and volumes that only the
    /// pool knows remain inaccessible.
    trustPool,
  };
  Mismatch onMismatch = Mismatch::refuse;
  unsigned freePercent = 10;  ///< of data and metadata: with less free, no volume is created
                              ///< (noSpace). 0: never refused
  Storage* storage = &systemStorage();  ///< for discards
};

/// What open() found and did.
struct Recovery {
  enum class Outcome : std::uint8_t {
    clean,
    committed,
    rolledBack,
    carriedThrough,
    logWentBack,
    logWentOn
  };
  Outcome outcome = Outcome::clean;
  std::uint64_t transaction = 0;     ///< current id of the pool
  std::vector<std::string> actions;  ///< each a sentence for people; empty: nothing had to be done
};

struct VolumeStatus {
  bool active = false;
  bool deferred = false;  ///< removed on last close
  DeviceInfo device;
  std::optional<std::uint64_t> mapped{};  ///< bytes provisioned, including shared ones; empty if
                                          ///< the kernel does not report it: not active, or failed
};

struct DeleteOptions {
  bool discard = false;  ///< first return its blocks to the data device (the backing file of a loop
                         ///< device shrinks)
  std::optional<Timeout> timeout{};
};

struct DeactivateOptions {
  bool deferred = false;  ///< an open device is removed on last close
  std::optional<Timeout> timeout{};
};

class DEVMAP_API Volumes {
 public:
  /// Reads the log, compares it with the pool and repairs what a crash left: pending transactions,
  /// suspended or half-made devices, cookies of processes that have ended. An empty log starts with
  /// this pool, which must be claimed and unused. Errors: invalidArgument: pool and log do not
  /// belong together (the detail says why); as the log's and the pool's.
  [[nodiscard]] static Result<Volumes> open(const Pool& pool, RecordLog& log,
                                            const VolumesOptions& options = {},
                                            Recovery* report = nullptr) noexcept;
  Volumes(Volumes&& other) noexcept;
  Volumes& operator=(Volumes&& other) noexcept;
  ~Volumes();

  [[nodiscard]] Pool& pool() noexcept;
  [[nodiscard]] std::vector<Volume> list() const;  ///< sorted by name
  [[nodiscard]] std::optional<Volume> find(std::string_view name) const;
  [[nodiscard]] std::uint64_t transaction() const;
  /// Name of a volume's device: `POOL-NAME`.
  [[nodiscard]] std::string deviceName(std::string_view name) const;

  // --- transactions ---

  /// Creates all of them, or none. alreadyExists: a name is taken; notFound: no such origin;
  /// noSpace: see VolumesOptions::freePercent.
  Result<void> create(std::span<const NewVolume> volumes) noexcept;
  Result<void> create(const NewVolume& volume) noexcept { return create(std::span(&volume, 1)); }
  /// Deletes volumes, after deactivating them. busy: one is open; those that could be deleted are
  /// deleted.
  Result<void> remove(std::span<const std::string_view> names,
                      const DeleteOptions& options = {}) noexcept;
  Result<void> remove(std::string_view name, const DeleteOptions& options = {}) noexcept {
    return remove(std::span(&name, 1), options);
  }

  // --- changes of the log alone, durable when they return; an active device follows ---

  Result<void> rename(std::string_view name, std::string_view newName) noexcept;
  Result<void> resize(std::string_view name, Sectors size) noexcept;  ///< larger only
  Result<void> setReadOnly(std::string_view name, bool readOnly) noexcept;

  // --- devices ---

  /// Activates their devices, under one cookie: all or none. A device that is already active is
  /// success; a deferred remove of it is cancelled.
  Result<void> activate(std::span<const std::string_view> names,
                        std::optional<Timeout> timeout = {}) noexcept;
  Result<void> activate(std::string_view name, std::optional<Timeout> timeout = {}) noexcept {
    return activate(std::span(&name, 1), timeout);
  }
  /// Removes their devices, under one cookie and one deadline. A device that is not active is
  /// success. busy: the detail names the users.
  Result<void> deactivate(std::span<const std::string_view> names,
                          const DeactivateOptions& options = {}) noexcept;
  Result<void> deactivate(std::string_view name, const DeactivateOptions& options = {}) noexcept {
    return deactivate(std::span(&name, 1), options);
  }
  /// Cancels a deferred deactivation. notFound: too late.
  Result<void> cancelDeactivate(std::string_view name) noexcept;
  [[nodiscard]] Result<VolumeStatus> status(std::string_view name) const noexcept;

 private:
  struct State;
  explicit Volumes(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace devmap
