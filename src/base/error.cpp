#include <devmap/error.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace devmap {
namespace {

// The errnos that dm-ioctl.c, dm-table.c, the targets, semget(2), semop(2) and the opening of devices are known to give.
constexpr std::array<std::uint16_t, 38> errnoNumbers{
    EPERM,     ENOENT,     EINTR,    EIO,       ENXIO,  E2BIG,        EBADF,       EAGAIN,      ENOMEM, EACCES,
    EFAULT,    ENOTBLK,    EBUSY,    EEXIST,    ENODEV, ENOTDIR,      EISDIR,      EINVAL,      EMFILE, ENFILE,
    ENOTTY,    EFBIG,      ENOSPC,   EROFS,     ERANGE, ENAMETOOLONG, ENOSYS,      ELOOP,       EIDRM,  ENODATA,
    EOVERFLOW, EOPNOTSUPP, ENOTCONN, ETIMEDOUT, ENOKEY, EKEYEXPIRED,  EKEYREVOKED, EKEYREJECTED};
// Name and meaning of each. One text is half the size of a table of pointers.
// clang-format off
constexpr char errnoTexts[] =
    "EPERM\0operation not permitted\0"
    "ENOENT\0no such file or directory\0"
    "EINTR\0interrupted by a signal\0"
    "EIO\0input/output error\0"
    "ENXIO\0no such device or address\0"
    "E2BIG\0argument list too long\0"
    "EBADF\0bad file descriptor\0"
    "EAGAIN\0try again\0"
    "ENOMEM\0out of memory\0"
    "EACCES\0permission denied\0"
    "EFAULT\0bad address\0"
    "ENOTBLK\0block device required\0"
    "EBUSY\0device or resource busy\0"
    "EEXIST\0already exists\0"
    "ENODEV\0no such device\0"
    "ENOTDIR\0not a directory\0"
    "EISDIR\0is a directory\0"
    "EINVAL\0invalid argument\0"
    "EMFILE\0too many open files in this process\0"
    "ENFILE\0too many open files in the system\0"
    "ENOTTY\0no such command for this device\0"
    "EFBIG\0too large\0"
    "ENOSPC\0no space left\0"
    "EROFS\0read-only file system\0"
    "ERANGE\0out of range\0"
    "ENAMETOOLONG\0name too long\0"
    "ENOSYS\0not implemented by this kernel\0"
    "ELOOP\0too many symbolic links\0"
    "EIDRM\0removed meanwhile\0"
    "ENODATA\0no data available\0"
    "EOVERFLOW\0value too large\0"
    "EOPNOTSUPP\0operation not supported\0"
    "ENOTCONN\0not connected\0"
    "ETIMEDOUT\0timed out\0"
    "ENOKEY\0key not available\0"
    "EKEYEXPIRED\0key has expired\0"
    "EKEYREVOKED\0key has been revoked\0"
    "EKEYREJECTED\0key was rejected\0";
// clang-format on
static_assert(std::ranges::count(errnoTexts, '\0') == 2 * errnoNumbers.size() + 1);

struct ErrnoText {
  const char* name;
  const char* meaning;
};

const char* behind(const char* text) noexcept { return text + std::strlen(text) + 1; }

std::optional<ErrnoText> find(int errnum) noexcept {
  const char* name = errnoTexts;
  for (const std::uint16_t number : errnoNumbers) {
    const char* const meaning = behind(name);
    if (number == errnum) return ErrnoText{name, meaning};
    name = behind(meaning);
  }
  return std::nullopt;
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
  if (const auto text = find(errnum)) return text->name;
  std::string name = "errno ";
  if (errnum < 0) name += '-';
  appendNumber(name, errnum < 0 ? 0U - static_cast<unsigned>(errnum) : static_cast<unsigned>(errnum));
  return name;
}

std::unique_ptr<Error> detail::boxed(Error&& error) noexcept { return std::make_unique<Error>(std::move(error)); }
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
    appendNumber(text, *row);
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
