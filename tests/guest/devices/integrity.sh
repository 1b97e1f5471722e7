# integritysetup. Sourced by run.
# shellcheck shell=bash disable=SC2154

integrity() { # NAME OPTIONS-OF-BOTH [OPTIONS-OF-FORMAT [OPTIONS-OF-OPEN]]
  disk 8M
  # shellcheck disable=SC2086 # words
  tool integritysetup format -q --no-wipe $2 ${3-} "$disk" &&
    tool integritysetup open -q $2 ${4-} "$disk" "$1"
}
apart() { # NAME
  local data
  disk 8M
  data=$disk
  disk 2M
  tool integritysetup format -q --no-wipe --data-device "$data" "$disk" &&
    tool integritysetup open -q --data-device "$data" "$disk" "$1"
}

part_integrity() {
  local key="$work/hash-key" hmac
  load_modules dm-integrity
  head -c 32 /dev/zero > "$key"
  hmac="--integrity hmac-sha256 --integrity-key-size 32 --integrity-key-file $key"
  make integrity integrity integrity ''
  make integrity-sha256 integrity integrity-sha256 '--integrity sha256' '--tag-size 32'
  make integrity-short-tag integrity integrity-short-tag '--integrity sha256' '--tag-size 8'
  make integrity-hmac integrity integrity-hmac "$hmac"
  make integrity-journal-hmac integrity integrity-journal-hmac \
    "$hmac --journal-integrity hmac-sha256 --journal-integrity-key-size 32 \
--journal-integrity-key-file $key"
  make integrity-journal-crypt integrity integrity-journal-crypt \
    "$hmac --journal-crypt ctr-aes --journal-crypt-key-size 32 --journal-crypt-key-file $key"
  make integrity-bitmap integrity integrity-bitmap '-B'
  make integrity-bitmap-sizes integrity integrity-bitmap-sizes '-B' '' \
    '--bitmap-sectors-per-bit 65536 --bitmap-flush-time 5000'
  make integrity-direct integrity integrity-direct '' '' '--integrity-no-journal'
  make integrity-recovery integrity integrity-recovery '' '' '--integrity-recovery-mode'
  make integrity-recalculate integrity integrity-recalculate '' '' '--integrity-recalculate'
  make integrity-reset integrity integrity-reset '' '' '--integrity-recalculate-reset'
  make integrity-4096 integrity integrity-4096 '' '--sector-size 4096'
  make integrity-sizes integrity integrity-sizes '' \
    '--interleave-sectors 2048 --journal-size 1048576'
  make integrity-journal integrity integrity-journal '' '' \
    '--journal-watermark 70 --journal-commit-time 2000 --buffer-sectors 1024'
  make integrity-discards integrity integrity-discards '' '' '--allow-discards'
  make integrity-legacy-padding integrity integrity-legacy-padding '--integrity-legacy-padding'
  make integrity-legacy-hmac integrity integrity-legacy-hmac "$hmac --integrity-legacy-hmac"
  make integrity-apart apart integrity-apart
}
end_integrity() { :; }
