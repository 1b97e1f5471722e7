#include "log.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <mutex>

#include "api.hpp"
#include "entry.hpp"

// Two variables of the interface, which have no place in its header: libdevmapper-event logs
// through them, and a program may assign to them. They are never null.
extern "C" {
__attribute__((visibility("default"))) extern dm_log_fn dm_log;
__attribute__((visibility("default"))) extern dm_log_with_errno_fn dm_log_with_errno;
}

namespace devmap::libdm {
namespace {

/// What is installed. A thread may install another while others log.
dm_log_fn older() noexcept { return __atomic_load_n(&dm_log, __ATOMIC_ACQUIRE); }
dm_log_with_errno_fn newer() noexcept {
  return __atomic_load_n(&dm_log_with_errno, __ATOMIC_ACQUIRE);
}

constexpr int levelBits = 0x0f;
constexpr int toStderr = 0x80;
constexpr int noErrno = -1;
constexpr int printed = 4;  // reports; with toStderr, warnings
constexpr int lastToStderr = 3;

std::atomic<int> verbosity{0};

bool defaultShows(int level) noexcept {
  const int shown = std::max(printed, verbosity.load(std::memory_order_relaxed));
  return (level & levelBits) <= shown;
}

void writeLine(int level, const char* text) noexcept {
  if (!defaultShows(level)) return;
  const bool error = (level & levelBits) <= lastToStderr || (level & toStderr) != 0;
  static_cast<void>(std::fprintf(error ? stderr : stdout, "%s\n", text));
}

/// The finished text of a line; cut at the size of the buffer.
class Line {
 public:
  Line(const char* format, va_list arguments) noexcept {
    static_cast<void>(std::vsnprintf(text_.data(), text_.size(), format, arguments));
  }
  [[nodiscard]] const char* text() const noexcept { return text_.data(); }

 private:
  std::array<char, 8192> text_;
};

extern "C" {

void defaultWithErrno(int level, const char* file, int line, int errnum, const char* format, ...)
    __attribute__((format(printf, 5, 6)));
void defaultOld(int level, const char* file, int line, const char* format, ...)
    __attribute__((format(printf, 4, 5)));
void oldFromNew(int level, const char* file, int line, int errnum, const char* format, ...)
    __attribute__((format(printf, 5, 6)));
void newFromOld(int level, const char* file, int line, const char* format, ...)
    __attribute__((format(printf, 4, 5)));

void defaultWithErrno(int level, const char* /*file*/, int /*line*/, int /*errnum*/,
                      const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  writeLine(level, Line(format, arguments).text());
  va_end(arguments);
}

void defaultOld(int level, const char* /*file*/, int /*line*/, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  writeLine(level, Line(format, arguments).text());
  va_end(arguments);
}

/// In dm_log_with_errno where the program installed a function of the older kind.
void oldFromNew(int level, const char* file, int line, int /*errnum*/, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  older()(level, file, line, "%s", Line(format, arguments).text());
  va_end(arguments);
}

/// In dm_log where the program installed a function of the newer kind.
void newFromOld(int level, const char* file, int line, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  newer()(level, file, line, noErrno, "%s", Line(format, arguments).text());
  va_end(arguments);
}

}  // extern "C"

void send(int level, int errnumOrClass, std::string_view text) noexcept {
  const std::string line(text);
  newer()(level, "devmap", 1, errnumOrClass, "%s", line.c_str());
}

constinit std::mutex installing;

template <typename Function>
void install(Function& variable, Function function) noexcept {
  __atomic_store_n(&variable, function, __ATOMIC_RELEASE);
}

/// Functions that were reported as not provided. The first ones only, so that it needs no memory.
constinit std::mutex reportedMutex;
constinit std::array<const char*, 512> reported{};

bool firstReport(const char* function) noexcept {
  const std::lock_guard lock(reportedMutex);
  for (const char*& entry : reported) {
    if (entry == function) return false;
    if (entry != nullptr) continue;
    entry = function;
    return true;
  }
  return false;
}

}  // namespace

void log(Level level, std::string_view text) noexcept {
  send(static_cast<int>(level), noErrno, text);
}

void print(std::string_view text) noexcept { send(printed, 0, text); }
void printToStderr(std::string_view text) noexcept { send(printed | toStderr, 0, text); }

bool logs(Level level) noexcept {
  return newer() != defaultWithErrno || defaultShows(static_cast<int>(level));
}

void notProvided(const char* function) noexcept {
  const Entry entry;
  if (firstReport(function))
    logError("libdevmapper: " + std::string(function) + " is not provided by devmap");
  errno = ENOSYS;
}

std::string_view errnoWords(int errnum) noexcept {
  // strerror follows the locale of the program, and docker looks for English words.
  struct Words {
    int errnum;
    std::string_view words;
  };
  static constexpr std::array table{
      Words{0, "Success"},
      Words{EPERM, "Operation not permitted"},
      Words{ENOENT, "No such file or directory"},
      Words{EINTR, "Interrupted system call"},
      Words{EIO, "Input/output error"},
      Words{ENXIO, "No such device or address"},
      Words{EAGAIN, "Resource temporarily unavailable"},
      Words{ENOMEM, "Cannot allocate memory"},
      Words{EACCES, "Permission denied"},
      Words{EFAULT, "Bad address"},
      Words{ENOTBLK, "Block device required"},
      Words{EBUSY, "Device or resource busy"},
      Words{EEXIST, "File exists"},
      Words{ENODEV, "No such device"},
      Words{EINVAL, "Invalid argument"},
      Words{ENOTTY, "Inappropriate ioctl for device"},
      Words{EFBIG, "File too large"},
      Words{ENOSPC, "No space left on device"},
      Words{EROFS, "Read-only file system"},
      Words{ERANGE, "Numerical result out of range"},
      Words{ENOSYS, "Function not implemented"},
      Words{ENODATA, "No data available"},
      Words{EOVERFLOW, "Value too large for defined data type"},
      Words{EOPNOTSUPP, "Operation not supported"},
      Words{ETIMEDOUT, "Connection timed out"},
      Words{ENOKEY, "Required key not available"},
      Words{EKEYEXPIRED, "Key has expired"},
      Words{EKEYREVOKED, "Key has been revoked"},
      Words{EKEYREJECTED, "Key was rejected by service"},
      Words{EBADMSG, "Bad message"},
      Words{ENOTCONN, "Transport endpoint is not connected"},
  };
  const auto* const found = std::ranges::find(table, errnum, &Words::errnum);
  return found == table.end() ? std::string_view(std::strerror(errnum)) : found->words;
}

}  // namespace devmap::libdm

using namespace devmap::libdm;

constinit dm_log_fn dm_log = defaultOld;
constinit dm_log_with_errno_fn dm_log_with_errno = defaultWithErrno;

// The program's function is installed first. A thread that logs meanwhile would otherwise find two
// that hand on to each other.
void dm_log_init(dm_log_fn function) {
  const Entry entry;
  const std::lock_guard lock(installing);
  install(dm_log, function != nullptr ? function : defaultOld);
  install(dm_log_with_errno, function != nullptr ? oldFromNew : defaultWithErrno);
}

void dm_log_with_errno_init(dm_log_with_errno_fn function) {
  const Entry entry;
  const std::lock_guard lock(installing);
  install(dm_log_with_errno, function != nullptr ? function : defaultWithErrno);
  install(dm_log, function != nullptr ? newFromOld : defaultOld);
}

int dm_log_is_non_default() { return older() == defaultOld && newer() == defaultWithErrno ? 0 : 1; }

void dm_log_init_verbose(int level) { verbosity.store(level, std::memory_order_relaxed); }
