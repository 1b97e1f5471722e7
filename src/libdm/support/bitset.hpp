// Bit sets: what code of this folder calls instead of the exported dm_bitset functions.
#pragma once

#include <cstddef>
#include <string_view>

#include "api.hpp"

namespace devmap::libdm {

/// A set of `count` bits, all 0: from `pool`, or from malloc if that is null. Null when memory runs
/// out.
[[nodiscard]] dm_bitset_t makeBitset(dm_pool* pool, unsigned int count) noexcept;

/// The bits of a list such as "1,3-5", at least `least` of them. Null, with a line of the log, if
/// the text is no such list or memory runs out.
[[nodiscard]] dm_bitset_t bitsetFromList(std::string_view text, dm_pool* pool,
                                         std::size_t least) noexcept;

}  // namespace devmap::libdm
