// crypt: encryption of blocks, and authentication where the cipher is an AEAD.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// The space for tags in each sector, and who makes the tags.
struct CryptIntegrity {
  enum class By : std::uint8_t { none, aead };
  std::uint64_t bytes = 0;  ///< 1 to 480
  By by = By::none;         ///< aead: the cipher itself, named `capi:...`; none: another layer
  friend bool operator==(const CryptIntegrity&, const CryptIntegrity&) noexcept = default;
};

/// Parameters `<cipher> <key> <iv offset> <device> <start> [#words options]`. Status: none. The
/// device accepts messages only while it is suspended. They hold the key: send them with secure
/// data on.
struct Crypt {
  static constexpr std::string_view type = "crypt";
  std::string cipher{};  ///< `CIPHER[:KEYS]-MODE-IV[:OPTIONS]`, as in `aes-xts-plain64`, or `capi:`
                         ///< followed by the crypto API's name
  Key key{};
  std::uint64_t ivOffset = 0;  ///< sectors; a multiple of sectorSize
  DeviceWord device{};
  Sectors start{};  ///< a multiple of sectorSize, like the row's length and ivOffset
  bool allowDiscards = false;
  bool sameCpuCrypt = false;
  bool highPriority = false;
  bool submitFromCryptCpus = false;
  bool noReadWorkqueue = false;
  bool noWriteWorkqueue = false;
  std::optional<CryptIntegrity> integrity{};
  std::optional<std::uint64_t> sectorSize{};        ///< bytes: 512, 1024, 2048 or 4096
  bool ivLargeSectors = false;                      ///< the IV counts sectors of sectorSize
  std::optional<std::uint64_t> integrityKeySize{};  ///< bytes
  Words unknown{};
  Words rest{};

  /// Sets the device's key again. The key has the same size as before.
  [[nodiscard]] DEVMAP_API static Params setKey(const Key& key) noexcept;
  /// Wipes the device's key. The device cannot resume until it has a key again.
  [[nodiscard]] static std::string wipeKey() { return "key wipe"; }

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Crypt> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<NoStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const Crypt&, const Crypt&) noexcept = default;
};

}  // namespace devmap::targets
