// Rows that a real kernel accepts, with D to H for devices of 64 MiB.
#pragma once

#include <cstdint>

namespace devmap::targets::test {

struct Trip {
  const char* type;
  const char* params;
  std::uint64_t length;
  bool readOnly = false;
  bool normalised =
      true;  ///< the kernel shows what was loaded; false: it also shows what the device reports
  bool noVersion = false;  ///< newer than 6.1, or missing in some kernels, and the target's version
                           ///< does not show it
};

inline constexpr Trip trips[] = {
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
    {"crypt",
     "aes-xts-plain64 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 0 D 8 2 "
     "allow_discards sector_size:4096",
     64},
    {"crypt",
     "aes-xts-plain64 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 8 D 0 7 "
     "allow_discards same_cpu_crypt "
     "submit_from_crypt_cpus no_read_workqueue no_write_workqueue sector_size:4096 "
     "iv_large_sectors",
     64},
    {"verity",
     "1 D E 4096 4096 8 1 sha256 8f1ce0d2ad2d8bb9a5c9e4b1f2cb5d4a3d0ef0ff3ad27a6ef8dfd8ad4b8f6a11 "
     "-",
     64, true},
    {"verity",
     "1 D E 4096 4096 8 1 sha256 8f1ce0d2ad2d8bb9a5c9e4b1f2cb5d4a3d0ef0ff3ad27a6ef8dfd8ad4b8f6a11 "
     "00ff 3 ignore_corruption "
     "ignore_zero_blocks check_at_most_once",
     64, true},
    {"verity",
     "1 D E 4096 4096 8 1 sha256 8f1ce0d2ad2d8bb9a5c9e4b1f2cb5d4a3d0ef0ff3ad27a6ef8dfd8ad4b8f6a11 "
     "- 8 use_fec_from_device F fec_blocks 10 "
     "fec_start 0 fec_roots 2",
     64, true, true, true},
    {"integrity", "D 0 4 J 1 internal_hash:crc32c", 8, false, false},
    {"integrity", "D 0 - B 3 internal_hash:crc32c fix_padding bitmap_flush_interval:5000", 8, false,
     false},
    {"integrity", "D 0 - J 1 internal_hash:hmac(sha256):00112233445566778899aabbccddeeff", 8, false,
     false},
    {"thin-pool", "D E 128 10", 131072},
    {"thin-pool",
     "D E 128 10 4 skip_block_zeroing ignore_discard no_discard_passdown error_if_no_space",
     131072},
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
    // without metadata devices dm-raid forgets raid10's layout, and md refuses it (seen
    // on 6.1, 6.12 and 7.3)
    {"raid", "raid10 5 128 raid10_copies 2 raid10_format near 2 D E F G", 65536, false, false,
     true},
    {"raid", "raid1 1 0 2 - D - -", 65536, false, false},
    {"cache", "D E F 64 1 writeback default 0", 65536},
    {"cache", "D E F 128 2 metadata2 writethrough smq 2 migration_threshold 4096", 65536},
    {"cache", "D E F 64 1 passthrough cleaner 0", 65536},
    {"writecache",
     "s D E 4096 7 high_watermark 60 low_watermark 40 metadata_only pause_writeback 1000", 65536},
    {"writecache", "s D E 4096 0", 65536},
    {"clone", "D E F 8 1 no_hydration", 65536},
    {"clone", "D E F 8 0 4 hydration_threshold 2 hydration_batch_size 4", 65536},
    {"multipath", "3 queue_if_no_path queue_mode bio 0 1 1 service-time 0 2 2 D 1 1 E 1 1", 2048},
    {"multipath", "2 queue_mode bio 0 2 1 round-robin 0 1 1 D 1 queue-length 0 1 1 E 1", 2048},
    {"multipath", "2 queue_mode bio 0 0 0", 2048},
};

/// Rows that the kernel shows differently from what was loaded: the table is the same.
inline constexpr Trip reshown[] = {
    {"multipath", "2 queue_mode bio 0 1 1 service-time 0 1 1 D 1", 2048, false, false},
    {"multipath", "2 queue_mode bio 0 1 1 round-robin 0 1 1 D 1000", 2048, false, false},
    {"multipath", "2 queue_mode bio 0 1 1 queue-length 0 1 0 D", 2048, false, false},
    {"multipath", "2 queue_mode bio 0 1 1 historical-service-time 0 1 1 D 1", 2048, false, false,
     true},
    {"integrity",
     "D 0 4 J 4 internal_hash:crc32c buffer_sectors:100 journal_sectors:1000 "
     "interleave_sectors:40000",
     8, false, false},
    {"integrity",
     "D 0 4 J 4 internal_hash:crc32c fix_padding interleave_sectors:1024 sectors_per_bit:8", 8,
     false, false},
    {"integrity",
     "D 0 - B 4 internal_hash:sha256 block_size:4096 bitmap_flush_interval:5003 "
     "sectors_per_bit:1000",
     8, false, false},
    {"integrity", "D 0 - J 3 internal_hash:crc32c meta_device:E fix_padding", 8, false, false},
    {"raid", "raid1 7 64 daemon_sleep 100 write_mostly 1 max_write_behind 256 2 D E F G", 65536,
     false, false},
    {"raid", "raid1 3 0 region_size 0 2 D E F G", 65536, false, false},
    {"raid", "raid1 5 0 min_recovery_rate 0 max_recovery_rate 0 2 - D - E", 65536, false, false},
    {"raid", "raid5_ls 3 512 stripe_cache 32 3 - D - E - F", 65536, false, false},
    {"flakey", "D 0 5 5 2 random_read_corrupt 0", 64, false, true, true},
    {"error", "D 0", 64, false, false, true},
    {"log-writes", "D E more words", 64, false, false},
    {"snapshot", "D E P 8", 2048},
};

}  // namespace devmap::targets::test
