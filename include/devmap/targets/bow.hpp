// bow: Android's backup on write, for checkpoints. Not in mainline Linux.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// Parameters `<device> [1 block_size:N]`. Status: none; its state is in sysfs. Messages: none.
struct Bow {
  static constexpr std::string_view type = "bow";
  DeviceWord device{};
  std::optional<std::uint64_t> blockSize{};  ///< bytes
  Words unknown{};
  Words rest{};

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Bow> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<NoStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const Bow&, const Bow&) noexcept = default;
};

}  // namespace devmap::targets
