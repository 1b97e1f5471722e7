// mirror: the older RAID 1, with a log of its own.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

struct MirrorStatus {
  static constexpr std::string_view statusOf = "mirror";
  std::vector<DeviceWord> legs{};
  Fraction inSync{};  ///< regions
  /// One character a leg: `A` alive; failed at `F` flush, `D` write, `S` synchronisation, `R` read;
  /// `U` unknown.
  std::string health{};
  Words log{};  ///< as the log tells: `1 core`; `3 disk DEVICE STATE`, with `A` alive, `D` failed,
                ///< `F` failed at flush

  /// Character of a disk log.
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
  DeviceWord logDevice{};  ///< of Log::disk
  Sectors regionSize{};    ///< a power of two, at least 2, at most the row; not of Log::userspace
  Sync sync = Sync::unspecified;  ///< sync: copy all; nosync: the legs are equal already
  Words unknownLog{};
  Words userspaceLog{};  ///< words of Log::userspace: uuid, and what its daemon understands
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
