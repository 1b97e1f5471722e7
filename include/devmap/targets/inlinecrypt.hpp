// inlinecrypt: encryption by the underlying hardware, or its fallback (new in Linux 7).
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// Parameters `<cipher> <key> <iv offset> <device> <start> [#words options]`. Status: none.
/// Messages: none. What the kernel shows cannot be loaded again. After the key it shows a number
/// for the key's type, which is read into shownKeyType. Keys in a keyring are shown as bytes, and
/// long ones are truncated.
struct InlineCrypt {
  static constexpr std::string_view type = "inlinecrypt";
  enum class KeyType : std::uint8_t { unspecified, raw, hardwareWrapped };
  std::string cipher{};  ///< `aes-xts-plain64`
  Key key{};
  std::optional<std::uint64_t> shownKeyType{};  ///< only in what the kernel shows
  std::uint64_t ivOffset = 0;                   ///< sectors; a multiple of sectorSize
  DeviceWord device{};
  Sectors start{};
  KeyType keyType = KeyType::unspecified;
  bool allowDiscards = false;
  /// Bytes: 512 to 4096; needs ivLargeSectors unless 512.
  std::optional<std::uint64_t> sectorSize{};
  bool ivLargeSectors = false;
  Words unknown{};
  Words rest{};

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<InlineCrypt> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<NoStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const InlineCrypt&, const InlineCrypt&) noexcept = default;
};

}  // namespace devmap::targets
