// Messages to a target, and their replies.
#include <optional>
#include <string_view>

#include <codec/header.hpp>
#include <codec/reply.hpp>
#include <codec/request.hpp>
#include <uapi.hpp>

#include "golden.hpp"

using namespace devmap;
using namespace devmap::codec;
using namespace devmap::test;

namespace {

Result<std::optional<std::string_view>> decoded(const Packet& packet) {
  const auto header = decodeHeader(packet);
  REQUIRE(header);
  return decodeMessageReply(*header, packet);
}

}  // namespace

TEST_CASE("message: what makes no message is refused, with nothing written") {
  Packet out(12, std::byte{0xee});
  const Packet before = out;
  CHECK(messageSize("abc") == 12);
  CHECK_FALSE(encodeMessage(Sectors{1}, "", out));
  CHECK_FALSE(encodeMessage(Sectors{1}, std::string_view("a\0b", 3), out));
  CHECK_FALSE(encodeMessage(Sectors{1}, "abcd", out));
  CHECK_FALSE(encodeMessage(Sectors{1}, "abc", std::span(out).first(7)));
  CHECK_FALSE(encodeMessage(Sectors{1}, "abc", {}));
  CHECK(out == before);
  REQUIRE(encodeMessage(Sectors{0x0101010101010101}, "a\\c", out));
  CHECK(hex(out) == "0101010101010101615c6300");
}

TEST_CASE("message: a reply's text needs the flag and a NUL") {
  Packet packet(uapi::headerSize + 4);
  REQUIRE(encodeHeader({}, packet));
  CHECK(*decoded(packet) == std::nullopt);
  REQUIRE(encodeHeader({.flags = uapi::flagDataOut}, packet));
  CHECK(**decoded(packet) == "");
  std::memcpy(packet.data() + uapi::headerSize, "abc", 3);
  CHECK(**decoded(packet) == "abc");
  packet.back() = std::byte{'d'};
  CHECK_FALSE(decoded(packet));
  packet.resize(uapi::headerSize);
  REQUIRE(encodeHeader({.flags = uapi::flagDataOut}, packet));
  CHECK_FALSE(decoded(packet));
}

TEST_SUITE("golden") {
  TEST_CASE("message: a request, byte by byte") {
    const Packet expected = golden("request-message");
    Packet packet(expected.size());
    REQUIRE(encodeHeader({.name = "pool"}, packet));
    REQUIRE(
        encodeMessage(Sectors{2048}, "create_thin 7", std::span(packet).subspan(uapi::headerSize)));
    CHECK(hex(packet) == hex(expected));
  }

  TEST_CASE("message: replies") {
    const Packet text = golden("reply-message");
    CHECK(**decoded(text) == "0+409600 0 0 0\n1: a line");
    CHECK(**decoded(golden("reply-message-empty")) == "");
    CHECK(*decoded(golden("reply-message-none")) == std::nullopt);
  }

  TEST_CASE("message: what Linux 6.1 answered" * doctest::skip(bigEndian)) {
    const Packet id = golden("recorded-message");
    CHECK(**decoded(id) == "0");
    const Packet lines = golden("recorded-message-lines");
    CHECK(**decoded(lines) == "0: 0+1033 517 recorder aux\n");
    CHECK(*decoded(golden("recorded-message-none")) == std::nullopt);
    CHECK_FALSE(decoded(golden("recorded-message-full")));  // flagBufferFull: not to be read
  }
}
