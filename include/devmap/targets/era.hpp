// era: tracks which blocks were written in which era.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// For a suspended device the kernel replies only after resume, and the caller blocks until then
/// (dm-era-target.c: perform_rpc; seen on 6.1). The kernel may report `Error` in place of the whole
/// line (dm-era-target.c: era_status). `state` then says so, and every other member is absent.
struct EraStatus {
  static constexpr std::string_view statusOf = "era";
  enum class State : std::uint8_t { active, failed, error };
  State state = State::active;
  std::optional<Sectors> metadataBlockSize{};
  std::optional<Fraction> metadata{};  ///< blocks of metadataBlockSize
  std::optional<std::uint64_t> era{};
  /// Block of the metadata snapshot, while there is one.
  std::optional<std::uint64_t> metadataSnapshot{};
  Words rest{};
  friend bool operator==(const EraStatus&, const EraStatus&) noexcept = default;
};

/// Parameters `<metadata> <origin> <block size>`. A new era begins with `checkpoint` and
/// `take_metadata_snap`, and also with each activation and resume (dm-era-target.c: era_preresume,
/// metadata_checkpoint, metadata_take_snap). The era therefore counts more than the checkpoints.
struct Era {
  static constexpr std::string_view type = "era";
  DeviceWord metadata{};
  DeviceWord origin{};
  Sectors blockSize{8};  ///< a multiple of 8
  Words rest{};

  [[nodiscard]] static std::string checkpoint() { return "checkpoint"; }
  [[nodiscard]] static std::string takeMetadataSnapshot() { return "take_metadata_snap"; }
  [[nodiscard]] static std::string dropMetadataSnapshot() { return "drop_metadata_snap"; }

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Era> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<EraStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const Era&, const Era&) noexcept = default;
};

}  // namespace devmap::targets
