// Fuzz target: the header of a packet.
#include "fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  devmap::fuzz::expect(devmap::check::header(std::as_bytes(std::span(data, size))));
  return 0;
}
