// Rows that kernels accepted and status lines that they reported: Linux 7.2 and 6.1, and the
// documentation of the targets.
#pragma once

namespace devmap::targets::test {

#define KEY                                                                                        \
  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e" \
  "2f303132333435363738393a3b3c3d3e3f"
#define ROOT "8f1ce0d2ad2d8bb9a5c9e4b1f2cb5d4a3d0ef0ff3ad27a6ef8dfd8ad4b8f6a11"

struct Vector {
  const char* type;
  const char* table;
  const char* status;      ///< null: none was recorded
  bool shortened = false;  ///< from an older kernel: written as a newer one does
};

inline constexpr Vector vectors[] = {
    {"linear", "/dev/ram0 8", ""},
    {"linear", "1:0 8", ""},
    {"striped", "2 128 /dev/ram0 0 /dev/ram1 0", nullptr},
    {"striped", "2 128 1:0 0 1:1 0", "2 1:0 1:1 1 AA"},
    {"striped", "2 128 1:0 0 1:1 0", "2 1:0 1:1 1 AD"},
    {"zero", "", ""},
    {"error", "", ""},
    {"error", "8:0 2048", ""},
    {"unstriped", "2 128 0 1:0 0", ""},
    {"delay", "1:0 0 5 1:1 0 10 1:2 0 20", "0 0 0"},
    {"delay", "1:0 0 5", "3 1"},
    {"flakey", "1:0 0 5 5", ""},
    {"flakey", "1:0 0 5 5 2 error_reads error_writes", ""},
    {"flakey", "1:0 0 5 5 5 corrupt_bio_byte 32 r 1 0", ""},
    {"flakey", "1:0 0 5 5 3 error_reads random_write_corrupt 500000000", ""},
    {"dust", "1:0 0 512", "1:0 fail_read_on_bad_block verbose"},
    {"ebs", "1:0 0 1 8", ""},
    {"ebs", "1:0 0 8", ""},
    {"log-writes", "1:0 1:1", "0 0"},
    {"log-writes", "1:0 1:1", "2 3 logging_disabled"},
    {"era", "7:1 7:0 128", "8 10/16384 1 -"},
    {"era", "7:1 7:0 128", "8 10/16384 7 12"},
    {"era", "7:1 7:0 128", "Error"},
    {"switch", "2 128 0 1:0 0 1:1 0", ""},
    {"crypt",
     "aes-xts-plain64 " KEY
     " 0 1:0 0 8 allow_discards same_cpu_crypt high_priority submit_from_crypt_cpus "
     "no_read_workqueue no_write_workqueue sector_size:4096 "
     "iv_large_sectors",
     ""},
    {"crypt", "aes-xts-plain64 :64:logon:my:key 0 1:0 0 1 allow_discards", ""},
    {"crypt", "cipher_null-ecb - 0 1:0 0", ""},
    {"crypt", "capi:authenc(hmac(sha256),xts(aes))-random " KEY " 0 1:0 0 1 integrity:48:aead", ""},
    {"inlinecrypt",
     "aes-xts-plain64 " KEY
     " 0 1:0 0 4 keytype:raw allow_discards sector_size:4096 iv_large_sectors",
     ""},
    {"default-key", "AES-256-XTS " KEY " 254:3 0 1 allow_discards", ""},
    {"default-key",
     "aes-xts-plain64 - 0 254:3 0 3 allow_discards sector_size:4096 iv_large_sectors", ""},
    {"verity", "1 1:0 1:1 4096 4096 256 1 sha256 " ROOT " -", "V", true},
    {"verity",
     "1 1:0 1:1 4096 4096 256 1 sha256 " ROOT
     " 00ff 5 panic_on_corruption restart_on_error ignore_zero_blocks check_at_most_once "
     "try_verify_in_tasklet",
     "V -"},
    {"verity",
     "1 1:0 1:1 4096 4096 256 1 sha256 " ROOT
     " - 8 use_fec_from_device 1:2 fec_blocks 259 fec_start 259 fec_roots 2",
     "C 3"},
    {"verity", "0 1:0 1:1 4096 4096 256 1 sha256 " ROOT " - 2 root_hash_sig_key_desc verity:root",
     "V -"},
    {"integrity", "1:0 0 4 J 1 internal_hash:crc32c", nullptr},
    {"integrity",
     "1:0 0 4 J 6 interleave_sectors:32768 buffer_sectors:128 journal_sectors:880 "
     "journal_watermark:50 commit_time:10000 "
     "internal_hash:crc32c",
     "0 129160 -"},
    {"integrity", "1:0 0 - B 3 bitmap_flush_interval:5000 fix_padding internal_hash:crc32c",
     nullptr},
    {"integrity",
     "1:0 0 4 B 6 interleave_sectors:32768 buffer_sectors:128 sectors_per_bit:32768 "
     "bitmap_flush_interval:5000 fix_padding "
     "internal_hash:crc32c",
     "0 129160 8192"},
    {"integrity", "1:0 0 32 J 2 internal_hash:hmac(sha256):0011ff journal_mac:hmac(sha256):2233",
     "0 129160 -"},
    {"thin-pool", "7:1 7:0 128 10 0 ",
     "0 1648/16384 0/512 - rw discard_passdown queue_if_no_space - 1024 "},
    {"thin-pool",
     "7:1 7:0 128 10 4 skip_block_zeroing ignore_discard no_discard_passdown error_if_no_space ",
     "0 1648/16384 0/512 - rw ignore_discard error_if_no_space - 1024 "},
    {"thin-pool", "7:1 7:0 128 10 1 read_only ",
     "7 9/16384 512/512 42 out_of_data_space no_discard_passdown error_if_no_space needs_check "
     "1024"},
    {"thin-pool", "7:1 7:0 128 10 0", "0 9/16384 0/512 - ro discard_passdown"},
    {"thin-pool", "7:1 7:0 128 10 0", "0 9/16384 0/512 - ro discard_passdown queue_if_no_space",
     true},
    {"thin-pool", "7:1 7:0 128 10 0", "Fail"},
    {"thin-pool", "7:1 7:0 128 10 0", "Error"},
    {"thin", "254:0 7", "0 -"},
    {"thin", "254:0 7 254:9", "20480 20479"},
    {"thin", "254:0 7", "Fail"},
    {"thin", "254:0 7", "-"},
    {"snapshot", "7:0 7:1 PO 8", "16/131072 16"},
    {"snapshot", "7:0 7:1 N 8 2 discard_zeroes_cow discard_passdown_origin", "Overflow"},
    {"snapshot", "7:0 7:1 P 16", "Invalid"},
    {"snapshot-merge", "7:0 7:1 P 16", "Merge failed"},
    {"snapshot-merge", "7:0 7:1 P 16", "Unknown"},
    {"snapshot-origin", "1:0", ""},
    {"mirror", "core 2 1024 nosync 2 1:0 0 1:1 0", "2 7:0 7:2 2/2 1 AA 1 core"},
    {"mirror", "disk 3 7:3 1024 nosync 2 7:0 0 7:2 0 2 handle_errors keep_log",
     "2 7:0 7:2 1/2 1 AD 3 disk 7:3 A"},
    {"mirror", "userspace 4 LVM-uuid clustered-core 1024 nosync 2 7:0 0 7:2 0",
     "2 7:0 7:2 2/2 1 AA userspace 1 COM_FAILURE"},
    {"raid", "raid1 3 0 region_size 1024 2 7:0 7:1 7:2 7:3", "raid1 2 aa 0/32768 idle 0 0 -"},
    {"raid", "raid0 1 128 2 - 7:1 - 7:3", "raid0 2 AA 16384/16384 idle 0 0 -"},
    {"raid",
     "raid5_ls 9 128 rebuild 1 min_recovery_rate 100 stripe_cache 512 journal_dev 7:9 3 7:0 7:1 - "
     "- 7:4 7:5",
     "raid5_ls 3 A-a 5/7 recover 0"},
    {"raid",
     "raid10 7 128 raid10_copies 2 raid10_format near delta_disks -2 4 7:0 7:1 7:2 7:3 7:4 7:5 7:6 "
     "7:7",
     "raid10 4 AAAA 7/7"},
    {"raid", "raid1 6 0 sync write_mostly 1 max_write_behind 128 2 7:0 7:1 7:2 7:3",
     "raid1 2 AD 5/7 check 128 0 -"},
    {"cache", "7:1 7:2 7:0 64 1 writeback default 0",
     "8 12/16384 64 0/2048 0 0 0 0 0 0 0 1 writeback 2 migration_threshold 2048 smq 0 rw - "},
    {"cache", "7:1 7:2 7:0 64 2 metadata2 writethrough mq 2 sequential_threshold 512",
     "8 12/16384 64 0/2048 0 0 0 0 0 0 0 2 metadata2 writethrough 2 migration_threshold 2048 mq 10 "
     "random_threshold 0 sequential_threshold "
     "0 "
     "discard_promote_adjustment 0 read_promote_adjustment 0 write_promote_adjustment 0 rw - "},
    {"cache", "7:1 7:2 7:0 64 0 smq 0",
     "8 12/16384 64 0/2048 0 0 0 0 0 0 9 1 passthrough 2 migration_threshold 2048 smq 0 ro "
     "needs_check"},
    {"cache", "7:1 7:2 7:0 64 0 smq 0", "Fail"},
    {"writecache",
     "s 7:0 7:1 4096 7 high_watermark 60 low_watermark 40 metadata_only pause_writeback 1000",
     "0 16320 16320 0 0 0 0 0 0 0 0 0 0 0"},
    {"writecache", "p 7:0 7:1 4096 1 nofua", "0 16320 16320 0"},
    {"clone", "7:1 7:2 7:0 8 1 no_hydration",
     "8 7/16384 8 0/8192 0 1 no_hydration 4 hydration_threshold 1 hydration_batch_size 1 rw"},
    {"clone", "7:1 7:2 7:0 8 0 2 hydration_threshold 256",
     "8 7/16384 8 0/8192 3 0 4 hydration_threshold 256 hydration_batch_size 1 Fail"},
    {"clone", "7:1 7:2 7:0 8", "Fail"},
    {"multipath", "3 queue_if_no_path queue_mode bio 0 1 1 service-time 0 2 2 7:0 1 1 7:1 1 1 ",
     "2 1 0 0 1 1 E 0 2 2 7:0 A 0 0 1 7:1 A 0 0 1 "},
    {"multipath", "0 1 alua 2 2 round-robin 0 1 1 8:0 1 historical-service-time 2 512 3 1 1 8:16 0",
     "2 0 0 0 2 1 A 0 1 0 8:0 F 3 E 2 1 2 1 3 8:16 A 0 1 2 3 "},
    {"multipath", "0 0 0 0", "2 0 0 0 0 0"},
    {"zoned", "8:0 8:16", "1044 zones 511/512 cache 8/8 random 512/524 sequential"},
    {"zoned", "8:16", "532 zones 8/8 random 512/524 sequential"},
    {"vdo",
     "V4 /dev/sdb 262144 4096 32768 16380 ack 1 bio 4 cpu 2 hash 1 logical 1 physical 1 "
     "deduplication on compression off",
     "/dev/sdb normal - online offline 1024 262144"},
    {"vdo",
     "V4 /dev/sdb 262144 4096 32768 16380 indexSparse off indexMemory 0.25 slabSize 32768 future 3",
     "/dev/sdb recovering recovering opening online 1024 262144"},
    {"pcache", "259:0 8:0 4 cache_mode writeback data_crc true",
     "1 64 60 3 70 1f 3:4096 1:0 2:512"},
    {"user", "0 2097152 system", ""},
    {"bow", "8:1 1 block_size:4096", ""},
    {"bow", "8:1", ""},
};

#undef KEY
#undef ROOT

}  // namespace devmap::targets::test
