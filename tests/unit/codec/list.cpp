// The list of devices: each `next` from its own record.
#include <cstdint>
#include <string>
#include <vector>

#include <codec/header.hpp>
#include <codec/reply.hpp>
#include <uapi.hpp>

#include "golden.hpp"

using namespace devmap;
using namespace devmap::codec;
using namespace devmap::test;

namespace {

constexpr ListFeatures plain{};
constexpr ListFeatures events{.eventNr = true};
constexpr ListFeatures uuids{.eventNr = true, .uuid = true};

Result<std::vector<ListedDevice>> decoded(const Packet& packet, ListFeatures features) {
  const auto header = decodeHeader(packet);
  REQUIRE(header);
  return decodeList(*header, packet, features);
}

void checkList(const std::vector<ListedDevice>& list, const std::vector<ListedDevice>& expected) {
  REQUIRE(list.size() == expected.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    CAPTURE(i);
    CHECK(list[i].name == expected[i].name);
    CHECK(list[i].uuid == expected[i].uuid);
    CHECK(list[i].device == expected[i].device);
    CHECK(list[i].eventNr == expected[i].eventNr);
  }
}

constexpr std::size_t first = uapi::headerSize;

/// Three records of 32 bytes: dev, next, name "abc", event number, flags, uuid "U-n".
Packet threeRecords() {
  Packet packet(first + 3 * 32);
  REQUIRE(encodeHeader({}, packet));
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t at = first + i * 32;
    poke(packet, at, encodeDevice({253, static_cast<std::uint32_t>(i)}));
    poke(packet, at + 8, i == 2 ? 0U : 32U);
    std::memcpy(packet.data() + at + 12, "abc", 3);
    poke(packet, at + 16, static_cast<std::uint32_t>(i + 100));
    poke(packet, at + 20, 1U);
    std::memcpy(packet.data() + at + 24, "U-n", 3);
  }
  return packet;
}

}  // namespace

TEST_CASE("list: features decide what is read behind a name") {
  const Packet packet = threeRecords();
  const auto names = decoded(packet, plain);
  REQUIRE(names);
  checkList(*names,
            {{"abc", "", {253, 0}, {}}, {"abc", "", {253, 1}, {}}, {"abc", "", {253, 2}, {}}});
  checkList(*decoded(packet, events),
            {{"abc", "", {253, 0}, 100}, {"abc", "", {253, 1}, 101}, {"abc", "", {253, 2}, 102}});
  checkList(*decoded(packet, uuids), {{"abc", "U-n", {253, 0}, 100},
                                      {"abc", "U-n", {253, 1}, 101},
                                      {"abc", "U-n", {253, 2}, 102}});
}

TEST_CASE("list: next must lead forward, on the grid, inside the payload") {
  const auto withNext = [](std::size_t which, std::uint32_t next) {
    Packet packet = threeRecords();
    poke(packet, first + which * 32 + 8, next);
    const auto list = decoded(packet, uuids);
    return list ? list->size() : 0;
  };
  CHECK(withNext(0, 64) == 2);
  CHECK(withNext(0, 0) == 1);
  for (const std::uint32_t next : {1U, 4U, 8U, 12U, 13U, 16U, 24U, 31U, 33U, 36U, 96U, 104U,
                                   0x80000000U, 0xffffffe0U, 0xffffffffU}) {
    CAPTURE(next);
    CHECK(withNext(0, next) == 0);
  }
  CHECK(withNext(1, 64) == 0);
  CHECK(withNext(2, 32) == 0);
}

TEST_CASE("list: records off the grid of 8 are refused, however well they are formed") {
  Packet packet(first + 28 + 32);
  REQUIRE(encodeHeader({}, packet));
  for (const std::uint32_t step : {20U, 24U, 28U, 32U}) {
    std::fill(packet.begin() + first, packet.end(), std::byte{0});
    poke(packet, first, std::uint64_t{0xfd00});
    poke(packet, first + 8, step);
    poke(packet, first + step, std::uint64_t{0xfd01});
    CAPTURE(step);
    CHECK(static_cast<bool>(decoded(packet, plain)) == (step % 8 == 0));
  }
}

TEST_CASE("list: name, numbers and uuid must end inside their record") {
  Packet packet = threeRecords();
  std::fill_n(packet.begin() + first + 12, 20, std::byte{'x'});
  CHECK_FALSE(decoded(packet, plain));
  packet = threeRecords();
  std::fill_n(packet.begin() + first + 24, 8, std::byte{'x'});
  CHECK(decoded(packet, events));
  CHECK_FALSE(decoded(packet, uuids));
  packet = threeRecords();
  packet.resize(first + 3 * 32 - 9);  // the last record ends within its flags
  poke(packet, 12, static_cast<std::uint32_t>(packet.size()));
  CHECK(decoded(packet, plain));
  CHECK_FALSE(decoded(packet, events));
}

TEST_CASE("list: a record cut off") {
  for (const std::size_t size : {1U, 7U, 8U, 11U, 12U}) {
    Packet packet = threeRecords();
    packet.resize(first + size);
    poke(packet, 12, static_cast<std::uint32_t>(packet.size()));
    CHECK_FALSE(decoded(packet, plain));
  }
}

TEST_CASE("list: device 0:0 ends the list only as the first") {
  Packet packet = threeRecords();
  poke(packet, first + 32, std::uint64_t{0});
  CHECK(decoded(packet, uuids)->size() == 3);
  poke(packet, first, std::uint64_t{0});
  CHECK(decoded(packet, uuids)->empty());
}

TEST_SUITE("golden") {
  TEST_CASE("list: names only, as kernels before 4.36 wrote it") {
    const Packet packet = golden("reply-list-old");
    checkList(*decoded(packet, plain), {{"home", "", {253, 0}, {}},
                                        {"longer-name", "", {253, 65536}, {}},
                                        {"end", "", {253, 1}, {}}});
  }

  TEST_CASE("list: with event numbers") {
    const Packet packet = golden("reply-list-event");
    const std::vector<ListedDevice> expected{{"abc", "", {253, 0}, 0},
                                             {"root", "", {253, 1}, 17},
                                             {"elevenbytes", "", {254, 511}, 0xffffffff},
                                             {"\xff \\\n|x", "", {253, 2}, 1}};
    checkList(*decoded(packet, events), expected);
    checkList(*decoded(packet, uuids), expected);
  }

  TEST_CASE("list: with uuids") {
    const Packet packet = golden("reply-list-uuid");
    const std::string name(127, 'n');
    const std::string uuid(128, 'u');
    checkList(*decoded(packet, uuids),
              {{"crypt", "CRYPT-LUKS2-0123456789abcdef-crypt", {253, 3}, 2},
               {"plain", "", {253, 4}, 0},
               {name, uuid, {253, 5}, 4},
               {"z", "LVM-7", {253, 6}, 5}});
  }

  TEST_CASE("list: empty") {
    for (const char* file : {"reply-list-empty", "reply-list-empty-zero", "reply-list-full",
                             "recorded-list-empty", "recorded-list-full"}) {
      if (!judged(file)) continue;
      CAPTURE(file);
      CHECK(decoded(golden(file), uuids)->empty());
    }
  }

  TEST_CASE("list: what Linux 6.1 answered" * doctest::skip(bigEndian)) {
    const std::string name = "rec-" + std::string(123, 'n');
    const std::string uuid = "TEST-" + std::string(123, 'u');
    std::vector<ListedDevice> expected{{"rec odd \xff\n\\", "TEST-odd", {254, 2}, 0},
                                       {name, uuid, {254, 1}, 0},
                                       {"rec-plain", "", {254, 0}, 0},
                                       {"rec-rows", "TEST-0123456789", {254, 300}, 0}};
    const Packet all = golden("recorded-list-uuid");
    checkList(*decoded(all, uuids), expected);
    for (auto& device : expected) device.uuid = {};
    const Packet some = golden("recorded-list");
    checkList(*decoded(some, uuids), expected);
    checkList(*decoded(some, events), expected);
  }
}
