// Overwriting secrets in memory.
#pragma once

#include <cstddef>
#include <span>

namespace devmap::base {

/// Overwrites a secret with zeros; the compiler cannot elide it. Also clears stray copies: the
/// vector registers that memcpy and the like use, and the dead stack frames of those calls.
void wipe(std::span<std::byte> bytes) noexcept;

}  // namespace devmap::base
