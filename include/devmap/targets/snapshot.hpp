// snapshot, snapshot-merge, snapshot-origin: copy on write, the old way.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// For snapshot and snapshot-merge. No event reports that a `PO` snapshot has overflowed, or that a
/// merge has finished: poll the status for these. A `P` snapshot raises an event when it becomes
/// invalid (dm-snap.c: __invalidate_snapshot, snapshot_merge_next_chunks). The kernel may report
/// `Invalid`, `Merge failed`, `Overflow` or `Unknown` in place of the whole line (dm-snap.c:
/// snapshot_status). `state` then says which, and every other member is absent.
struct SnapshotStatus {
  static constexpr std::string_view statusOf = "snapshot";
  enum class State : std::uint8_t { active, invalid, mergeFailed, overflow, unknown };
  State state = State::active;
  std::optional<Fraction> allocated{};  ///< sectors of the COW device
  std::optional<Sectors> metadata{};    ///< a merge has finished when only this is left: merged()
  Words rest{};

  [[nodiscard]] bool merged() const noexcept {
    return allocated && metadata && allocated->used == metadata->count;
  }
  friend bool operator==(const SnapshotStatus&, const SnapshotStatus&) noexcept = default;
};

/// How exceptions are stored.
enum class Persistence : std::uint8_t {
  persistent,              ///< `P`
  persistentSeesOverflow,  ///< `PO`: the status may be Overflow, which distinguishes a full
                           ///< snapshot from a broken one (1.15)
  transient,               ///< `N`
};

/// Parameters `<origin> <cow> <P|PO|N> <chunk> [#words options]`. Messages: none.
struct Snapshot {
  static constexpr std::string_view type = "snapshot";
  DeviceWord origin{};
  DeviceWord cow{};
  Persistence persistence = Persistence::persistent;
  Sectors chunk{};  ///< a power of two; 0: as stored on the COW device, not with `transient`
  bool discardZeroesCow = false;
  bool discardPassdownOrigin = false;  ///< needs discardZeroesCow
  Words unknown{};
  Words rest{};

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Snapshot> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<SnapshotStatus> parseStatus(
      std::string_view status) noexcept;
  friend bool operator==(const Snapshot&, const Snapshot&) noexcept = default;
};

/// The same parameters as snapshot. Merges the exceptions of `cow` back into the origin. Not for
/// transient snapshots.
struct SnapshotMerge {
  static constexpr std::string_view type = "snapshot-merge";
  DeviceWord origin{};
  DeviceWord cow{};
  Persistence persistence = Persistence::persistent;
  Sectors chunk{};
  bool discardZeroesCow = false;
  bool discardPassdownOrigin = false;
  Words unknown{};
  Words rest{};

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<SnapshotMerge> parseTable(
      std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<SnapshotStatus> parseStatus(
      std::string_view status) noexcept;
  friend bool operator==(const SnapshotMerge&, const SnapshotMerge&) noexcept = default;
};

/// Parameters `<device>`. Writes to it reach its snapshots. Status: none. Messages: none.
struct SnapshotOrigin {
  static constexpr std::string_view type = "snapshot-origin";
  DeviceWord device{};
  Words rest{};

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<SnapshotOrigin> parseTable(
      std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<NoStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const SnapshotOrigin&, const SnapshotOrigin&) noexcept = default;
};

}  // namespace devmap::targets
