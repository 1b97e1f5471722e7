// flakey: a device that fails at intervals.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// Replaces one byte of each read or write.
struct CorruptByte {
  enum class Direction : std::uint8_t { read, write };
  std::uint64_t nth = 1;  ///< byte of the request, counted from 1
  Direction direction = Direction::read;
  std::uint64_t value = 0;  ///< 0 to 255
  std::uint64_t flags = 0;  ///< only requests with these bits in bi_opf; 0: all
  friend bool operator==(const CorruptByte&, const CorruptByte&) noexcept = default;
};

/// Parameters `<device> <start> <up> <down> [#words options]`. Status: none. Messages: none.
/// Without options, reads and writes fail; the kernel then shows `2 error_reads error_writes`.
struct Flakey {
  static constexpr std::string_view type = "flakey";
  DeviceWord device{};
  Sectors start{};
  std::uint64_t up = 0;    ///< seconds that the device works
  std::uint64_t down = 0;  ///< seconds that it does not
  bool errorReads = false;
  bool dropWrites = false;
  bool errorWrites = false;
  std::optional<CorruptByte> corruptByte{};
  std::optional<std::uint64_t> randomReadCorrupt{};  ///< chance in 10^9 that a byte is replaced
  std::optional<std::uint64_t> randomWriteCorrupt{};
  Words unknown{};  ///< options that this version does not know
  Words rest{};

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Flakey> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<NoStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const Flakey&, const Flakey&) noexcept = default;
};

}  // namespace devmap::targets
