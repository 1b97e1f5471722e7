// delay: delays reads, writes and flushes.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// Where one class of requests goes, and how long it is delayed.
struct DelayClass {
  DeviceWord device{};
  Sectors start{};
  std::uint64_t delay = 0;  ///< milliseconds
  friend bool operator==(const DelayClass&, const DelayClass&) noexcept = default;
};

struct DelayStatus {
  static constexpr std::string_view statusOf = "delay";
  std::uint64_t reads = 0;  ///< requests delayed now
  std::uint64_t writes = 0;
  std::optional<std::uint64_t> flushes{};
  Words rest{};
  friend bool operator==(const DelayStatus&, const DelayStatus&) noexcept = default;
};

/// Parameters `{<device> <start> <delay>}`, one to three times, as in `classes`. Messages: none.
struct Delay {
  static constexpr std::string_view type = "delay";
  /// 1: all requests; 2: reads, all else; 3: reads, writes, flushes.
  std::vector<DelayClass> classes{};

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Delay> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<DelayStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const Delay&, const Delay&) noexcept = default;
};

}  // namespace devmap::targets
