// System calls for a fully static binary with musl on x86-64. musl's own translate structures for machines of every kind; here stat is the
// same on both sides, and nothing needs the locks that abort() and threads need around signals. What musl's sigaction notes is not noted:
// a signal does not end sem_wait().
// Not part of other builds.
#ifdef __x86_64__

#include <cstring>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" {

int stat(const char* path, struct stat* entry) noexcept { return static_cast<int>(syscall(SYS_newfstatat, AT_FDCWD, path, entry, 0)); }
int lstat(const char* path, struct stat* entry) noexcept {
  return static_cast<int>(syscall(SYS_newfstatat, AT_FDCWD, path, entry, AT_SYMLINK_NOFOLLOW));
}
int fstat(int file, struct stat* entry) noexcept { return static_cast<int>(syscall(SYS_fstat, file, entry)); }
static_assert(sizeof(struct stat) == 144);

void __restore_rt() noexcept;  // musl's: returns from a handler

int sigaction(int signal, const struct sigaction* action, struct sigaction* before) noexcept {
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

int sigprocmask(int how, const sigset_t* set, sigset_t* before) noexcept {
  return static_cast<int>(syscall(SYS_rt_sigprocmask, how, set, before, sizeof(unsigned long)));
}

}  // extern "C"

#endif
