// Helpers that the files of this layer share.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include <base/text.hpp>
#include <devmap/error.hpp>

namespace devmap::thin {

using base::decimal;
using base::readNumber;
using base::takeUpTo;

[[nodiscard]] std::string join(std::initializer_list<std::string_view> parts);
/// The error for the errno of a Storage call.
[[nodiscard]] Error storageError(const char* operation, int errnum, std::string_view path);

}  // namespace devmap::thin
