// Typed rows on a real kernel, as root: what is built loads, what the kernel shows reads back as the same value and loads again, and what
// is refused without the kernel is refused by it too. tests/targets/run gives the devices: DEVMAP_TARGET_DEVICES, five of 64 MiB.
#include <cstdio>
#include <string>

#include "lab.hpp"
#include "refused.hpp"

using namespace devmap;
using namespace devmap::targets;
using namespace devmap::targets::test;

namespace {

std::optional<DeviceNumber> number(void*, std::string_view path) noexcept {
  auto device = BlockDevice::open(std::string(path).c_str());
  return device ? std::optional(device->number()) : std::nullopt;
}
constexpr DeviceResolver resolver{number, nullptr};

std::string why(const Error& error) { return error.message(); }

struct Trip {
  const char* type;
  const char* params;
  std::uint64_t length;
  bool readOnly = false;
  bool normalised = true;  ///< the kernel shows what was loaded; false: it also tells what the device itself says
  bool noVersion = false;  ///< newer than 6.1, or left out of some kernels, and the target's version does not tell
};

constexpr Trip trips[] = {
    {"linear", "D 8", 64},
    {"striped", "2 128 D 0 E 0", 2048},
    {"zero", "", 64},
    {"error", "", 64},
    {"unstriped", "2 128 1 D 0", 2048},
    {"delay", "D 0 5", 64},
    {"delay", "D 0 5 E 0 10", 64},
    {"delay", "D 0 5 E 0 10 F 0 20", 64},
    {"flakey", "D 0 5 5", 64},
    {"flakey", "D 0 5 5 1 drop_writes", 64},
    {"flakey", "D 0 5 5 5 corrupt_bio_byte 32 r 1 0", 64},
    {"flakey", "D 0 5 5 3 error_reads random_write_corrupt 500000000", 64, false, true, true},
    {"dust", "D 0 512", 64},
    {"log-writes", "D E", 64},
    {"era", "D E 128", 2048},
    {"switch", "2 128 0 D 0 E 0", 2048},
    {"crypt", "cipher_null-ecb - 0 D 0", 64},
    {"crypt", "aes-xts-plain64 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 0 D 8 2 allow_discards sector_size:4096",
     64},
    {"crypt",
     "aes-xts-plain64 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 8 D 0 7 allow_discards same_cpu_crypt "
     "submit_from_crypt_cpus no_read_workqueue no_write_workqueue sector_size:4096 iv_large_sectors",
     64},
    {"verity", "1 D E 4096 4096 8 1 sha256 8f1ce0d2ad2d8bb9a5c9e4b1f2cb5d4a3d0ef0ff3ad27a6ef8dfd8ad4b8f6a11 -", 64, true},
    {"verity",
     "1 D E 4096 4096 8 1 sha256 8f1ce0d2ad2d8bb9a5c9e4b1f2cb5d4a3d0ef0ff3ad27a6ef8dfd8ad4b8f6a11 00ff 3 ignore_corruption "
     "ignore_zero_blocks check_at_most_once",
     64, true},
    {"verity",
     "1 D E 4096 4096 8 1 sha256 8f1ce0d2ad2d8bb9a5c9e4b1f2cb5d4a3d0ef0ff3ad27a6ef8dfd8ad4b8f6a11 - 8 use_fec_from_device F fec_blocks 10 "
     "fec_start 0 fec_roots 2",
     64, true, true, true},
    {"integrity", "D 0 4 J 1 internal_hash:crc32c", 8, false, false},
    {"integrity", "D 0 - B 3 internal_hash:crc32c fix_padding bitmap_flush_interval:5000", 8, false, false},
    {"integrity", "D 0 - J 1 internal_hash:hmac(sha256):00112233445566778899aabbccddeeff", 8, false, false},
    {"thin-pool", "D E 128 10", 131072},
    {"thin-pool", "D E 128 10 4 skip_block_zeroing ignore_discard no_discard_passdown error_if_no_space", 131072},
    {"snapshot-origin", "D", 64},
    {"snapshot", "D E PO 8", 2048},
    {"snapshot", "D E N 16", 2048},
    {"mirror", "core 2 1024 nosync 2 D 0 E 0", 2048},
    {"mirror", "disk 3 F 1024 nosync 2 D 0 E 0 2 handle_errors keep_log", 2048},
    {"mirror", "core 1 1024 2 D 0 E 0", 2048, false, false},
    {"raid", "raid1 3 0 region_size 1024 2 D E F G", 65536, false, false},
    {"raid", "raid0 1 128 2 - D - E", 65536, false, false},
    {"raid", "raid5_ls 3 128 region_size 1024 3 - D - E - F", 65536, false, false},
    {"raid", "raid6_zr 1 128 4 - D - E - F - G", 65536, false, false},
    // without metadata devices dm-raid forgets raid10's layout, and md refuses it (seen on 6.1, 6.12 and 7.3)
    {"raid", "raid10 5 128 raid10_copies 2 raid10_format near 2 D E F G", 65536, false, false, true},
    {"raid", "raid1 1 0 2 - D - -", 65536, false, false},
    {"cache", "D E F 64 1 writeback default 0", 65536},
    {"cache", "D E F 128 2 metadata2 writethrough smq 2 migration_threshold 4096", 65536},
    {"cache", "D E F 64 1 passthrough cleaner 0", 65536},
    {"writecache", "s D E 4096 7 high_watermark 60 low_watermark 40 metadata_only pause_writeback 1000", 65536},
    {"writecache", "s D E 4096 0", 65536},
    {"clone", "D E F 8 1 no_hydration", 65536},
    {"clone", "D E F 8 0 4 hydration_threshold 2 hydration_batch_size 4", 65536},
    {"multipath", "3 queue_if_no_path queue_mode bio 0 1 1 service-time 0 2 2 D 1 1 E 1 1", 2048},
    {"multipath", "2 queue_mode bio 0 2 1 round-robin 0 1 1 D 1 queue-length 0 1 1 E 1", 2048},
    {"multipath", "2 queue_mode bio 0 0 0", 2048},
};

/// Every field of `wanted` is in `seen`, with the same value.
void holds(const Value& wanted, const Value& seen) {
  const std::string normal(normalForm(wanted, resolver));
  const auto want = parseParams(wanted.type(), normal).fields();
  const auto have = seen.fields();
  for (const FieldValue& field : want) {
    CAPTURE(field.name);
    bool found = false;
    for (const FieldValue& other : have) found = found || (other.name == field.name && other.value == field.value);
    // the kernel decides these: tag size by the hash, what a superblock says, how many regions fit
    const bool its = field.name == "tag_size" || field.name == "region_size" || field.name == "stripe_cache" || field.name == "read_only";
    CHECK((found || its));
  }
}

void trip(const Trip& t) {
  const std::string params = withDevices(t.params);
  CAPTURE(std::string(t.type));
  CAPTURE(params);
  zeroDevices();
  const Value value = parseParams(t.type, params);
  REQUIRE_MESSAGE(value.typed(), value.whyRaw());
  auto checked = value.check(Sectors{t.length});
  REQUIRE_MESSAGE(checked, (checked ? std::string() : why(checked.error())));
  if (!available(t.type, value)) return;
  const Device device;
  if (t.noVersion) {
    const Row row{Sectors{0}, Sectors{t.length}, t.type, params};
    REQUIRE(devmap::create(context(), device.id, {}));
    if (!load(context(), device.id, std::span(&row, 1), {.readOnly = t.readOnly})) {
      std::printf("SKIP - %s %s: this kernel does not take it\n", t.type, t.params);
      return;
    }
    REQUIRE(devmap::remove(context(), device.id));
  }
  make(device, t.type, std::string(value.text()), t.length, t.readOnly);
  const Value first = shown(device);
  if (t.normalised)
    CHECK(std::string(normalForm(first)) == std::string(normalForm(value, resolver)));
  else
    holds(value, first);
  (void)state(device);
  // Not of an era: Linux lets whoever asks for the status of a suspended one wait until it is resumed (dm-era-target.c: perform_rpc).
  if (t.type != Era::type) {
    auto suspension = suspend(context(), device.id, {.waiting = unscanned});
    REQUIRE(suspension);
    (void)state(device);
  }
  // What the kernel shows can be loaded again, and means the same.
  const Row again{Sectors{0}, Sectors{t.length}, t.type, std::string(first.text())};
  auto reloaded = reload(context(), device.id, std::span(&again, 1), {.load = {.readOnly = t.readOnly}, .resume = {.waiting = unscanned}});
  REQUIRE_MESSAGE(reloaded, (reloaded ? std::string() : why(reloaded.error())));
  const Value second = shown(device);
  CHECK(std::string(second.text()) == std::string(first.text()));
  (void)state(device);
}

}  // namespace

TEST_CASE("rows load, read back as the same value, and load again") {
  for (const Trip& t : trips) {
    SUBCASE((std::string(t.type) + ' ' + t.params).c_str()) { trip(t); }
  }
}

TEST_CASE("what is refused without the kernel, the kernel refuses too") {
  for (const auto& row : test::refusedRows) {
    if (row.onlyHere || !targetVersion(context(), row.type)) continue;
    const std::string params = withDevices(row.params);
    CAPTURE(std::string(row.type));
    CAPTURE(params);
    zeroDevices();
    const Device device;
    REQUIRE(devmap::create(context(), device.id, {}));
    const Row raw{Sectors{0}, Sectors{row.length}, row.type, params};
    auto loaded = load(context(), device.id, std::span(&raw, 1), {.readOnly = std::string_view(row.type) == "verity"});
    CHECK_FALSE(loaded);
  }
}

TEST_CASE("messages are taken") {
  zeroDevices();
  {
    const Device device;
    make(device, "era", withDevices("D E 128"), 2048);
    CHECK(sendMessage(context(), device.id, Era::checkpoint()));
    CHECK(sendMessage(context(), device.id, Era::takeMetadataSnapshot()));
    CHECK(state(device).as<EraStatus>()->metadataSnapshot);
    CHECK(sendMessage(context(), device.id, Era::dropMetadataSnapshot()));
  }
  {
    const Device device;
    make(device, "switch", withDevices("2 128 0 D 0 E 0"), 4096);
    CHECK(sendMessage(context(), device.id, Switch::RegionMappings().set(0, 1).next(0).repeat(2, 10).message()));
  }
  if (const std::string params = withDevices("E D F 8 1 no_hydration"); available("clone", parseParams("clone", params))) {
    const Device device;
    make(device, "clone", params, 65536);
    CHECK(sendMessage(context(), device.id, Clone::setHydrationThreshold(3)));
    CHECK(shown(device).as<Clone>()->noHydration);
  }
  {
    const Device device;
    make(device, "crypt", withDevices("aes-cbc-essiv:sha256 00112233445566778899aabbccddeeff 0 D 0"), 64);
    {
      auto suspension = suspend(context(), device.id);
      REQUIRE(suspension);
      CHECK(sendMessage(context(), device.id, Crypt::wipeKey(), {.secure = true}));
      // Hazard: a wiped key is shown as zeros.
      CHECK(shown(device).as<Crypt>()->key.bytes == Secret::zeros(16));
      const Key key{.bytes = *Secret::fromHex("ffeeddccbbaa99887766554433221100")};
      CHECK(sendMessage(context(), device.id, Crypt::setKey(key), {.secure = true}));
      CHECK(shown(device).as<Crypt>()->key == key);
    }
  }
}
