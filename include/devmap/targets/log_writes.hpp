// log-writes: logs everything written to one device, in order, on another.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

struct LogWritesStatus {
  static constexpr std::string_view statusOf = "log-writes";
  std::uint64_t entries = 0;
  Sectors lastSector{};  ///< of the log
  bool loggingDisabled = false;
  Words rest{};
  friend bool operator==(const LogWritesStatus&, const LogWritesStatus&) noexcept = default;
};

/// Parameters `<device> <log>`.
struct LogWrites {
  static constexpr std::string_view type = "log-writes";
  DeviceWord device{};
  DeviceWord log{};
  Words rest{};  ///< the kernel ignores it

  /// Adds a log entry that holds this word.
  [[nodiscard]] static std::string mark(std::string_view word) {
    return std::string("mark ") += word;
  }

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<LogWrites> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<LogWritesStatus> parseStatus(
      std::string_view status) noexcept;
  friend bool operator==(const LogWrites&, const LogWrites&) noexcept = default;
};

}  // namespace devmap::targets
