// The C interface of libdevmapper, as this folder implements it.
#pragma once

// The library is built with hidden visibility; what the header declares is exported.
#pragma GCC visibility push(default)
#include <libdevmapper.h>
#pragma GCC visibility pop
