#include <devmap/error.hpp>

#include <array>
#include <cerrno>
#include <charconv>

namespace devmap {
namespace {

struct ErrnoText {
  int number;
  const char* name;
  const char* meaning;
};

// The errnos that dm-ioctl.c, dm-table.c, the targets, semget(2), semop(2) and the opening of devices are known to give.
constexpr std::array errnoTexts{
    ErrnoText{EPERM, "EPERM", "operation not permitted"},
    ErrnoText{ENOENT, "ENOENT", "no such file or directory"},
    ErrnoText{EINTR, "EINTR", "interrupted by a signal"},
    ErrnoText{EIO, "EIO", "input/output error"},
    ErrnoText{ENXIO, "ENXIO", "no such device or address"},
    ErrnoText{E2BIG, "E2BIG", "argument list too long"},
    ErrnoText{EBADF, "EBADF", "bad file descriptor"},
    ErrnoText{EAGAIN, "EAGAIN", "try again"},
    ErrnoText{ENOMEM, "ENOMEM", "out of memory"},
    ErrnoText{EACCES, "EACCES", "permission denied"},
    ErrnoText{EFAULT, "EFAULT", "bad address"},
    ErrnoText{ENOTBLK, "ENOTBLK", "block device required"},
    ErrnoText{EBUSY, "EBUSY", "device or resource busy"},
    ErrnoText{EEXIST, "EEXIST", "already exists"},
    ErrnoText{ENODEV, "ENODEV", "no such device"},
    ErrnoText{ENOTDIR, "ENOTDIR", "not a directory"},
    ErrnoText{EISDIR, "EISDIR", "is a directory"},
    ErrnoText{EINVAL, "EINVAL", "invalid argument"},
    ErrnoText{EMFILE, "EMFILE", "too many open files in this process"},
    ErrnoText{ENFILE, "ENFILE", "too many open files in the system"},
    ErrnoText{ENOTTY, "ENOTTY", "no such command for this device"},
    ErrnoText{EFBIG, "EFBIG", "too large"},
    ErrnoText{ENOSPC, "ENOSPC", "no space left"},
    ErrnoText{EROFS, "EROFS", "read-only file system"},
    ErrnoText{ERANGE, "ERANGE", "out of range"},
    ErrnoText{ENAMETOOLONG, "ENAMETOOLONG", "name too long"},
    ErrnoText{ENOSYS, "ENOSYS", "not implemented by this kernel"},
    ErrnoText{ELOOP, "ELOOP", "too many symbolic links"},
    ErrnoText{EIDRM, "EIDRM", "removed meanwhile"},
    ErrnoText{ENODATA, "ENODATA", "no data available"},
    ErrnoText{EOVERFLOW, "EOVERFLOW", "value too large"},
    ErrnoText{EOPNOTSUPP, "EOPNOTSUPP", "operation not supported"},
    ErrnoText{ENOTCONN, "ENOTCONN", "not connected"},
    ErrnoText{ETIMEDOUT, "ETIMEDOUT", "timed out"},
    ErrnoText{ENOKEY, "ENOKEY", "key not available"},
    ErrnoText{EKEYEXPIRED, "EKEYEXPIRED", "key has expired"},
    ErrnoText{EKEYREVOKED, "EKEYREVOKED", "key has been revoked"},
    ErrnoText{EKEYREJECTED, "EKEYREJECTED", "key was rejected"},
};

const ErrnoText* find(int errnum) noexcept {
  for (const ErrnoText& text : errnoTexts)
    if (text.number == errnum) return &text;
  return nullptr;
}

void appendNumber(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

// Control bytes as \xNN, so that a name with a newline cannot forge a line of its own.
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
  appendNumber(text, number.major);
  text += ':';
  appendNumber(text, number.minor);
  return text;
}

std::string toString(Version version) {
  std::string text;
  appendNumber(text, version.major);
  text += '.';
  appendNumber(text, version.minor);
  text += '.';
  appendNumber(text, version.patch);
  return text;
}

std::string errnoName(int errnum) {
  if (const ErrnoText* text = find(errnum)) return text->name;
  std::string name = "errno ";
  if (errnum < 0) name += '-';
  appendNumber(name, errnum < 0 ? 0U - static_cast<unsigned>(errnum) : static_cast<unsigned>(errnum));
  return name;
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
    appendNumber(text, *row);
  }
  if (!detail.empty()) {
    text += ": ";
    appendPrintable(text, detail);
  }
  if (errnum != 0) {
    const ErrnoText* known = find(errnum);
    text += ": ";
    if (known != nullptr) {
      text += known->meaning;
      text += " (";
    }
    text += errnoName(errnum);
    if (known != nullptr) text += ')';
  }
  if (!kernelMessage.empty()) {
    text += "; the kernel says: ";
    appendPrintable(text, kernelMessage);
  }
  return text;
}

}  // namespace devmap
