# dmeventd with LVM's plugins: it watches a thin pool and a snapshot that fill up, and extends them
# or runs a command. Our library is mounted over Debian's, as the daemon, its plugins and LVM must
# have the same. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154

part_dmeventd() {
  local program
  if program=$(missing dmeventd lvm); then skip dmeventd "there is no $program"; return; fi
  if ! "$(< /proc/sys/kernel/modprobe)" -a dm-thin-pool dm-snapshot; then
    skip dmeventd "Linux $(uname -r) has no thin pools or snapshots"
    return
  fi
  recorded theirs dmeventd
  with_ours_bound compared dmeventd 20 bound
}

# watched COMMAND: what LVM and dmeventd do with a pool that is full: the command of the thin plugin
watched() {
  export LVM_SYSTEM_DIR=$work/lvm LVM_SUPPRESS_FD_WARNINGS=1
  mkdir -p "$LVM_SYSTEM_DIR"
  cat > "$LVM_SYSTEM_DIR/lvm.conf" <<END
devices { filter=["a|^/dev/loop1$|","r|.*|"] use_devicesfile=0 hints="none" }
global { use_lvmpolld=0 thin_check_executable="" }
backup { backup=0 archive=0 }
activation {
  monitoring=1
  thin_pool_autoextend_threshold=70 thin_pool_autoextend_percent=50
  snapshot_autoextend_threshold=70 snapshot_autoextend_percent=50
}
dmeventd { thin_command="$1" }
END
}
size_is() { [ "$(judge table "$1" | awk '{print $2}')" = $(($2 * 2048)) ]; } # NAME MIB
fill() { # NAME FROM COUNT
  dd if=/dev/zero of="/dev/mapper/$1" bs=1M seek="$2" count="$3" oflag=direct conv=notrunc \
    status=none
}
logged() { grep -q "$1" "$work/dmeventd.log"; }
# Errors, warnings, and what the plugins do. How often depends on the time.
said() {
  sed -nE 's/^\[[^]]*\] [0-9a-f]+:((dm|lvm|thin|snap) .*)/\1/p' "$work/dmeventd.log" |
    grep -E '^.{6}[^ ]|onitoring |Executing ' | sed -E 's/[0-9.]+% full/N% full/' | sort -u
}

steps_dmeventd() {
  local daemon lv=(lvm lvcreate -y) \
    monitored=(lvm lvs -a --noheadings -o 'lv_name,lv_size,seg_monitor' vg)
  truncate -s 0 "$work/disk1"
  truncate -s 128M "$work/disk1"
  losetup /dev/loop1 "$work/disk1" || return
  watched 'lvm lvextend --use-policies'
  step 'pvcreate' 0 lvm pvcreate -q /dev/loop1
  step 'vgcreate' 0 lvm vgcreate -q -s 1M vg /dev/loop1
  step 'a thin pool' 0 "${lv[@]}" -Zn -L 16M --poolmetadatasize 2M --chunksize 64k \
    --thinpool pool vg
  step 'a thin volume' 0 "${lv[@]}" -Wn -V 64M -T vg/pool -n thin
  step 'the pool is watched: LVM has started dmeventd' 0 "${monitored[@]}"
  exec dmeventd -R -f -l -dd > "$work/dmeventd.log" 2>&1 < /dev/null &
  daemon=$!
  soon 20 logged 'ready for processing'
  step 'a new daemon is the one that runs' 0 grep -qx $daemon /run/dmeventd.pid
  step 'it watches the pool' 0 "${monitored[@]}"
  fill vg-thin 0 12
  soon 90 size_is vg-pool-tpool 24
  step 'the pool was extended' 0 "${monitored[@]}"

  printf '#!/bin/sh\n[ -e "%s" ] || { echo "$0 $*"; env | grep DMEVENTD; } > "%s"\n' \
    "$work/called" "$work/called" > "$work/command"
  chmod +x "$work/command"
  watched "$work/command"
  step 'watched no more' 0 lvm lvchange --monitor n vg/pool
  step 'the pool is not watched' 0 "${monitored[@]}"
  step 'watched again, with another command' 0 lvm lvchange --monitor y vg/pool
  fill vg-thin 12 6
  soon 90 test -s "$work/called"
  step 'what the command was told' 0 cat "$work/called"
  fill vg-thin 18 5
  soon 90 logged 'data is now 95.83% full'

  step 'a volume' 0 "${lv[@]}" -Wn -L 8M -n origin vg
  step 'its snapshot' 0 "${lv[@]}" -s -L 4M -n snap vg/origin
  step 'the snapshot is watched' 0 "${monitored[@]}"
  fill vg-origin 0 3
  soon 90 size_is vg-snap-cow 6
  step 'the snapshot was extended' 0 "${monitored[@]}"
  [ "$side" = theirs ] || [ "$library" = stock ] ||
    check 'dmeventd: the daemon has our library mapped' has_ours $daemon >&3

  step 'vgchange -an' 0 lvm vgchange -an vg
  kill -TERM $daemon
  soon 20 ended $daemon || kill -KILL $daemon
  wait $daemon
  step 'the daemon ended by itself' 0 test $? = 0
  step 'vgremove' 0 lvm vgremove -q -y vg
  said > "$work/said"
  step 'what the daemon said' 0 cat "$work/said"
  rm -f "$work/called"
}
