// Rules that need no kernel: every refusal names its field. tests/guest/targets/run shows that
// kernels refuse the same rows.
#include <doctest/doctest.h>

#include <devmap/targets.hpp>

#include "refused.hpp"

using namespace devmap;
using namespace devmap::targets;

TEST_CASE("every rule refuses, and names the field") {
  for (const auto& row : test::refusedRows) {
    CAPTURE(std::string(row.type));
    CAPTURE(std::string(row.params));
    const Value value = parseParams(row.type, row.params);
    if (!value.typed()) {
      CHECK_MESSAGE(value.whyRaw().find(row.says) != value.whyRaw().npos, value.whyRaw());
      continue;
    }
    auto checked = value.check(Sectors{row.length});
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == Errc::invalidTable);
    CHECK_MESSAGE(checked.error().detail.find(row.says) != std::string::npos,
                  checked.error().detail);
  }
}

TEST_CASE("words that the kernel would split, or that say nothing, are refused") {
  const auto refused = [](const Linear& linear) {
    auto checked = linear.check();
    REQUIRE_FALSE(checked);
    return checked.error().detail;
  };
  CHECK(refused({.device = "/dev/a b"}) ==
        "linear: device: has a blank or a control character, which the kernel would split at");
  CHECK(refused({.device = "/dev/\xa0"}).find("blank") != std::string::npos);
  CHECK(refused({}) == "linear: device: must not be empty");
  CHECK(Linear{.device = "/dev/mapper/a\\x20b"}.check());
}

TEST_CASE("an option that came later is refused for an older target") {
  const auto gate = [](std::string_view type, std::string_view params, Version version) {
    const Value value = parseParams(type, params);
    REQUIRE(value.typed());
    auto gated = value.checkVersion(version);
    if (gated) return std::string();
    CHECK(gated.error().code == Errc::unsupported);
    return gated.error().message();
  };
  const char* priority = "cipher_null-ecb - 0 8:1 0 1 high_priority";
  CHECK(gate("crypt", priority, {1, 24, 0}) ==
        "check version: crypt: high_priority: came with version 1.26 of the target, this kernel "
        "has 1.24.0");
  CHECK(gate("crypt", priority, {1, 26, 0}).empty());
  CHECK(gate("crypt", "aes-xts-plain64 :32:logon:a 0 8:1 0", {1, 17, 0})
            .find("key: came with version 1.18") != std::string::npos);
  CHECK(gate("crypt", "aes-xts-plain64 :32:trusted:a 0 8:1 0", {1, 22, 0}).find("1.23") !=
        std::string::npos);
  CHECK(gate("integrity", "8:1 0 4 I 1 internal_hash:crc32c", {1, 11, 0})
            .find("mode: came with version 1.12") != std::string::npos);
  CHECK(parseParams("future", "x").checkVersion({}));
  CHECK(gate("verity", "1 8:1 8:2 4096 4096 8 1 sha256 00 - 1 panic_on_corruption", {1, 6, 0})
            .find("1.7") != std::string::npos);
}

TEST_CASE("nothing that is shown or told holds a key") {
  const char* rows[] = {"aes-xts-plain64 c0ffee 0 8:1 0", "aes c0ffee 8:1 0 0",
                        "aes-xts-plain64 c0ffeg 0 8:1 0", "c0ffee aes 0 8:1 0"};
  for (const char* row : rows) {
    const Value value = parseParams("crypt", row);
    CHECK(value.whyRaw().find("c0ffe") == std::string_view::npos);
    for (const FieldValue& field : value.fields())
      CHECK(field.value.find("c0ffe") == std::string::npos);
  }
  const Value keyed = parseParams("integrity", "8:1 0 4 J 1 internal_hash:hmac(sha256):c0ffee");
  for (const FieldValue& field : keyed.fields())
    CHECK(field.value.find("c0ffe") == std::string::npos);
  CHECK(keyed.text() == "8:1 0 4 J 1 internal_hash:hmac(sha256):c0ffee");
}

TEST_CASE(
    "parameters by the names of their fields: what is wrong is told with the field, never with its "
    "value") {
  const auto refused = [](std::string_view type, std::initializer_list<NamedWord> words) {
    const auto made = makeParams(type, {words.begin(), words.size()});
    REQUIRE_FALSE(made);
    return made.error().message();
  };
  CHECK(refused("crypt", {{"cypher", "x"}}) == "read field: crypt: cypher: there is no such field");
  CHECK(refused("linear", {{"device", "/dev/a"}, {"device", "/dev/b"}}) ==
        "read field: linear: device: is given twice");
  CHECK(refused("crypt", {{"sector-size", "512"}, {"sector_size", "4096"}}) ==
        "read field: crypt: sector-size: is given twice");
  CHECK(refused("linear", {{"device", "/dev/a"}, {"start", "-1"}}) ==
        "read field: linear: start: not a decimal number");
  CHECK(refused("linear", {{"start", "1"}}).find("device: must not be empty") != std::string::npos);
  CHECK(refused("crypt", {{"allow_discards", "perhaps"}}) ==
        "read field: crypt: allow_discards: is true or false");
  CHECK(refused("striped", {{"stripes", "/dev/a"}}).find("stripes[0]") == std::string::npos);
  CHECK(refused("striped", {{"stripes[1].device", "/dev/a"}})
            .find("has no element before this one") != std::string::npos);
  CHECK(refused("raid",
                {{"level", "raid1"}, {"devices[0].data", "8:1"}, {"unknown[0]", "rebuild"}}) ==
        "read field: raid: rebuild: its value is missing");
  CHECK(refused("future", {}).find("does not know the fields") != std::string::npos);
  CHECK(refused("crypt", {{"cipher", "aes-xts-plain64"}, {"device", "/dev/a"}, {"key", "c0ffeg"}})
            .find("c0ffe") == std::string::npos);
  const NamedWord crypt[] = {{"cipher", "aes-xts-plain64"},
                             {"key", ":32:logon:a"},
                             {"device", "8:1"},
                             {"sector-size", "4096"},
                             {"allow_discards", "true"}};
  const auto made = makeParams("crypt", crypt);
  REQUIRE(made);
  CHECK(made->text() == "aes-xts-plain64 :32:logon:a 0 8:1 0 2 allow_discards sector_size:4096");
}

TEST_CASE("messages") {
  CHECK(Crypt::setKey({.bytes = *Secret::fromHex("00ff")}) == "key set 00ff");
  CHECK(Crypt::setKey({.reference = KeyReference{32, KeyReference::Type::user, "a:b"}}) ==
        "key set :32:user:a:b");
  CHECK(Switch::RegionMappings().set(16, 1).next(0).repeat(2, 255).message() ==
        "set_region_mappings 10:1 :0 R2,ff");
  CHECK(Cache::invalidate({{0, 5}, {7, 8}}) == "invalidate_cblocks 0-5 7-8");
  CHECK(ThinPool::createSnap(2, 1) == "create_snap 2 1");
  CHECK(ThinPool::setTransactionId(0, 1) == "set_transaction_id 0 1");
  CHECK(Multipath::failPath(DeviceNumber{8, 1}) == "fail_path 8:1");
  CHECK(LogWrites::mark("here") == "mark here");
  CHECK(Dust::addBadBlock(60, 2) == "addbadblock 60 2");
  CHECK(Pcache::setGcPercent(70) == "gc_percent 70");
  CHECK(Vdo::setCompression(true) == "compression on");
}

TEST_CASE(
    "raid: whether the data devices divide a row is told for every length, also where length times "
    "copies does not fit") {
  const auto raid = Raid::parseTable("raid10 3 128 raid10_copies 2 3 - 7:0 - 7:1 - 7:2");
  REQUIRE(raid);
  const std::uint64_t half = std::uint64_t{1} << 63;
  CHECK_FALSE(raid->check(Sectors{half}));  // 2^64 is not divisible by 3
  CHECK(raid->check(Sectors{half + 1}));    // 2^64 + 2 is
  CHECK(raid->check(Sectors{3}));
  CHECK_FALSE(raid->check(Sectors{4}));
}

TEST_CASE("mirror: a log that is no value of its type is refused") {
  auto mirror = Mirror::parseTable("core 1 64 2 7:0 0 7:1 0");
  REQUIRE(mirror);
  CHECK(mirror->check(Sectors{64}));
  for (const int odd : {8, 31, 32, 255}) {
    mirror->log = static_cast<Mirror::Log>(odd);
    CHECK_FALSE(mirror->check(Sectors{64}));
  }
}
