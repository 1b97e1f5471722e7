// Fuzz target: the list of devices, with and without event numbers and uuids.
#include "fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const devmap::fuzz::PayloadCheck list = devmap::check::list;
  devmap::fuzz::payload(list, data, size);
  return 0;
}
