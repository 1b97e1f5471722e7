#include "print.hpp"

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

/// 0 or the errno of writing all of `text`.
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

namespace {

/// Calls `take` with each part in turn.
void visit(detail::Parts parts, std::va_list arguments, void (*take)(void* to, std::string_view text), void* to) {
  for (; parts != 0; parts >>= 3U) {
    std::array<char, 24> digits;
    const auto decimal = [&](auto number) {
      return std::string_view(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
    };
    switch (static_cast<detail::Part>(parts & 7U)) {
      case detail::Part::none: break;
      case detail::Part::literal: take(to, va_arg(arguments, const char*)); break;
      case detail::Part::string: take(to, *va_arg(arguments, const std::string*)); break;
      case detail::Part::view: {
        const auto view = va_arg(arguments, detail::View);
        take(to, {view.data, view.size});
        break;
      }
      case detail::Part::unsignedNumber: take(to, decimal(va_arg(arguments, std::uint64_t))); break;
      case detail::Part::signedNumber: take(to, decimal(va_arg(arguments, std::int64_t))); break;
    }
  }
}

}  // namespace

void detail::print(Parts parts, ...) noexcept {
  std::va_list arguments;
  va_start(arguments, parts);
  visit(
      parts, arguments, [](void*, std::string_view text) { put(text); }, nullptr);
  va_end(arguments);
}

std::string detail::joined(Parts parts, std::va_list arguments) {
  std::string text;
  visit(
      parts, arguments, [](void* to, std::string_view part) { static_cast<std::string*>(to)->append(part); }, &text);
  return text;
}

std::string detail::join(Parts parts, ...) {
  std::va_list arguments;
  va_start(arguments, parts);
  std::string text = joined(parts, arguments);
  va_end(arguments);
  return text;
}

bool detail::complain(const char* prefix, Parts parts, ...) noexcept {
  std::va_list arguments;
  va_start(arguments, parts);
  const std::string line = prefix + joined(parts, arguments) + '\n';
  va_end(arguments);
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
    fd = open("/", O_PATH | O_DIRECTORY);  // reading and writing such a descriptor fails with EBADF, as on a closed one
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
