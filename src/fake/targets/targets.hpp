// Target types that the fake kernel knows.
#pragma once

#include <string_view>

#include <fake/mapper/device.hpp>

namespace devmap::fake {

struct Mapper;

/// Adds all types. Those that are part of dm-mod are loaded, the others on first use.
void addTargetTypes(Mapper& mapper);

/// Null: unknown. With `load`, loads its module.
[[nodiscard]] TargetType* findType(Mapper& mapper, std::string_view name, bool load);

/// In thin.cpp and crypt.cpp.
[[nodiscard]] TargetType thinPoolType();
[[nodiscard]] TargetType thinType();
[[nodiscard]] TargetType cryptType();

}  // namespace devmap::fake
