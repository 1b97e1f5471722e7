// Fuzz target: target types.
#include "fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  devmap::fuzz::payload(devmap::check::versions, data, size);
  return 0;
}
