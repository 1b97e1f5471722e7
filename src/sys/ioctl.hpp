// One ioctl, for either C library: glibc declares its request as unsigned long, musl as int. Linux
// takes 32 bits.
#pragma once

#include <sys/ioctl.h>

namespace devmap::sys {

template <typename Request>
int ioctlAs(int (*function)(int, Request, ...), int fd, unsigned long request,
            void* argument) noexcept {
  return function(fd, static_cast<Request>(request), argument);
}

/// As ioctl(2): -1 and errno on failure.
inline int ioctl(int fd, unsigned long request, void* argument) noexcept {
  return ioctlAs(::ioctl, fd, request, argument);
}

}  // namespace devmap::sys
