#include <base/text_files.hpp>

#include <algorithm>
#include <cerrno>

#include <base/text.hpp>

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

std::string kernelNameOf(Kernel& kernel, DeviceNumber device) noexcept {
  constexpr std::string_view property = "DEVNAME=";
  std::string text;
  if (readWhole(kernel, sysPath(device, "uevent"), text) != 0) return {};
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = base::takeLine(rest);
    if (line.starts_with(property)) return std::string(line.substr(property.size()));
  }
  return {};
}

}  // namespace devmap::detail
