// libstdc++'s configuration, which the compiler's package made for glibc, adapted to musl. Every
// standard header includes it first.
#pragma once

#define __GLIBC_PREREQ(major, minor) 0
#define _GLIBCXX_EXTERN_TEMPLATE 0 /* nothing is compiled into a library that could be linked */
#define __locale_t locale_t
#define __uselocale uselocale

#include_next <bits/c++config.h>

// Functions of glibc that musl lacks.
#undef _GLIBCXX_USE_PTHREAD_COND_CLOCKWAIT
#undef _GLIBCXX_USE_PTHREAD_MUTEX_CLOCKLOCK
#undef _GLIBCXX_USE_PTHREAD_RWLOCK_CLOCKLOCK
