#include "cli/print.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include <devmap/error.hpp>

namespace tool {
namespace {

struct Output {
  std::array<char, 8192> buffer;
  std::size_t used;
  int error;  // the first errno of a write to stdout
};
constinit Output output{};

/// Writes all of `text`. Returns 0 or an errno.
int writeAll(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

void flushOutput() noexcept {
  const int error = writeAll(STDOUT_FILENO, {output.buffer.data(), output.used});
  if (output.error == 0) output.error = error;
  output.used = 0;
}

bool outputFailed() noexcept { return output.error != 0; }

void put(std::string_view text) noexcept {
  while (!text.empty()) {
    if (output.used == output.buffer.size()) flushOutput();
    const std::size_t part = std::min(text.size(), output.buffer.size() - output.used);
    std::memcpy(output.buffer.data() + output.used, text.data(), part);
    output.used += part;
    text.remove_prefix(part);
  }
}

Part::Part(std::uint64_t magnitude, bool negative) noexcept {
  char* begin = digits_.data();
  if (negative) *begin++ = '-';
  const char* const end = std::to_chars(begin, digits_.data() + digits_.size(), magnitude).ptr;
  text_ = {digits_.data(), end};
}

void printParts(Parts parts) noexcept {
  for (const Part& part : parts) put(part.text());
}

std::string joinParts(Parts parts) {
  std::string text;
  for (const Part& part : parts) text += part.text();
  return text;
}

bool complainParts(std::string_view prefix, Parts parts) noexcept {
  const std::string line = join(prefix, joinParts(parts), "\n");
  flushOutput();
  (void)writeAll(STDERR_FILENO, line);
  return false;
}

bool finishOutput() noexcept {
  flushOutput();
  if (output.error == 0) return true;
  complain("devmap: cannot write to standard output: ", devmap::errnoName(output.error));
  return false;
}

void occupyStandardDescriptors() noexcept {
  int fd = -1;
  do {
    fd = open("/", O_PATH | O_DIRECTORY);  // reading and writing such a descriptor fails with
                                           // EBADF, as on a closed one
  } while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0) close(fd);
}

std::string padded(std::string_view text, std::size_t width) {
  std::string result(text);
  if (result.size() < width) result.append(width - result.size(), ' ');
  return result;
}

std::string hex(std::uint32_t value, std::size_t width, bool upper) {
  const char* const digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string result;
  do {
    result.insert(result.begin(), digits[value & 15U]);
    value >>= 4;
  } while (value != 0);
  if (result.size() < width) result.insert(0, width - result.size(), '0');
  return result;
}

std::string displayable(std::string_view bytes) {
  std::string result;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      result += "\\x" + hex(byte, 2);
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace tool
