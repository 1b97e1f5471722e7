// Tables compared by meaning.
#include <devmap/table_diff.hpp>

#include <doctest/doctest.h>

using namespace devmap;
using namespace devmap::targets;

namespace {

// /dev/a is 8:1, /dev/b is 8:2; nothing else is known.
std::optional<DeviceNumber> resolve(void*, std::string_view path) noexcept {
  if (path == "/dev/a") return DeviceNumber{8, 1};
  if (path == "/dev/b") return DeviceNumber{8, 2};
  return std::nullopt;
}
constexpr DeviceResolver resolver{resolve, nullptr};

TableDiff diff(std::string_view before, std::string_view after) {
  auto old = targets::parseTable(before), next = targets::parseTable(after);
  REQUIRE(old);
  REQUIRE(next);
  return compareTables(*old, *next, resolver);
}

std::string normal(std::string_view type, std::string_view params) { return std::string(normalForm(parseParams(type, params), resolver)); }

}  // namespace

TEST_CASE("devices by path and by number, order of options and defaults make no difference") {
  CHECK(diff("0 8 linear /dev/a 0", "0 8 linear 8:1 0").same());
  CHECK(diff("0 8 flakey /dev/a 0 5 5", "0 8 flakey 8:1 0 5 5 2 error_writes error_reads").same());
  CHECK(diff("0 1024 thin-pool /dev/a /dev/b 128 0", "0 1024 thin-pool 8:1 8:2 128 0 0 ").same());
  CHECK(diff("0 8 crypt cipher_null-ecb - 0 /dev/a 0 2 sector_size:512 allow_discards",
             "0 8 crypt cipher_null-ecb - 0 8:1 0 1 ALLOW_DISCARDS")
            .same());
  CHECK(diff("0 8 cache 8:1 8:2 8:3 64 0 default 0", "0 8 cache 8:1 8:2 8:3 64 1 writeback smq 0").same());
  CHECK(diff("0 8 writecache s 8:1 8:2 4096 0", "0 8 writecache s 8:1 8:2 4096 4 high_watermark 50 low_watermark 45").same());
  CHECK(diff("0 8 striped 2 8 /dev/a 0 /dev/b 0", "0 8 striped 2 8 8:1 0 8:2 0").same());
  CHECK(diff("0 8 future a  b", "0 8 future a b").same());
  CHECK(normal("raid", "raid1 5 0 region_size 1024 rebuild 1 2 - /dev/a - 8:2") == "raid1 5 0 rebuild 1 region_size 1024 2 - 8:1 - 8:2");
  CHECK(normal("linear", "/dev/unknown 3") == "/dev/unknown 3");
  CHECK(sameDevice("/dev/a", DeviceNumber{8, 1}, resolver));
  CHECK_FALSE(sameDevice("/dev/a", DeviceNumber{8, 1}));
  CHECK_FALSE(sameDevice("/dev/x", "/dev/y", resolver));
}

TEST_CASE("a difference is told by field") {
  const TableDiff change = diff("0 8 crypt aes-xts-plain64 00ff 0 8:1 0 1 sector_size:4096", "0 16 crypt aes-xts-plain64 00fe 0 8:2 0");
  REQUIRE(change.changes.size() == 4);
  CHECK(change.changes[0] == Change{0, "length", "8", "16", false});
  CHECK(change.changes[1] == Change{0, "key", "(secret)", "(secret)", false});
  CHECK(change.changes[2] == Change{0, "device", "8:1", "8:2", false});
  CHECK(change.changes[3] == Change{0, "sector_size", "4096", "", false});
  CHECK(change.live);
  CHECK(diff("0 8 zero", "0 8 zero\n8 8 zero").changes == std::vector<Change>{{1, "row", "", "8 8 zero", false}});
  CHECK(diff("0 8 zero\n8 8 zero", "0 8 zero").changes == std::vector<Change>{{1, "row", "8 8 zero", "", false}});
  CHECK(diff("0 8 zero", "0 8 error").changes == std::vector<Change>{{0, "type", "zero", "error", false}});
  CHECK(diff("0 8 future 1", "0 8 future 2").changes.size() == 1);
}

TEST_CASE("what a live device does not take") {
  const auto whyNot = [](std::string_view before, std::string_view after) {
    const TableDiff change = diff(before, after);
    CHECK(change.live == change.whyNot.empty());
    return change.whyNot;
  };
  const char* pool = "0 1024 thin-pool 8:1 8:2 128 0";
  CHECK(whyNot(pool, "0 1024 linear 8:1 0") == "thin-pool gives way to nothing but its own type and error");
  CHECK(whyNot(pool, "0 1024 error").empty());
  CHECK(whyNot(pool, "0 2048 thin-pool 8:1 8:2 128 9").empty());
  CHECK(whyNot(pool, "0 1024 thin-pool 8:1 8:2 256 0") == "thin-pool: block_size is fixed for the life of the device");
  CHECK(whyNot(pool, "0 1024 thin-pool 8:1 8:2 128 0 1 ignore_discard") == "thin-pool: ignore_discard is fixed for the life of the device");
  CHECK(whyNot("0 8 pcache 8:1 8:2", "0 8 pcache 8:1 8:2 2 data_crc true") == "pcache cannot be reloaded on a live device");
  CHECK(whyNot("0 8 linear 8:1 0", "0 8 multipath 0 0 1 1 round-robin 0 1 0 8:1") ==
        "a device keeps the kind of its queue: request-based and bio-based tables do not follow each other");
  CHECK(whyNot("0 8 linear 8:1 0", "0 8 multipath 2 queue_mode bio 0 1 1 round-robin 0 1 0 8:1").empty());
  CHECK(whyNot("0 8 linear 8:1 0", "0 8 striped 1 8 8:1 0").empty());
}
