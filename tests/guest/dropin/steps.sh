# The steps, run once with each dmsetup. Sourced by run; each `record NAME COMMAND...` is one.
# shellcheck shell=bash disable=SC2154

steps() {
  local program target loop1=/dev/loop1 loop2=/dev/loop2 loop3=/dev/loop3 # the same for both
  truncate -s 0 "$work/disk1" "$work/disk2" "$work/disk3"
  truncate -s 64M "$work/disk1" "$work/disk2" "$work/disk3"
  losetup "$loop1" "$work/disk1" && losetup "$loop2" "$work/disk2" &&
    losetup "$loop3" "$work/disk3" || return
  printf 'a passphrase' > "$work/key"
  printf '%032d' 0 > "$work/plain-key"
  if program=$(missing cryptsetup veritysetup); then
    miss 'cryptsetup, veritysetup' "$program"
  else
    encrypted && verified
  fi
  if program=$(missing kpartx); then miss kpartx "$program"; else partitioned; fi
  if program=$(missing lvm); then miss lvm "$program"; else volumes; fi
  udevadm settle
  losetup -d "$loop1" "$loop2" "$loop3"
  udevadm settle
}
miss() { [ "$side" != theirs ] || skip "$1" "there is no $2" >&3; }

encrypted() {
  record 'cryptsetup luksFormat' \
    cryptsetup luksFormat --batch-mode --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
    --uuid 01234567-89ab-cdef-0123-456789abcdef "$loop1" "$work/key"
  record 'cryptsetup open' cryptsetup open --key-file "$work/key" "$loop1" secret
  record 'cryptsetup status' cryptsetup status secret
  record 'cryptsetup resize' cryptsetup resize --key-file "$work/key" --size 8192 secret
  record 'mkfs on it: links by what is inside' \
    mkfs.ext4 -q -E nodiscard -U fedcba98-7654-3210-fedc-ba9876543210 -L inside /dev/mapper/secret
  record 'udevadm trigger' udevadm trigger --settle /dev/mapper/secret
  record 'mount' mount /dev/mapper/secret "$work/mnt"
  record 'umount' umount "$work/mnt"
  record 'cryptsetup luksSuspend' cryptsetup luksSuspend secret
  record 'cryptsetup luksResume' cryptsetup luksResume --key-file "$work/key" secret
  record 'cryptsetup close' cryptsetup close secret
  record 'cryptsetup open, plain' \
    cryptsetup open --type plain --cipher aes-xts-plain64 --key-size 256 \
    --key-file "$work/plain-key" \
    "$loop1" plain
  exec 9< /dev/mapper/plain
  record 'cryptsetup close --deferred' cryptsetup close --deferred plain
  exec 9<&-
  record 'it is gone' udevadm settle
}

verified() {
  local root
  dd if=/dev/zero of="$loop2" bs=64k count=16 status=none
  root=$(veritysetup format --salt 00 --uuid 01234567-89ab-cdef-0123-456789abcdef \
    --data-blocks 256 "$loop2" "$loop3" | awk '/^Root hash/ {print $3}')
  record 'veritysetup open' veritysetup open "$loop2" checked "$loop3" "$root"
  record 'veritysetup status' veritysetup status checked
  record 'reading what is verified' \
    dd if=/dev/mapper/checked of=/dev/null bs=64k count=16 status=none
  record 'veritysetup close' veritysetup close checked
}

# partition FIRST LENGTH: an entry of a DOS partition table of type Linux; both up to 65535
partition() {
  printf '\x00\x00\x00\x00\x83\x00\x00\x00'
  # shellcheck disable=SC2059 # bytes
  printf "$(printf '\\x%02x\\x%02x\\x00\\x00\\x%02x\\x%02x\\x00\\x00' \
    $(($1 % 256)) $(($1 / 256)) $(($2 % 256)) $(($2 / 256)))"
}
partitioned() {
  record 'partition table' dd if=/dev/zero of="$loop2" bs=64k count=16 status=none
  {
    head -c 446 /dev/zero
    partition 2048 8192
    partition 16384 32768
    head -c 32 /dev/zero
    printf '\x55\xaa'
  } | dd of="$loop2" bs=512 count=1 conv=notrunc iflag=fullblock status=none
  record 'kpartx -l' kpartx -l "$loop2"
  record 'kpartx -a' kpartx -a -s -v -p -part "$loop2"
  record 'kpartx -u' kpartx -u -s -p -part "$loop2"
  record 'kpartx -d' kpartx -d -s -v -p -part "$loop2"
  # As multipath has them: a rule in kpartx's package parses them.
  record 'a device with partitions and a uuid' \
    "$work/judge" create mpatha --uuid mpath-0123 --table "0 131072 linear $loop2 0"
  record 'kpartx -a, on it' kpartx -a -s -p -part /dev/mapper/mpatha
  record 'kpartx_id of the device' /lib/udev/kpartx_id 254 0 mpath-0123
  record 'kpartx_id of a partition' /lib/udev/kpartx_id 254 1 part1-mpath-0123
  record 'kpartx -d, on it' kpartx -d -s -p -part /dev/mapper/mpatha
  record 'removing it' "$work/judge" remove mpatha
}

lvm_quietly() { command lvm "$@" --config 'activation{monitoring=0} log{verbose=0}'; }
volumes() {
  # The kernel loads them. lvm calls /sbin/modprobe, which does not know the guest's modules.
  for target in snapshot thin-pool; do "$work/judge" target-version $target; done > /dev/null
  dd if=/dev/zero of="$loop1" bs=1M count=8 status=none
  dd if=/dev/zero of="$loop2" bs=1M count=8 status=none
  record 'pvcreate' lvm_quietly pvcreate -ff -y "$loop1" "$loop2"
  record 'vgcreate' lvm_quietly vgcreate testvg "$loop1" "$loop2"
  record 'lvcreate' lvm_quietly lvcreate -y -Wn -Zn -L 12M -n a--b testvg
  record 'lvcreate, striped' lvm_quietly lvcreate -y -Wn -Zn -i 2 -L 8M -n striped testvg
  record 'lvcreate --snapshot' lvm_quietly lvcreate -y -s -L 4M -n snap testvg/striped
  record 'lvcreate, thin pool and volume' \
    lvm_quietly lvcreate -y -L 16M -V 64M --thinpool pool -n thin testvg
  record 'mkfs' mkfs.ext4 -q -E nodiscard -U fedcba98-7654-3210-fedc-ba9876543210 /dev/testvg/a--b
  record 'lvresize --resizefs, by fsadm' lvm_quietly lvresize -r -L 20M testvg/a--b
  record 'lvs' lvm_quietly lvs -a -o lv_name,lv_attr,lv_size,devices testvg
  record 'lvrename' lvm_quietly lvrename testvg/thin testvg/thinner
  record 'vgchange -an' lvm_quietly vgchange -an testvg
  record 'vgchange -ay' lvm_quietly vgchange -ay testvg
  if ! program=$(missing blkdeactivate lsblk); then
    record 'blkdeactivate' blkdeactivate -u -d retry /dev/testvg/a--b
  fi
  record 'vgchange -ay again' lvm_quietly vgchange -ay testvg
  record 'lvremove' lvm_quietly lvremove -y testvg/snap testvg/thinner
  record 'vgremove' lvm_quietly vgremove -ff -y testvg
}
