// clone: a device that is usable while it is copied from a slower one.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// The kernel may report `Fail` or `Error` in place of the whole line (dm-clone-target.c:
/// clone_status). `state` then says which, and every other member is absent.
struct CloneStatus {
  static constexpr std::string_view statusOf = "clone";
  enum class State : std::uint8_t { active, failed, error };
  enum class Access : std::uint8_t { unreported, readWrite, readOnly, failed, other };
  State state = State::active;
  std::optional<Sectors> metadataBlockSize{};
  std::optional<Fraction> metadata{};  ///< blocks of metadataBlockSize
  std::optional<Sectors> regionSize{};
  std::optional<Fraction> hydrated{};        ///< regions; once all are hydrated, the
                                             ///< destination can replace the device
  std::optional<std::uint64_t> hydrating{};  ///< regions being copied now
  bool noHydration = false;
  bool noDiscardPassdown = false;
  Words unknown{};
  std::vector<KeyValue> core{};  ///< `hydration_threshold`, `hydration_batch_size`: regions
  Access access = Access::unreported;
  Words rest{};
  friend bool operator==(const CloneStatus&, const CloneStatus&) noexcept = default;
};

/// Parameters `<metadata> <destination> <source> <region size> [#words features [#words {<key>
/// <value>}...]]`.
struct Clone {
  static constexpr std::string_view type = "clone";
  DeviceWord metadata{};
  DeviceWord destination{};
  DeviceWord source{};    ///< opened read-only
  Sectors regionSize{8};  ///< a power of two, 8 to 2097152
  bool noHydration = false;
  bool noDiscardPassdown = false;
  Words unknown{};
  std::optional<std::uint64_t> hydrationThreshold{};  ///< regions copied at once, at most
  std::optional<std::uint64_t> hydrationBatchSize{};  ///< regions
  Words unknownCore{};
  Words rest{};

  [[nodiscard]] static std::string enableHydration() { return "enable_hydration"; }
  [[nodiscard]] static std::string disableHydration() { return "disable_hydration"; }
  [[nodiscard]] static std::string setHydrationThreshold(std::uint32_t regions) {
    return "hydration_threshold " + std::to_string(regions);
  }
  [[nodiscard]] static std::string setHydrationBatchSize(std::uint32_t regions) {
    return "hydration_batch_size " + std::to_string(regions);
  }

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Clone> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<CloneStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const Clone&, const Clone&) noexcept = default;
};

}  // namespace devmap::targets
