// Attributes of a target type, and its fields as names and text.
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
  bool immutable = false;  ///< a live device of this type accepts only tables of this type, or of a
                           ///< wildcard type
  bool alwaysWriteable = false;  ///< refuses read-only tables
  bool readOnly = false;         ///< refuses writeable tables
  bool wildcard = false;         ///< may replace an immutable table
  bool requestBased = false;     ///< the first table fixes the queue type
  bool outOfTree = false;        ///< not in mainline Linux: Android only
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

/// One field of a row or status line, for display and comparison.
struct FieldValue {
  enum class Kind : std::uint8_t { flag, number, text, device, secret };
  std::string name{};  ///< the kernel's own word; for a list element, `stripes[1].device`
  /// As the kernel spells it; `true` for a flag that is set, `(secret)` for a secret.
  std::string value{};
  Kind kind = Kind::text;
  Unit unit = Unit::none;
  bool fixed =
      false;  ///< fixed for a live device: a reload with another value is refused or corrupts data

  friend bool operator==(const FieldValue&, const FieldValue&) noexcept = default;
};

}  // namespace devmap::targets
