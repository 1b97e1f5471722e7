// Version of this library.
#pragma once

#include <devmap/types.hpp>

namespace devmap {

/// Semantic versioning; until 1.0 a minor version may break source compatibility. The same number
/// as in meson.build.
inline constexpr Version libraryVersion{0, 1, 0};

}  // namespace devmap
