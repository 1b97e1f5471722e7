// Fuzz target: devices that a table uses.
#include "fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  devmap::fuzz::payload(devmap::check::deps, data, size);
  return 0;
}
