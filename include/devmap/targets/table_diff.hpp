// Tables compared by meaning: what a reload would change, and whether a live device accepts it.
//
// The text that the kernel shows for a live table differs from the text that was loaded. The kernel
// fills in defaults, rounds numbers, takes sizes from a superblock or header, and omits words. Rows
// are compared as Linux 6.1 to 7.3 treats them; the grammar in src/targets records this for each
// field. What the kernel chooses itself and the new row does not ask for is no difference. What the
// kernel accepts but does not use is no difference either.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/targets.hpp>

namespace devmap::targets {

/// Resolves a path to a device number. The comparison itself makes no system calls. Null: paths are
/// compared as text, and a path never equals a number.
struct DeviceResolver {
  std::optional<DeviceNumber> (*resolve)(void* context, std::string_view path) noexcept = nullptr;
  void* context = nullptr;
};

/// Whether both words name the same device.
[[nodiscard]] DEVMAP_API bool sameDevice(const DeviceWord& a, const DeviceWord& b,
                                         const DeviceResolver& resolver = {}) noexcept;

/// The parameters in normal form: devices as numbers where the resolver knows them, options in the
/// kernel's order, and implied values as the kernel shows them. Two different normal forms may
/// still mean the same; compareTables decides. Raw values keep their words, separated by single
/// blanks. The result may hold keys.
[[nodiscard]] DEVMAP_API Params normalForm(const Value& value,
                                           const DeviceResolver& resolver = {}) noexcept;

/// One difference between two tables.
struct Change {
  std::uint32_t row = 0;  ///< index in the new table; in the old table for a row that only it has
  std::string field;   ///< name as in FieldValue. Or `row` if only one table has the row, `start`,
                       ///< `length`, `type`, or `parameters` for raw values
  std::string before;  ///< empty: absent. A secret is never shown
  std::string after;
  bool fixed = false;  ///< fixed for a live device: a reload is refused or corrupts data

  friend bool operator==(const Change&, const Change&) noexcept = default;
};

/// What loading one table over another changes.
struct TableDiff {
  std::vector<Change> changes;  ///< empty: both tables mean the same
  bool live = true;    ///< whether a live device accepts it, as far as known without the kernel
  std::string whyNot;  ///< the reason if not `live`

  [[nodiscard]] bool same() const noexcept { return changes.empty(); }
};

/// Compares a table, usually as the kernel shows it, with the one that is to replace it, row by
/// row. The order matters. What only `before` has, because the kernel took it from the device, is
/// no difference. What only `after` asks for is a difference.
[[nodiscard]] DEVMAP_API TableDiff compareTables(std::span<const TargetRow> before,
                                                 std::span<const TargetRow> after,
                                                 const DeviceResolver& resolver = {}) noexcept;

}  // namespace devmap::targets
