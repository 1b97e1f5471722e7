// The contract suite: what devmap relies on of a kernel, and what a program relies on of devmap.
// See world.hpp for its settings. Exit status 77: skipped, and why.

#include "check.hpp"

#include <cstdio>
#include <string>

#include "world.hpp"

namespace {

// Why the real kernel cannot be tested here; empty: it can.
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
