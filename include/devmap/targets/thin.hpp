// thin: a volume of a thin pool.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// The kernel may report `-`, `Fail` or `Error` in place of the whole line (dm-thin.c:
/// thin_status). `state` then says which, and every other member is absent.
struct ThinStatus {
  static constexpr std::string_view statusOf = "thin";
  enum class State : std::uint8_t { active, unbound, failed, error };
  State state = State::active;  ///< unbound: not yet activated
  std::optional<Sectors> mapped{};
  std::optional<Sectors> highestMapped{};  ///< absent for an active volume: nothing is mapped
  Words rest{};
  friend bool operator==(const ThinStatus&, const ThinStatus&) noexcept = default;
};

/// Parameters `<pool> <id> [<external origin>]`. Messages: none. Loading an id that the pool does
/// not have fails with ENODATA.
struct Thin {
  static constexpr std::string_view type = "thin";
  /// For a failed or unbound volume the kernel shows only this word, in place of the parameters.
  /// The other members then hold nothing from the kernel, and fields() omits them.
  enum class Shown : std::uint8_t { parameters, unbound, failed };
  Shown shown = Shown::parameters;
  DeviceWord pool{};
  std::uint64_t id = 0;         ///< 0 to 2^24 - 1
  DeviceWord externalOrigin{};  ///< empty: none
  Words rest{};

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Thin> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<ThinStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const Thin&, const Thin&) noexcept = default;
};

}  // namespace devmap::targets
