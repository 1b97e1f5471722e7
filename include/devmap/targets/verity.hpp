// verity: a read-only device whose blocks are checked against a tree of hashes.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

struct VerityStatus {
  static constexpr std::string_view statusOf = "verity";
  enum class State : std::uint8_t { valid, corrupted, other };
  State state = State::valid;
  std::optional<std::uint64_t> correctedBlocks{};  ///< by FEC; from Linux 7.0 on, and only with FEC
  Words rest{};
  friend bool operator==(const VerityStatus&, const VerityStatus&) noexcept = default;
};

/// Parameters: ten words and `[#words options]`. The table must be read-only, and the only row.
/// Messages: none.
struct Verity {
  static constexpr std::string_view type = "verity";
  enum class Format : std::uint8_t { chromeOs, normal };  ///< where the salt goes
  enum class OnCorruption : std::uint8_t { fail, ignore, restart, panic };
  enum class OnError : std::uint8_t { fail, restart, panic };
  Format format = Format::normal;
  DeviceWord data{};
  DeviceWord hash{};
  std::uint64_t dataBlockSize = 4096;  ///< bytes, a power of two
  std::uint64_t hashBlockSize = 4096;  ///< bytes, a power of two
  std::uint64_t dataBlocks = 0;
  std::uint64_t hashStart = 0;  ///< blocks of hashBlockSize, after any superblock
  std::string algorithm{};      ///< `sha256`
  std::string rootDigest{};     ///< hexadecimal
  std::string salt{};           ///< hexadecimal; empty: none
  OnCorruption onCorruption = OnCorruption::fail;
  OnError onError = OnError::fail;
  bool ignoreZeroBlocks = false;
  bool checkAtMostOnce = false;
  bool tryVerifyInTasklet = false;
  DeviceWord fecDevice{};  ///< needs fecBlocks, fecRoots and equal block sizes; without it the
                           ///< kernel ignores the other FEC options
  std::optional<std::uint64_t> fecBlocks{};  ///< blocks covered: at least all data and hash blocks
  std::optional<std::uint64_t> fecStart{};   ///< blocks; 0 when absent
  std::optional<std::uint64_t> fecRoots{};   ///< 2 to 24
  std::string rootHashSignature{};  ///< description of the keyring key that holds the signature.
                                    ///< The table does not hold the signature itself
  Words unknown{};
  Words rest{};

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Verity> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<VerityStatus> parseStatus(
      std::string_view status) noexcept;
  friend bool operator==(const Verity&, const Verity&) noexcept = default;
};

}  // namespace devmap::targets
