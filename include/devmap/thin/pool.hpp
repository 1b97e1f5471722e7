// A thin pool as an object: made, found, adopted and grown with checks that say why not, its status
// in types and bytes, and the messages that make and delete volumes. Bookkeeping that survives a
// crash is one level up, in volumes.hpp.
//
//   auto pool = ThinPool::create(context, "images", *data, *metadata, {.uuidPrefix = "MYAPP"});
//   if (auto made = pool->createVolume(1); !made) ...
//
// Errors: as the verbs of device.hpp. Threading: const members from any thread; what two threads do
// to the same volume is up to the kernel. Lifetime: must not outlive its context.
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

/// What a pool can do for its volumes now, the worst first that applies.
enum class PoolHealth : std::uint8_t {
  ok,
  readOnly,        ///< asked for, or the kernel gave up writing metadata
  outOfDataSpace,  ///< writes to new blocks wait or fail, as the pool was told: grow it
  needsCheck,      ///< metadata may be damaged: see PoolStatus::advice
  failed,          ///< no I/O at all
  error,           ///< the kernel could not even make its status line
};
[[nodiscard]] DEVMAP_API std::string_view toString(PoolHealth health) noexcept;

/// Amounts in bytes. The kernel tells nothing of a pool whose health is failed or error: what is
/// optional is absent then.
struct PoolStatus {
  PoolHealth health = PoolHealth::ok;
  std::optional<std::uint64_t> transactionId{};
  std::optional<std::uint64_t> dataUsed{};
  std::optional<std::uint64_t> dataTotal{};
  std::optional<std::uint64_t> metadataUsed{};
  std::optional<std::uint64_t> metadataTotal{};
  std::optional<std::uint64_t> heldRoot{};  ///< block of the metadata snapshot, while there is one
  std::optional<bool> errorIfNoSpace{};     ///< false: writes wait for space (Linux 3.15)
  bool suspended = false;
  std::uint32_t eventNr = 0;  ///< rises when the health changes or the low-water mark is crossed:
                              ///< waitForEvent, EventMonitor
  DeviceNumber metadata{};    ///< the devices it stands on
  DeviceNumber data{};

  /// What a person should do about it, with the commands to type; empty for ok.
  [[nodiscard]] DEVMAP_API std::string advice() const;
};

struct PoolFeatures {
  bool skipBlockZeroing = true;
  bool ignoreDiscard = false;  ///< can not be changed later
  bool noDiscardPassdown = false;
  bool readOnly = false;
  bool errorIfNoSpace = false;
  friend bool operator==(const PoolFeatures&, const PoolFeatures&) noexcept = default;
};

struct PoolSettings {
  Sectors blockSize{128};              ///< 128 to 2097152, a multiple of 128
  std::uint64_t lowWaterMark = 32768;  ///< blocks: an event when fewer are free
  PoolFeatures features{};
  std::string uuidPrefix = "DEVMAP";  ///< the uuid is PREFIX-ID-pool, those of its volumes
                                      ///< PREFIX-ID-NUMBER. At most 80 bytes
  std::string id{};  ///< of the pool, at most 32 bytes; empty: create draws one at random, adopt
                     ///< does not look
};

/// What a running pool must be to be adopted. What is not given is not looked at.
struct PoolExpectation {
  std::string uuid{};
  std::optional<Sectors> blockSize{};
  std::optional<PoolFeatures> features{};
  std::optional<std::uint64_t> transactionId{};
  bool healthy = true;  ///< neither failed, nor read-only, nor in need of a check
};

class DEVMAP_API ThinPool {
 public:
  /// A new pool on devices that hold none, claimed: its transaction id is 1, so that LVM, which
  /// expects 0 of a pool it may take over, keeps out. The first 4096 bytes of `metadata` must be
  /// zero. alreadyExists: there is a pool in the metadata (nothing was changed), or a device of
  /// that name. Undone as a whole when a step fails.
  [[nodiscard]] static Result<ThinPool> create(DeviceMapper& context, std::string_view name,
                                               const BlockDevice& data, const BlockDevice& metadata,
                                               const PoolSettings& settings = {}) noexcept;
  /// The device of a pool whose metadata is there already, e.g. after a reboot. notFound: the
  /// metadata holds no claimed pool; the device is removed again then.
  [[nodiscard]] static Result<ThinPool> activate(DeviceMapper& context, std::string_view name,
                                                 const BlockDevice& data,
                                                 const BlockDevice& metadata,
                                                 const PoolSettings& settings) noexcept;
  /// A running pool, whoever made it. invalidArgument: the device is no thin-pool.
  [[nodiscard]] static Result<ThinPool> open(DeviceMapper& context,
                                             const DeviceRef& device) noexcept;
  /// A running pool that is what is expected. refusedByKernel never; invalidArgument with all the
  /// reasons against it.
  [[nodiscard]] static Result<ThinPool> adopt(DeviceMapper& context, const DeviceRef& device,
                                              const PoolExpectation& expected) noexcept;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::string& uuid() const noexcept { return uuid_; }
  [[nodiscard]] DeviceNumber number() const noexcept { return number_; }
  [[nodiscard]] Sectors blockSize() const noexcept { return blockSize_; }
  [[nodiscard]] DeviceMapper& context() const noexcept { return *context_; }
  /// `PREFIX-ID-`: what the uuids of all devices of this pool begin with; empty for a pool without
  /// such a uuid.
  [[nodiscard]] std::string_view uuidStem() const noexcept;
  [[nodiscard]] std::string volumeUuid(ThinId id) const;

  /// Does not make the pool commit.
  [[nodiscard]] Result<PoolStatus> status() const noexcept;
  [[nodiscard]] Result<PoolFeatures> features() const noexcept;
  /// Takes a fresh pool into possession: transaction id 0 becomes 1. alreadyExists: it is in use
  /// already (transaction id, used blocks).
  Result<void> claim() noexcept;
  /// noSpace when less than `percent` of data or metadata is free.
  [[nodiscard]] Result<void> checkFree(unsigned percent) const noexcept;

  /// Another table: features and low-water mark of `settings`, as large as `data` is now. It is
  /// loaded before the pool is suspended, and the pool runs again whatever happens. Metadata grows
  /// with its device.
  Result<void> grow(const BlockDevice& data) noexcept;
  Result<void> reload(const BlockDevice& data, const PoolFeatures& features,
                      std::uint64_t lowWaterMark) noexcept;
  /// The pool's device goes; its metadata stays. busy: volumes are active.
  Result<void> deactivate(Timeout timeout) noexcept;

  // --- volumes, by id; names and memory are the caller's ---

  Result<void> createVolume(ThinId id) noexcept;
  /// The origin, if a device of this pool's uuids serves it, stands still meanwhile; nothing is
  /// allocated and nothing waited for then. An origin that waits for its last close is kept from
  /// going away, and told to go again afterwards.
  Result<void> snapshotVolume(ThinId id, ThinId origin) noexcept;
  Result<void> deleteVolume(ThinId id) noexcept;  ///< notFound (ENODATA), busy
  Result<void> setTransactionId(std::uint64_t present, std::uint64_t next) noexcept;
  /// A copy of the metadata as it is now, for thin_dump, thin_delta and thin_ls with
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
  /// The device of a volume, with the uuid volumeUuid(id).
  Result<DeviceInfo> activateVolume(const VolumeDevice& volume,
                                    const Waiting& waiting = {}) noexcept;

 private:
  ThinPool(DeviceMapper& context, const DeviceInfo& info, Sectors blockSize) noexcept;
  static Result<ThinPool> make(DeviceMapper& context, std::string_view name,
                               const BlockDevice& data, const BlockDevice& metadata,
                               const PoolSettings& settings) noexcept;
  /// status() but for the devices it stands on: one call less.
  [[nodiscard]] Result<PoolStatus> usage() const noexcept;
  Result<void> send(std::string_view message) const noexcept;

  DeviceMapper* context_;
  std::string name_;
  std::string uuid_;
  DeviceNumber number_;
  Sectors blockSize_;
};

}  // namespace devmap
