#include <fake/text.hpp>

#include <cerrno>
#include <charconv>

namespace devmap::fake {
namespace {

constexpr bool isBlank(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

template <typename T>
bool parseWhole(std::string_view word, T& value) {
  const char* end = word.data() + word.size();
  const auto result = std::from_chars(word.data(), end, value);
  return result.ec == std::errc{} && result.ptr == end;
}

std::string inBase(std::uint64_t value, int base, std::size_t digits) {
  char text[24];
  const auto result = std::to_chars(text, text + sizeof text, value, base);
  const auto size = static_cast<std::size_t>(result.ptr - text);
  return std::string(digits > size ? digits - size : 0, '0') + std::string(text, size);
}

}  // namespace

std::vector<std::string> splitArguments(std::string_view text) {
  std::vector<std::string> words;
  std::size_t at = 0;
  for (;;) {
    while (at < text.size() && isBlank(text[at])) ++at;
    if (at == text.size()) return words;
    std::string word;
    for (; at < text.size() && !isBlank(text[at]); ++at) {
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      word.push_back(text[at]);
    }
    words.push_back(std::move(word));
  }
}

bool parseNumber(std::string_view word, std::uint64_t& value) { return parseWhole(word, value); }

bool parseDeviceNumber(std::string_view word, DeviceNumber& number) {
  const std::size_t colon = word.find(':');
  return colon != std::string_view::npos && parseWhole(word.substr(0, colon), number.major) &&
         parseWhole(word.substr(colon + 1), number.minor);
}

bool equalIgnoringCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

std::string errorPointerName(int error) {
  struct Known {
    int error;
    const char* name;
  };
  static constexpr Known known[] = {{EPERM, "-EPERM"},
                                    {ENOENT, "-ENOENT"},
                                    {ESRCH, "-ESRCH"},
                                    {EINTR, "-EINTR"},
                                    {EIO, "-EIO"},
                                    {ENXIO, "-ENXIO"},
                                    {EBADF, "-EBADF"},
                                    {EAGAIN, "-EAGAIN"},
                                    {ENOMEM, "-ENOMEM"},
                                    {EACCES, "-EACCES"},
                                    {EFAULT, "-EFAULT"},
                                    {ENOTBLK, "-ENOTBLK"},
                                    {EBUSY, "-EBUSY"},
                                    {EEXIST, "-EEXIST"},
                                    {ENODEV, "-ENODEV"},
                                    {ENOTDIR, "-ENOTDIR"},
                                    {EISDIR, "-EISDIR"},
                                    {EINVAL, "-EINVAL"},
                                    {E2BIG, "-E2BIG"},
                                    {ENOTTY, "-ENOTTY"},
                                    {ENOSPC, "-ENOSPC"},
                                    {EPIPE, "-EPIPE"},
                                    {ERANGE, "-ERANGE"},
                                    {ENOSYS, "-ENOSYS"},
                                    {ELOOP, "-ELOOP"},
                                    {EIDRM, "-EIDRM"},
                                    {ENODATA, "-ENODATA"},
                                    {EOVERFLOW, "-EOVERFLOW"},
                                    {EOPNOTSUPP, "-EOPNOTSUPP"},
                                    {ETIMEDOUT, "-ETIMEDOUT"}};
  for (const Known& entry : known) {
    if (entry.error == error) return entry.name;
  }
  return "-" + std::to_string(error);
}

std::string numberText(DeviceNumber number) {
  return std::to_string(number.major) + ':' + std::to_string(number.minor);
}

std::string hex(std::uint64_t value, std::size_t digits) { return inBase(value, 16, digits); }

std::string octal(std::uint32_t value, std::size_t digits) { return inBase(value, 8, digits); }

}  // namespace devmap::fake
