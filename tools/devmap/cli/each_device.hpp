// Showing one device, several, or all.
#pragma once

#include "cli/session.hpp"

namespace tool {

/// Result of showing one device: true if it was shown, false if it does not exist, or an error.
using Shown = Result<bool>;
/// Shows one device. `several`: others are shown as well, so lines need its name.
using Show = Shown (*)(Session& session, const Address& address, bool several);

/// Calls `show` for each device that the call names, or for all devices if it names none. Says so
/// if there are no devices. A named device that does not exist is an error and ends the loop. One
/// that vanished after it was listed is skipped.
bool forEachDevice(Session& session, Show show);

}  // namespace tool
