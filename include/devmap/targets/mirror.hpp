// mirror: the older RAID 1, with its own log.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

struct MirrorStatus {
  static constexpr std::string_view statusOf = "mirror";
  std::vector<DeviceWord> legs{};
  Fraction inSync{};  ///< regions
  /// One character per leg: `A` alive, `F` flush failed, `D` write failed, `S` synchronisation
  /// failed, `R` read failed, `U` unknown.
  std::string health{};
  Words log{};  ///< as the log reports: `1 core`, or `3 disk DEVICE STATE` with `A` alive, `D`
                ///< failed, `F` flush failed

  /// Health character of a disk log; std::nullopt for any other log.
  [[nodiscard]] std::optional<char> diskLogHealth() const noexcept {
    return log.size() == 4 && log[1] == "disk" ? std::optional(log[3][0]) : std::nullopt;
  }
  friend bool operator==(const MirrorStatus&, const MirrorStatus&) noexcept = default;
};

/// Parameters `<log> <#words> <log words> <#legs> {<device> <start>}... [#words options]`.
/// Messages: none.
struct Mirror {
  static constexpr std::string_view type = "mirror";
  enum class Log : std::uint8_t { core, disk, userspace };
  enum class Sync : std::uint8_t { unspecified, sync, nosync };
  Log log = Log::core;
  DeviceWord logDevice{};  ///< for Log::disk
  Sectors regionSize{};    ///< a power of two, at least 2, at most the row; not for Log::userspace
  Sync sync = Sync::unspecified;  ///< sync: copy all; nosync: the legs are already equal
  Words unknownLog{};
  Words userspaceLog{};            ///< words for Log::userspace: uuid, and words for its daemon
  std::vector<DeviceSpan> legs{};  ///< 2 to 9
  bool handleErrors = false;
  bool keepLog = false;  ///< needs handleErrors
  Words unknown{};
  Words rest{};

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Mirror> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<MirrorStatus> parseStatus(
      std::string_view status) noexcept;
  friend bool operator==(const Mirror&, const Mirror&) noexcept = default;
};

}  // namespace devmap::targets
