// The judge, and the known differences.
#include "judge.hpp"

#include <algorithm>
#include <cstdio>
#include <span>

namespace devmap::targets::test {
namespace {

/// Why one of the two refuses what the other accepts, by a part of its message.
struct Difference {
  const char* type;  ///< empty: any
  const char* says;
  const char* reason;
  bool repeated = false;    ///< only in a row that has an option twice
  const char* begins = "";  ///< only in rows that begin like this
};

constexpr Difference devmapRefuses[] = {
    {"cache", "must be different devices", "devmap wants three devices"},
    {"error", "start: ", "the kernel ignores words it does not need, whatever they are"},
    {"snapshot", "persistence: not a word", "the kernel looks at the first letters"},
    {"unstriped", "must be less than", "devmap wants a stripe that is there"},
    {"crypt", "key: a key is hexadecimal", "the kernel ignores half a byte at the end"},
    {"verity", "version: not a word", "a number for the kernel: 01 is 1"},
    {"flakey", "writes are dropped, failed or corrupted", "Linux 6 takes it, 7 refuses it"},
    {"flakey", "error_reads: excludes corrupting reads", "Linux 6 takes it, 7 refuses it"},
    {"vdo", "version: not a word", "the kernel reads the number and no more"},
    {"raid", "chunk_size: not a decimal number", "the kernel does not look at raid1's"},
};

constexpr const char *absent = "the device is not there", *small = "the device is too small",
                     *header = "what the device holds is another's",
                     *crypto = "what the crypto API knows",
                     *newer = "a word that another kernel knows, or this one was built without",
                     *page = "larger than a page, which is 4096 bytes here",
                     *last = "of an option given twice, devmap judges the last";

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
    {"vdo", "Invalid logical block size", "the kernel compares the word, and 04096 is another one"},
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
    {"verity", "Unrecognized verity feature request: fec_", newer},
    {"verity", "Invalid data device block size", page},
    {"writecache", "Invalid block size", page},
    {"", "Invalid number of ", last, true},
    {"flakey", " duplicated", last, true},
    {"verity", "FEC device already specified", last, true},
    {"crypt", "Invalid feature value for sector_size", last, true},
    {"crypt", "Bad cipher specification", last, true},
    {"integrity", "Invalid argument", last, true},
    {"integrity", "Invalid block_size argument", last, true},
    {"multipath", "pg_init_", last, true},
    {"writecache", "Invalid optional argument", last, true},
    {"raid", "Failed to run raid array", "md finds no layout for a raid10 without metadata devices",
     false, "raid10"},
    {"raid", "Can't reshape degraded raid set", "what md finds once it has assembled the set"},
    {"raid", "'journal_mode' is invalid without 'journal_dev'",
     "there in another order; devmap writes them in the right one"},
};

/// The text without its numbers and devices.
std::string shape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (digit && !out.empty() && out.back() == 'N') continue;
    out += digit ? 'N' : c;
  }
  return out;
}

bool deviceTwice(std::string_view text) {
  std::set<std::string> seen;
  for (const auto& word : split(text)) {
    if (isDevice(word) && !seen.insert(word).second) return true;
  }
  return false;
}

/// Whether an option appears in it twice.
bool repeats(std::string_view text) {
  std::set<std::string> seen;
  for (const auto& word : split(text)) {
    const std::string name = word.substr(0, word.find(':'));
    if (name.size() > 1 && !allDigits(name) && !seen.insert(name).second) return true;
  }
  return false;
}

/// Rows that are not judged on these kernels, by type or prefix of the type. With a word: only rows
/// that have it.
struct NotJudged {
  std::string_view type, word;
};
constexpr NotJudged notJudgedRows[] = {
    {"snapshot", "discard_zeroes_cow"}, {"raid", "rebuild"},      {"raid", "journal_dev"},
    {"raid", "journal_mode"},           {"raid", "write_mostly"},
};
/// Types of which rows with large numbers are not judged.
constexpr std::string_view smallNumbers[] = {"snapshot", "vdo"};

bool notJudged(std::string_view type, const std::string& text) {
  const auto words = split(text);
  const auto has = [&](std::string_view word) {
    return word.empty() || std::ranges::find(words, word) != words.end();
  };
  const auto large = [](const std::string& word) { return allDigits(word) && word.size() > 6; };
  if (type == Raid::type && deviceTwice(text)) return true;
  for (const auto& [of, word] : notJudgedRows) {
    if (type.starts_with(of) && has(word)) return true;
  }
  return std::ranges::any_of(smallNumbers, [&](auto of) { return type.starts_with(of); }) &&
         std::ranges::any_of(words, large);
}

/// The reason for a difference, or null.
const char* listed(std::string_view type, const std::string& text, std::string_view why,
                   bool takes) {
  const auto says = [&](std::string_view part) { return why.find(part) != why.npos; };
  const bool aboutNumber = says("must be a number") || says("not a decimal number") ||
                           says("not a number") || says("is a number") ||
                           says("counts more than") || says("the throughput") ||
                           says("first_group");
  if (!takes && aboutNumber) {
    for (const auto& word : split(text)) {
      const std::string_view number = std::string_view(word).substr(word.rfind(':') + 1);
      if (number.size() > 1 && number[0] == '+' && allDigits(number.substr(1)))
        return "the kernel takes a sign before some numbers";
      if (allDigits(number) &&
          (number.size() > 10 || (number.size() == 10 && number > "4294967295"))) {
        return "the kernel cuts off the number's upper bits, and takes another one";
      }
    }
  }
  const auto match = [&](const Difference& d) {
    return (d.type[0] == '\0' || type == d.type) && says(d.says) &&
           (!d.repeated || repeats(text)) && text.starts_with(d.begins);
  };
  for (const Difference& d : takes ? std::span<const Difference>(kernelRefuses)
                                   : std::span<const Difference>(devmapRefuses)) {
    if (match(d)) return d.reason;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t stop = std::min(text.find(separator, at), text.size());
    if (stop != at) out.emplace_back(text.substr(at, stop - at));
    at = stop + 1;
  }
  return out;
}

bool allDigits(std::string_view word) {
  return !word.empty() && word.find_first_not_of("0123456789") == word.npos;
}
bool isDevice(std::string_view word) {
  return word.size() == 1 && word[0] >= 'D' && word[0] <= 'H';
}

void Judge::begin(bool strict) {
  zeroDevices();
  strict_ = strict;
  same_.reset();
  same_.emplace("devmap-target-same");
  REQUIRE(devmap::create(quick_, same_->id, {}));
}

bool Judge::loads(std::string_view type, const std::string& text, std::uint64_t length,
                  bool readOnly) {
  return onNew({Sectors{0}, Sectors{length}, std::string(type), withDevices(text)}, readOnly)
      .has_value();
}

void Judge::judge(std::string_view type, const std::string& text, std::uint64_t length,
                  bool readOnly) {
  if (!seen_.insert(std::string(type) + ' ' + text + ' ' + std::to_string(length)).second) return;
  if (notJudged(type, text)) {
    ++leftOut_["not judged on these kernels"];
    return;
  }
  const std::string params = withDevices(text);
  const Value value = parseParams(type, params);
  std::string here(value.whyRaw());
  bool unknown = false;
  if (value.typed()) {
    if (auto checked = value.check(Sectors{length}); !checked) here = checked.error().detail;
    if (here.empty()) {
      if (auto gated = value.checkVersion(*targetVersion(context(), type)); !gated) {
        ++leftOut_["they have an option that came with a later version of the target"];
        return;
      }
    }
    for (const FieldValue& field : value.fields())
      unknown = unknown || std::string_view(field.name).starts_with("unknown");
  }
  const Row raw{Sectors{0}, Sectors{length}, std::string(type), params};
  auto loaded = onSame(raw, readOnly);
  if (here.empty() != loaded.has_value() || (strict_ && loaded)) loaded = onNew(raw, readOnly);
  ++rows_;
  const bool takes = here.empty();
  if (takes == loaded.has_value()) return;
  if (takes && unknown) return;  // only the kernel can judge words that devmap does not know
  std::string why = here;
  if (takes)
    why = loaded.error().kernelMessage.empty() ? loaded.error().message()
                                               : loaded.error().kernelMessage;
  const char* reason = listed(type, text, why, takes);
  if (reason != nullptr) {
    ++explained_[std::string(takes ? "the kernel refuses: " : "devmap refuses: ") + reason];
    return;
  }
  auto& entry = found_[std::string(takes ? "only the kernel refuses " : "only devmap refuses ") +
                       std::string(type) + ": " + shape(why)];
  if (entry.size() < 8) entry.push_back(text + " [" + std::to_string(length) + "] " + why);
}

void Judge::conclude(unsigned least) const {
  for (const auto& [reason, count] : leftOut_)
    std::printf("SKIP - %u rows: %s\n", count, reason.c_str());
  for (const auto& [reason, count] : explained_) std::printf("%6u %s\n", count, reason.c_str());
  for (const auto& [difference, examples] : found_) {
    for (const auto& example : examples) MESSAGE(example);
    FAIL_CHECK(difference);
  }
  std::printf("%u rows\n", rows_);
  CHECK(rows_ >= least);
}

// Linux checks a row against a device's limits for the first row that the device gets. It checks
// again only when that row goes live (dm-table.c: dm_calculate_queue_limits).
Result<Load> Judge::onNew(const Row& row, bool readOnly) {
  REQUIRE(devmap::create(quick_, name, {}));
  auto loaded = load(quick_, name, std::span(&row, 1), {.readOnly = readOnly});
  REQUIRE(devmap::remove(quick_, name));
  return loaded;
}

// Takes a tenth of the time: the kernel spends most of it waiting in a removal.
Result<Load> Judge::onSame(const Row& row, bool readOnly) {
  auto loaded = load(quick_, same_->id, std::span(&row, 1), {.readOnly = readOnly});
  if (loaded) REQUIRE(clear(quick_, same_->id));
  return loaded;
}

}  // namespace devmap::targets::test
