// Errors in dmsetup's form: the first line on standard error is dmsetup's; devmap's message
// follows.
#pragma once

#include <string>

#include "dmsetup/dmsetup.hpp"

namespace tool::dmsetup {

/// The text of strerror in glibc and the C locale, whatever C library is in use.
[[nodiscard]] std::string errnoText(int errnum);

/// dmsetup's line for an errno of the control node: `device-mapper: remove ioctl on NAME UUID(M:m)
/// failed: Device or resource busy`. `asked`: the device as the command named it; an empty part
/// leaves only its blank. Empty for other errors.
[[nodiscard]] std::string ioctlLine(const Error& error, const Address& asked,
                                    NameMangling mangling);

/// dmsetup's line for an error that is not from an ioctl; empty if it has none.
[[nodiscard]] std::string otherLine(const Error& error, const Address& asked);

}  // namespace tool::dmsetup
