// Memory from malloc: what code of this folder calls instead of the exported dm_malloc functions,
// which a program may replace with its own.
#pragma once

#include <cstddef>

namespace devmap::libdm {

/// Aligned to `alignment`, a power of two and a multiple of the size of a pointer; to a page for 0.
/// For free(). Null, with a line of the log, when memory runs out or the alignment is none.
[[nodiscard]] void* allocateAligned(std::size_t size, std::size_t alignment) noexcept;

}  // namespace devmap::libdm
