# The steps that run under both sets of rules, what is recorded after each, and how the two may
# differ. Sourced by `run`.
# shellcheck shell=bash disable=SC2154

fs_uuid=5d6e3f2a-1b7c-4d58-9c1e-2f60a7b8c9d0
luks_uuid=0c1d2e3f-4a5b-4c6d-8e7f-90a1b2c3d4e5

# The kernel's side alone: resumes NAME with FLAGS << 16 | BASE as its event number. With BASE the
# semaphore is incremented first.
resume_raw() { # NAME FLAGS [BASE]
  perl -e '
    my ($name, $flags, $base) = @ARGV;
    if ($base) {
      my $id = semget(0x0d4d0000 | $base, 1, 0) // die "semget: $!";
      semop($id, pack("s3", 0, 1, 0)) or die "semop: $!";
    }
    open(my $control, "+<", "/dev/mapper/control") or die "control: $!";
    my $request = pack("L6 l L3 Q a128 a136", 4, 0, 0, 312, 312, 0, 0, 0, $flags << 16 | $base,
      0, 0, $name, "");
    ioctl($control, 0xC138FD06, $request) or die "DM_DEV_SUSPEND: $!";
  ' "$1" $(($2)) $((${3:-0}))
}

# The same under a cookie of dmsetup's, with a wait.
resume_with() { # NAME FLAGS
  local cookie
  cookie=$(dmsetup udevcreatecookie) || return
  resume_raw "$1" "$2" $((cookie & 0xffff)) && timeout 20 dmsetup udevreleasecookie "$cookie"
}

trigger() { # ACTION NAME
  find_block "$2"
  udevadm trigger --settle --action="$1" "$block"
}
find_block() { # NAME: sets block to its folder in /sys
  local name
  for block in /sys/block/dm-*; do
    read -r name < "$block/dm/name"
    [ "$name" != "$1" ] || return 0
  done
  echo "no device $1"
  return 1
}
properties() { find_block "$1" && udevadm info -q property -p "$block"; }

# Records in $into/STEP what udev knows of NAME: properties, links, link priority, watch, whether
# the record survives a cleanup.
note() { # STEP NAME
  local number line
  udevadm settle
  find_block "$2"
  read -r number < "$block/dev"
  {
    udevadm info -q property -p "$block"
    find /dev -type l -lname "*/${block##*/}" -printf 'link %P\n'
    while read -r line; do
      [[ $line != L:* ]] || echo "priority ${line#L:}"
    done < "/run/udev/data/b$number"
    if [ -L "/run/udev/watch/b$number" ]; then echo watched; fi
    if [ -k "/run/udev/data/b$number" ]; then echo persistent; fi
  } > "$into/$1"
}

await() { # COMMAND...: until it succeeds, 10 seconds at most
  local tries
  for ((tries = 0; tries < 100; ++tries)); do
    ! "$@" || return 0
    sleep 0.1
  done
  echo "in vain: $*"
}
has_label() { properties "$1" | grep -q '^ID_FS_LABEL='; }

scenario() { # DIRECTORY; prints nothing when all is well
  into=$1
  simple_devices
  file_system
  encrypted
  flags
  read_only
  partitions
  records
  removed
}

simple_devices() {
  dmsetup create devmap-a --table '0 2048 zero'
  note 'zero by dmsetup' devmap-a
  "$devmap" create devmap-b --uuid TEST-b --table '0 2048 zero'
  note 'zero with uuid by devmap' devmap-b
  dmsetup create devmap-lvm --uuid LVM-abcdef --table '0 2048 zero'
  note 'LVM uuid' devmap-lvm
  dmsetup create devmap-crypt --uuid CRYPT-PLAIN-c --table '0 2048 zero'
  note 'CRYPT uuid without content' devmap-crypt
  dmsetup create devmap-c --notable
  dmsetup load devmap-c --table '0 2048 zero'
  note 'table loaded, not resumed' devmap-c
  trigger change devmap-c
  note 'table loaded, not resumed, change' devmap-c
  trigger add devmap-c
  note 'table loaded, not resumed, add' devmap-c
  "$devmap" resume devmap-c
  note 'resumed by devmap' devmap-c
  "$devmap" create devmap-d --noudevsync --table '0 2048 zero'
  note 'not awaited' devmap-d
  dmsetup rename devmap-a devmap-a2
  note 'renamed by dmsetup' devmap-a2
  "$devmap" rename devmap-b devmap-b2
  note 'renamed by devmap' devmap-b2
  dmsetup rename devmap-a2 --setuuid TEST-a
  note 'uuid set' devmap-a2
  dmsetup create devmap-e --noudevrules --table '0 2048 zero'
  note '--noudevrules of dmsetup' devmap-e
}

file_system() {
  dmsetup create devmap-fs --uuid TEST-fs --table "0 32768 linear $loop 0"
  mkfs.ext4 -q -L devmap-label -U $fs_uuid /dev/mapper/devmap-fs
  await has_label devmap-fs
  note 'mkfs, seen by the watch' devmap-fs
  trigger change devmap-fs
  note 'change' devmap-fs
  trigger add devmap-fs
  note 'add' devmap-fs
  dmsetup suspend devmap-fs
  trigger change devmap-fs
  note 'suspended, change' devmap-fs
  trigger add devmap-fs
  note 'suspended, add' devmap-fs
  "$devmap" resume devmap-fs
  note 'suspended, resumed' devmap-fs
}

# A LUKS2 header with a label: the part of it that blkid reads.
encrypted() {
  # shellcheck disable=SC2016 # perl expands
  perl -e 'print pack("a6 n Q> Q> a48 a32 a64 a40 a48 Q>",
    "LUKS\xba\xbe", 2, 16384, 1, $ARGV[0], "sha256", "", $ARGV[1], "", 0)' \
    devmap-luks-label $luks_uuid | dd of="$loop" bs=512 seek=32768 conv=notrunc,fsync 2> /dev/null
  dmsetup create devmap-luks --table "0 8192 linear $loop 32768"
  note 'LUKS2 with a label' devmap-luks
  dmsetup remove devmap-luks
}

flags() {
  local flag
  for flag in 0x41 0x42 0x44 0x48 0x50 0x140 0x63 0x6e 0x14c 0xc0 0x7e40; do
    dmsetup suspend devmap-fs
    resume_with devmap-fs $flag
    note "flags $flag" devmap-fs
    trigger change devmap-fs
    note "flags $flag, change" devmap-fs
  done
  trigger add devmap-fs
  note 'flags 0x7e40, change, add' devmap-fs
  dmsetup suspend devmap-fs
  resume_with devmap-fs 0x48
  dmsetup suspend devmap-fs
  trigger change devmap-fs
  resume_raw devmap-fs 0
  note 'no cookie' devmap-fs
  dmsetup suspend devmap-fs
  resume_with devmap-fs 0x0a
  note 'no primary source' devmap-fs
  dmsetup suspend devmap-fs
  resume_with devmap-fs 0x40
  dmsetup create devmap-low --notable
  dmsetup load devmap-low --table "0 32768 linear $loop 0"
  resume_with devmap-low 0x50
  note 'low priority beside another of the same content' devmap-low
  note 'another of low priority beside it' devmap-fs
  dmsetup remove devmap-low
}

# The kernel's events about DISK_RO in the middle of the table swap: what udev makes of them.
read_only() {
  local monitor
  dmsetup create devmap-ro --readonly --table "0 32768 linear $loop 0"
  note 'read-only' devmap-ro
  udevadm monitor --udev --property --subsystem-match=block > "$work/monitor" &
  monitor=$!
  await grep -q '^UDEV ' "$work/monitor"
  dmsetup reload devmap-ro --table "0 32768 linear $loop 0"
  dmsetup resume devmap-ro
  note 'made writable' devmap-ro
  dmsetup reload devmap-ro --readonly --table "0 32768 linear $loop 0"
  dmsetup resume devmap-ro
  note 'made read-only' devmap-ro
  await is_read_only "$work/monitor"
  kill $monitor
  wait $monitor
  awk -v RS= '/\nDISK_RO=/' "$work/monitor" > "$into/events of DISK_RO"
} 2> /dev/null # bash's message about the monitor's end
is_read_only() { awk -v RS= '/\nDM_ACTIVATION=/ {++n} END {exit n < 2}' "$1"; }

partitions() {
  dmsetup remove devmap-ro
  dmsetup remove devmap-fs
  wipefs -qa "$loop"
  { # DOS label, disk 0xcafe1234: one Linux partition, 2048 sectors from sector 2048
    printf '\x34\x12\xfe\xca\0\0\0\0\0\0\x83\0\0\0\0\x08\0\0\0\x08\0\0' |
      dd of="$loop" bs=1 seek=440 conv=notrunc
    printf '\x55\xaa' | dd of="$loop" bs=1 seek=510 conv=notrunc
  } 2> /dev/null
  dmsetup create devmap-disk --table "0 32768 linear $loop 0"
  note 'partitioned' devmap-disk
  dmsetup create devmap-disk1 --uuid part1-disk --table '0 2048 linear /dev/mapper/devmap-disk 2048'
  note 'partition' devmap-disk1
  dmsetup remove devmap-disk1
  dmsetup remove devmap-disk
}

# Working devices, seen again at boot: udev was not running when they were made, or cleaned its
# database after the initramfs.
records() {
  dmsetup create devmap-early --table '0 2048 zero'
  forget devmap-early
  trigger add devmap-early
  note 'no record, add' devmap-early
  dmsetup create devmap-kept --notable
  dmsetup load devmap-kept --table '0 2048 zero'
  resume_with devmap-kept 0x48
  forget devmap-kept persistent
  trigger add devmap-kept
  note 'database cleaned, add' devmap-kept
}
forget() { # NAME [persistent]: removes the record, unless it is a persistent one, and the links
  local record
  udevadm settle
  find_block "$1"
  read -r record < "$block/dev"
  record=/run/udev/data/b$record
  if [ $# = 1 ] || [ ! -k "$record" ]; then rm "$record"; fi
  find /dev -type l -lname "*/${block##*/}" ! -path '/dev/block/*' -delete
}

removed() {
  local name
  for name in $(dmsetup ls | awk '/^devmap-/ {print $1}'); do
    case $name in *[a-d]) "$devmap" remove "$name" ;; *) dmsetup remove "$name" ;; esac
  done
  udevadm settle
  {
    find /dev -type l -lname '*/dm-*'
    find /run/udev/data /run/udev/watch \
      -name "b$(awk '$2 == "device-mapper" {print $1}' /proc/devices):*"
    find /dev/mapper -type l
    dmsetup udevcookies | tail -n +2
  } > "$into/removed"
}
