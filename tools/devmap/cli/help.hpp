// Help texts.
#pragma once

#include <string>

#include "cli/verb.hpp"

namespace tool {

/// What the tool can do, one verb a line.
[[nodiscard]] std::string overview();
/// How one verb is called.
[[nodiscard]] std::string usage(const Verb& verb);
/// Reports that no verb starts like this, and suggests a similar one. Always returns false.
bool failUnknownVerb(std::span<const std::string_view> operands);

}  // namespace tool
