// Requests that are one text: new names, new uuids, geometries.
#include <cstdint>
#include <limits>
#include <string>

#include <codec/header.hpp>
#include <codec/request.hpp>
#include <uapi.hpp>

#include "golden.hpp"

using namespace devmap;
using namespace devmap::codec;
using namespace devmap::test;

namespace {

std::string geometryText(const Geometry& geometry) {
  Packet out(geometrySize + 3, std::byte{0xee});
  REQUIRE(encodeGeometry(geometry, out));
  return reinterpret_cast<const char*>(out.data());
}

}  // namespace

TEST_CASE("text: what makes no text is refused, with nothing written") {
  Packet out(4, std::byte{0xee});
  const Packet before = out;
  CHECK_FALSE(encodeText("", out));
  CHECK_FALSE(encodeText("abcd", out));
  CHECK_FALSE(encodeText(std::string_view("a\0b", 3), out));
  CHECK_FALSE(encodeText("a", {}));
  CHECK(out == before);
  REQUIRE(encodeText("abc", out));
  CHECK(hex(out) == "61626300");
  REQUIRE(encodeText("x", out));
  CHECK(hex(out) == "78000000");
}

TEST_CASE("text: geometries") {
  CHECK(geometryText({}) == "0 0 0 0");
  CHECK(geometryText({65535, 255, 63, Sectors{2048}}) == "65535 255 63 2048");
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  CHECK(
      geometryText({most, most, most, Sectors{std::numeric_limits<std::uint64_t>::max()}}).size() ==
      geometrySize - 1);
  Packet out(geometrySize - 1, std::byte{0xee});
  CHECK_FALSE(encodeGeometry({}, out));
  CHECK(out == Packet(geometrySize - 1, std::byte{0xee}));
}

TEST_SUITE("golden") {
  TEST_CASE("text: requests, byte by byte") {
    const auto packetOf = [](const RequestHeader& header, std::size_t size, const auto& encode) {
      Packet packet(size, std::byte{0xee});
      REQUIRE(encodeHeader(header, packet));
      REQUIRE(encode(std::span(packet).subspan(uapi::headerSize)));
      return hex(packet);
    };
    const Packet name = golden("request-rename");
    CHECK(packetOf({.eventNr = 0x00402a2a, .name = "old"}, name.size(),
                   [](auto out) { return encodeText("new name", out); }) == hex(name));
    const Packet uuid = golden("request-rename-uuid");
    const std::string text = "MINE-" + std::string(123, 'f');
    CHECK(packetOf({.flags = uapi::flagUuid, .name = "old"}, uuid.size(),
                   [&](auto out) { return encodeText(text, out); }) == hex(uuid));
    const Packet geometry = golden("request-geometry");
    CHECK(packetOf({.name = "disk"}, geometry.size(), [](auto out) {
            return encodeGeometry({1024, 255, 63, Sectors{2048}}, out);
          }) == hex(geometry));
    const Packet longest = golden("request-geometry-longest");
    CHECK(packetOf({.name = "disk"}, longest.size(), [](auto out) {
            return encodeGeometry({~0U, ~0U, ~0U, Sectors{~std::uint64_t{0}}}, out);
          }) == hex(longest));
  }
}
