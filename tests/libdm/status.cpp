// Status lines as C structs. What is expected was printed by libdevmapper 1.02.185 for the same
// lines, unless a test says that we differ.
#include <doctest/doctest.h>

#include <libdevmapper.h>

#include <string>
#include <string_view>
#include <vector>

#include "lab.hpp"

namespace {

std::vector<std::string>& errors = libdmtest::lines;

/// The log goes to `errors`, and memory to a pool.
struct Session {
  Session() {
    errors.clear();
    dm_log_with_errno_init(libdmtest::collect);
  }
  ~Session() {
    dm_pool_destroy(pool);
    dm_log_with_errno_init(nullptr);
  }
  dm_pool* pool = dm_pool_create("status", 1024);
};

template <typename T>
std::string number(T value) {
  return std::to_string(static_cast<unsigned long long>(value));
}

std::string ratio(std::uint64_t used, std::uint64_t total) {
  return number(used) + '/' + number(total);
}

std::string text(const char* value) { return value == nullptr ? "none" : value; }

std::string flag(unsigned set, const char* name) { return set != 0 ? std::string(" ") + name : ""; }

std::string show(const dm_status_snapshot& status) {
  return ratio(status.used_sectors, status.total_sectors) +
         (status.has_metadata_sectors != 0 ? " metadata " + number(status.metadata_sectors) : "") +
         flag(status.invalid, "invalid") + flag(status.merge_failed, "merge_failed") +
         flag(status.overflow, "overflow");
}

std::string show(const dm_status_thin& status) {
  return number(status.mapped_sectors) + ' ' + number(status.highest_mapped_sector) +
         flag(status.fail, "fail");
}

std::string show(const dm_status_thin_pool& status) {
  return "id " + number(status.transaction_id) + " metadata " +
         ratio(status.used_metadata_blocks, status.total_metadata_blocks) + " data " +
         ratio(status.used_data_blocks, status.total_data_blocks) + " held " +
         number(status.held_metadata_root) + " discards " + number(status.discards) +
         flag(status.read_only, "read_only") + flag(status.fail, "fail") +
         flag(status.error_if_no_space, "error_if_no_space") +
         flag(status.out_of_data_space, "out_of_data_space") +
         flag(status.needs_check, "needs_check") + flag(status.error, "error");
}

std::string list(int count, char** words) {
  std::string all = number(count);
  for (int i = 0; i < count; ++i) all += std::string(i == 0 ? ":" : ",") + words[i];
  return words == nullptr ? all + ":none" : all;
}

std::string show(const dm_status_cache& status) {
  return "metadata " + number(status.metadata_block_size) + ' ' +
         ratio(status.metadata_used_blocks, status.metadata_total_blocks) + " blocks " +
         number(status.block_size) + ' ' + ratio(status.used_blocks, status.total_blocks) +
         " dirty " + number(status.dirty_blocks) + " reads " +
         ratio(status.read_hits, status.read_misses) + " writes " +
         ratio(status.write_hits, status.write_misses) + " moves " +
         ratio(status.demotions, status.promotions) + " features " + number(status.feature_flags) +
         " core " + list(status.core_argc, status.core_argv) + " policy " +
         text(status.policy_name) + ' ' + list(status.policy_argc, status.policy_argv) +
         flag(status.error, "error") + flag(status.fail, "fail") +
         flag(status.needs_check, "needs_check") + flag(status.read_only, "read_only");
}

std::string show(const dm_status_raid& status) {
  return text(status.raid_type) + ' ' + number(status.dev_count) + ' ' + text(status.dev_health) +
         ' ' + ratio(status.insync_regions, status.total_regions) + ' ' + text(status.sync_action) +
         " mismatches " + number(status.mismatch_count) + " offset " + number(status.data_offset);
}

template <typename T>
std::string devices(std::uint32_t count, const T* list) {
  std::string all;
  for (std::uint32_t i = 0; i < count; ++i)
    all += std::string(" ") + static_cast<char>(list[i].health) + ' ' + number(list[i].major) +
           ':' + number(list[i].minor);
  return list == nullptr ? " none" : all;
}

std::string show(const dm_status_mirror& status) {
  return ratio(status.insync_regions, status.total_regions) +
         devices(status.dev_count, status.devs) + " log " + text(status.log_type) +
         devices(status.log_count, status.logs);
}

/// The struct of a line as text; "failed" if there is none.
template <typename T>
std::string read(int (*function)(dm_pool*, const char*, T**), const char* line) {
  const Session session;
  T untouched{};
  T* status = &untouched;
  const int done = function(session.pool, line, &status);
  if (done == 1 && status != &untouched && status != nullptr) return show(*status);
  CHECK(done == 0);
  CHECK(status == nullptr);
  CHECK_FALSE(errors.empty());
  return "failed";
}

}  // namespace

TEST_CASE("snapshot") {
  const auto snapshot = [](const char* line) { return read(dm_get_status_snapshot, line); };
  CHECK(snapshot("16/131072 16") == "16/131072 metadata 16");
  CHECK(snapshot("16/131072") == "16/131072");
  CHECK(snapshot("Overflow") == "0/0 overflow");
  CHECK(snapshot("Invalid") == "0/0 invalid");
  CHECK(snapshot("Merge failed") == "0/0 merge_failed");
  for (const char* const line : {"Unknown", "", "x"}) CHECK(snapshot(line) == "failed");
}

TEST_CASE("thin") {
  const auto thin = [](const char* line) { return read(dm_get_status_thin, line); };
  CHECK(thin("0 -") == "0 0");
  CHECK(thin("20480 20479") == "20480 20479");
  CHECK(thin("Fail") == "0 0 fail");
  CHECK(thin("-") == "0 0");
  for (const char* const line : {"Error", "", "x", "20480"}) CHECK(thin(line) == "failed");
}

TEST_CASE("thin-pool") {
  const auto pool = [](const char* line) { return read(dm_get_status_thin_pool, line); };
  CHECK(pool("0 1648/16384 0/512 - rw discard_passdown queue_if_no_space - 1024 ") ==
        "id 0 metadata 1648/16384 data 0/512 held 0 discards 2");
  CHECK(pool("0 1648/16384 0/512 - rw ignore_discard error_if_no_space - 1024 ") ==
        "id 0 metadata 1648/16384 data 0/512 held 0 discards 0 error_if_no_space");
  CHECK(pool("0 9/16384 0/512 - ro discard_passdown") ==
        "id 0 metadata 9/16384 data 0/512 held 0 discards 2 read_only");
  CHECK(pool("0 9/16384 0/512 - ro discard_passdown queue_if_no_space needs_check 1024") ==
        "id 0 metadata 9/16384 data 0/512 held 0 discards 2 read_only needs_check");
  CHECK(pool("Fail") == "id 0 metadata 0/0 data 0/0 held 0 discards 0 fail");
  CHECK(pool("Error") == "id 0 metadata 0/0 data 0/0 held 0 discards 0 fail error");
  CHECK(pool("") == "failed");
}

TEST_CASE("thin-pool: words of a newer kernel") {
  const auto pool = [](const char* line) { return read(dm_get_status_thin_pool, line); };
  const std::string expected = "id 0 metadata 9/16384 data 0/512 held 0 discards 2";
  CHECK(pool("0 9/16384 0/512 - strange discard_passdown queue_if_no_space -") == expected);
  CHECK(pool("0 9/16384 0/512 - rw strange queue_if_no_space -") == expected);
  CHECK(pool("0 9/16384 0/512 - rw discard_passdown strange -") == expected);
}

// libdevmapper never fills held_metadata_root.
TEST_CASE("thin-pool: the metadata snapshot is reported") {
  CHECK(read(dm_get_status_thin_pool,
             "7 9/16384 512/512 42 out_of_data_space no_discard_passdown error_if_no_space "
             "needs_check 1024") ==
        "id 7 metadata 9/16384 data 512/512 held 42 discards 1 error_if_no_space "
        "out_of_data_space needs_check");
}

// libdevmapper takes the longer one for a pool that is read-write.
TEST_CASE("thin-pool: a line that is cut off is not read") {
  CHECK(read(dm_get_status_thin_pool, "0 9/16384") == "failed");
  CHECK(read(dm_get_status_thin_pool, "0 9/16384 0/512") == "failed");
}

TEST_CASE("cache") {
  const auto cache = [](const char* line) { return read(dm_get_status_cache, line); };
  CHECK(cache("8 12/16384 64 0/2048 0 0 0 0 0 0 0 1 writeback 2 migration_threshold 2048 smq 0 "
              "rw - ") ==
        "metadata 8 12/16384 blocks 64 0/2048 dirty 0 reads 0/0 writes 0/0 moves 0/0 features 1 "
        "core 2:migration_threshold,2048 policy smq 0:none");
  CHECK(cache("8 12/16384 64 0/2048 1 2 3 4 5 6 7 2 metadata2 writethrough 2 migration_threshold "
              "2048 mq 4 random_threshold 0 sequential_threshold 0 rw - ") ==
        "metadata 8 12/16384 blocks 64 0/2048 dirty 7 reads 1/2 writes 3/4 moves 5/6 features 10 "
        "core 2:migration_threshold,2048 policy mq "
        "4:random_threshold,0,sequential_threshold,0");
  CHECK(cache("8 12/16384 64 0/2048 0 0 0 0 0 0 9 1 passthrough 2 migration_threshold 2048 smq 0 "
              "ro needs_check") ==
        "metadata 8 12/16384 blocks 64 0/2048 dirty 9 reads 0/0 writes 0/0 moves 0/0 features 4 "
        "core 2:migration_threshold,2048 policy smq 0:none needs_check read_only");
  CHECK(cache("8 12/16384 64 0/2048 0 0 0 0 0 0 9 2 writethrough no_discard_passdown 2 "
              "migration_threshold 2048 smq 0 rw -") ==
        "metadata 8 12/16384 blocks 64 0/2048 dirty 9 reads 0/0 writes 0/0 moves 0/0 features 18 "
        "core 2:migration_threshold,2048 policy smq 0:none");
  const std::string zeros =
      "metadata 0 0/0 blocks 0 0/0 dirty 0 reads 0/0 writes 0/0 moves 0/0 features 0 core 0:none "
      "policy none 0:none";
  CHECK(cache("Fail") == zeros + " fail");
  CHECK(cache("Error") == zeros + " error fail");
  CHECK(cache("") == "failed");
  CHECK(cache("8 12/16384 64 0/2048") == "failed");
}

TEST_CASE("cache: a feature that is not known is reported, and the rest is read") {
  const Session session;
  dm_status_cache* status = nullptr;
  const char* const line =
      "8 12/16384 64 0/2048 0 0 0 0 0 0 9 2 writethrough novel 2 migration_threshold 2048 smq 0 rw "
      "-";
  REQUIRE(dm_get_status_cache(session.pool, line, &status) == 1);
  CHECK(status->feature_flags == DM_CACHE_FEATURE_WRITETHROUGH);
  CHECK(errors == std::vector{"Unknown feature in status: " + std::string(line)});
}

// libdevmapper truncates it.
TEST_CASE("cache: a size that does not fit is not truncated") {
  CHECK(read(dm_get_status_cache,
             "8 12/16384 4294967296 0/2048 0 0 0 0 0 0 9 1 writeback 2 migration_threshold 2048 "
             "smq 0 rw -") == "failed");
}

TEST_CASE("raid") {
  const auto raid = [](const char* line) { return read(dm_get_status_raid, line); };
  CHECK(raid("raid1 2 aa 0/32768 idle 0 0 -") == "raid1 2 aa 0/32768 idle mismatches 0 offset 0");
  CHECK(raid("raid0 2 AA 16384/16384 idle 0 0 -") ==
        "raid0 2 AA 16384/16384 idle mismatches 0 offset 0");
  CHECK(raid("raid5_ls 3 A-a 5/7 recover 0") == "raid5_ls 3 A-a 5/7 recover mismatches 0 offset 0");
  CHECK(raid("raid10 4 AAAA 7/7") == "raid10 4 AAAA 7/7 none mismatches 0 offset 0");
  CHECK(raid("raid1 2 AD 5/7 check 128 0 -") == "raid1 2 AD 5/7 check mismatches 128 offset 0");
  CHECK(raid("raid5_ls 3 AAA 7/7 idle 0 8192 A") ==
        "raid5_ls 3 AAA 7/7 idle mismatches 0 offset 8192");
  CHECK(raid("raid1 2 aa 0/32768 undef 0") == "raid1 2 aa 0/32768 undef mismatches 0 offset 0");
  CHECK(raid("raid1 2 aa 0/32768 strange 0") == "raid1 2 aa 0/32768 strange mismatches 0 offset 0");
  CHECK(raid("raid10_near 4 AAAA 7/7 reshape 0 16") ==
        "raid10_near 4 AAAA 7/7 reshape mismatches 0 offset 16");
  CHECK(raid("") == "failed");
  CHECK(raid("raid1 2 AA x idle 0") == "failed");
}

TEST_CASE("raid: a recovery that has yet to begin does not look done") {
  const auto inSync = [](const char* line) {
    const std::string shown = read(dm_get_status_raid, line);
    return shown.find(" 6/7 ") != std::string::npos ? 6 : 7;
  };
  CHECK(inSync("raid1 2 Aa 7/7 recover 0 0 -") == 6);
  CHECK(inSync("raid1 2 Aa 7/7 idle 0 0 -") == 6);
  CHECK(inSync("raid1 2 aD 7/7 idle 0 0 -") == 6);
  CHECK(inSync("raid1 3 Aaa 7/7 recover 0 0 -") == 6);
  for (const char* const line :
       {"raid1 2 aa 7/7 idle 0 0 -", "raid1 2 aa 7/7 recover 0 0 -", "raid1 2 AA 7/7 idle 0 0 -",
        "raid1 2 Aa 7/7 resync 0 0 -", "raid1 2 Aa 7/7 check 0 0 -", "raid1 2 Aa 7/7 repair 0 0 -",
        "raid1 2 Aa 7/7 reshape 0 0 -"})
    CHECK(inSync(line) == 7);
  // Here libdevmapper ends the program, and then counts below 0.
  CHECK(inSync("raid1 2 Aa 7/7") == 7);
  CHECK(read(dm_get_status_raid, "raid1 2 Aa 0/0 idle 0 0 -") ==
        "raid1 2 Aa 0/0 idle mismatches 0 offset 0");
}

// libdevmapper accepts it, and programs then read behind the text.
TEST_CASE("raid: fewer letters than devices") {
  CHECK(read(dm_get_status_raid, "raid1 2 A 7/7 idle 0") == "failed");
}

TEST_CASE("mirror") {
  const auto mirror = [](const char* line) { return read(dm_get_status_mirror, line); };
  CHECK(mirror("2 7:0 7:2 2/2 1 AA 1 core") == "2/2 A 7:0 A 7:2 log core none");
  CHECK(mirror("2 7:0 7:2 1/2 1 AD 3 disk 7:3 A") == "1/2 A 7:0 D 7:2 log disk A 7:3");
  CHECK(mirror("2 7:0 7:2 2/2 1 AA 3 disk 7:3 D") == "2/2 A 7:0 A 7:2 log disk D 7:3");
  CHECK(mirror("2 7:0 7:2 2/2 1 AA userspace 1 COM_FAILURE") ==
        "2/2 A 7:0 A 7:2 log COM_FAILURE none");
  CHECK(mirror("2 7:0 7:2 2/2 1 AA 3 clustered-disk 253:4 A") ==
        "2/2 A 7:0 A 7:2 log clustered-disk none");
  for (const char* const line : {"", "Fail", "2 a b 2/2 1 AA 1 core", "2 7:0 7:2 2/2 1 AA",
                                 "9 7:0 7:1 7:2 7:3 7:4 7:5 7:6 7:7 7:8 3/4 1 AAAAAAAAA 1 core"})
    CHECK(mirror(line) == "failed");
}

// libdevmapper reads behind the text.
TEST_CASE("mirror: fewer letters than legs") {
  CHECK(read(dm_get_status_mirror, "2 7:0 7:2 2/2 1 A 1 core") == "failed");
}

TEST_CASE("texts can be written to, and do not change the line") {
  const Session session;
  const std::string line = "raid1 2 AA 7/7 idle 0 0 -";
  dm_status_raid* status = nullptr;
  REQUIRE(dm_get_status_raid(session.pool, line.c_str(), &status) == 1);
  for (char* const word : {status->raid_type, status->dev_health, status->sync_action})
    word[0] = 'x';
  CHECK(line == "raid1 2 AA 7/7 idle 0 0 -");
  CHECK(show(*status) == "xaid1 2 xA 7/7 xdle mismatches 0 offset 0");
}

TEST_CASE("a line that cannot be read is logged with its text, once") {
  const Session session;
  dm_status_thin* status = nullptr;
  CHECK(dm_get_status_thin(session.pool, "20480", &status) == 0);
  CHECK(errors == std::vector<std::string>{"Failed to parse thin params: 20480"});
}
