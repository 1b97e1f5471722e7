// Tables compared by meaning: what a reload would change, and whether a live device takes it.
//
// What the kernel shows of a live table is not the text it was given: it fills in defaults, rounds
// numbers, takes sizes from a superblock or header, and leaves words out. Rows are compared as
// Linux 6.1 to 7.3 makes them (the grammar in src/targets says it for each field): what it decides
// by itself and the new row does not ask for, and what it takes and does not use, is no difference.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/targets.hpp>

namespace devmap::targets {

/// How a path becomes a device number; the comparison itself asks nothing of the system. Null:
/// paths are compared as text, and a path and a number are different devices.
struct DeviceResolver {
  std::optional<DeviceNumber> (*resolve)(void* context, std::string_view path) noexcept = nullptr;
  void* context = nullptr;
};

/// Whether both words name one device.
[[nodiscard]] DEVMAP_API bool sameDevice(const DeviceWord& a, const DeviceWord& b,
                                         const DeviceResolver& resolver = {}) noexcept;

/// The parameters in normal form: devices as numbers where the resolver knows them, options in the
/// kernel's order, and what the kernel takes for granted spelled as it shows it. Two normal forms
/// that differ may still mean the same: compareTables tells. Raw values keep their words, with one
/// blank between. Holds keys.
[[nodiscard]] DEVMAP_API Params normalForm(const Value& value,
                                           const DeviceResolver& resolver = {}) noexcept;

/// One difference between two tables.
struct Change {
  std::uint32_t row = 0;  ///< of the new table; of the old one for rows that only it has
  std::string field;   ///< name as in FieldValue; `row` when it is there on one side only, `start`,
                       ///< `length`, `type`, or `parameters` of raw ones
  std::string before;  ///< empty: absent. A secret is never shown
  std::string after;
  bool fixed = false;  ///< a device keeps this for life: a reload is refused, or ruins data

  friend bool operator==(const Change&, const Change&) noexcept = default;
};

/// What comes of loading one table over another.
struct TableDiff {
  std::vector<Change> changes;  ///< none: both mean the same
  bool live = true;    ///< whether it can be done on a live device, as far as that can be known
                       ///< without the kernel
  std::string whyNot;  ///< when not

  [[nodiscard]] bool same() const noexcept { return changes.empty(); }
};

/// Compares a table, usually as the kernel shows it, with the one to come, row by row. The order
/// matters: what only `before` says, because the kernel took it from the device, is no difference,
/// and what only `after` asks for is one.
[[nodiscard]] DEVMAP_API TableDiff compareTables(std::span<const TargetRow> before,
                                                 std::span<const TargetRow> after,
                                                 const DeviceResolver& resolver = {}) noexcept;

}  // namespace devmap::targets
