// A few functions of the C library for a fully static binary with musl: they do what musl's own do, which are made for speed, in a third of
// the room.
// Not part of other builds; tests include it under other names.

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

extern "C" {

// Compilers call these two where no source does: they are kept, and an empty asm keeps their loops from becoming calls of themselves.

[[gnu::used]] std::size_t strlen(const char* text) noexcept {
  const char* end = text;
  for (; *end != '\0'; ++end) asm volatile("");
  return static_cast<std::size_t>(end - text);
}

[[gnu::used]] void* memchr(const void* memory, int wanted, std::size_t size) noexcept {
  const auto* at = static_cast<const unsigned char*>(memory);
  for (; size != 0; --size, ++at) {
    asm volatile("");
    if (*at == static_cast<unsigned char>(wanted)) return const_cast<unsigned char*>(at);
  }
  return nullptr;
}

char* getenv(const char* name) noexcept {
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    char* at = *entry;
    const char* wanted = name;
    for (; *wanted != '\0' && *at == *wanted; ++at) ++wanted;
    if (*wanted == '\0' && *at == '=') return at + 1;
  }
  return nullptr;
}

// musl's name for what execvp and posix_spawnp do. Allocates nothing: it may be called behind vfork.
int __execvpe(const char* file, char* const arguments[], char* const environment[]) noexcept {
  const std::size_t size = strlen(file);
  if (memchr(file, '/', size) != nullptr) return execve(file, arguments, environment);
  errno = ENOENT;
  const char* folder = getenv("PATH");
  if (folder == nullptr) folder = "/usr/local/bin:/bin:/usr/bin";
  if (size > 255) return -1;
  int error = ENOENT;
  for (bool last = false; size != 0 && !last;) {
    char path[4096 + 256];
    std::size_t length = 0;
    for (; folder[length] != ':' && folder[length] != '\0'; ++length)
      if (length < 4096) path[length] = folder[length];
    last = folder[length] == '\0';
    folder += length + 1;
    if (length >= 4096) continue;
    if (length != 0) path[length++] = '/';  // an empty one is the working directory
    std::memcpy(path + length, file, size + 1);
    execve(path, arguments, environment);
    if (errno == EACCES) error = EACCES;
    if (errno != EACCES && errno != ENOENT && errno != ENOTDIR) return -1;
  }
  errno = error;
  return -1;
}

int execvp(const char* file, char* const arguments[]) noexcept { return __execvpe(file, arguments, environ); }

}  // extern "C"
