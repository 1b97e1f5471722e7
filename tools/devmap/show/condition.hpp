// What a status line means to a person: bars, words, and whether it is bad news.
#pragma once

#include <string>
#include <vector>

#include <devmap/task.hpp>

#include "show/screen.hpp"

namespace tool {

/// The state of a device apart from its rows and its mode, for putLine: no table, suspended and the
/// like. Empty if it is as it should be.
[[nodiscard]] std::string stateOf(const devmap::DeviceInfo& info);

/// The types of its rows, each once, separated by commas.
[[nodiscard]] std::string typesOf(const std::vector<devmap::TableRow>& rows);
[[nodiscard]] std::uint64_t bytesOf(const std::vector<devmap::TableRow>& rows) noexcept;

/// Appends `item` to a list.
void listUp(std::string& list, std::string_view item, std::string_view separator = ", ");

/// The status of one row in words, for putLine. Empty if there is nothing to report. A status that
/// devmap cannot read is shown as it is.
[[nodiscard]] std::string conditionOf(const Screen& screen, const devmap::TableRow& row);

}  // namespace tool
