// How an error is told as dmsetup: its first line on standard error is dmsetup's, what devmap has
// to say stands behind it.
#pragma once

#include <string>

#include "dmsetup/dmsetup.hpp"

namespace tool::dmsetup {

/// What strerror says in glibc and the C locale, whatever C library this is.
[[nodiscard]] std::string errnoText(int errnum);

/// dmsetup's line for an errno of the control node: `device-mapper: remove ioctl on NAME UUID(M:m)
/// failed: Device or resource busy`. `asked`: what the command was given; what is empty leaves only
/// its blank. Empty for other errors.
[[nodiscard]] std::string ioctlLine(const Error& error, const Address& asked,
                                    NameMangling mangling);

/// dmsetup's line for an error that is not of an ioctl; empty where it has none.
[[nodiscard]] std::string otherLine(const Error& error, const Address& asked);

}  // namespace tool::dmsetup
