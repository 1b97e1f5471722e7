// Lines of the log, handed to the function that the program installed.
#pragma once

#include <string>
#include <string_view>

namespace devmap::libdm {

/// Levels of the interface (syslog's, from fatal to debug). The default logger sends errors to
/// stderr and the rest to stdout; 0x80 sends a warning to stderr.
enum class Level : int {
  fatal = 2,
  error = 3,
  warning = 4 | 0x80,
  notice = 5,
  info = 6,
  debug = 7
};

/// One line, without a newline. Programs search errors for the words of an errno, so only the line
/// of a failed call may contain them above debug.
void log(Level level, std::string_view text) noexcept;

/// An error, with an errno class of -1.
inline void logError(std::string_view text) noexcept { log(Level::error, text); }

/// A line of a report, to stdout unless the program logs itself; or of its help, to stderr.
void print(std::string_view text) noexcept;
void printToStderr(std::string_view text) noexcept;

/// Whether a line of this level reaches anybody: worth making the text.
[[nodiscard]] bool logs(Level level) noexcept;

/// The words of an errno in the C locale, whatever the program's locale: "Device or resource busy".
[[nodiscard]] std::string_view errnoWords(int errnum) noexcept;

/// For a function that is not implemented: logs that once per function, sets errno to ENOSYS.
void notProvided(const char* function) noexcept;

}  // namespace devmap::libdm
