// Cookies and their flags as udev rules and people read them.
#pragma once

#include <cstdint>
#include <vector>

#include "cli/session.hpp"

namespace tool {

/// Each flag of a DM_COOKIE as `PROPERTY='1'`, one a line.
void printUdevFlags(std::uint32_t dmCookie);
/// A table of semaphores.
void printUdevCookies(const std::vector<SemaphoreState>& cookies);

}  // namespace tool
