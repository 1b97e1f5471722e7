// Checks what the tool says of a status line against the typed values of the library for the same
// line.
#include <doctest/doctest.h>

#include <devmap/targets.hpp>

#include "cli/print.hpp"
#include "show/condition.hpp"

using namespace devmap;
using namespace devmap::targets;
using namespace tool;

namespace {

constexpr Sectors length{20480};

std::string told(std::string_view type, std::string_view status) {
  return plainText(conditionOf({}, {Sectors{0}, length, std::string(type), std::string(status)}));
}
Tone toneOf(std::string_view type, std::string_view status) {
  return worst(conditionOf({}, {Sectors{0}, length, std::string(type), std::string(status)}));
}

std::string barOf(const Fraction& share) { return bar({}, share.used, share.total); }
std::string percentOf(const Fraction& share) {
  return join(percentage(share.used, share.total), "%");
}

}  // namespace

TEST_CASE("condition: each type as its typed status says") {
  SUBCASE("thin-pool") {
    const std::string_view line =
        "7 11/100 23/50 3 ro discard_passdown queue_if_no_space needs_check 1024";
    const auto it = ThinPool::parseStatus(line);
    REQUIRE(it);
    CHECK(it->mode == ThinPoolStatus::Mode::readOnly);
    CHECK((it->needsCheck && it->heldRoot));
    CHECK(told("thin-pool", line) == join("needs check  read-only  data ", barOf(*it->data),
                                          "  metadata ", percentOf(*it->metadata),
                                          "  snapshot of it held"));
    CHECK(toneOf("thin-pool", line) == Tone::bad);
    CHECK(told("thin-pool",
               "7 11/100 23/50 - out_of_data_space no_discard_passdown error_if_no_space - 1024 ")
              .starts_with("out of space  data"));
    CHECK(told("thin-pool", "7 11/100 23/50 - rw discard_passdown queue_if_no_space")
              .starts_with("data "));
    CHECK(toneOf("thin-pool", "7 80/100 23/50 - rw discard_passdown queue_if_no_space - 1024") ==
          Tone::warning);
    CHECK(toneOf("thin-pool", "7 11/100 95/100 - rw discard_passdown queue_if_no_space - 1024") ==
          Tone::bad);
  }
  SUBCASE("thin") {
    const auto it = Thin::parseStatus("2048 20479");
    REQUIRE(it);
    CHECK(told("thin", "2048 20479") == join("mapped ", barOf({it->mapped->count, length.count}),
                                             "  ", sizeText(toBytes(*it->mapped))));
    CHECK(told("thin", "0 - ").starts_with("mapped [-"));
    CHECK(told("thin", "-") == "not bound to its pool");
  }
  SUBCASE("mirror") {
    const std::string_view line = "2 7:0 7:1 3/8 1 AD 1 core";
    const auto it = Mirror::parseStatus(line);
    REQUIRE(it);
    CHECK(told("mirror", line) == join("legs ", it->health, "  sync ", barOf(it->inSync)));
    CHECK(toneOf("mirror", line) == Tone::bad);
    CHECK(toneOf("mirror", "2 7:0 7:1 8/8 1 AA 3 disk 7:2 A") == Tone::good);
  }
  SUBCASE("raid") {
    const std::string_view line = "raid1 2 Aa 17/64 check 5 0 -";
    const auto it = Raid::parseStatus(line);
    REQUIRE(it);
    CHECK(it->mismatches == 5);
    CHECK(told("raid", line) ==
          join("raid1 ", it->health, "  check ", barOf(it->synchronised), "  5 mismatches"));
    CHECK(toneOf("raid", line) == Tone::warning);
    CHECK(told("raid", "raid5_ls 3 AAD 64/64 idle 0 0 D") ==
          join("raid5_ls AAD  sync ", barOf({64, 64}), "  journal failed"));
    CHECK(told("raid", "raid6_zr 4 AAAA 1/4 frozen 0").ends_with("  frozen"));
    CHECK(told("raid", "raid4 3 AAA 1/4").starts_with("raid4 AAA  sync "));
    CHECK(toneOf("raid", "raid4 3 A-A 4/4 idle 0 0 -") == Tone::bad);
  }
  SUBCASE("snapshot") {
    const auto it = Snapshot::parseStatus("48/512 16");
    REQUIRE(it);
    CHECK(told("snapshot", "48/512 16") == "used " + barOf(*it->allocated));
    REQUIRE(SnapshotMerge::parseStatus("16/512 16")->merged());
    CHECK(told("snapshot-merge", "16/512 16") == join("used ", barOf({16, 512}), "  empty"));
    CHECK(told("snapshot", "48/512").starts_with("used "));
  }
  SUBCASE("cache") {
    const std::string_view line =
        "8 3/64 128 5/9 30 70 20 80 1 2 4 2 metadata2 writeback 2 migration_threshold 2048 smq 0 "
        "ro needs_check ";
    const auto it = Cache::parseStatus(line);
    REQUIRE(it);
    const std::uint64_t hits = *it->readHits + *it->writeHits;
    const std::string dirty = sizeText(*it->dirty * toBytes(*it->blockSize));
    CHECK(told("cache", line) ==
          join("needs check  read-only  used ", barOf(*it->cache), "  dirty ", dirty, "  hits ",
               percentage(hits, hits + *it->readMisses + *it->writeMisses), "%"));
    CHECK(
        told(
            "cache",
            "8 3/64 128 5/9 0 0 0 0 1 2 0 1 writethrough 2 migration_threshold 2048 smq 0 rw - ") ==
        join("used ", barOf({5, 9}), "  dirty 0B"));
  }
  SUBCASE("clone") {
    const std::string_view line =
        "8 3/64 16 7/40 1 1 no_hydration 4 hydration_threshold 1 hydration_batch_size 1 ro";
    const auto it = Clone::parseStatus(line);
    REQUIRE(it);
    CHECK(told("clone", line) == "metadata read-only  hydrated " + barOf(*it->hydrated));
    const std::string_view failed =
        "8 3/64 16 7/40 1 1 no_hydration 4 hydration_threshold 1 hydration_batch_size 1 Fail";
    REQUIRE(Clone::parseStatus(failed)->access == CloneStatus::Access::failed);
    CHECK(told("clone", failed) == "failed  hydrated " + barOf(*it->hydrated));
    CHECK(
        toneOf("clone", "8 3/64 16 40/40 0 0 4 hydration_threshold 1 hydration_batch_size 1 rw") ==
        Tone::good);
  }
  SUBCASE("writecache") {
    const auto it = Writecache::parseStatus("5 100 40 3");
    REQUIRE(it);
    CHECK(told("writecache", "5 100 40 3") ==
          join("error ", it->error, "  used ", barOf({it->blocks - it->freeBlocks, it->blocks}),
               "  writing back ", it->writebackBlocks, " blocks"));
    CHECK(told("writecache", "0 100 40 0 1 2 3 4 5 6 7 8 9 10").starts_with("used "));
  }
  SUBCASE("multipath") {
    const std::string_view line =
        "2 6 1 1 alua 2 1 A 1 sel 2 2 8:0 A 0 1 0 8:16 F 1 0 1 E 0 1 0 8:32 A 0";
    const auto it = Multipath::parseStatus(line);
    REQUIRE(it);
    REQUIRE(it->groups.size() == 2);
    CHECK(told("multipath", line) == join("2 of 3 paths work  queueing ", it->queueIo));
    CHECK(told("multipath", "2 0 0 0 1 1 A 0 1 0 8:0 A 0") == "1 of 1 paths work");
    CHECK(toneOf("multipath", "2 0 0 0 1 1 A 0 1 0 8:0 F 0") == Tone::bad);
  }
  SUBCASE("verity") {
    REQUIRE(Verity::parseStatus("C 3")->correctedBlocks == 3);
    CHECK(told("verity", "C 3") == "corrupted  3 blocks corrected");
    CHECK(told("verity", "V -") == "valid");
    CHECK(told("verity", "V") == "valid");
    CHECK(toneOf("verity", "V") == Tone::good);
  }
  SUBCASE("vdo") {
    const std::string_view line = "252:0 read-only recovering closed offline 96 100";
    const auto it = Vdo::parseStatus(line);
    REQUIRE(it);
    CHECK(told("vdo", line) ==
          "read-only  recovering  used " + barOf({it->usedBlocks, it->totalBlocks}));
    CHECK(told("vdo", "252:0 normal - online online 1 100") == "used " + barOf({1, 100}));
  }
  SUBCASE("integrity") {
    const auto it = Integrity::parseStatus("2 4096 1024");
    REQUIRE(it);
    CHECK(told("integrity", "2 4096 1024") ==
          "2 mismatches  recalculated " + barOf({it->recalculated->count, it->provided.count}));
    CHECK(told("integrity", "0 4096 -").empty());
  }
  SUBCASE("era") {
    const auto it = Era::parseStatus("8 3/64 17 -");
    REQUIRE(it);
    CHECK(told("era", "8 3/64 17 -") ==
          join("era ", *it->era, "  metadata ", percentOf(*it->metadata)));
  }
}

TEST_CASE("condition: as many words as the typed status needs, and no more") {
  struct Line {
    std::string_view type, status;
  };
  for (const Line& line :
       {Line{"thin-pool",
             "7 11/100 23/50 3 ro discard_passdown queue_if_no_space needs_check 1024"},
        Line{"thin", "2048 20479"}, Line{"mirror", "2 7:0 7:1 3/8 1 AD 1 core"},
        Line{"raid", "raid1 2 Aa 17/64 check 5 0 -"}, Line{"snapshot", "48/512 16"},
        Line{"snapshot-merge", "16/512 16"},
        Line{"cache",
             "8 3/64 128 5/9 30 70 20 80 1 2 4 2 metadata2 writeback 2 migration_threshold 2048 "
             "smq 0 ro needs_check"},
        Line{"clone",
             "8 3/64 16 7/40 1 1 no_hydration 4 hydration_threshold 1 hydration_batch_size 1 ro"},
        Line{"writecache", "5 100 40 3 1 2 3 4 5 6 7 8 9 10"},
        Line{"multipath", "2 6 1 1 alua 2 1 A 1 sel 2 2 8:0 A 0 1 0 8:16 F 1 0 1 E 0 1 0 8:32 A 0"},
        Line{"verity", "C 3"}, Line{"vdo", "252:0 read-only recovering closed offline 96 100"},
        Line{"integrity", "2 4096 1024"}, Line{"era", "8 3/64 17 -"}}) {
    for (std::size_t end = line.status.size(); end != std::string_view::npos;
         end = line.status.rfind(' ', end - 1)) {
      const std::string_view part = line.status.substr(0, end);
      CAPTURE(line.type);
      CAPTURE(std::string(part));
      CHECK((told(line.type, part) != part) == parseStatus(line.type, part).typed());
    }
  }
}

TEST_CASE("condition: what stands in place of a status is bad news") {
  struct Line {
    const char *type, *status, *expected;
  };
  for (const Line& line :
       {Line{"thin-pool", "Fail", "fail"}, Line{"thin-pool", "Error", "error"},
        Line{"thin", "Fail", "fail"}, Line{"cache", "Fail", "fail"},
        Line{"clone", "Error", "error"}, Line{"snapshot", "Invalid", "invalid"},
        Line{"snapshot-merge", "Merge failed", "merge failed"},
        Line{"snapshot", "Overflow", "overflow"}, Line{"era", "Error", "error"}}) {
    CAPTURE(line.type);
    CHECK(parseStatus(line.type, line.status).typed());
    CHECK(told(line.type, line.status) == line.expected);
    CHECK(toneOf(line.type, line.status) == Tone::bad);
  }
}

TEST_CASE("condition: what cannot be read is told as it is") {
  CHECK(told("linear", "").empty());
  CHECK(told("flakey", "something ") == "something");
  CHECK(told("thin-pool", "1 2/x 3/4 - rw") == "1 2/x 3/4 - rw");
  CHECK(told("thin-pool", "1 2/3") == "1 2/3");
  CHECK(told("raid", "") == "");
  CHECK(told("multipath", "2 0 0 0 9 1 A 0 18446744073709551615 0 8:0 A 0") ==
        "2 0 0 0 9 1 A 0 18446744073709551615 0 8:0 A 0");
  CHECK(told("verity", "?") == "?");
  CHECK(told("unheard-of", "a\tb\nc") == displayable("a\tb\nc"));
}
