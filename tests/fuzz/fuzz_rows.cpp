// Fuzz target: rows of a table or status reply.
#include "fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  devmap::fuzz::payload(devmap::check::rows, data, size);
  return 0;
}
