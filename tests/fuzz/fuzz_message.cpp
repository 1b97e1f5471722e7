// Fuzz target: the reply to a message.
#include "fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  devmap::fuzz::payload(devmap::check::message, data, size);
  return 0;
}
