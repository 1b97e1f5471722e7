// Devices that a table uses.
#include <cstdint>
#include <vector>

#include <codec/header.hpp>
#include <codec/reply.hpp>
#include <uapi.hpp>

#include "golden.hpp"

using namespace devmap;
using namespace devmap::codec;
using namespace devmap::test;

namespace {

Result<std::vector<DeviceNumber>> decoded(const Packet& packet) {
  const auto header = decodeHeader(packet);
  REQUIRE(header);
  return decodeDeps(*header, packet);
}

/// A reply with a payload of `size` bytes and the count `count`.
Packet reply(std::size_t size, std::uint32_t count) {
  Packet packet(uapi::headerSize + size);
  REQUIRE(encodeHeader({}, packet));
  if (size >= sizeof count) poke(packet, uapi::headerSize, count);
  return packet;
}

}  // namespace

TEST_CASE("deps: the count must fit the payload") {
  CHECK(decoded(reply(0, 0))->empty());
  CHECK(decoded(reply(8, 0))->empty());
  CHECK(decoded(reply(24, 2))->size() == 2);
  CHECK(decoded(reply(31, 2))->size() == 2);
  CHECK_FALSE(decoded(reply(24, 3)));
  CHECK_FALSE(decoded(reply(23, 2)));
  CHECK_FALSE(decoded(reply(24, 0xffffffff)));
  CHECK_FALSE(decoded(reply(24, 0x20000002)));
  for (const std::size_t size : {1U, 3U, 4U, 7U}) CHECK_FALSE(decoded(reply(size, 0)));
}

TEST_SUITE("golden") {
  TEST_CASE("deps: replies") {
    CHECK(*decoded(golden("reply-deps")) ==
          std::vector<DeviceNumber>{{8, 16}, {259, 256}, {253, 1048575}});
    if (judged("recorded-deps"))
      CHECK(*decoded(golden("recorded-deps")) == std::vector<DeviceNumber>{{7, 1}, {7, 0}});
    for (const char* file : {"reply-deps-none", "reply-deps-no-table", "recorded-deps-none",
                             "recorded-deps-no-table", "recorded-deps-full"}) {
      if (!judged(file)) continue;
      CAPTURE(file);
      CHECK(decoded(golden(file))->empty());
    }
  }
}
