// Arenas: what code of this folder calls instead of the exported dm_pool functions, which a program
// may replace with its own.
#pragma once

#include <cstddef>
#include <string_view>

struct dm_pool;

namespace devmap::libdm {

/// `size` zeroed bytes, aligned to 8, that live as long as the pool. Null when memory runs out.
[[nodiscard]] void* poolAllocate(dm_pool& pool, std::size_t size) noexcept;

/// A copy of `text`, ended by NUL. Null when memory runs out.
[[nodiscard]] char* poolCopy(dm_pool& pool, std::string_view text) noexcept;

}  // namespace devmap::libdm
