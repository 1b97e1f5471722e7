// The golden data themselves: present, complete, and of the right byte order.
#include "golden.hpp"

using namespace devmap::test;

TEST_CASE("golden: what cannot be judged here is said") {
  if (bigEndian)
    MESSAGE("SKIP: replies recorded from a kernel: they are little-endian, this machine is not");
}

TEST_CASE("golden: the folder holds requests, constructed replies and recorded ones") {
  const auto names = goldenReplies();
  std::size_t recorded = 0;
  for (const auto& name : names) recorded += name.starts_with("recorded-") ? 1 : 0;
  if (!bigEndian) CHECK(recorded >= 30);
  CHECK(names.size() - recorded >= 20);
}

TEST_CASE("golden: words of a hex file") {
  Packet packet;
  appendWord("00fF12", packet);
  appendWord("a5*3", packet);
  CHECK(hex(packet) == "00ff12a5a5a5");
}
