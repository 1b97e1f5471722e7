// default-key: Android's metadata encryption, done by the underlying hardware. Not in mainline
// Linux.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// Parameters `<cipher> <key> [<iv offset>] <device> <start> [#words options]`. The first version
/// has no IV offset. Status: none. The second version shows its key as `-`.
struct DefaultKey {
  static constexpr std::string_view type = "default-key";
  std::string cipher{};  ///< `aes-xts-plain64`, `xchacha12,aes-adiantum-plain64`; `AES-256-XTS` in
                         ///< the first version
  Key key{};
  std::optional<std::uint64_t> ivOffset{};  ///< sectors
  DeviceWord device{};
  Sectors start{};
  bool allowDiscards = false;
  std::optional<std::uint64_t> sectorSize{};  ///< bytes
  bool ivLargeSectors = false;
  bool wrappedKey = false;
  Words unknown{};
  Words rest{};

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<DefaultKey> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<NoStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const DefaultKey&, const DefaultKey&) noexcept = default;
};

}  // namespace devmap::targets
