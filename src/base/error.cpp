#include <devmap/error.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <base/text.hpp>

namespace devmap {
namespace {

// Errnos that dm-ioctl.c, dm-table.c, the targets, semget(2), semop(2) and the opening of devices
// are known to return.
struct ErrnoText {
  int number;
  const char* name;
  const char* meaning;
};
constexpr auto errnoTexts = std::to_array<ErrnoText>({
    {EPERM, "EPERM", "operation not permitted"},
    {ENOENT, "ENOENT", "no such file or directory"},
    {EINTR, "EINTR", "interrupted by a signal"},
    {EIO, "EIO", "input/output error"},
    {ENXIO, "ENXIO", "no such device or address"},
    {E2BIG, "E2BIG", "argument list too long"},
    {EBADF, "EBADF", "bad file descriptor"},
    {EAGAIN, "EAGAIN", "try again"},
    {ENOMEM, "ENOMEM", "out of memory"},
    {EACCES, "EACCES", "permission denied"},
    {EFAULT, "EFAULT", "bad address"},
    {ENOTBLK, "ENOTBLK", "block device required"},
    {EBUSY, "EBUSY", "device or resource busy"},
    {EEXIST, "EEXIST", "already exists"},
    {ENODEV, "ENODEV", "no such device"},
    {ENOTDIR, "ENOTDIR", "not a directory"},
    {EISDIR, "EISDIR", "is a directory"},
    {EINVAL, "EINVAL", "invalid argument"},
    {EMFILE, "EMFILE", "too many open files in this process"},
    {ENFILE, "ENFILE", "too many open files in the system"},
    {ENOTTY, "ENOTTY", "no such command for this device"},
    {EFBIG, "EFBIG", "too large"},
    {ENOSPC, "ENOSPC", "no space left"},
    {EROFS, "EROFS", "read-only file system"},
    {ERANGE, "ERANGE", "out of range"},
    {ENAMETOOLONG, "ENAMETOOLONG", "name too long"},
    {ENOSYS, "ENOSYS", "not implemented by this kernel"},
    {ELOOP, "ELOOP", "too many symbolic links"},
    {EIDRM, "EIDRM", "removed meanwhile"},
    {ENODATA, "ENODATA", "no data available"},
    {EOVERFLOW, "EOVERFLOW", "value too large"},
    {EOPNOTSUPP, "EOPNOTSUPP", "operation not supported"},
    {ENOTCONN, "ENOTCONN", "not connected"},
    {ETIMEDOUT, "ETIMEDOUT", "timed out"},
    {ENOKEY, "ENOKEY", "key not available"},
    {EKEYEXPIRED, "EKEYEXPIRED", "key has expired"},
    {EKEYREVOKED, "EKEYREVOKED", "key has been revoked"},
    {EKEYREJECTED, "EKEYREJECTED", "key was rejected"},
});

/// Null for any other errno.
const ErrnoText* find(int errnum) noexcept {
  const auto* const found = std::ranges::find(errnoTexts, errnum, &ErrnoText::number);
  return found == errnoTexts.end() ? nullptr : found;
}

// Control bytes as \xNN, so that a name with a newline cannot forge a line.
void appendPrintable(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      out += c;
    } else {
      out += "\\x";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    }
  }
}

}  // namespace

std::string toString(DeviceNumber number) {
  std::string text;
  text += base::decimal(number.major);
  text += ':';
  text += base::decimal(number.minor);
  return text;
}

std::string toString(Version version) {
  std::string text;
  text += base::decimal(version.major);
  text += '.';
  text += base::decimal(version.minor);
  text += '.';
  text += base::decimal(version.patch);
  return text;
}

std::string errnoName(int errnum) {
  if (const auto text = find(errnum)) return text->name;
  std::string name = "errno ";
  if (errnum < 0) name += '-';
  name += base::decimal(errnum < 0 ? 0U - static_cast<unsigned>(errnum)
                                   : static_cast<unsigned>(errnum));
  return name;
}

std::unique_ptr<Error> detail::boxed(Error&& error) noexcept {
  return std::make_unique<Error>(std::move(error));
}
std::unique_ptr<Error> detail::copied(const std::unique_ptr<Error>& error) noexcept {
  return error == nullptr ? nullptr : std::make_unique<Error>(*error);
}

std::string Error::message() const {
  std::string text(operation);
  if (!device.empty()) {
    text += " '";
    appendPrintable(text, device);
    text += '\'';
  }
  if (row) {
    text += ": row ";
    text += base::decimal(*row);
  }
  if (!detail.empty()) {
    text += ": ";
    appendPrintable(text, detail);
  }
  if (errnum != 0) {
    const auto known = find(errnum);
    text += ": ";
    if (known) {
      text += known->meaning;
      text += " (";
    }
    text += errnoName(errnum);
    if (known) text += ')';
  }
  if (!kernelMessage.empty()) {
    text += "; the kernel says: ";
    appendPrintable(text, kernelMessage);
  }
  return text;
}

}  // namespace devmap
