// Local time for static builds, where that of the C library costs more than a tenth of the whole tool.
#pragma once

#include <cstdint>
#include <ctime>
#include <string_view>

namespace tool {

/// `since1970` (seconds UTC) in the time zone of TZ or /etc/localtime, as localtime_r gives it; UTC where the zone cannot be read.
/// Sets the members that C knows, but for tm_isdst. Source: RFC 8536 for the files, POSIX for the rules of TZ.
void localTime(std::int64_t since1970, std::tm& date) noexcept;

namespace detail {
/// Seconds east of UTC at that time by the bytes of a zone file; UTC where they are damaged.
[[nodiscard]] std::int64_t offsetByFile(std::string_view file, std::int64_t since1970) noexcept;
/// The same by a rule such as `CET-1CEST,M3.5.0,M10.5.0/3`.
[[nodiscard]] std::int64_t offsetByRule(std::string_view rule, std::int64_t since1970) noexcept;
}  // namespace detail

}  // namespace tool
