// devmap and the kernel judge the same rows: each row that the kernel takes, with every word of it changed, left out, repeated or moved,
// and each pair and triple of a target's options. What one takes the other takes; differences are listed here, with their reasons.
#include <cstdio>
#include <map>
#include <set>
#include <string>

#include "lab.hpp"
#include "rows.hpp"

using namespace devmap;
using namespace devmap::targets;
using namespace devmap::targets::test;

namespace {

/// Options that are tried two and three at a time: `#` in the row stands for the count of words of those chosen, `*` for them.
struct OptionSet {
  const char* type;
  const char* params;
  std::uint64_t length;
  std::vector<const char*> options;
};

const OptionSet optionSets[] = {
    {"flakey",
     "D 0 5 5 # *",
     64,
     {"error_reads", "drop_writes", "error_writes", "corrupt_bio_byte 1 r 1 0", "corrupt_bio_byte 1 w 1 0", "random_read_corrupt 5",
      "random_write_corrupt 5", "random_read_corrupt 1000000001"}},
    {"crypt",
     "cipher_null-ecb - 0 D 0 # *",
     64,
     {"allow_discards", "same_cpu_crypt", "high_priority", "submit_from_crypt_cpus", "no_read_workqueue", "no_write_workqueue",
      "integrity:16:none", "integrity:16:aead", "integrity:256:none", "sector_size:512", "sector_size:4096", "sector_size:256",
      "sector_size:8192", "iv_large_sectors", "integrity_key_size:16", "integrity_key_size:0"}},
    {"verity",
     "1 D E 4096 4096 8 1 sha256 8f1ce0d2ad2d8bb9a5c9e4b1f2cb5d4a3d0ef0ff3ad27a6ef8dfd8ad4b8f6a11 - # *",
     64,
     {"ignore_corruption", "restart_on_corruption", "panic_on_corruption", "restart_on_error", "panic_on_error", "ignore_zero_blocks",
      "check_at_most_once", "try_verify_in_tasklet", "use_fec_from_device F fec_blocks 10 fec_start 0 fec_roots 2", "use_fec_from_device F",
      "fec_roots 2", "fec_roots 1", "fec_roots 25", "fec_blocks 10", "fec_start 0"}},
    {"thin-pool",
     "D E 128 10 # *",
     131072,
     {"skip_block_zeroing", "ignore_discard", "no_discard_passdown", "read_only", "error_if_no_space"}},
    {"snapshot", "D E P 8 # *", 2048, {"discard_zeroes_cow", "discard_passdown_origin"}},
    {"mirror", "core 2 1024 nosync 2 D 0 E 0 # *", 2048, {"handle_errors", "keep_log"}},
    {"cache", "D E F 64 # * smq 0", 65536, {"writeback", "writethrough", "passthrough", "metadata2", "no_discard_passdown"}},
    {"writecache",
     "s D E 4096 # *",
     65536,
     {"start_sector 0",
      "start_sector 16",
      "high_watermark 60",
      "high_watermark 101",
      "low_watermark 40",
      "low_watermark 70",
      "writeback_jobs 1",
      "writeback_jobs 0",
      "autocommit_blocks 1",
      "autocommit_blocks 0",
      "autocommit_time 10",
      "autocommit_time 3600001",
      "max_age 10",
      "max_age 86400001",
      "cleaner",
      "fua",
      "nofua",
      "metadata_only",
      "pause_writeback 10",
      "pause_writeback 60001"}},
    {"clone", "D E F 8 # *", 65536, {"no_hydration", "no_discard_passdown"}},
    {"clone",
     "D E F 8 0 # *",
     65536,
     {"hydration_threshold 1", "hydration_threshold 0", "hydration_batch_size 1", "hydration_batch_size 0"}},
    {"multipath",
     "# * 0 1 1 round-robin 0 1 1 D 1",
     2048,
     {"queue_if_no_path", "retain_attached_hw_handler", "pg_init_retries 1", "pg_init_retries 0", "pg_init_retries 51",
      "pg_init_delay_msecs 0", "pg_init_delay_msecs 60001", "queue_mode bio", "queue_mode rq", "queue_mode mq", "queue_mode future"}},
};

/// The options of dm-integrity, for each of its modes.
const std::vector<const char*> integrityOptions = {"meta_device:E",
                                                   "block_size:512",
                                                   "block_size:4096",
                                                   "block_size:8192",
                                                   "block_size:256",
                                                   "recalculate",
                                                   "reset_recalculate",
                                                   "allow_discards",
                                                   "allow_discards_keyed",
                                                   "interleave_sectors:32768",
                                                   "buffer_sectors:64",
                                                   "journal_sectors:880",
                                                   "journal_watermark:50",
                                                   "journal_watermark:101",
                                                   "commit_time:10000",
                                                   "sectors_per_bit:0",
                                                   "sectors_per_bit:32768",
                                                   "bitmap_flush_interval:10000",
                                                   "fix_padding",
                                                   "fix_hmac",
                                                   "legacy_recalculate",
                                                   "internal_hash:crc32c",
                                                   "internal_hash:hmac(sha256):00ff",
                                                   "journal_crypt:ctr(aes):00112233445566778899aabbccddeeff",
                                                   "journal_mac:hmac(sha256):00ff"};

const std::vector<const char*> raidOptions = {"sync",
                                              "nosync",
                                              "rebuild 0",
                                              "rebuild 3",
                                              "rebuild 4",
                                              "daemon_sleep 10",
                                              "min_recovery_rate 10",
                                              "max_recovery_rate 5",
                                              "max_recovery_rate 20",
                                              "write_mostly 0",
                                              "write_mostly 4",
                                              "max_write_behind 128",
                                              "stripe_cache 256",
                                              "region_size 1024",
                                              "region_size 1000",
                                              "raid10_copies 2",
                                              "raid10_copies 1",
                                              "raid10_copies 5",
                                              "raid10_format near",
                                              "raid10_format far",
                                              "raid10_format offset",
                                              "delta_disks 1",
                                              "data_offset 0",
                                              "data_offset 1",
                                              "raid10_use_near_sets",
                                              "journal_dev H",
                                              "journal_mode writethrough",
                                              "journal_mode writeback"};

/// Why one of the two refuses what the other takes, by a part of what it says.
struct Difference {
  const char* type;  ///< empty: any
  const char* says;
  const char* reason;
  bool repeated = false;  ///< only in a row that has an option twice
};

constexpr Difference devmapRefuses[] = {
    {"cache", "must be different devices", "the kernel would destroy what they hold"},
    {"error", "start: ", "the kernel ignores words it does not need, whatever they are"},
    {"snapshot", "persistence: not a word", "the kernel looks at the first letters"},
    {"unstriped", "must be less than", "the kernel is off by one, and would read behind the last stripe"},
    {"crypt", "key: a key is hexadecimal", "the kernel ignores half a byte at the end"},
    {"verity", "version: not a word", "a number for the kernel: 01 is 1"},
    {"flakey", "writes are dropped, failed or corrupted", "Linux 6 takes it, 7 refuses it"},
    {"flakey", "error_reads: excludes corrupting reads", "Linux 6 takes it, 7 refuses it"},
    {"vdo", "version: not a word", "the kernel reads the number and no more"},
    {"raid", "chunk_size: not a decimal number", "the kernel does not look at raid1's"},
};

constexpr const char *absent = "the device is not there", *small = "the device is too small",
                     *header = "what the device holds is another's", *crypto = "what the crypto API knows",
                     *newer = "a word that another kernel knows, or this one was built without",
                     *page = "larger than a page, which is 4096 bytes here", *last = "of an option given twice, devmap judges the last";

constexpr Difference kernelRefuses[] = {
    {"", "ookup fail", absent},
    {"", "Error opening ", absent},
    {"", "rror getting ", absent},
    {"", "Couldn't get ", absent},
    {"", "Couldn't parse stripe destination", absent},
    {"", "Cannot get ", absent},
    {"mirror", "Error creating mirror dirty log", absent},
    {"thin", "Couldn't open thin internal device (-ENODATA)", "the pool has no such volume"},
    {"", " too small", small},
    {"", "is larger than the cache device", small},
    {"", "size larger than", small},
    {"integrity", "Not enough provided sectors", small},
    {"integrity", "Error reading superblock (-EIO)", small},
    {"vdo", "physical zones exceeds slab count", small},
    {"vdo", "Unable to open storage device", absent},
    {"vdo", "Could not allocate", "more memory than there is"},
    {"vdo", "blocks configured in the vdo super block", header},
    {"vdo", "exceeds limit", "too long for the journal that the device has"},
    {"verity", "device too large to use check_at_most_once", "more memory than there is"},
    {"raid", "Failed to set raid4/5/6 stripe cache size", "more memory than there is"},
    {"snapshot", "Failed to read snapshot metadata (-ENOMEM)", "more memory than there is"},
    {"", "changing the data block size", header},
    {"clone", "match the ones in metadata", header},
    {"integrity", "match the information in superblock", header},
    {"integrity", "Journal mac mismatch", header},
    {"integrity", "The device is not initialized", header},
    {"integrity", "Recalculating with HMAC is disabled", header},
    {"writecache", "Invalid magic in the superblock", header},
    {"raid", "Invalid superblocks", header},
    {"crypt", "Error allocating crypto tfm", crypto},
    {"crypt", "Error decoding and setting key", crypto},
    {"crypt", "Invalid IV mode", crypto},
    {"verity", "Cannot initialize hash function", crypto},
    {"verity", "Invalid root digest", crypto},
    {"integrity", "Error setting internal hash key", crypto},
    {"integrity", "Invalid internal hash", crypto},
    {"integrity", "Integrity profile not supported", "the device stores no tags"},
    {"cache", "unknown policy type", newer},
    {"cache", "bad config value", newer},
    {"multipath", "unknown path selector type", newer},
    {"flakey", "Unrecognised flakey feature", newer},
    {"flakey", "Invalid number of feature args", newer},
    {"verity", "Invalid number of feature args", newer},
    {"verity", "Invalid data device block size", page},
    {"writecache", "Invalid block size", page},
    {"", "Invalid number of ", last, true},
    {"verity", "FEC device already specified", last, true},
    {"crypt", "Invalid feature value for sector_size", last, true},
    {"crypt", "Bad cipher specification", last, true},
    {"integrity", "Invalid argument", last, true},
    {"integrity", "Invalid block_size argument", last, true},
    {"multipath", "pg_init_", last, true},
    {"writecache", "Invalid optional argument", last, true},
    {"raid", "Failed to run raid array", "md finds no layout for a raid10 without metadata devices"},
    {"raid", "Can't reshape degraded raid set", "what md finds once it has assembled the set"},
    {"raid", "'journal_mode' is invalid without 'journal_dev'", "there in another order; devmap writes them in the right one"},
};

/// What a text says without its numbers and devices.
std::string shape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (digit && !out.empty() && out.back() == 'N') continue;
    out += digit ? 'N' : c;
  }
  return out;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  for (const auto word : words(text)) out.emplace_back(word);
  return out;
}
std::string join(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& word : list) (out += out.empty() ? "" : " ") += word;
  return out;
}

bool allDigits(std::string_view word) { return !word.empty() && word.find_first_not_of("0123456789") == word.npos; }
bool isDevice(std::string_view word) { return word.size() == 1 && word[0] >= 'D' && word[0] <= 'H'; }

bool deviceTwice(std::string_view text) {
  std::set<std::string> seen;
  for (const auto& word : split(text)) {
    if (isDevice(word) && !seen.insert(word).second) return true;
  }
  return false;
}

/// An option stands in it twice.
bool repeats(std::string_view text) {
  std::set<std::string> seen;
  for (const auto& word : split(text)) {
    const std::string name = word.substr(0, word.find(':'));
    if (name.size() > 1 && !allDigits(name) && !seen.insert(name).second) return true;
  }
  return false;
}

/// Rows that make Linux warn at length, or crash.
bool harms(std::string_view type, const std::string& text) {
  const auto has = [&](std::string_view part) { return text.find(part) != text.npos; };
  if (type.starts_with("snapshot")) {
    // no memory for such a chunk; a division by zero in blk_stack_limits() of 7.2 and 7.3
    return has("209715") || has("discard_zeroes_cow");
  }
  if (type == Raid::type) {
    // a device that is its own mirror; kthread_park() of a thread that ends, in 6.1
    return deviceTwice(text) || (text.starts_with("raid6") && has("journal_dev"));
  }
  if (type != Vdo::type) return false;
  const auto list = split(text);  // no memory for such a cache
  return list.size() > 4 && allDigits(list[4]) && list[4].size() > 6;
}

class Judge {
 public:
  /// Rows from now on are tried on one device, with which both mostly agree. `strict`: what the kernel takes there it must take on a new
  /// device too.
  void begin(bool strict) {
    zeroDevices();
    strict_ = strict;
    same_.reset();
    same_.emplace("devmap-target-same");
    REQUIRE(devmap::create(quick_, same_->id, {}));
  }

  bool loads(std::string_view type, const std::string& text, std::uint64_t length, bool readOnly) {
    return onNew({Sectors{0}, Sectors{length}, std::string(type), withDevices(text)}, readOnly).has_value();
  }

  void judge(std::string_view type, const std::string& text, std::uint64_t length, bool readOnly) {
    if (harms(type, text)) return;
    if (!seen_.insert(std::string(type) + ' ' + text + ' ' + std::to_string(length)).second) return;
    const std::string params = withDevices(text);
    const Value value = parseParams(type, params);
    std::string here(value.whyRaw());
    bool unknown = false;
    if (value.typed()) {
      if (auto checked = value.check(Sectors{length}); !checked) here = checked.error().detail;
      if (here.empty()) {
        if (auto gated = value.checkVersion(*targetVersion(context(), type)); !gated) return;
      }
      for (const FieldValue& field : value.fields()) unknown = unknown || std::string_view(field.name).starts_with("unknown");
    }
    const Row raw{Sectors{0}, Sectors{length}, std::string(type), params};
    auto loaded = onSame(raw, readOnly);
    if (here.empty() != loaded.has_value() || (strict_ && loaded)) loaded = onNew(raw, readOnly);
    ++rows;
    const bool takes = here.empty();
    if (takes == loaded.has_value()) return;
    if (takes && unknown) return;
    std::string why = here;
    if (takes) why = loaded.error().kernelMessage.empty() ? loaded.error().message() : loaded.error().kernelMessage;
    const char* reason = listed(type, text, why, takes);
    if (reason != nullptr) {
      ++explained[std::string(takes ? "the kernel refuses: " : "devmap refuses: ") + reason];
      return;
    }
    auto& entry = found[std::string(takes ? "only the kernel refuses " : "only devmap refuses ") + std::string(type) + ": " + shape(why)];
    if (entry.size() < 8) entry.push_back(text + " [" + std::to_string(length) + "] " + why);
  }

  std::map<std::string, unsigned> explained;
  std::map<std::string, std::vector<std::string>> found;
  unsigned rows = 0;

 private:
  static const char* listed(std::string_view type, const std::string& text, std::string_view why, bool takes) {
    if (!takes) {
      for (const auto& word : split(text)) {
        const std::string_view number = std::string_view(word).substr(word.rfind(':') + 1);
        if (number.size() > 1 && number[0] == '+' && allDigits(number.substr(1))) return "the kernel takes a sign before some numbers";
        if (allDigits(number) && (number.size() > 10 || (number.size() == 10 && number > "4294967295"))) {
          return "the kernel cuts off the number's upper bits, and takes another one";
        }
      }
    }
    const auto match = [&](const Difference& d) {
      return (d.type[0] == '\0' || type == d.type) && why.find(d.says) != why.npos && (!d.repeated || repeats(text));
    };
    for (const Difference& d : takes ? std::span<const Difference>(kernelRefuses) : std::span<const Difference>(devmapRefuses)) {
      if (match(d)) return d.reason;
    }
    return nullptr;
  }

  /// On a new device: what rows ask of a device's limits Linux checks with the first row that it gets, and again only when that goes live
  /// (dm-table.c: dm_calculate_queue_limits).
  Result<Load> onNew(const Row& row, bool readOnly) {
    REQUIRE(devmap::create(quick_, name, {}));
    auto loaded = load(quick_, name, std::span(&row, 1), {.readOnly = readOnly});
    REQUIRE(devmap::remove(quick_, name));
    return loaded;
  }
  /// On the one that the rows before it were tried on, which takes a tenth of the time, most of it that the kernel waits in a removal.
  Result<Load> onSame(const Row& row, bool readOnly) {
    auto loaded = load(quick_, same_->id, std::span(&row, 1), {.readOnly = readOnly});
    if (loaded) REQUIRE(clear(quick_, same_->id));
    return loaded;
  }

  DeviceMapper quick_ = std::move(*DeviceMapper::open({.udevMode = UdevMode::none}));  // nothing goes live: nobody need wait for udev
  std::optional<Device> same_;
  bool strict_ = false;
  std::set<std::string> seen_;
};

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
      for (const auto& other : insteadOfNumber(value)) list.push_back(word.substr(0, colon + 1) + other);
    }
  }
  return list;
}

/// False: this kernel does not take the row as it is.
bool changeWords(Judge& judge, const Trip& t) {
  const auto base = split(t.params);
  if (!judge.loads(t.type, join(base), t.length, t.readOnly)) {
    std::printf("SKIP - %s %s: this kernel does not take it\n", t.type, t.params);
    return false;
  }
  const auto tryRow = [&](const std::vector<std::string>& list) { judge.judge(t.type, join(list), t.length, t.readOnly); };
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
  for (const std::uint64_t length :
       {std::uint64_t{1}, std::uint64_t{7}, t.length - 1, t.length + 1, t.length + 8, t.length * 3, std::uint64_t{1} << 31})
    judge.judge(t.type, t.params, length, t.readOnly);
  return true;
}

void combine(Judge& judge, const char* type, std::string_view row, std::uint64_t length, bool readOnly,
             const std::vector<const char*>& options, unsigned most, unsigned counted = 0) {
  const auto tryRow = [&](const std::vector<std::size_t>& chosen) {
    std::string words;
    for (const auto i : chosen) (words += words.empty() ? "" : " ") += options[i];
    std::string text;
    for (const auto& word : split(row)) {
      std::string put = word == "#" ? std::to_string(split(words).size() + counted) : word == "*" ? words : word;
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

/// A difference that is not listed fails the test.
void conclude(const Judge& judge, unsigned least) {
  for (const auto& [reason, count] : judge.explained) std::printf("%6u %s\n", count, reason.c_str());
  for (const auto& [difference, examples] : judge.found) {
    for (const auto& example : examples) MESSAGE(example);
    FAIL_CHECK(difference);
  }
  std::printf("%u rows\n", judge.rows);
  CHECK(judge.rows >= least);
}

/// Rows beside `trips` that are loaded only.
constexpr Trip loadedOnly[] = {
    {"snapshot-merge", "D E P 8", 2048},
    {"ebs", "D 8 1 8", 64},
    {"multipath", "6 pg_init_retries 5 pg_init_delay_msecs 10 queue_mode bio 0 1 1 historical-service-time 2 512 3 2 1 D 1 E 1", 2048},
};

}  // namespace

TEST_CASE("judged: words changed, left out, repeated and moved") {
  Judge judge;
  for (const std::span<const Trip> list : {std::span<const Trip>(trips), std::span<const Trip>(loadedOnly)}) {
    for (const Trip& t : list) {
      if (!targetVersion(context(), t.type)) continue;
      judge.begin(true);
      changeWords(judge, t);
    }
  }
  conclude(judge, 5000);
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
  conclude(judge, 50);
}

TEST_CASE("judged: the words of a vdo volume") {
  const std::string params =
      "V4 " + largeDevice() + " 2097152 4096 32768 16380 ack 1 bio 4 bioRotationInterval 64 cpu 2 hash 1 logical 1 physical 1";
  if (!available("vdo", parseParams("vdo", params))) return;
  Judge judge;
  judge.begin(true);
  if (changeWords(judge, {"vdo", params.c_str(), 262144})) conclude(judge, 200);
}

TEST_CASE("judged: options, two and three at a time") {
  Judge judge;
  for (const OptionSet& set : optionSets) {
    if (!targetVersion(context(), set.type)) continue;
    judge.begin(false);
    combine(judge, set.type, set.params, set.length, std::string_view(set.type) == "verity", set.options, 3);
  }
  conclude(judge, 2000);
}

TEST_CASE("judged: options of integrity, for each of its modes") {
  if (!available(Integrity::type.data())) return;
  Judge judge;
  for (const char* mode : {"D 0 - J # *", "D 0 4 D # *", "D 0 - B # *", "D 0 - R # *", "D 0 - I # *"}) {
    judge.begin(false);
    combine(judge, "integrity", mode, 8, false, integrityOptions, 2);
    combine(judge, "integrity", std::string(mode) + " internal_hash:crc32c", 8, false, integrityOptions, 2, 1);
  }
  conclude(judge, 2000);
}

TEST_CASE("judged: options of raid, for each of its levels") {
  if (!available(Raid::type.data())) return;
  Judge judge;
  for (const char* level : {"raid0", "raid1", "raid10", "raid4", "raid5_ls", "raid6_zr"}) {
    judge.begin(false);
    const bool withMetadata = std::string_view(level) == "raid10";
    const std::string row = std::string(level) + (withMetadata ? " # 128 * 2 D E F G" : " # 128 * 4 - D - E - F - G");
    combine(judge, "raid", row, 65536, false, raidOptions, 2, 1);
  }
  conclude(judge, 2000);
}
