// inlinecrypt: encryption by the hardware below, or its fallback (new in Linux 7).
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// Parameters `<cipher> <key> <iv offset> <device> <start> [#words options]`. Status: none.
/// Messages: none. What the kernel shows cannot be loaded again: behind the key stands a number for
/// its type, which is read into shownKeyType, and keys of a keyring are shown as bytes, of which
/// long ones are cut.
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
  std::optional<std::uint64_t>
      sectorSize{};  ///< bytes: 512 to 4096; other than 512 it needs ivLargeSectors
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
