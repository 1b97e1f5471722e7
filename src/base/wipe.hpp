// Overwriting secrets in memory.
#pragma once

#include <cstddef>
#include <span>

namespace devmap::base {

/// Overwrites a secret with zeros; the compiler does not leave it out. Clears as well what was
/// copied of it by the way: the vector registers that memcpy and the like carry it through, and the
/// dead frames of those calls on the stack.
void wipe(std::span<std::byte> bytes) noexcept;

}  // namespace devmap::base
