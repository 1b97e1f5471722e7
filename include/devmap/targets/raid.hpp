// raid: the kernel's MD RAID, all levels.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

enum class RaidLevel : std::uint8_t {
  raid0,
  raid1,
  raid10,
  raid10Far,
  raid10Offset,
  raid10Near,
  raid4,
  raid5N,
  raid5Ls,
  raid5Rs,
  raid5La,
  raid5Ra,
  raid6Zr,
  raid6Nr,
  raid6Nc,
  raid6N6,
  raid6Ls6,
  raid6Rs6,
  raid6La6,
  raid6Ra6,
};

struct RaidStatus {
  static constexpr std::string_view statusOf = "raid";
  enum class Action : std::uint8_t {
    unreported,
    idle,
    frozen,
    resync,
    check,
    repair,
    recover,
    reshape,
    undefined,
    other
  };
  RaidLevel level = RaidLevel::raid1;
  std::uint64_t devices = 0;
  std::string health{};  ///< one character per device: `A` in sync, `a` alive but not in sync, `D`
                         ///< failed, `-` missing
  Fraction synchronised{};  ///< sectors. May briefly be 0/N at the start, with the action idle
  std::optional<std::uint64_t> mismatches{};  ///< of the last `check` (1.5)
  Action action = Action::unreported;         ///< (1.5)
  std::optional<Sectors> dataOffset{};        ///< (1.9)
  std::string journal{};  ///< `A` write-through, `a` write-back, `D` failed; empty: none (1.10)
  Words rest{};
  friend bool operator==(const RaidStatus&, const RaidStatus&) noexcept = default;
};

/// Parameters `<level> <#words> <chunk> options <#devices> {<metadata> <data>}...`.
struct Raid {
  static constexpr std::string_view type = "raid";
  enum class Sync : std::uint8_t { unspecified, sync, nosync };
  enum class Format : std::uint8_t { unspecified, near, far, offset };
  enum class JournalMode : std::uint8_t { unspecified, writeThrough, writeBack };
  struct Device {
    DeviceWord metadata{};  ///< empty: no superblock or bitmap
    DeviceWord data{};      ///< empty, with empty metadata: missing
    friend bool operator==(const Device&, const Device&) noexcept = default;
  };
  RaidLevel level = RaidLevel::raid1;
  Sectors chunk{};  ///< a power of two, at least 8; no meaning for raid1
  Sync sync = Sync::unspecified;
  std::vector<std::uint64_t> rebuild{};  ///< devices, counted from 0
  /// Kernel ticks, 100 to 1000 per second depending on HZ (md-bitmap.h: bitmap_info.daemon_sleep;
  /// `<ms>` in the kernel documentation is wrong). Applies only to a new bitmap. A bitmap that is
  /// already on the metadata devices keeps its value, in seconds, and the kernel shows that
  /// (md-bitmap.c: md_bitmap_read_sb).
  std::optional<std::uint64_t> daemonSleep{};
  std::optional<std::uint64_t> minRecoveryRate{};  ///< KiB/s
  std::optional<std::uint64_t> maxRecoveryRate{};  ///< KiB/s
  std::vector<std::uint64_t> writeMostly{};        ///< devices, counted from 0; not all of them
  /// For a new bitmap the kernel uses half of it, and shows that. A bitmap that is already on the
  /// metadata devices keeps its value (md-bitmap.c: md_bitmap_read_sb). It counts writes in flight,
  /// not sectors.
  std::optional<Sectors> maxWriteBehind{};
  /// Stripes, at least half a chunk; the kernel shows the current size.
  std::optional<Sectors> stripeCache{};
  std::optional<Sectors> regionSize{};  ///< a power of two, chunk to row; at most 2097152 regions
  std::optional<std::uint64_t> raid10Copies{};  ///< 2 to the number of devices
  Format raid10Format = Format::unspecified;
  /// Devices that a reshape adds or removes; not with a journal.
  std::optional<std::int64_t> deltaDisks{};
  std::optional<Sectors> dataOffset{};  ///< 0, or a multiple of 8, at least 32
  DeviceWord journalDevice{};
  JournalMode journalMode = JournalMode::unspecified;  ///< needs journalDevice
  bool raid10UseNearSets = false;  ///< not with near; the kernel counts it but does not show it
  Words unknown{};
  std::vector<Device> devices{};
  Words rest{};

  /// On recent kernels `idle` and `frozen` fail with EINVAL although they have stopped the running
  /// action. Check the status.
  [[nodiscard]] static std::string idle() { return "idle"; }
  [[nodiscard]] static std::string frozen() { return "frozen"; }
  [[nodiscard]] static std::string checkMismatches() { return "check"; }
  [[nodiscard]] static std::string repair() { return "repair"; }
  [[nodiscard]] static std::string resync() { return "resync"; }
  [[nodiscard]] static std::string recover() { return "recover"; }

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Raid> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<RaidStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const Raid&, const Raid&) noexcept = default;
};

}  // namespace devmap::targets
