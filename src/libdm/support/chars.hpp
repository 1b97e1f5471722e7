// Characters, as in the C locale.
#pragma once

namespace devmap::libdm {

inline bool isBlank(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
inline bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

}  // namespace devmap::libdm
