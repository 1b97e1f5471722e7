// Target types and their versions: each `next` from its own record.
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

Result<std::vector<TargetVersion>> decoded(const Packet& packet) {
  const auto header = decodeHeader(packet);
  REQUIRE(header);
  return decodeVersions(*header, packet);
}

void checkVersions(const std::vector<TargetVersion>& versions,
                   const std::vector<TargetVersion>& expected) {
  REQUIRE(versions.size() == expected.size());
  for (std::size_t i = 0; i < versions.size(); ++i) {
    CAPTURE(i);
    CHECK(versions[i].name == expected[i].name);
    CHECK(versions[i].version == expected[i].version);
  }
}

constexpr std::size_t first = uapi::headerSize;

/// Three records of 24 bytes, each version 1.2.3 of "zero".
Packet threeRecords() {
  Packet packet(first + 3 * 24);
  REQUIRE(encodeHeader({}, packet));
  for (std::size_t at = first; at < packet.size(); at += 24) {
    poke(packet, at, at + 24 == packet.size() ? 0U : 24U);
    poke(packet, at + 4, 1U);
    poke(packet, at + 8, 2U);
    poke(packet, at + 12, 3U);
    std::memcpy(packet.data() + at + 16, "zero", 4);
  }
  return packet;
}

}  // namespace

TEST_CASE("versions: records one after the other") {
  const Packet packet = threeRecords();
  checkVersions(*decoded(packet), {{"zero", {1, 2, 3}}, {"zero", {1, 2, 3}}, {"zero", {1, 2, 3}}});
}

TEST_CASE("versions: next must lead forward, on the grid, inside the payload") {
  const auto withNext = [](std::size_t which, std::uint32_t next) {
    Packet packet = threeRecords();
    poke(packet, first + which * 24, next);
    const auto versions = decoded(packet);
    return versions ? versions->size() : 0;
  };
  CHECK(withNext(0, 24) == 3);
  CHECK(withNext(0, 48) == 2);
  CHECK(withNext(0, 0) == 1);
  for (const std::uint32_t next :
       {1U, 8U, 16U, 17U, 20U, 23U, 25U, 72U, 80U, 0x80000000U, 0xffffffe8U, 0xffffffffU}) {
    CAPTURE(next);
    CHECK(withNext(0, next) == 0);
  }
  CHECK(withNext(1, 48) == 0);
  CHECK(withNext(2, 24) == 0);
}

TEST_CASE("versions: records off the grid of 8 are refused, however well they are formed") {
  Packet packet(first + 2 * 20);
  REQUIRE(encodeHeader({}, packet));
  poke(packet, first, 20U);
  CHECK_FALSE(decoded(packet));
  poke(packet, first, 24U);
  CHECK_FALSE(decoded(packet));  // cut off
  packet.resize(first + 24 + 20);
  poke(packet, 12, static_cast<std::uint32_t>(packet.size()));
  CHECK(decoded(packet)->size() == 2);
}

TEST_CASE("versions: a name needs its NUL inside its record") {
  Packet packet = threeRecords();
  std::fill_n(packet.begin() + first + 16, 8, std::byte{'x'});
  CHECK_FALSE(decoded(packet));
  packet = threeRecords();
  std::fill_n(packet.end() - 8, 8, std::byte{'x'});
  CHECK_FALSE(decoded(packet));
}

TEST_CASE("versions: a record cut off") {
  for (const std::size_t size : {1U, 3U, 4U, 15U, 16U}) {
    Packet packet = threeRecords();
    packet.resize(first + size);
    poke(packet, 12, static_cast<std::uint32_t>(packet.size()));
    poke(packet, first + 0, std::uint8_t{0});
    CHECK_FALSE(decoded(packet));
  }
}

TEST_SUITE("golden") {
  TEST_CASE("versions: replies") {
    const Packet all = golden("reply-versions");
    checkVersions(*decoded(all), {{"thin-pool", {1, 23, 0}},
                                  {"snapshot", {1, 16, 0}},
                                  {"zero", {1, 2, 0}},
                                  {"error", {1, 7, 4294967295}}});
    const Packet one = golden("reply-versions-one");
    checkVersions(*decoded(one), {{"multipath", {1, 15, 0}}});
    CHECK(decoded(golden("reply-versions-none"))->empty());
  }

  TEST_CASE("versions: what Linux 6.1 answered" * doctest::skip(bigEndian)) {
    const Packet all = golden("recorded-versions");
    checkVersions(
        *decoded(all),
        {{"zero", {1, 1, 0}}, {"striped", {1, 6, 0}}, {"linear", {1, 4, 0}}, {"error", {1, 5, 0}}});
    const Packet one = golden("recorded-target-version");
    checkVersions(*decoded(one), {{"striped", {1, 6, 0}}});
  }
}
