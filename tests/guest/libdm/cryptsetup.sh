# cryptsetup, veritysetup and integritysetup. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154

part_cryptsetup() {
  local program
  if program=$(missing cryptsetup veritysetup integritysetup mkfs.ext4); then
    skip cryptsetup "there is no $program"
    return
  fi
  for program in cryptsetup veritysetup integritysetup; do loads $program; done
  compared cryptsetup 34
}

steps_cryptsetup() {
  local disk=/dev/loop1 second=/dev/loop2 hashes=/dev/loop3 key=$work/key \
    plain=$work/plain-key root # the same for all sides
  local fast=(--pbkdf pbkdf2 --pbkdf-force-iterations 1000) \
    uuid=01234567-89ab-cdef-0123-456789abcdef
  local luks=(cryptsetup luksFormat -q --type luks2 "${fast[@]}") \
    keyless=(--type plain --cipher aes-xts-plain64 --key-size 256 --key-file "$plain")
  truncate -s 0 "$work"/disk{1,2,3}
  truncate -s 64M "$work"/disk{1,2,3}
  losetup $disk "$work/disk1" && losetup $second "$work/disk2" &&
    losetup $hashes "$work/disk3" || return
  printf 'a passphrase' > "$key"
  printf '%064d' 0 > "$plain"
  mkdir -p "$work/mnt-crypt"

  step 'luksFormat' 0 "${luks[@]}" --uuid $uuid $disk "$key"
  step 'open' 0 cryptsetup open --key-file "$key" $disk secret
  step 'open again: it exists' 5 cryptsetup open --key-file "$key" $disk secret
  step 'open by another name: in use' 5 cryptsetup open --key-file "$key" $disk secret2
  step 'status' 0 cryptsetup status secret
  step 'resize' 0 cryptsetup resize --key-file "$key" --size 8192 secret
  step 'luksSuspend' 0 cryptsetup luksSuspend secret
  step 'luksResume' 0 cryptsetup luksResume --key-file "$key" secret
  step 'refresh' 0 cryptsetup refresh --key-file "$key" --allow-discards secret
  exec 9< /dev/mapper/secret
  step 'close while it is open' 5 cryptsetup close secret
  exec 9<&-
  step 'mkfs' 0 mkfs.ext4 -q -E nodiscard -U fedcba98-7654-3210-fedc-ba9876543210 /dev/mapper/secret
  mount /dev/mapper/secret "$work/mnt-crypt"
  step 'close while it is mounted' 5 cryptsetup close secret
  umount "$work/mnt-crypt"
  step 'close' 0 cryptsetup close secret
  step 'close again' 4 cryptsetup close secret

  step 'open, plain' 0 cryptsetup open "${keyless[@]}" $second plain
  step 'what is read with this key' 0 sha256sum /dev/mapper/plain
  exec 9< /dev/mapper/plain
  step 'close --deferred' 0 cryptsetup close --deferred plain
  step 'close --cancel-deferred' 0 cryptsetup close --cancel-deferred plain
  exec 9<&-
  step 'close, plain' 0 cryptsetup close plain

  step 'luksFormat --integrity' 0 "${luks[@]}" --integrity hmac-sha256 --integrity-no-wipe \
    --uuid ${uuid%f}e $disk "$key"
  step 'open with integrity: two devices' 0 cryptsetup open --key-file "$key" $disk both
  step 'close both' 0 cryptsetup close both
  step 'luksFormat, for reencryption' 0 "${luks[@]}" --uuid $uuid $disk "$key"
  step 'open, for reencryption' 0 cryptsetup open --key-file "$key" $disk live
  step 'reencrypt while it is open' 0 cryptsetup reencrypt -q --key-file "$key" "${fast[@]}" \
    --active-name live
  step 'close what was reencrypted' 0 cryptsetup close live

  dd if=/dev/zero of=$second bs=64k count=16 status=none
  root=$(veritysetup format --salt 00 --uuid $uuid --data-blocks 256 $second $hashes |
    awk '/^Root hash/ {print $3}')
  step 'veritysetup open' 0 veritysetup open $second checked $hashes "$root"
  step 'veritysetup status' 0 veritysetup status checked
  step 'veritysetup close' 0 veritysetup close checked
  step 'integritysetup format' 0 integritysetup format -q --no-wipe --sector-size 512 $second
  step 'integritysetup open' 0 integritysetup open $second whole
  step 'integritysetup status' 0 integritysetup status whole
  step 'integritysetup close' 0 integritysetup close whole
  step 'open without udev synchronisation' 0 \
    env DM_DISABLE_UDEV=1 cryptsetup open "${keyless[@]}" $disk alone
  step 'close without udev synchronisation' 0 env DM_DISABLE_UDEV=1 cryptsetup close alone
}
