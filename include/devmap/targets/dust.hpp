// dust: a device with bad blocks that the tester chooses.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

struct DustStatus {
  static constexpr std::string_view statusOf = "dust";
  enum class Reads : std::uint8_t { bypass, failOnBadBlock, other };
  enum class Verbosity : std::uint8_t { verbose, quiet, other };
  DeviceWord device{};
  Reads reads = Reads::bypass;
  Verbosity verbosity = Verbosity::verbose;
  Words rest{};
  friend bool operator==(const DustStatus&, const DustStatus&) noexcept = default;
};

/// Parameters `<device> <start> <block size>`.
struct Dust {
  static constexpr std::string_view type = "dust";
  DeviceWord device{};
  Sectors start{};
  std::uint64_t blockSize = 512;  ///< bytes: a power of two, at least 512
  Words rest{};

  [[nodiscard]] static std::string addBadBlock(std::uint64_t block) {
    return "addbadblock " + std::to_string(block);
  }
  /// The block also fails `failures` writes, at most 255, before it is good again.
  [[nodiscard]] static std::string addBadBlock(std::uint64_t block, std::uint8_t failures) {
    return addBadBlock(block) + ' ' + std::to_string(failures);
  }
  [[nodiscard]] static std::string removeBadBlock(std::uint64_t block) {
    return "removebadblock " + std::to_string(block);
  }
  [[nodiscard]] static std::string queryBlock(std::uint64_t block) {
    return "queryblock " + std::to_string(block);
  }  ///< replies with text
  [[nodiscard]] static std::string countBadBlocks() {
    return "countbadblocks";
  }  ///< replies with text
  [[nodiscard]] static std::string listBadBlocks() {
    return "listbadblocks";
  }  ///< replies with one block per line
  [[nodiscard]] static std::string clearBadBlocks() {
    return "clearbadblocks";
  }  ///< replies with text
  [[nodiscard]] static std::string enable() {
    return "enable";
  }  ///< reads of bad blocks fail from now on
  [[nodiscard]] static std::string disable() { return "disable"; }
  [[nodiscard]] static std::string quiet() { return "quiet"; }  ///< toggles

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Dust> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<DustStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const Dust&, const Dust&) noexcept = default;
};

}  // namespace devmap::targets
