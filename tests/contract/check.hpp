// doctest. Its toString is called by its full name, as argument-dependent lookup would find
// devmap::toString instead.
#pragma once

#define DOCTEST_STRINGIFY(...) doctest::toString(__VA_ARGS__)
#include <doctest/doctest.h>
