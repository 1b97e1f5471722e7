// Text: formatting with bounds, words, and characters that are marked by a backslash.

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "api.hpp"
#include "entry.hpp"
#include "support/chars.hpp"

using namespace devmap::libdm;

namespace {

constexpr int smallestDeviceBuffer = 8;

bool has(std::string_view set, char c) noexcept { return set.find(c) != set.npos; }

/// Bytes written without the NUL; -1 if the text was cut off.
__attribute__((format(printf, 3, 0))) int format(char* buffer, std::size_t size,
                                                 const char* pattern, va_list arguments) noexcept {
  const int length = std::vsnprintf(buffer, size, pattern, arguments);
  return length < 0 || static_cast<std::size_t>(length) >= size ? -1 : length;
}

/// Bytes of the new text with its NUL; -1 and a null `text` on failure.
__attribute__((format(printf, 2, 0))) int formatNew(char** text, const char* pattern,
                                                    va_list arguments) noexcept {
  const int length = vasprintf(text, pattern, arguments);
  if (length >= 0) return length + 1;
  *text = nullptr;
  return -1;
}

/// Takes the '\' before bytes of `marked`, and before another '\', off the text. `place` is called
/// with each byte of `marked` that had none, and with its new address.
template <typename Place>
void unescape(char* text, std::string_view marked, Place place) noexcept {
  char* out = text;
  for (const char* in = text; *in != '\0'; ++in) {
    if (*in == '\\' && (in[1] == '\\' || has(marked, in[1]))) {
      ++in;
    } else if (has(marked, *in)) {
      place(*in, out);
    }
    *out++ = *in;
  }
  *out = '\0';
}

}  // namespace

int dm_snprintf(char* buffer, size_t size, const char* pattern, ...) {
  const Entry entry;
  va_list arguments;
  va_start(arguments, pattern);
  const int length = format(buffer, size, pattern, arguments);
  va_end(arguments);
  return length;
}

int dm_asprintf(char** text, const char* pattern, ...) {
  const Entry entry;
  va_list arguments;
  va_start(arguments, pattern);
  const int size = formatNew(text, pattern, arguments);
  va_end(arguments);
  return size;
}

int dm_vasprintf(char** text, const char* pattern, va_list arguments) {
  const Entry entry;
  return formatNew(text, pattern, arguments);
}

int dm_strncpy(char* buffer, const char* text, size_t size) {
  if (size == 0) return 0;
  const std::size_t length = strnlen(text, size);
  const std::size_t fits = length < size ? length : size - 1;
  std::memcpy(buffer, text, fits);
  buffer[fits] = '\0';
  return length < size ? 1 : 0;
}

const char* dm_basename(const char* path) {
  const char* const slash = std::strrchr(path, '/');
  return slash == nullptr ? path : slash + 1;
}

int dm_format_dev(char* buffer, int size, uint32_t major, uint32_t minor) {
  const Entry entry;
  if (size < smallestDeviceBuffer) return 0;
  const int length = std::snprintf(buffer, static_cast<std::size_t>(size), "%u:%u", major, minor);
  return length > 0 && length < size ? 1 : 0;
}

int dm_split_words(char* text, unsigned int max, unsigned int, char** words) {
  unsigned int count = 0;
  while (count < max) {
    while (isBlank(*text)) ++text;
    if (*text == '\0') break;
    words[count++] = text;
    while (*text != '\0' && !isBlank(*text)) ++text;
    if (*text != '\0') *text++ = '\0';
  }
  return static_cast<int>(count);
}

unsigned int dm_count_chars(const char* text, size_t size, const int c) {
  unsigned int count = 0;
  for (std::size_t i = 0; i < size; ++i)
    if (text[i] == c) ++count;
  return count;
}

size_t dm_escaped_len(const char* text) {
  std::size_t size = 1;
  for (; *text != '\0'; ++text) size += *text == '"' || *text == '\\' ? 2 : 1;
  return size;
}

char* dm_escape_double_quotes(char* buffer, const char* text) {
  char* out = buffer;
  for (; *text != '\0'; ++text) {
    if (*text == '"' || *text == '\\') *out++ = '\\';
    *out++ = *text;
  }
  *out = '\0';
  return buffer;
}

void dm_unescape_double_quotes(char* text) {
  unescape(text, "\"", [](char, char*) {});
}

void dm_unescape_colons_and_at_signs(char* text, char** colon, char** at) {
  char* firstColon = nullptr;
  char* firstAt = nullptr;
  unescape(text, ":@", [&](char c, char* address) {
    char*& first = c == ':' ? firstColon : firstAt;
    if (first == nullptr) first = address;
  });
  if (colon != nullptr) *colon = firstColon;
  if (at != nullptr) *at = firstAt;
}
