// How `vdostats` reads and shows the statistics of a vdo device. The names are those of Linux
// (drivers/md/dm-vdo/message-stats.c, 7.2), in its order. Labels and lines are those of lvm2's git
// of 2026-04 (1.02.214). The numbers are made up: no device was asked.
#include <doctest/doctest.h>

#include <string>

#include "show/vdo_stats.hpp"

namespace {

using namespace tool;

std::string reply(const std::string& mode, const std::string& blockSize = "4096") {
  return "{ version : 36, dataBlocksUsed : 1000, overheadBlocksUsed : 250, logicalBlocksUsed : "
         "3000, physicalBlocks : 9999, "
         "logicalBlocks : 20000, blockMapCacheSize : 134217728, blockSize : 4096, "
         "completeRecoveries : 3, readOnlyRecoveries : 2, mode : " +
         mode +
         ", inRecoveryMode : 0, recoveryPercentage : 42, packer : { compressedFragmentsWritten : "
         "11, compressedBlocksWritten : 12, "
         "compressedFragmentsInPacker : 13, }, allocator : { slabCount : 7, slabsOpened : 2, "
         "slabsReopened : 1, }, journal : { diskFull : "
         "5, "
         "slabJournalCommitsRequested : 6, entries : { started : 100, written : 90, committed : "
         "85, }, blocks : { started : 30, written : "
         "28, "
         "committed : 27, }, }, slabJournal : { diskFullCount : 8, flushCount : 9, }, refCounts : "
         "{ blocksWritten : 17, }, hashLock : { "
         "dedupeAdviceValid : 18, currDedupeQueries : 19, }, errors : { invalidAdvicePBNCount : "
         "20, }, instance : 4, currentVIOsInProgress "
         ": "
         "21, maxVIOs : 2000, dedupeAdviceTimeouts : 22, flushOut : 23, logicalBlockSize : " +
         blockSize +
         ", biosIn : { read : 1, write : 400, emptyFlush : 3, }, biosOut : { read : 4, write : "
         "500, }, biosMeta : { read : 5, write : 51, "
         "}, "
         "memoryUsage : { bytesUsed : 24, peakBytesUsed : 25, }, index : { entriesIndexed : 26, }, "
         "}";
}

std::string valueOf(const std::vector<VdoField>& fields, std::string_view label) {
  for (const VdoField& field : fields)
    if (field.label == label) return field.value;
  return "(none)";
}

/// The line of a label, without what precedes its value.
std::string line(const std::string& text, const std::string& label) {
  std::size_t at = text.find("\n  " + label + " ");
  if (at == std::string::npos) return "(none)";
  at = text.find(" : ", at) + 3;
  return text.substr(at, text.find('\n', at) - at);
}

TEST_CASE("vdostats: names become words, groups become the words in front") {
  const auto fields = readVdoStats(reply("normal"));
  CHECK(fields.size() == 49);
  CHECK(fields.front().label == "version");
  CHECK(fields.back().label == "index entries indexed");
  CHECK(valueOf(fields, "data blocks used") == "1000");
  CHECK(valueOf(fields, "journal entries committed") == "85");
  CHECK(valueOf(fields, "errors invalid advice PBN count") == "20");
  CHECK(valueOf(fields, "current VIOs in progress") == "21");
  CHECK(valueOf(fields, "max VIOs") == "2000");
  CHECK(valueOf(fields, "bios in empty flush") == "3");
}

TEST_CASE("vdostats: damaged replies end where they are damaged") {
  const std::string whole = reply("normal");
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const auto fields = readVdoStats(std::string_view(whole).substr(0, length));
    CHECK(fields.size() <= 49);
    for (const VdoField& field : fields) CHECK(!field.value.empty());
    static_cast<void>(vdoText("v", fields));
  }
  CHECK(readVdoStats("").empty());
  CHECK(readVdoStats("{ }").empty());
  CHECK(readVdoStats("{ a b : 1, }").empty());
  CHECK(readVdoStats("{ a : 1, : 2, }").size() == 1);
  CHECK(readVdoStats("{ a : { b : 1, }, c : 2, }").size() == 2);
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "{ a : ";
  CHECK(readVdoStats(deep).empty());
}

TEST_CASE("vdostats: how full it is") {
  const VdoUse use = useOf(readVdoStats(reply("normal")));
  CHECK(use.size == 79992);
  CHECK(use.used == 10000);
  CHECK(use.available == 69992);
  CHECK(use.usedPercent == 13);    // 12.5
  CHECK(use.savingPercent == 66);  // 66.7
  for (const char* const mode : {"recovering", "read-only"}) {
    const VdoUse unknown = useOf(readVdoStats(reply(mode)));
    CHECK(unknown.size == 79992);
    CHECK(!unknown.used);
    CHECK(!unknown.available);
    CHECK(!unknown.usedPercent);
    CHECK(!unknown.savingPercent);
  }
  const VdoUse full = useOf(readVdoStats(
      "{ dataBlocksUsed : 9, overheadBlocksUsed : 2, physicalBlocks : 10, mode : normal, }"));
  CHECK(full.used == 88);
  CHECK(!full.available);
  CHECK(full.usedPercent == 110);
  CHECK(!full.savingPercent);
  CHECK(!useOf({}).usedPercent);
  const VdoUse huge = useOf(readVdoStats(
      "{ dataBlocksUsed : 18446744073709551615, physicalBlocks : 1, mode : normal, }"));
  CHECK(huge.usedPercent > 100);
}

TEST_CASE("vdostats -v: all of it") {
  const std::string text = vdoText("vg-pool-vpool", readVdoStats(reply("normal")));
  CHECK(
      text.starts_with("vg-pool-vpool :\n  version                             : 36\n  data blocks "
                       "used                    : 1000\n"));
  CHECK(text.ends_with("\n  entries indexed                     : 26\n"));
  CHECK(text.find("  logical blocks                      : 20000\n  1K-blocks                      "
                  "     : 39996\n"
                  "  1K-blocks used                      : 5000\n  1K-blocks available             "
                  "    : 34996\n"
                  "  used percent                        : 13\n  saving percent                    "
                  "  : 66\n") != std::string::npos);
  CHECK(
      text.find(
          "  journal entries batching            : 10\n  journal entries started             : "
          "100\n"
          "  journal entries writing             : 5\n  journal entries written             : 90\n"
          "  journal entries committed           : 85\n  journal blocks batching             : 2\n"
          "  journal blocks started              : 30\n  journal blocks writing              : "
          "1\n") != std::string::npos);
  CHECK(line(text, "operating mode") == "normal");
  CHECK(line(text, "recovery progress (%)") == "N/A");
  CHECK(line(text, "in recovery mode") == "(none)");
  CHECK(line(text, "logical block size") == "(none)");
  CHECK(line(text, "completed recovery count") == "3");
  CHECK(line(text, "read-only recovery count") == "2");
  CHECK(line(text, "compressed fragments written") == "11");
  CHECK(line(text, "slab count") == "7");
  CHECK(line(text, "journal disk full count") == "5");
  CHECK(line(text, "journal commits requested count") == "6");
  CHECK(line(text, "slab journal disk full count") == "8");
  CHECK(line(text, "reference blocks written") == "17");
  CHECK(line(text, "dedupe advice valid") == "18");
  CHECK(line(text, "current dedupe queries") == "19");
  CHECK(line(text, "invalid advice PBN count") == "20");
  CHECK(line(text, "512 byte emulation") == "off");
  CHECK(line(text, "current VDO IO requests in progress") == "21");
  CHECK(line(text, "maximum VDO IO requests in progress") == "2000");
  CHECK(line(text, "write amplification ratio") == "1.38");  // (500 + 51) / 400
  CHECK(line(text, "KVDO module bytes used") == "24");
  CHECK(line(text, "KVDO module peak bytes used") == "25");
  CHECK(line(vdoText("v", readVdoStats(reply("normal", "512"))), "512 byte emulation") == "on");
}

TEST_CASE("vdostats -v: what is not known in a mode") {
  const std::string recovering = vdoText("v", readVdoStats(reply("recovering")));
  CHECK(line(recovering, "recovery progress (%)") == "42");
  CHECK(line(recovering, "1K-blocks") == "39996");
  for (const char* const label :
       {"data blocks used", "overhead blocks used", "logical blocks used", "1K-blocks used",
        "1K-blocks available", "used percent", "saving percent"})
    CHECK(line(recovering, label) == "N/A");
  const std::string readOnly = vdoText("v", readVdoStats(reply("read-only")));
  CHECK(line(readOnly, "data blocks used") == "N/A");
  CHECK(line(readOnly, "overhead blocks used") == "250");
  CHECK(line(readOnly, "logical blocks used") == "3000");
  CHECK(line(readOnly, "used percent") == "N/A");
  CHECK(line(readOnly, "recovery progress (%)") == "N/A");
}

}  // namespace
