// struct dm_ioctl in both directions.
#include <codec/header.hpp>

#include <cstring>
#include <string>

#include <uapi.hpp>

#include "golden.hpp"

using namespace devmap;
using namespace devmap::codec;
using namespace devmap::test;

namespace {

/// The header as the encoder writes it into a packet of `size` dirty bytes; the rest is zeroed, as
/// core's packets are.
Packet encoded(const RequestHeader& request, std::size_t size) {
  Packet packet(size, std::byte{0});
  std::fill_n(packet.begin(), uapi::headerSize, std::byte{0xee});
  REQUIRE(encodeHeader(request, packet));
  return packet;
}

/// Points into `packet`.
ReplyHeader decoded(const Packet& packet) {
  auto header = decodeHeader(packet);
  REQUIRE(header);
  return *header;
}

Errc codeOf(const Packet& packet) {
  const auto header = decodeHeader(packet);
  REQUIRE_FALSE(header);
  return header.error().code;
}

}  // namespace

TEST_CASE("header: device numbers in the kernel's form") {
  CHECK(encodeDevice({253, 0}) == 0xfd00);
  CHECK(encodeDevice({253, 255}) == 0xfdff);
  CHECK(encodeDevice({253, 256}) == 0x10fd00);
  CHECK(encodeDevice({4095, 1048575}) == 0xffffffff);
  CHECK(encodeDevice({0, 0}) == 0);
  CHECK(decodeDevice(0x10fe2c) == DeviceNumber{254, 300});
  CHECK(decodeDevice(0xffffffff) == DeviceNumber{4095, 1048575});
  for (std::uint32_t major = 0; major < 4096; major += 17) {
    for (std::uint32_t bit = 0; bit < 20; ++bit) {
      const DeviceNumber number{major, (1U << bit) | (bit * 3)};
      CHECK(decodeDevice(encodeDevice(number)) == number);
    }
  }
}

TEST_CASE("header: device numbers are total") {
  for (const std::uint64_t odd :
       {~std::uint64_t{0}, std::uint64_t{1} << 63, std::uint64_t{0xfffff00000000000}}) {
    const DeviceNumber number = decodeDevice(odd);
    CHECK(decodeDevice(encodeDevice(number)) == number);
  }
  CHECK(encodeDevice({0xffffffff, 0}) == 0xfff00);
}

TEST_CASE("header: what does not fit is refused, with nothing written") {
  Packet packet(400, std::byte{0xee});
  const Packet before = packet;
  const std::string name(128, 'n');
  const std::string uuid(129, 'u');
  CHECK_FALSE(encodeHeader({.name = name}, packet));
  CHECK_FALSE(encodeHeader({.uuid = uuid}, packet));
  CHECK_FALSE(encodeHeader({.name = std::string_view("a\0b", 3)}, packet));
  CHECK_FALSE(encodeHeader({.uuid = std::string_view("\0", 1)}, packet));
  CHECK_FALSE(encodeHeader({.device = DeviceNumber{4096, 0}}, packet));
  CHECK_FALSE(encodeHeader({.device = DeviceNumber{253, 1U << 20}}, packet));
  CHECK_FALSE(encodeHeader({}, std::span(packet).first(311)));
  CHECK_FALSE(encodeHeader({}, {}));
  CHECK(packet == before);
  CHECK(encodeHeader(
      {.name = std::string_view(name).substr(1), .uuid = std::string_view(uuid).substr(1)},
      packet));
  CHECK(std::equal(packet.begin() + 312, packet.end(), before.begin() + 312));
}

TEST_CASE("header: too short a packet, or sizes no kernel answers with") {
  Packet packet = encoded({.name = "x"}, 400);
  CHECK(codeOf({}) == Errc::malformedReply);
  CHECK(codeOf(Packet(311)) == Errc::malformedReply);
  const auto with = [&packet](std::uint32_t size, std::uint32_t start) {
    Packet changed = packet;
    poke(changed, 12, size);
    poke(changed, 16, start);
    return changed;
  };
  CHECK(decodeHeader(with(305, 312)));
  CHECK(decodeHeader(with(312, 400)));
  CHECK(decodeHeader(with(0, 0)));
  constexpr struct {
    std::uint32_t size, start;
  } wrong[] = {{304, 312}, {401, 312}, {400, 0}, {400, 304},        {400, 311},
               {400, 313}, {305, 408}, {0, 312}, {0xffffffff, 312}, {400, 0xfffffff8}};
  for (const auto& sizes : wrong) {
    CAPTURE(sizes.size);
    CAPTURE(sizes.start);
    CHECK(codeOf(with(sizes.size, sizes.start)) == Errc::malformedReply);
  }
}

TEST_CASE("header: name and uuid need their NUL") {
  Packet packet = encoded({}, 312);
  std::fill_n(packet.begin() + 48, 128, std::byte{'n'});
  CHECK(codeOf(packet) == Errc::malformedReply);
  packet[175] = std::byte{0};
  CHECK(decoded(packet).name == std::string(127, 'n'));
  std::fill_n(packet.begin() + 176, 129, std::byte{'u'});
  CHECK(codeOf(packet) == Errc::malformedReply);
  packet[304] = std::byte{0};
  CHECK(decoded(packet).uuid == std::string(128, 'u'));
}

TEST_CASE(
    "header: the payload is what lies between the sizes, and nothing of it outside of the packet") {
  const Packet packet(400, std::byte{1});
  ReplyHeader header;
  const auto payload = [&](std::uint32_t size, std::uint32_t start) {
    header.dataSize = size;
    header.dataStart = start;
    return payloadOf(header, packet);
  };
  CHECK(payload(305, 312).empty());
  CHECK(payload(312, 312).empty());
  CHECK(payload(313, 312).size() == 1);
  CHECK(payload(400, 312).data() == packet.data() + 312);
  CHECK(payload(0xffffffff, 312).size() == 88);
  CHECK(payload(0xffffffff, 400).empty());
  CHECK(payload(0xffffffff, 0xfffffffe).empty());
}

TEST_SUITE("golden") {
  TEST_CASE("header: requests, byte by byte") {
    const std::string longestName(127, 'n');
    const std::string longestUuid(128, 'u');
    const auto check = [](const char* file, const RequestHeader& request) {
      const Packet expected = golden(file);
      CAPTURE(file);
      CHECK(hex(encoded(request, expected.size())) == hex(expected));
    };
    check("request-version", {});
    check("request-create", {.flags = uapi::flagPersistentDev,
                             .name = "pool",
                             .uuid = "CRYPT-LUKS2-0123",
                             .device = DeviceNumber{253, 300}});
    check("request-list", {.flags = uapi::flagUuid, .name = "vg-"});
    check("request-suspend", {.flags = uapi::flagSuspend | uapi::flagSkipLockfs | uapi::flagNoFlush,
                              .device = DeviceNumber{253, 7}});
    check("request-resume", {.eventNr = 0x0040beef, .uuid = longestUuid});
    check("request-remove",
          {.flags = uapi::flagDeferredRemove, .eventNr = 0xffffffff, .name = longestName});
  }

  TEST_CASE("header: a reply with everything in it") {
    const Packet packet = golden("reply-info");
    const ReplyHeader header = decoded(packet);
    CHECK(header.version == Version{4, 50, 0});
    CHECK(header.dataSize == 305);
    CHECK(header.dataStart == 312);
    CHECK(header.targetCount == 3);
    CHECK(header.openCount == 2);
    CHECK(header.flags ==
          (uapi::flagSuspend | uapi::flagReadOnly | uapi::flagActivePresent |
           uapi::flagInactivePresent | uapi::flagInternalSuspend | uapi::flagDeferredRemove));
    CHECK(header.eventNr == 0xfffffffe);
    CHECK(header.device == DeviceNumber{4095, 1048575});
    CHECK(header.name == "odd \xff\n name");
    CHECK(header.uuid == std::string(128, 'u'));
    CHECK(payloadOf(header, packet).empty());
  }

  TEST_CASE("header: odd replies") {
    CHECK(decoded(golden("reply-info-negative")).openCount == -1);
    CHECK(decoded(golden("reply-info-negative")).name == std::string(127, 'n'));
    CHECK(decoded(golden("reply-info-negative")).device == DeviceNumber{253, 256});
    CHECK(decoded(golden("reply-version")).version == Version{4, 50, 0});
    CHECK(decoded(golden("reply-removed")).device == DeviceNumber{0, 0});
    CHECK(decoded(golden("reply-removed")).eventNr == 0x0040beef);
    CHECK(decoded(golden("reply-secure-cleared")).dataSize == 0);
  }

  TEST_CASE("header: what Linux 6.1 answered" * doctest::skip(bigEndian)) {
    const Packet packet = golden("recorded-info");
    const ReplyHeader info = decoded(packet);
    CHECK(info.version == Version{4, 47, 0});
    CHECK(info.targetCount == 3);
    CHECK(info.flags == uapi::flagActivePresent);
    CHECK(info.device == DeviceNumber{254, 300});
    CHECK(info.name == "rec-rows");
    CHECK(info.uuid == "TEST-0123456789");
    CHECK(decoded(golden("recorded-resume")).flags ==
          (uapi::flagActivePresent | uapi::flagUeventGenerated));
    CHECK(decoded(golden("recorded-suspend")).flags ==
          (uapi::flagActivePresent | uapi::flagSuspend));
    CHECK(decoded(golden("recorded-load")).flags == uapi::flagInactivePresent);
    CHECK(decoded(golden("recorded-rename")).name == "rec-rows");
    CHECK(decoded(golden("recorded-rename")).uuid.empty());
    CHECK((decoded(golden("recorded-table-full")).flags & uapi::flagBufferFull) != 0);
    CHECK(decoded(golden("recorded-error-create")).version == Version{4, 47, 0});
    CHECK(decoded(golden("recorded-error-secure")).version == Version{0, 0, 0});
    CHECK(decoded(golden("recorded-remove")).eventNr == 0x0040beef);
  }
}
