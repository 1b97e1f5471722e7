// integrity: a tag for every block, kept consistent by a journal or a bitmap.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

struct IntegrityStatus {
  static constexpr std::string_view statusOf = "integrity";
  std::uint64_t mismatches = 0;
  Sectors provided{};                     ///< data sectors: the maximum length of the row
  std::optional<Sectors> recalculated{};  ///< progress, while tags are recalculated (1.2)
  Words rest{};
  friend bool operator==(const IntegrityStatus&, const IntegrityStatus&) noexcept = default;
};

/// Parameters `<device> <reserved> <tag size> <mode> <#words> options`. Messages: none. It must be
/// the only row. The first load formats a device that has zeros in place of the superblock. A row
/// of one sector is enough for that; the status then reports the maximum length. What the kernel
/// shows has sizes from the superblock, and keys in the clear.
struct Integrity {
  static constexpr std::string_view type = "integrity";
  enum class Mode : std::uint8_t {
    journal,   ///< `J`
    bitmap,    ///< `B` (1.3): needs internalHash
    direct,    ///< `D`: no journal
    recovery,  ///< `R`: no journal replay, no checks
    inlined,   ///< `I` (1.12): the device itself stores the tags
  };
  DeviceWord device{};
  Sectors reserved{};                      ///< at the start of the device, not touched
  std::optional<std::uint64_t> tagSize{};  ///< bytes, 1 to 255; absent: digest size of internalHash
  Mode mode = Mode::journal;
  DeviceWord metaDevice{};
  std::optional<std::uint64_t> blockSize{};  ///< bytes: 512 to 4096, a power of two
  bool recalculate = false;                  ///< shown only while in progress
  bool resetRecalculate = false;
  bool allowDiscards = false;
  bool allowDiscardsKeyed = false;
  std::optional<Sectors> interleave{};
  std::optional<Sectors> buffer{};
  std::optional<Sectors> journal{};
  std::optional<std::uint64_t> journalWatermark{};  ///< percent
  std::optional<std::uint64_t> commitTime{};        ///< milliseconds
  std::optional<Sectors> sectorsPerBit{};
  std::optional<std::uint64_t> bitmapFlushInterval{};  ///< milliseconds
  bool fixPadding = false;
  bool fixHmac = false;
  bool legacyRecalculate = false;
  Algorithm internalHash{};
  Algorithm journalCrypt{};
  Algorithm journalMac{};
  Words unknown{};
  Words rest{};

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Integrity> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<IntegrityStatus> parseStatus(
      std::string_view status) noexcept;
  friend bool operator==(const Integrity&, const Integrity&) noexcept = default;
};

}  // namespace devmap::targets
