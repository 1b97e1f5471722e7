// Volumes of a thin pool by name, with a memory that survives a crash at any point.
//
// Every change of the pool is a transaction of four steps: the intent goes to the log and is
// synced; the messages go to the pool; the pool's transaction id goes up by one, compare-and-swap
// in the kernel; the end goes to the log. After a crash, open() finds the intent and the pool's id,
// and these two decide:
//   id == the intent's            the transaction happened: only its end is noted
//   id == the one before          volumes that were being made are deleted; a deletion is carried
//   through any other, or no intent and not the log's: pool and log do not belong together, or one
//   of them is an old copy: refused, unless told otherwise by VolumesOptions::onMismatch
// Thin ids are given out in ascending order and never again before all 2^24 were, so an id is never
// reused while the kernel may know it.
//
//   auto log = FileRecordLog::open("/var/lib/myapp/volumes");
//   Recovery report;
//   auto volumes = Volumes::open(*pool, *log, {}, &report);           // after a crash: consistent
//   again, report says what was done volumes->create({.name = "base", .size = Sectors{2097152}});
//   volumes->create({.name = "box", .origin = "base"});               // a snapshot
//   volumes->activate("box");                                         // /dev/mapper/POOL-box
//
// Threading: all members from any thread. Transactions happen one after the other, and what threads
// ask for meanwhile becomes one transaction, which each of them sees as its own; activation and
// removal of devices run in parallel. Lifetime: must not outlive the pool's context nor its log.
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
  std::optional<ThinId> origin{};  ///< it was made as a snapshot of this one, which may be gone
  std::string externalOrigin{};    ///< device that serves what was never written here; empty: none
  std::uint64_t transaction = 0;   ///< that made it
};

struct NewVolume {
  std::string_view name{};            ///< a device name without the pool's in front
  Sectors size{};                     ///< of a snapshot: zero for its origin's
  std::string_view origin{};          ///< name of a volume: a snapshot of it
  std::string_view externalOrigin{};  ///< path of a device that nobody writes to
  bool readOnly = false;
};

struct VolumesOptions {
  enum class Mismatch : std::uint8_t {
    refuse,
    /// The pool is right. Where it is behind the log, the log goes back to that transaction, if it
    /// still knows it; where it is ahead, the log goes on from there, and volumes that only the
    /// pool knows stay out of reach.
    trustPool,
  };
  Mismatch onMismatch = Mismatch::refuse;
  unsigned freePercent =
      10;  ///< of data and metadata: with less, no volume is made (noSpace). 0: never refused
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
  std::uint64_t transaction = 0;     ///< of the pool now
  std::vector<std::string> actions;  ///< each a sentence for people; empty: nothing had to be done
};

struct VolumeStatus {
  bool active = false;
  bool deferred = false;  ///< goes at its last close
  DeviceInfo device;
  std::optional<std::uint64_t> mapped{};  ///< bytes provisioned, shared ones included; absent where
                                          ///< the kernel does not say: not active, or failed
};

struct DeleteOptions {
  bool discard = false;  ///< give its blocks back to the data device first (a file behind a loop
                         ///< device shrinks)
  std::optional<Timeout> timeout{};
};

struct DeactivateOptions {
  bool deferred = false;  ///< an open device goes at its last close
  std::optional<Timeout> timeout{};
};

class DEVMAP_API Volumes {
 public:
  /// Reads the log, compares it with the pool and repairs what a crash left: pending transactions,
  /// suspended or half-made devices, cookies of processes that ended. An empty log begins with this
  /// pool, which must be claimed and unused. Errors: invalidArgument: pool and log do not belong
  /// together (says why); as the log's and the pool's.
  [[nodiscard]] static Result<Volumes> open(const ThinPool& pool, RecordLog& log,
                                            const VolumesOptions& options = {},
                                            Recovery* report = nullptr) noexcept;
  Volumes(Volumes&& other) noexcept;
  Volumes& operator=(Volumes&& other) noexcept;
  ~Volumes();

  [[nodiscard]] ThinPool& pool() noexcept;
  [[nodiscard]] std::vector<Volume> list() const;  ///< sorted by name
  [[nodiscard]] std::optional<Volume> find(std::string_view name) const;
  [[nodiscard]] std::uint64_t transaction() const;
  /// Name of a volume's device: `POOL-NAME`.
  [[nodiscard]] std::string deviceName(std::string_view name) const;

  // --- transactions ---

  /// All of them, or none. alreadyExists: a name is taken; notFound: no such origin; noSpace: see
  /// VolumesOptions::freePercent.
  Result<void> create(std::span<const NewVolume> volumes) noexcept;
  Result<void> create(const NewVolume& volume) noexcept { return create(std::span(&volume, 1)); }
  /// Deactivates them first. busy: one is open; those that could be deleted are.
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

  /// Their devices, under one cookie: all or none. One that is active already counts, and a
  /// deferred removal of it is taken back.
  Result<void> activate(std::span<const std::string_view> names,
                        std::optional<Timeout> timeout = {}) noexcept;
  Result<void> activate(std::string_view name, std::optional<Timeout> timeout = {}) noexcept {
    return activate(std::span(&name, 1), timeout);
  }
  /// Their devices go, under one cookie and one deadline. One that is not active counts. busy names
  /// who holds it.
  Result<void> deactivate(std::span<const std::string_view> names,
                          const DeactivateOptions& options = {}) noexcept;
  Result<void> deactivate(std::string_view name, const DeactivateOptions& options = {}) noexcept {
    return deactivate(std::span(&name, 1), options);
  }
  /// Takes a deferred deactivation back. notFound: too late.
  Result<void> cancelDeactivate(std::string_view name) noexcept;
  [[nodiscard]] Result<VolumeStatus> status(std::string_view name) const noexcept;

 private:
  struct State;
  explicit Volumes(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace devmap
