// Tables of the fake device-mapper: building one from rows, and destroying it. Functions return 0
// or an errno.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <fake/mapper/device.hpp>

namespace devmap::fake {

/// Adds one row to a table under construction. Logs what is wrong with it.
int addRow(Machine& machine, Device& device, Table& table, std::string_view type,
           std::uint64_t start, std::uint64_t length, std::string_view params);

/// Checks that every target fits into its backing devices. Logs what does not.
int checkAreas(Machine& machine, const Device& device, const Table& table);

/// Releases everything that a table holds, complete or not.
void destroyTable(Machine& machine, Device& device, std::unique_ptr<Table> table);

/// Opens a constructor's backing device, once for the table. `word` is a path or major:minor.
int takeDevice(Build& build, const std::string& word, DeviceNumber& number);

/// The text of one row for TABLE_STATUS.
[[nodiscard]] std::string statusText(Machine& machine, const Device& device, const Target& target,
                                     StatusKind kind);

}  // namespace devmap::fake
