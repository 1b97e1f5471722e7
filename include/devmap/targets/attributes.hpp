// What holds for a target type as a whole, and its fields as names and texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/types.hpp>

namespace devmap::targets {

/// Attributes of a target type (dm-table.c: dm_target_is_*, feature flags of each target_type).
struct Attributes {
  bool singleton = false;  ///< must be the only row of its table
  bool immutable =
      false;  ///< a live device of this type takes only tables of this type, or of a wildcard type
  bool alwaysWriteable = false;  ///< refuses read-only tables
  bool readOnly = false;         ///< refuses writeable tables
  bool wildcard = false;         ///< may replace an immutable table
  bool requestBased = false;     ///< its queue type is fixed with the first table
  bool outOfTree = false;        ///< not in Linux: Android
};

/// What a number counts.
enum class Unit : std::uint8_t {
  none,
  sectors,
  bytes,
  blocks,
  milliseconds,
  seconds,
  percent,
  kibibytesPerSecond,
};
[[nodiscard]] DEVMAP_API std::string_view toString(Unit unit) noexcept;

/// One field of a row or status line, for showing and comparing.
struct FieldValue {
  enum class Kind : std::uint8_t { flag, number, text, device, secret };
  std::string name{};  ///< the kernel's own word; of a list's element `stripes[1].device`
  std::string
      value{};  ///< as the kernel spells it; a flag that is set is `true`, a secret is `(secret)`
  Kind kind = Kind::text;
  Unit unit = Unit::none;
  bool fixed =
      false;  ///< a live device keeps it: a reload with another value is refused or ruins data

  friend bool operator==(const FieldValue&, const FieldValue&) noexcept = default;
};

}  // namespace devmap::targets
