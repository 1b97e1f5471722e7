// thin-pool: a pool of blocks for thin volumes.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// The kernel may report `Fail` or `Error` in place of the whole line (dm-thin.c: pool_status).
/// `state` then says which, and every other member is absent.
struct ThinPoolStatus {
  static constexpr std::string_view statusOf = "thin-pool";
  enum class State : std::uint8_t { active, failed, error };
  enum class Mode : std::uint8_t { unreported, readWrite, readOnly, outOfDataSpace, other };
  enum class Discard : std::uint8_t { unreported, passdown, noPassdown, ignored, other };
  enum class OnNoSpace : std::uint8_t { queue, error, other };
  State state = State::active;
  std::optional<std::uint64_t> transactionId{};
  std::optional<Fraction> metadata{};  ///< blocks of 4 KiB
  std::optional<Fraction> data{};      ///< blocks of the pool
  /// Metadata block of the metadata snapshot, while there is one.
  std::optional<std::uint64_t> heldRoot{};
  Mode mode = Mode::unreported;
  Discard discard = Discard::unreported;
  std::optional<OnNoSpace> onNoSpace{};                 ///< since Linux 3.15
  bool needsCheck = false;                              ///< (1.16); also false if the line omits it
  std::optional<std::uint64_t> metadataLowWatermark{};  ///< blocks (1.21)
  Words rest{};
  friend bool operator==(const ThinPoolStatus&, const ThinPoolStatus&) noexcept = default;
};

/// Parameters `<metadata> <data> <block size> <low water mark> [#words options]`. It must be the
/// only row, and not read-only. A status query makes the pool commit, unless it is made without
/// flush. Messages fail with EOPNOTSUPP on a pool that is read-only or failed.
struct ThinPool {
  static constexpr std::string_view type = "thin-pool";
  DeviceWord metadata{};
  DeviceWord data{};
  Sectors blockSize{128};          ///< 128 to 2097152, a multiple of 128
  std::uint64_t lowWaterMark = 0;  ///< blocks: raises an event when fewer are free
  bool skipBlockZeroing = false;
  bool ignoreDiscard = false;  ///< cannot be changed later
  bool noDiscardPassdown = false;
  bool readOnly = false;
  bool errorIfNoSpace = false;
  Words unknown{};
  Words rest{};

  /// Ids are 0 to 2^24 - 1.
  [[nodiscard]] static std::string createThin(std::uint32_t id) {
    return "create_thin " + std::to_string(id);
  }
  /// The origin, if active, must be suspended during this.
  [[nodiscard]] static std::string createSnap(std::uint32_t id, std::uint32_t origin) {
    return "create_snap " + std::to_string(id) + ' ' + std::to_string(origin);
  }
  [[nodiscard]] static std::string remove(std::uint32_t id) {
    return "delete " + std::to_string(id);
  }
  [[nodiscard]] static std::string setTransactionId(std::uint64_t present, std::uint64_t next) {
    return "set_transaction_id " + std::to_string(present) + ' ' + std::to_string(next);
  }
  [[nodiscard]] static std::string reserveMetadataSnapshot() { return "reserve_metadata_snap"; }
  [[nodiscard]] static std::string releaseMetadataSnapshot() { return "release_metadata_snap"; }

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<ThinPool> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<ThinPoolStatus> parseStatus(
      std::string_view status) noexcept;
  friend bool operator==(const ThinPool&, const ThinPool&) noexcept = default;
};

}  // namespace devmap::targets
