// A thin pool as an object: created, found, adopted and grown, with checks that say why not. Its
// status comes as types and bytes, and messages create and delete volumes. Bookkeeping that
// survives a crash is one level up, in volumes.hpp.
//
//   auto pool = Pool::create(context, "images", *data, *metadata, {.uuidPrefix = "MYAPP"});
//   if (auto made = pool->createVolume(1); !made) ...
//
// Errors: as for the operations of device.hpp. Threading: const members from any thread. When two
// threads change one volume, the kernel decides the outcome. Lifetime: must not outlive its
// context.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/block.hpp>
#include <devmap/device.hpp>
#include <devmap/device_mapper.hpp>
#include <devmap/error.hpp>
#include <devmap/graph_driver.hpp>
#include <devmap/table.hpp>
#include <devmap/types.hpp>

namespace devmap {

/// What a pool can do for its volumes now: the worst value that applies.
enum class PoolHealth : std::uint8_t {
  ok,
  readOnly,        ///< requested, or the kernel stopped writing metadata
  outOfDataSpace,  ///< Writes to new blocks wait or fail, depending on the pool's features: grow
                   ///< it.
  needsCheck,      ///< metadata may be damaged: see PoolStatus::advice
  failed,          ///< no I/O at all
  error,           ///< the kernel could not even produce its status line
};
[[nodiscard]] DEVMAP_API std::string_view toString(PoolHealth health) noexcept;

/// Amounts are in bytes. If health is failed or error, the kernel reports nothing else, and the
/// optional members are empty.
struct PoolStatus {
  PoolHealth health = PoolHealth::ok;
  std::optional<std::uint64_t> transactionId{};
  std::optional<std::uint64_t> dataUsed{};
  std::optional<std::uint64_t> dataTotal{};
  std::optional<std::uint64_t> metadataUsed{};
  std::optional<std::uint64_t> metadataTotal{};
  std::optional<std::uint64_t> heldRoot{};  ///< block of the metadata snapshot, while one exists
  std::optional<bool> errorIfNoSpace{};     ///< false: writes wait for space (Linux 3.15)
  bool suspended = false;
  std::uint32_t eventNr = 0;  ///< rises when the health changes or the low-water mark is crossed:
                              ///< waitForEvent, EventMonitor
  DeviceNumber metadata{};    ///< the devices it uses
  DeviceNumber data{};

  /// What a person should do about it, with the commands to type; empty for ok.
  [[nodiscard]] DEVMAP_API std::string advice() const;
};

struct PoolFeatures {
  bool skipBlockZeroing = true;
  bool ignoreDiscard = false;  ///< cannot be changed later
  bool noDiscardPassdown = false;
  bool readOnly = false;
  bool errorIfNoSpace = false;
  friend bool operator==(const PoolFeatures&, const PoolFeatures&) noexcept = default;
};

struct PoolSettings {
  Sectors blockSize{128};              ///< 128 to 2097152, a multiple of 128
  std::uint64_t lowWaterMark = 32768;  ///< in blocks: an event when fewer are free
  PoolFeatures features{};
  std::string uuidPrefix = "DEVMAP";  ///< The uuid is PREFIX-ID-pool, those of its volumes are
                                      ///< PREFIX-ID-NUMBER. At most 80 bytes.
  std::string id{};  ///< of the pool, at most 32 bytes; empty: create generates a random one,
                     ///< activate fails
};

/// What a running pool must be to be adopted. Members that are not set are not checked.
struct PoolExpectation {
  std::string uuid{};
  std::optional<Sectors> blockSize{};
  std::optional<PoolFeatures> features{};
  std::optional<std::uint64_t> transactionId{};
  bool healthy = true;  ///< neither failed, nor read-only, nor in need of a check
};

class DEVMAP_API Pool {
 public:
  /// Creates a pool on devices that hold none, and claims it: its transaction id is 1. LVM expects
  /// 0 of a pool that it may take over, so it leaves this one alone. The first 4096 bytes of
  /// `metadata` must be zero. alreadyExists: the metadata holds a pool (nothing was changed), or a
  /// device has that name. If a step fails, everything is undone.
  [[nodiscard]] static Result<Pool> create(DeviceMapper& context, std::string_view name,
                                           const BlockDevice& data, const BlockDevice& metadata,
                                           const PoolSettings& settings = {}) noexcept;
  /// Creates the device of a pool whose metadata already exists, e.g. after a reboot. notFound: the
  /// metadata holds no claimed pool; the device is then removed again.
  [[nodiscard]] static Result<Pool> activate(DeviceMapper& context, std::string_view name,
                                             const BlockDevice& data, const BlockDevice& metadata,
                                             const PoolSettings& settings) noexcept;
  /// Opens a running pool, whoever made it. invalidArgument: the device is not a thin-pool.
  [[nodiscard]] static Result<Pool> open(DeviceMapper& context, const DeviceRef& device) noexcept;
  /// Opens a running pool that meets the expectation. A mismatch is invalidArgument, never
  /// refusedByKernel; the detail lists all of them.
  [[nodiscard]] static Result<Pool> adopt(DeviceMapper& context, const DeviceRef& device,
                                          const PoolExpectation& expected) noexcept;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::string& uuid() const noexcept { return uuid_; }
  [[nodiscard]] DeviceNumber number() const noexcept { return number_; }
  [[nodiscard]] Sectors blockSize() const noexcept { return blockSize_; }
  [[nodiscard]] DeviceMapper& context() const noexcept { return *context_; }
  /// `PREFIX-ID-`, with which the uuids of all devices of this pool begin; empty for a pool without
  /// such a uuid.
  [[nodiscard]] std::string_view uuidStem() const noexcept;
  [[nodiscard]] std::string volumeUuid(ThinId id) const;

  /// Does not make the pool commit.
  [[nodiscard]] Result<PoolStatus> status() const noexcept;
  [[nodiscard]] Result<PoolFeatures> features() const noexcept;
  /// Claims a fresh pool: transaction id 0 becomes 1. alreadyExists: it is already in use
  /// (transaction id, used blocks).
  Result<void> claim() noexcept;
  /// noSpace when less than `percent` of data or metadata is free.
  [[nodiscard]] Result<void> checkFree(unsigned percent) const noexcept;

  /// Loads a table as large as `data` is now; reload also changes the features and the low-water
  /// mark. The load comes before the suspend, and the pool runs again whatever happens. Metadata
  /// grows with its device.
  Result<void> grow(const BlockDevice& data) noexcept;
  Result<void> reload(const BlockDevice& data, const PoolFeatures& features,
                      std::uint64_t lowWaterMark) noexcept;
  /// Removes the pool's device; its metadata stays. busy: volumes are active.
  Result<void> deactivate(Timeout timeout) noexcept;

  // --- volumes, by id; names and memory are the caller's ---

  Result<void> createVolume(ThinId id) noexcept;
  /// Suspends the origin meanwhile, if a device with one of this pool's uuids serves it. Nothing is
  /// allocated and nothing waited for during that time. If the origin has a deferred remove
  /// pending, that is cancelled first and requested again afterwards.
  Result<void> snapshotVolume(ThinId id, ThinId origin) noexcept;
  Result<void> deleteVolume(ThinId id) noexcept;  ///< notFound (ENODATA), busy
  Result<void> setTransactionId(std::uint64_t present, std::uint64_t next) noexcept;
  /// Takes a snapshot of the current metadata, for thin_dump, thin_delta and thin_ls with
  /// --metadata-snap. busy: there is one.
  Result<void> reserveMetadataSnapshot() noexcept;
  Result<void> releaseMetadataSnapshot() noexcept;

  struct VolumeDevice {
    std::string_view name;
    ThinId id = 0;
    Sectors size{};
    bool readOnly = false;
    std::string_view externalOrigin{};  ///< path, or major:minor; empty: none
  };
  /// Creates the device of a volume, with the uuid volumeUuid(id).
  Result<DeviceInfo> activateVolume(const VolumeDevice& volume,
                                    const Waiting& waiting = {}) noexcept;

 private:
  Pool(DeviceMapper& context, const DeviceInfo& info, Sectors blockSize) noexcept;
  static Result<Pool> make(DeviceMapper& context, std::string_view name, const BlockDevice& data,
                           const BlockDevice& metadata, const PoolSettings& settings) noexcept;
  /// status() without the devices it uses: one call less.
  [[nodiscard]] Result<PoolStatus> usage() const noexcept;
  Result<void> send(std::string_view message) const noexcept;

  DeviceMapper* context_;
  std::string name_;
  std::string uuid_;
  DeviceNumber number_;
  Sectors blockSize_;
};

}  // namespace devmap
