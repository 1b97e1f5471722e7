// Errors in dmsetup's form: first dmsetup's line, from which programs take the errno, then devmap's
// message.

#include "dmsetup/errors.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include "cli/print.hpp"

namespace tool::dmsetup {
namespace {

struct OperationWord {
  std::string_view operation;  ///< Error::operation
  const char* word;            ///< dmsetup's name for the command of the control node
};
constexpr auto operationWords = std::to_array<OperationWord>({
    {"add row", "reload"},
    {"ask for the interface version", "version"},
    {"clear inactive table", "clear"},
    {"create device", "create"},
    {"get dependencies", "deps"},
    {"get device info", "info"},
    {"get status", "status"},
    {"get table", "table"},
    {"get target version", "target-version"},
    {"list devices", "names"},
    {"list target types", "versions"},
    {"load table", "reload"},
    {"remove all devices", "remove_all"},
    {"remove device", "remove"},
    {"rename device", "rename"},
    {"resume device", "resume"},
    {"send message", "message"},
    {"set geometry", "setgeometry"},
    {"suspend device", "suspend"},
    {"wait for event", "waitevent"},
});

struct ErrnoText {
  int number;
  const char* text;
};
// Errnos that dm-ioctl.c, dm-table.c, the targets and the opening of devices are known to return,
// in the words of glibc 2.36 (sysdeps/gnu/errlist.h, locale C). musl, with which the static tool is
// built, words them differently.
constexpr auto errnoTexts = std::to_array<ErrnoText>({
    {EPERM, "Operation not permitted"},
    {ENOENT, "No such file or directory"},
    {EINTR, "Interrupted system call"},
    {EIO, "Input/output error"},
    {ENXIO, "No such device or address"},
    {E2BIG, "Argument list too long"},
    {EBADF, "Bad file descriptor"},
    {EAGAIN, "Resource temporarily unavailable"},
    {ENOMEM, "Cannot allocate memory"},
    {EACCES, "Permission denied"},
    {EFAULT, "Bad address"},
    {ENOTBLK, "Block device required"},
    {EBUSY, "Device or resource busy"},
    {EEXIST, "File exists"},
    {EXDEV, "Invalid cross-device link"},
    {ENODEV, "No such device"},
    {ENOTDIR, "Not a directory"},
    {EISDIR, "Is a directory"},
    {EINVAL, "Invalid argument"},
    {ENFILE, "Too many open files in system"},
    {EMFILE, "Too many open files"},
    {ENOTTY, "Inappropriate ioctl for device"},
    {EFBIG, "File too large"},
    {ENOSPC, "No space left on device"},
    {EROFS, "Read-only file system"},
    {EDOM, "Numerical argument out of domain"},
    {ERANGE, "Numerical result out of range"},
    {ENAMETOOLONG, "File name too long"},
    {ENOSYS, "Function not implemented"},
    {ELOOP, "Too many levels of symbolic links"},
    {ENODATA, "No data available"},
    {ETIME, "Timer expired"},
    {EBADMSG, "Bad message"},
    {EOVERFLOW, "Value too large for defined data type"},
    {EILSEQ, "Invalid or incomplete multibyte or wide character"},
    {EMSGSIZE, "Message too long"},
    {EOPNOTSUPP, "Operation not supported"},
    {ENOTCONN, "Transport endpoint is not connected"},
    {ETIMEDOUT, "Connection timed out"},
    {EALREADY, "Operation already in progress"},
    {EUCLEAN, "Structure needs cleaning"},
    {EREMOTEIO, "Remote I/O error"},
    {ECANCELED, "Operation canceled"},
    {ENOKEY, "Required key not available"},
    {EKEYEXPIRED, "Key has expired"},
    {EKEYREVOKED, "Key has been revoked"},
    {EKEYREJECTED, "Key was rejected by service"},
});

/// What is wrong with a name, as Error::detail says.
struct NameProblem {
  std::string_view part;
  const char *before, *behind;  ///< dmsetup's sentence before and after the name
};
constexpr auto nameProblems = std::to_array<NameProblem>({
    {"at most 127 bytes", "Name \"", "\" too long."},
    {"at most 128 bytes", "Mangled form of the UUID too long for \"", "\"."},
    {"some of its bytes are mangled", "The name \"",
     "\" contains mixed mangled and unmangled characters or it's already mangled improperly."},
    {"mangled more than once", "The name \"",
     "\" seems to be mangled more than once. This is not allowed in auto mode."},
});

/// `NAME UUID(MAJOR:MINOR)`. The blank stays if there is no name or no uuid.
std::string subjectOf(const Address& asked, NameMangling mangling) {
  const auto kernelForm = [&](std::string_view text) {
    return mangle(text, mangling).value_or(std::string(text));
  };
  std::string subject = join(kernelForm(asked.name), " ", kernelForm(asked.uuid));
  if (asked.number && asked.number->major != 0) subject += join("(", toString(*asked.number), ")");
  return subject;
}

}  // namespace

std::string errnoText(int errnum) {
  for (const auto [number, text] : errnoTexts)
    if (number == errnum) return text;
  return std::strerror(errnum);
}

std::string ioctlLine(const Error& error, const Address& asked, NameMangling mangling) {
  // dmsetup leaves it to the kernel to reject rows that make no table.
  const int errnum = error.errnum == 0 && error.code == Errc::invalidTable ? EINVAL : error.errnum;
  if (errnum == 0) return {};
  for (const auto [operation, word] : operationWords)
    if (operation == error.operation)
      return join("device-mapper: ", word, " ioctl on ", subjectOf(asked, mangling),
                  " failed: ", errnoText(errnum));
  return {};
}

std::string otherLine(const Error& error, const Address& asked) {
  const std::string_view detail = error.detail;
  if (error.operation == "open control node")  // the detail begins with the path
    return join(detail.substr(0, detail.find(": ")), ": open failed: ", errnoText(error.errnum),
                "\nFailure to communicate with kernel device-mapper driver.");
  if (error.operation == "read table") {
    const std::size_t line = detail.find(": line ");  // SOURCE: line N, column M: ...
    if (error.errnum != 0) return join("Couldn't open '", detail, "' for reading.");
    if (line == std::string_view::npos) return {};
    const std::string_view source = detail.substr(0, line);
    const std::string_view shown = source == "standard input" ? "on stdin"
                                   : source.starts_with("--") ? ""
                                                              : source;
    return join("Invalid format on line ", leadingNumber(detail.substr(line + 7)), " of table ",
                shown, ".");
  }
  const std::string& whole = error.code == Errc::invalidUuid
                                 ? asked.uuid
                                 : asked.name;  // the error has only its beginning
  for (const auto [part, before, behind] : nameProblems)
    if (detail.find(part) != std::string_view::npos)
      return join(before, whole.empty() ? error.device : whole, behind);
  return {};
}

bool fail(const Error& error, const Address& asked, NameMangling mangling) {
  std::string line = ioctlLine(error, asked, mangling);
  if (line.empty()) line = otherLine(error, asked);
  return line.empty() ? complain(error.message()) : complain(line, "\n", error.message());
}

bool fail(const Error& error) {
  return fail(error, {error.device, {}, {}}, NameMangling::automatic);
}

}  // namespace tool::dmsetup
