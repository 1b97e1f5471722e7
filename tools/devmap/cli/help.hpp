// Help texts.
#pragma once

#include <string>

#include "cli/verb.hpp"

namespace tool {

/// What the tool can do, a line a verb.
[[nodiscard]] std::string overview();
/// How one verb is called.
[[nodiscard]] std::string usage(const Verb& verb);
/// Says that no verb starts like this, and which one may have been meant. Always false.
bool failUnknownVerb(std::span<const std::string_view> operands);

}  // namespace tool
