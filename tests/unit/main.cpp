#include <doctest/doctest.h>

// Under AddressSanitizer an allocation that cannot succeed ends the program unless it is set to
// return null, as malloc does. NOLINTNEXTLINE(bugprone-reserved-identifier): the sanitizer's name
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }

int main(int argc, char** argv) { return doctest::Context(argc, argv).run(); }
