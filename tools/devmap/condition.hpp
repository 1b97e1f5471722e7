// What a status line means to a person: bars, words, and whether it is bad news.
#pragma once
#ifndef DEVMAP_MINIMAL

#include <devmap/table.hpp>

#include "screen.hpp"

namespace tool {

/// The status of one row in words. Empty: it has nothing to say. A status that devmap cannot read is told as it is.
[[nodiscard]] Text conditionOf(const Screen& screen, const devmap::TableRow& row);

/// The worst tone in it.
[[nodiscard]] Tone worst(const Text& text) noexcept;

}  // namespace tool

#endif
