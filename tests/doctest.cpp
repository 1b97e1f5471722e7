// doctest itself, compiled once for all programs of the suite.

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
