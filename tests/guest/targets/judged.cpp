// devmap and the kernel judge the same rows. These are each row that the kernel accepts, with every
// word changed, left out, repeated or moved, and each pair and triple of a target's options. What
// one accepts the other accepts.
#include <cctype>
#include <cstdio>
#include <span>
#include <string>

#include "../../targets/rows.hpp"
#include "judge.hpp"

using namespace devmap;
using namespace devmap::targets;
using namespace devmap::targets::test;

namespace {

/// Options, separated by `|`, that are tried two and three at a time. In the row, `*` stands for
/// the chosen options and `#` for their word count.
struct OptionSet {
  const char* type;
  const char* params;
  std::uint64_t length;
  const char* options;
};

constexpr OptionSet optionSets[] = {
    {"flakey", "D 0 5 5 # *", 64,
     "error_reads|drop_writes|error_writes|corrupt_bio_byte 1 r 1 0|corrupt_bio_byte 1 w 1 "
     "0|random_read_corrupt 5|"
     "random_write_corrupt 5|random_read_corrupt 1000000001"},
    {"crypt", "cipher_null-ecb - 0 D 0 # *", 64,
     "allow_discards|same_cpu_crypt|high_priority|submit_from_crypt_cpus|no_read_workqueue|no_"
     "write_workqueue|"
     "integrity:16:none|integrity:16:aead|integrity:256:none|sector_size:512|sector_size:4096|"
     "sector_size:256|"
     "sector_size:8192|iv_large_sectors|integrity_key_size:16|integrity_key_size:0"},
    {"verity",
     "1 D E 4096 4096 8 1 sha256 8f1ce0d2ad2d8bb9a5c9e4b1f2cb5d4a3d0ef0ff3ad27a6ef8dfd8ad4b8f6a11 "
     "- # *",
     64,
     "ignore_corruption|restart_on_corruption|panic_on_corruption|restart_on_error|panic_on_error|"
     "ignore_zero_blocks|"
     "check_at_most_once|try_verify_in_tasklet|use_fec_from_device F fec_blocks 10 fec_start 0 "
     "fec_roots 2|"
     "use_fec_from_device F|fec_roots 2|fec_roots 1|fec_roots 25|fec_blocks 10|fec_start 0"},
    {"thin-pool", "D E 128 10 # *", 131072,
     "skip_block_zeroing|ignore_discard|no_discard_passdown|read_only|error_if_no_space"},
    {"snapshot", "D E P 8 # *", 2048, "discard_zeroes_cow|discard_passdown_origin"},
    {"mirror", "core 2 1024 nosync 2 D 0 E 0 # *", 2048, "handle_errors|keep_log"},
    {"cache", "D E F 64 # * smq 0", 65536,
     "writeback|writethrough|passthrough|metadata2|no_discard_passdown"},
    {"writecache", "s D E 4096 # *", 65536,
     "start_sector 0|start_sector 16|high_watermark 60|high_watermark 101|low_watermark "
     "40|low_watermark 70|"
     "writeback_jobs 1|writeback_jobs 0|autocommit_blocks 1|autocommit_blocks 0|autocommit_time 10|"
     "autocommit_time 3600001|max_age 10|max_age "
     "86400001|cleaner|fua|nofua|metadata_only|pause_writeback 10|"
     "pause_writeback 60001"},
    {"clone", "D E F 8 # *", 65536, "no_hydration|no_discard_passdown"},
    {"clone", "D E F 8 0 # *", 65536,
     "hydration_threshold 1|hydration_threshold 0|hydration_batch_size 1|hydration_batch_size 0"},
    {"multipath", "# * 0 1 1 round-robin 0 1 1 D 1", 2048,
     "queue_if_no_path|retain_attached_hw_handler|pg_init_retries 1|pg_init_retries "
     "0|pg_init_retries 51|"
     "pg_init_delay_msecs 0|pg_init_delay_msecs 60001|queue_mode bio|queue_mode rq|queue_mode "
     "mq|queue_mode future"},
};

/// The options of dm-integrity, for each of its modes.
constexpr const char* integrityOptions =
    "meta_device:E|block_size:512|block_size:4096|block_size:8192|block_size:256|recalculate|reset_"
    "recalculate|"
    "allow_discards|allow_discards_keyed|interleave_sectors:32768|buffer_sectors:64|journal_"
    "sectors:880|"
    "journal_watermark:50|journal_watermark:101|commit_time:10000|sectors_per_bit:0|sectors_per_"
    "bit:32768|"
    "bitmap_flush_interval:10000|fix_padding|fix_hmac|legacy_recalculate|internal_hash:crc32c|"
    "internal_hash:hmac(sha256):00ff|journal_crypt:ctr(aes):00112233445566778899aabbccddeeff|"
    "journal_mac:hmac(sha256):00ff";

/// The options of dm-raid, for each of its levels.
constexpr const char* raidOptions =
    "sync|nosync|rebuild 0|rebuild 3|rebuild 4|daemon_sleep 10|min_recovery_rate "
    "10|max_recovery_rate 5|"
    "max_recovery_rate 20|write_mostly 0|write_mostly 4|max_write_behind 128|stripe_cache "
    "256|region_size 1024|"
    "region_size 1000|raid10_copies 2|raid10_copies 1|raid10_copies 5|raid10_format "
    "near|raid10_format far|"
    "raid10_format offset|delta_disks 1|data_offset 0|data_offset "
    "1|raid10_use_near_sets|journal_dev H|"
    "journal_mode writethrough|journal_mode writeback";

std::string join(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& word : list) (out += out.empty() ? "" : " ") += word;
  return out;
}

std::vector<std::string> insteadOfNumber(const std::string& word) {
  const std::uint64_t number = std::stoull(word);
  return {"0",
          "1",
          "2",
          "3",
          std::to_string(number + 1),
          std::to_string(number - 1),
          std::to_string(number * 2),
          std::to_string(number * 3),
          "-1",
          "+" + word,
          "0x10",
          "0" + word,
          "255",
          "256",
          "65536",
          "2097152",
          "2097153",
          "4294967295",
          "4294967296",
          "9223372036854775808",
          "18446744073709551615",
          "18446744073709551616",
          word + "x",
          word + "k"};
}

std::vector<std::string> insteadOf(const std::string& word) {
  if (isDevice(word)) return {"D", "E", "F", "G", "-", "0", "1"};
  if (allDigits(word)) return insteadOfNumber(word);
  std::vector<std::string> list = {"bogus", "-", "0", "1"};
  std::string upper = word;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  list.push_back(upper);
  list.push_back(word + "x");
  list.push_back(word.substr(0, word.size() - 1));
  if (const std::size_t colon = word.rfind(':'); colon != word.npos && colon + 1 < word.size()) {
    list.push_back(word.substr(0, colon));
    list.push_back(word.substr(0, colon + 1));
    if (const std::string value = word.substr(colon + 1); allDigits(value) && value.size() < 19) {
      for (const auto& other : insteadOfNumber(value))
        list.push_back(word.substr(0, colon + 1) + other);
    }
  }
  return list;
}

/// False if this kernel does not accept the row as it is.
bool changeWords(Judge& judge, const Trip& t) {
  const auto base = split(t.params);
  if (!judge.loads(t.type, join(base), t.length, t.readOnly)) {
    std::printf("SKIP - %s %s: this kernel does not take it\n", t.type, t.params);
    return false;
  }
  const auto tryRow = [&](const std::vector<std::string>& list) {
    judge.judge(t.type, join(list), t.length, t.readOnly);
  };
  tryRow(base);
  for (std::size_t i = 0; i < base.size(); ++i) {
    auto list = base;
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
    tryRow(list);
    list = base;
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(i), base[i]);
    tryRow(list);
    if (i + 1 < base.size()) {
      list = base;
      std::swap(list[i], list[i + 1]);
      tryRow(list);
    }
    list = base;
    list.resize(i);
    tryRow(list);
    for (const auto& other : insteadOf(base[i])) {
      list = base;
      list[i] = other;
      tryRow(list);
    }
  }
  for (const char* more : {"extra", "0", "1", "1 extra", "D 0"}) {
    auto list = base;
    list.emplace_back(more);
    tryRow(list);
  }
  for (const std::uint64_t length : {std::uint64_t{1}, std::uint64_t{7}, t.length - 1, t.length + 1,
                                     t.length + 8, t.length * 3, std::uint64_t{1} << 31})
    judge.judge(t.type, t.params, length, t.readOnly);
  return true;
}

void combine(Judge& judge, const char* type, std::string_view row, std::uint64_t length,
             bool readOnly, std::string_view list, unsigned most, unsigned counted = 0) {
  const auto options = split(list, '|');
  const auto tryRow = [&](const std::vector<std::size_t>& chosen) {
    std::string words;
    for (const auto i : chosen) (words += words.empty() ? "" : " ") += options[i];
    std::string text;
    for (const auto& word : split(row)) {
      std::string put = word == "#"   ? std::to_string(split(words).size() + counted)
                        : word == "*" ? words
                                      : word;
      if (!put.empty()) (text += text.empty() ? "" : " ") += put;
    }
    judge.judge(type, text, length, readOnly);
  };
  for (std::size_t a = 0; a < options.size(); ++a) {
    tryRow({a});
    for (std::size_t b = a; b < options.size(); ++b) {
      tryRow({a, b});
      if (most < 3) continue;
      for (std::size_t c = b + 1; c < options.size(); ++c) tryRow({a, b, c});
    }
  }
}

/// Rows in addition to `trips` that are only loaded.
constexpr Trip loadedOnly[] = {
    {"snapshot-merge", "D E P 8", 2048},
    {"ebs", "D 8 1 8", 64},
    {"multipath",
     "6 pg_init_retries 5 pg_init_delay_msecs 10 queue_mode bio 0 1 1 historical-service-time 2 "
     "512 3 2 1 D 1 E 1",
     2048},
};

}  // namespace

TEST_CASE("judged: words changed, left out, repeated and moved") {
  Judge judge;
  for (const std::span<const Trip> list :
       {std::span<const Trip>(trips), std::span<const Trip>(loadedOnly)}) {
    for (const Trip& t : list) {
      if (!available(t.type)) continue;
      judge.begin(true);
      changeWords(judge, t);
    }
  }
  judge.conclude(5000);
}

TEST_CASE("judged: the words of a thin volume") {
  if (!available(Thin::type.data())) return;
  Judge judge;
  judge.begin(true);
  const Device pool("devmap-target-pool");
  make(pool, targets::ThinPool::type, withDevices("D E 128 0"), 131072);
  REQUIRE(sendMessage(context(), pool.id, targets::ThinPool::createThin(7)));
  const std::string params = pool.path() + " 7 F";
  REQUIRE(changeWords(judge, {"thin", params.c_str(), 1024}));
  judge.conclude(50);
}

TEST_CASE("judged: the words of a vdo volume") {
  const std::string params = "V4 " + largeDevice() +
                             " 2097152 4096 32768 16380 ack 1 bio 4 bioRotationInterval 64 cpu 2 "
                             "hash 1 logical 1 physical 1";
  if (!available("vdo", parseParams("vdo", params))) return;
  Judge judge;
  judge.begin(true);
  if (changeWords(judge, {"vdo", params.c_str(), 262144})) judge.conclude(200);
}

TEST_CASE("judged: options, two and three at a time") {
  Judge judge;
  for (const OptionSet& set : optionSets) {
    if (!available(set.type)) continue;
    judge.begin(false);
    combine(judge, set.type, set.params, set.length, std::string_view(set.type) == "verity",
            set.options, 3);
  }
  judge.conclude(2000);
}

TEST_CASE("judged: options of integrity, for each of its modes") {
  if (!available(Integrity::type.data())) return;
  Judge judge;
  for (const char* mode :
       {"D 0 - J # *", "D 0 4 D # *", "D 0 - B # *", "D 0 - R # *", "D 0 - I # *"}) {
    judge.begin(false);
    combine(judge, "integrity", mode, 8, false, integrityOptions, 2);
    combine(judge, "integrity", std::string(mode) + " internal_hash:crc32c", 8, false,
            integrityOptions, 2, 1);
  }
  judge.conclude(2000);
}

TEST_CASE("judged: options of raid, for each of its levels") {
  if (!available(Raid::type.data())) return;
  Judge judge;
  for (const char* level : {"raid0", "raid1", "raid10", "raid4", "raid5_ls", "raid6_zr"}) {
    judge.begin(false);
    const bool withMetadata = std::string_view(level) == "raid10";
    const std::string row =
        std::string(level) + (withMetadata ? " # 128 * 2 D E F G" : " # 128 * 4 - D - E - F - G");
    combine(judge, "raid", row, 65536, false, raidOptions, 2, 1);
  }
  judge.conclude(1000);  // notJudgedRows leaves out as many again
}
