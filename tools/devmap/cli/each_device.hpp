// Showing one device, several, or all there are.
#pragma once

#include "cli/session.hpp"

namespace tool {

/// Outcome of showing one device: shown, or false when it does not exist, or an error.
using Shown = Result<bool>;
/// Shows one device. `several`: others are shown as well, so lines need its name.
using Show = Shown (*)(Session& session, const Address& address, bool several);

/// Calls `show` for each device that the call names, or for all devices when it names none. Says so
/// when there are none at all. A named device that does not exist is an error and ends it; one that
/// vanished after it was listed is passed over.
bool forEachDevice(Session& session, Show show);

}  // namespace tool
