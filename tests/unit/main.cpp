#include <doctest/doctest.h>

// Under AddressSanitizer an allocation that cannot succeed ends the program unless it is told to return null, as malloc does. Some tests ask for such.
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }  // NOLINT(bugprone-reserved-identifier): the sanitizer's name

int main(int argc, char** argv) { return doctest::Context(argc, argv).run(); }
