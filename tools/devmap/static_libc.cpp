// A few functions of the C library for a fully static binary with musl: they do what musl's own do, which are made for speed or for
// machines of every kind, in a third of the room.
// Not part of other builds.

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Loops here must not be taken for calls of what they define.
#define DEVMAP_PLAIN [[gnu::used, gnu::noinline, gnu::optimize("no-tree-loop-distribute-patterns")]]

extern "C" {

DEVMAP_PLAIN std::size_t strlen(const char* text) noexcept {
  const char* end = text;
  while (*end != '\0') ++end;
  return static_cast<std::size_t>(end - text);
}

DEVMAP_PLAIN void* memchr(const void* memory, int wanted, std::size_t size) noexcept {
  const auto* at = static_cast<const unsigned char*>(memory);
  for (; size != 0; --size, ++at)
    if (*at == static_cast<unsigned char>(wanted)) return const_cast<unsigned char*>(at);
  return nullptr;
}

DEVMAP_PLAIN char* getenv(const char* name) noexcept {
  const std::size_t size = strlen(name);
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry)
    if (std::memcmp(*entry, name, size) == 0 && (*entry)[size] == '=') return *entry + size + 1;
  return nullptr;
}

// musl's name for what execvp and posix_spawnp do. Allocates nothing: it may be called behind vfork.
DEVMAP_PLAIN int __execvpe(const char* file, char* const arguments[], char* const environment[]) noexcept {
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

DEVMAP_PLAIN int execvp(const char* file, char* const arguments[]) noexcept { return __execvpe(file, arguments, environ); }

#ifdef __x86_64__  // the kernel's structure is the C library's here
DEVMAP_PLAIN int stat(const char* path, struct stat* entry) noexcept {
  return static_cast<int>(syscall(SYS_newfstatat, AT_FDCWD, path, entry, 0));
}
DEVMAP_PLAIN int lstat(const char* path, struct stat* entry) noexcept {
  return static_cast<int>(syscall(SYS_newfstatat, AT_FDCWD, path, entry, AT_SYMLINK_NOFOLLOW));
}
DEVMAP_PLAIN int fstat(int file, struct stat* entry) noexcept { return static_cast<int>(syscall(SYS_fstat, file, entry)); }
static_assert(sizeof(struct stat) == 144);

void __restore_rt() noexcept;  // musl's: returns from a handler

DEVMAP_PLAIN int sigaction(int signal, const struct sigaction* action, struct sigaction* before) noexcept {
  struct KernelAction {  // asm/signal.h: sigaction
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)() noexcept;
    unsigned long mask;
  };
  constexpr unsigned long hasRestorer = 0x04000000;  // asm/signal.h: SA_RESTORER
  KernelAction now{};
  KernelAction old{};
  if (action != nullptr) {
    now = {action->sa_handler, static_cast<unsigned long>(action->sa_flags) | hasRestorer, &__restore_rt, 0};
    std::memcpy(&now.mask, &action->sa_mask, sizeof now.mask);
  }
  if (syscall(SYS_rt_sigaction, signal, action == nullptr ? nullptr : &now, before == nullptr ? nullptr : &old, sizeof old.mask) != 0)
    return -1;
  if (before != nullptr) {
    before->sa_handler = old.handler;
    before->sa_flags = static_cast<int>(old.flags & ~hasRestorer);
    std::memcpy(&before->sa_mask, &old.mask, sizeof old.mask);
  }
  return 0;
}

DEVMAP_PLAIN int sigprocmask(int how, const sigset_t* set, sigset_t* before) noexcept {
  return static_cast<int>(syscall(SYS_rt_sigprocmask, how, set, before, sizeof(unsigned long)));
}
#endif

}  // extern "C"
