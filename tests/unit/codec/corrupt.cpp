// Every golden reply, truncated and altered in every way. No decoder may crash, read outside of the
// packet, or return something inconsistent. Each variant is an allocation of its exact size, for
// AddressSanitizer.
#include <cstdint>
#include <string>

#include <codec/header.hpp>
#include <uapi.hpp>

#include "../../fuzz/invariants.hpp"
#include "golden.hpp"

using namespace devmap;
using namespace devmap::test;

namespace {

struct Sample {
  std::string name;
  Packet packet;
};

/// Golden replies without the unused room after the reply, which only costs time here.
std::vector<Sample> corpus() {
  std::vector<Sample> packets;
  for (const std::string& name : goldenReplies()) {
    Packet packet = golden(name);
    const auto header = codec::decodeHeader(packet);
    REQUIRE_MESSAGE(header, name);
    const std::size_t used =
        std::max<std::size_t>(header->dataSize + std::size_t{16}, uapi::headerSize);
    packet.resize(std::min(packet.size(), used));
    packet.shrink_to_fit();
    packets.push_back({name, std::move(packet)});
  }
  return packets;
}

/// Fails the test if a decoder breaks an invariant. Not a doctest assertion for each packet: there
/// are half a million.
void judge(const Packet& packet) {
  if (const char* fault = check::all(packet)) FAIL(fault);
}

/// Values that sizes, counts and offsets are set to.
std::vector<std::uint32_t> bends(const Packet& packet) {
  const auto size = static_cast<std::uint32_t>(packet.size());
  return {0,        1,          2,          4,          7,          8,        12,
          16,       24,         40,         48,         304,        305,      311,
          312,      313,        320,        size - 313, size - 312, size - 1, size,
          size + 1, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff};
}

}  // namespace

TEST_SUITE("golden") {
  TEST_CASE("corrupt: untouched packets are in order") {
    for (const Sample& sample : corpus()) {
      CAPTURE(sample.name);
      const Packet& packet = sample.packet;
      judge(packet);
    }
  }

  TEST_CASE("corrupt: every truncation") {
    for (const Sample& sample : corpus()) {
      CAPTURE(sample.name);
      const Packet& packet = sample.packet;
      const auto whole = codec::decodeHeader(packet);
      REQUIRE(whole);
      for (std::size_t size = 0; size < packet.size(); ++size) {
        CAPTURE(size);
        Packet cut(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size));
        judge(cut);
        if (const char* fault = check::payloads(*whole, cut))
          FAIL(fault);  // a header that claims more bytes
        if (size < uapi::headerSize) continue;
        poke(cut, 12, static_cast<std::uint32_t>(size));  // as if the kernel had said so
        judge(cut);
      }
    }
  }

  TEST_CASE("corrupt: every byte") {
    for (const Sample& sample : corpus()) {
      CAPTURE(sample.name);
      const Packet& packet = sample.packet;
      Packet bent = packet;
      for (std::size_t at = 0; at < packet.size(); ++at) {
        CAPTURE(at);
        for (const unsigned flip :
             {0x01U, 0x02U, 0x04U, 0x08U, 0x10U, 0x20U, 0x40U, 0x80U, 0xffU}) {
          bent[at] = packet[at] ^ static_cast<std::byte>(flip);
          judge(bent);
        }
        bent[at] = std::byte{0};
        judge(bent);
        bent[at] = packet[at];
      }
    }
  }

  TEST_CASE("corrupt: every 32-bit number, alone and with a count too large") {
    for (const Sample& sample : corpus()) {
      CAPTURE(sample.name);
      const Packet& packet = sample.packet;
      Packet bent = packet;
      for (std::size_t at = 0; at + 4 <= packet.size(); at += 4) {
        CAPTURE(at);
        for (const std::uint32_t value : bends(packet)) {
          poke(bent, at, value);
          judge(bent);
        }
        std::memcpy(bent.data() + at, packet.data() + at, 4);
      }
      for (const std::uint32_t count : bends(packet)) {
        poke(bent, 20, count);
        judge(bent);
      }
    }
  }

  TEST_CASE("corrupt: texts that never end") {
    for (const Sample& sample : corpus()) {
      CAPTURE(sample.name);
      const Packet& packet = sample.packet;
      for (std::size_t at = uapi::headerSize; at < packet.size(); ++at) {
        Packet bent = packet;
        std::fill(bent.begin() + static_cast<std::ptrdiff_t>(at), bent.end(), std::byte{'x'});
        judge(bent);
      }
    }
  }

  TEST_CASE("corrupt: headers that belong to another packet") {
    const auto samples = corpus();
    for (const Sample& sample : samples) {
      CAPTURE(sample.name);
      const auto header = codec::decodeHeader(sample.packet);
      REQUIRE(header);
      for (const Sample& other : samples) {
        CAPTURE(other.name);
        if (const char* fault = check::payloads(*header, other.packet)) FAIL(fault);
      }
    }
  }
}
