#include <base/text_files.hpp>

#include <algorithm>
#include <cerrno>

namespace devmap::detail {
namespace {

constexpr std::size_t firstSize = 4096;
constexpr std::size_t largestSize = std::size_t{16} << 20;

}  // namespace

int readWhole(Kernel& kernel, const std::string& path, std::string& text) noexcept {
  for (std::size_t room = firstSize; room <= largestSize; room *= 2) {
    text.resize(room);
    std::size_t size = 0;
    if (const int errnum = kernel.readText(path.c_str(), text, size)) return errnum;
    if (size == room) continue;
    text.resize(size);
    return 0;
  }
  return EFBIG;
}

int listWhole(Kernel& kernel, const std::string& path, std::vector<std::string>& names) noexcept {
  std::string text;
  for (std::size_t room = firstSize; room <= largestSize; room *= 2) {
    text.resize(room);
    std::size_t size = 0;
    const int errnum = kernel.listDirectory(path.c_str(), text, size);
    if (errnum == ERANGE) continue;
    if (errnum != 0) return errnum;
    std::string_view rest(text.data(), std::min(size, text.size()));
    for (std::size_t end = rest.find('\0'); end != std::string_view::npos; end = rest.find('\0')) {
      names.emplace_back(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
    return 0;
  }
  return EFBIG;
}

std::string sysPath(DeviceNumber device, std::string_view rest) {
  std::string path = "/sys/dev/block/" + toString(device) + '/';
  path += rest;
  return path;
}

std::string_view takeLine(std::string_view& text) noexcept {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

bool takeNumber(std::string_view& text, std::uint64_t& number, std::uint64_t largest) noexcept {
  std::uint64_t value = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
    const auto digit = static_cast<std::uint64_t>(text[digits] - '0');
    if (digit > largest || value > (largest - digit) / 10) return false;
    value = value * 10 + digit;
  }
  text.remove_prefix(digits);
  number = value;
  return digits != 0;
}

std::optional<DeviceNumber> takeDevice(std::string_view& text) noexcept {
  std::uint64_t major = 0, minor = 0;
  if (!takeNumber(text, major, UINT32_MAX) || !text.starts_with(':')) return {};
  text.remove_prefix(1);
  if (!takeNumber(text, minor, UINT32_MAX)) return {};
  return DeviceNumber{static_cast<std::uint32_t>(major), static_cast<std::uint32_t>(minor)};
}

}  // namespace devmap::detail
