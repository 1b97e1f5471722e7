// doctest. Its own toString by its full name, as a search by argument type would find
// devmap::toString instead.
#pragma once

#define DOCTEST_STRINGIFY(...) doctest::toString(__VA_ARGS__)
#include <doctest/doctest.h>
