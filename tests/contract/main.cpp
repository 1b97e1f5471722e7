// The contract suite: what devmap relies on from a kernel, and what a program relies on from
// devmap. See world.hpp for its settings. Exit status 77: skipped; the reason is printed.

#include "check.hpp"

#include <cstdio>
#include <string>

#include "world.hpp"

namespace {

// Why the real kernel cannot be tested here; empty if it can.
std::string obstacle() {
  if (!contract::World::real()) return {};
  const auto context = devmap::DeviceMapper::open();
  return context ? std::string() : context.error().message();
}

}  // namespace

int main(int argc, char** argv) {
  if (const std::string why = obstacle(); !why.empty()) {
    std::printf("SKIP: %s\n", why.c_str());
    return 77;
  }
  return doctest::Context(argc, argv).run();
}
