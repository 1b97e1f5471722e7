// Tables of the fake device-mapper: building one from rows, and taking it apart. Functions return 0
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

/// Whether every target fits into the devices it stands on. Logs what does not.
int checkAreas(Machine& machine, const Device& device, const Table& table);

/// Lets go of everything a table holds, complete or not.
void destroyTable(Machine& machine, Device& device, std::unique_ptr<Table> table);

/// A constructor's backing device: `word` is a path or major:minor. Opened once for the table.
int takeDevice(Build& build, const std::string& word, DeviceNumber& number);

/// The text of one row for TABLE_STATUS.
[[nodiscard]] std::string statusText(Machine& machine, const Device& device, const Target& target,
                                     StatusKind kind);

}  // namespace devmap::fake
