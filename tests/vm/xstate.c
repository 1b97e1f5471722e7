/* Lets User-Mode Linux run on processors with more registers than it has room for; a library for
   LD_PRELOAD. UML keeps the floating-point registers of its processes in room for AVX-512 and puts
   them back by PTRACE_SETREGSET. Linux takes all registers of the processor at once, or refuses;
   where they are more (AMX), the guest's init died: "ptrace set fp regs failed". Here what UML does
   not know is added before it is put back, as it is. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

typedef long ptrace_function(enum __ptrace_request request, ...);

long ptrace(enum __ptrace_request request, ...) {
  static ptrace_function* next;
  static char registers[1 << 16]; /* UML has one thread that does this */
  va_list arguments;
  va_start(arguments, request);
  void* const pid = va_arg(arguments, void*);
  void* const address = va_arg(arguments, void*);
  void* const data = va_arg(arguments, void*);
  va_end(arguments);
  if (next == NULL) next = (ptrace_function*)dlsym(RTLD_NEXT, "ptrace");
  if (request == PTRACE_SETREGSET && address == (void*)NT_X86_XSTATE) {
    const struct iovec* const given = data;
    struct iovec all = {registers, sizeof registers};
    if (next(PTRACE_GETREGSET, pid, address, &all) == 0 && all.iov_len > given->iov_len) {
      memcpy(registers, given->iov_base, given->iov_len);
      return next(request, pid, address, &all);
    }
  }
  return next(request, pid, address, data);
}
