// Tables compared by meaning.
#include <devmap/targets/table_diff.hpp>

#include <doctest/doctest.h>

using namespace devmap;
using namespace devmap::targets;

namespace {

// /dev/a is 8:1, /dev/b is 8:2; no other path is known.
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

std::string normal(std::string_view type, std::string_view params) {
  return std::string(normalForm(parseParams(type, params), resolver));
}

}  // namespace

TEST_CASE("devices by path and by number, order of options and defaults make no difference") {
  CHECK(diff("0 8 linear /dev/a 0", "0 8 linear 8:1 0").same());
  CHECK(diff("0 8 flakey /dev/a 0 5 5", "0 8 flakey 8:1 0 5 5 2 error_writes error_reads").same());
  CHECK(diff("0 1024 thin-pool /dev/a /dev/b 128 0", "0 1024 thin-pool 8:1 8:2 128 0 0 ").same());
  CHECK(diff("0 8 crypt cipher_null-ecb - 0 /dev/a 0 2 sector_size:512 allow_discards",
             "0 8 crypt cipher_null-ecb - 0 8:1 0 1 ALLOW_DISCARDS")
            .same());
  CHECK(diff("0 8 cache 8:1 8:2 8:3 64 0 default 0", "0 8 cache 8:1 8:2 8:3 64 1 writeback smq 0")
            .same());
  CHECK(diff("0 8 writecache s 8:1 8:2 4096 0",
             "0 8 writecache s 8:1 8:2 4096 4 high_watermark 50 low_watermark 45")
            .same());
  CHECK(diff("0 8 striped 2 8 /dev/a 0 /dev/b 0", "0 8 striped 2 8 8:1 0 8:2 0").same());
  CHECK(diff("0 8 future a  b", "0 8 future a b").same());
  CHECK(normal("raid", "raid1 5 0 region_size 1024 rebuild 1 2 - /dev/a - 8:2") ==
        "raid1 5 0 rebuild 1 region_size 1024 2 - 8:1 - 8:2");
  CHECK(normal("linear", "/dev/unknown 3") == "/dev/unknown 3");
  CHECK(sameDevice("/dev/a", DeviceNumber{8, 1}, resolver));
  CHECK_FALSE(sameDevice("/dev/a", DeviceNumber{8, 1}));
  CHECK_FALSE(sameDevice("/dev/x", "/dev/y", resolver));
}

// Left: what Linux shows, from tests/guest/targets/guest.cpp and real devices. Right: what was
// loaded.
TEST_CASE("a table that a kernel shows is the same as the one it was made from") {
  struct Loaded {
    const char *shown, *loaded;
  };
  for (const Loaded& row : {
           // multipath as multipathd writes it: path arguments, repeat counts, the queue mode, an
           // attached handler
           Loaded{"0 8 multipath 0 0 1 1 service-time 0 1 2 8:1 1 1 ",
                  "0 8 multipath 0 0 1 1 service-time 0 1 1 8:1 1"},
           {"0 8 multipath 0 0 1 1 round-robin 0 1 1 8:1 1 ",
            "0 8 multipath 0 0 1 1 round-robin 0 1 1 8:1 1000"},
           {"0 8 multipath 0 0 1 1 queue-length 0 1 1 8:1 1 ",
            "0 8 multipath 0 0 1 1 queue-length 0 1 0 8:1"},
           {"0 8 multipath 0 0 1 1 historical-service-time 2 972 0 1 1 8:1 0 ",
            "0 8 multipath 0 0 1 1 historical-service-time 0 1 1 8:1 1"},
           {"0 8 multipath 1 retain_attached_hw_handler 1 alua 1 1 round-robin 0 1 1 8:1 1 ",
            "0 8 multipath 2 queue_mode mq 0 1 1 round-robin 0 1 1 /dev/a 1"},
           {"0 8 multipath 0 1 alua 1 1 round-robin 0 1 1 8:1 1 ",
            "0 8 multipath 0 2 alua 1 1 1 round-robin 0 1 1 8:1 1"},
           {"0 8 multipath 2 queue_mode bio 0 1 1 round-robin 0 1 1 8:1 1 ",
            "0 8 multipath 2 queue_mode bio 1 alua 1 1 round-robin 0 1 1 8:1 1"},
           // integrity: defaults, and what the superblock says
           {"0 8 integrity 8:1 0 4 J 6 interleave_sectors:32768 buffer_sectors:128 "
            "journal_sectors:880 journal_watermark:50 "
            "commit_time:10000 internal_hash:crc32c",
            "0 8 integrity 8:1 0 - J 1 internal_hash:crc32c"},
           {"0 8 integrity 8:1 0 4 J 6 interleave_sectors:32768 buffer_sectors:64 "
            "journal_sectors:880 journal_watermark:50 "
            "commit_time:10000 internal_hash:crc32c",
            "0 8 integrity 8:1 0 4 J 5 buffer_sectors:100 journal_sectors:1000 "
            "interleave_sectors:40000 sectors_per_bit:512 "
            "internal_hash:crc32c"},
           {"0 8 integrity 8:1 0 4 B 6 interleave_sectors:32768 buffer_sectors:128 "
            "sectors_per_bit:32768 bitmap_flush_interval:5010 "
            "fix_padding internal_hash:crc32c",
            "0 8 integrity 8:1 0 - B 3 internal_hash:crc32c bitmap_flush_interval:5003 "
            "journal_watermark:70"},
           {"0 8 integrity 8:1 0 4 J 7 fix_padding interleave_sectors:1024 buffer_sectors:8 "
            "journal_sectors:880 journal_watermark:50 "
            "commit_time:10000 internal_hash:crc32c",
            "0 8 integrity 8:1 0 4 J 2 buffer_sectors:128 internal_hash:crc32c"},
           // raid: the bitmap's superblock wins, write-behind is halved, rates and regions of 0 are
           // the defaults
           {"0 8 raid raid1 11 0 daemon_sleep 500 write_mostly 1 max_write_behind 128 region_size "
            "1024 min_recovery_rate 0 2 8:3 8:1 8:4 "
            "8:2",
            "0 8 raid raid1 9 64 region_size 0 daemon_sleep 100 max_write_behind 256 write_mostly "
            "1 2 8:3 8:1 8:4 8:2"},
           {"0 8 raid raid5_ls 3 512 stripe_cache 256 3 - 8:1 - 8:2 - -",
            "0 8 raid raid5_ls 3 512 stripe_cache 16 3 - 8:1 - 8:2 - -"},
           {"0 8 raid raid10 5 128 raid10_copies 2 raid10_format near 2 - 8:1 - 8:2",
            "0 8 raid raid10 1 128 2 - 8:1 - 8:2"},
           // others
           {"0 8 flakey 8:1 0 5 5 2 error_reads error_writes",
            "0 8 flakey 8:1 0 5 5 2 random_read_corrupt 0"},
           {"0 8 error", "0 8 error /dev/a 0"},
           {"0 8 log-writes 8:1 8:2", "0 8 log-writes 8:1 8:2 more words"},
           {"0 8 crypt cipher_null-ecb - 0 8:1 0", "0 8 crypt cipher_null-ecb - 0 8:1 0 0 more"},
           {"0 8 snapshot 8:1 8:2 P 16", "0 8 snapshot 8:1 8:2 P 0"},
           {"0 8 verity 1 8:1 8:2 4096 4096 1 1 sha256 00ff aa",
            "0 8 verity 1 8:1 8:2 4096 4096 1 1 sha256 00FF AA 2 fec_start 0"},
           {"0 8 zoned 8:1", "0 16 zoned 8:1"},
       }) {
    CAPTURE(row.shown);
    CAPTURE(row.loaded);
    for (const Change& change : diff(row.shown, row.loaded).changes)
      FAIL_CHECK(change.field << ": '" << change.before << "' -> '" << change.after << "'");
  }
}

TEST_CASE("what a row asks for and the device does not have is a change") {
  const auto fields = [](std::string_view before, std::string_view after) {
    std::string names;
    for (const Change& change : diff(before, after).changes)
      (names += names.empty() ? "" : " ") += change.field;
    return names;
  };
  const char* const shown =
      "0 8 integrity 8:1 0 4 J 6 interleave_sectors:32768 buffer_sectors:128 journal_sectors:880 "
      "journal_watermark:50 commit_time:10000 "
      "internal_hash:crc32c";
  CHECK(fields(shown, "0 8 integrity 8:1 0 8 J 1 internal_hash:crc32c") == "tag_size");
  CHECK(fields(shown, "0 8 integrity 8:1 0 4 J 2 recalculate internal_hash:crc32c") ==
        "recalculate");
  CHECK(fields(shown, "0 8 integrity 8:1 0 4 J 2 journal_sectors:2000 internal_hash:crc32c") ==
        "journal_sectors");
  CHECK(fields(shown, "0 8 integrity 8:1 0 4 J 2 buffer_sectors:64 internal_hash:crc32c") ==
        "buffer_sectors");
  CHECK(fields(shown, "0 8 integrity 8:1 0 4 J 2 commit_time:20000 internal_hash:crc32c") ==
        "commit_time");
  CHECK(fields("0 8 snapshot 8:1 8:2 P 16", "0 8 snapshot 8:1 8:2 P 32") == "chunk");
  CHECK(fields("0 8 raid raid1 3 0 region_size 1024 2 - 8:1 - 8:2",
               "0 8 raid raid1 3 0 region_size 2048 2 - 8:1 - 8:2") == "region_size");
  CHECK(fields("0 8 raid raid1 1 0 2 - 8:1 - -", "0 8 raid raid1 1 0 2 - 8:1 - 8:2") ==
        "devices[1].data");
  CHECK(fields("0 8 raid raid1 1 0 2 - 8:1 - -", "0 8 raid raid1 1 0 1 - 8:1") ==
        "devices[1].metadata devices[1].data");
  CHECK(fields("0 8 multipath 0 0 1 1 service-time 0 1 2 8:1 1 1 ",
               "0 8 multipath 0 0 1 1 service-time 0 1 2 8:1 1 50") ==
        "groups[0].paths[0].arguments[1]");
  CHECK(fields("0 8 error 8:1 0", "0 8 error 8:2 0") == "device");
}

TEST_CASE("a difference is told by field") {
  const TableDiff change = diff("0 8 crypt aes-xts-plain64 00ff 0 8:1 0 1 sector_size:4096",
                                "0 16 crypt aes-xts-plain64 00fe 0 8:2 0");
  REQUIRE(change.changes.size() == 4);
  CHECK(change.changes[0] == Change{0, "length", "8", "16", false});
  CHECK(change.changes[1] == Change{0, "key", "(secret)", "(secret)", false});
  CHECK(change.changes[2] == Change{0, "device", "8:1", "8:2", false});
  CHECK(change.changes[3] == Change{0, "sector_size", "4096", "", false});
  CHECK(change.live);
  CHECK(diff("0 8 zero", "0 8 zero\n8 8 zero").changes ==
        std::vector<Change>{{1, "row", "", "8 8 zero", false}});
  CHECK(diff("0 8 zero\n8 8 zero", "0 8 zero").changes ==
        std::vector<Change>{{1, "row", "8 8 zero", "", false}});
  CHECK(diff("0 8 zero", "0 8 error").changes ==
        std::vector<Change>{{0, "type", "zero", "error", false}});
  CHECK(diff("0 8 future 1", "0 8 future 2").changes.size() == 1);
}

TEST_CASE("what a live device does not take") {
  const auto whyNot = [](std::string_view before, std::string_view after) {
    const TableDiff change = diff(before, after);
    CHECK(change.live == change.whyNot.empty());
    return change.whyNot;
  };
  const char* pool = "0 1024 thin-pool 8:1 8:2 128 0";
  CHECK(whyNot(pool, "0 1024 linear 8:1 0") ==
        "thin-pool gives way to nothing but its own type and error");
  CHECK(whyNot(pool, "0 1024 error").empty());
  CHECK(whyNot(pool, "0 2048 thin-pool 8:1 8:2 128 9").empty());
  CHECK(whyNot(pool, "0 1024 thin-pool 8:1 8:2 256 0") ==
        "thin-pool: block_size is fixed for the life of the device");
  CHECK(whyNot(pool, "0 1024 thin-pool 8:1 8:2 128 0 1 ignore_discard") ==
        "thin-pool: ignore_discard is fixed for the life of the device");
  CHECK(whyNot("0 8 pcache 8:1 8:2", "0 8 pcache 8:1 8:2 2 data_crc true") ==
        "pcache cannot be reloaded on a live device");
  CHECK(whyNot("0 8 linear 8:1 0", "0 8 multipath 0 0 1 1 round-robin 0 1 0 8:1") ==
        "a device keeps the kind of its queue: request-based and bio-based tables do not follow "
        "each other");
  CHECK(whyNot("0 8 linear 8:1 0", "0 8 multipath 2 queue_mode bio 0 1 1 round-robin 0 1 0 8:1")
            .empty());
  CHECK(whyNot("0 8 linear 8:1 0", "0 8 striped 1 8 8:1 0").empty());
}
