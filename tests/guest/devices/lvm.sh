# LVM. Sourced by run.
# shellcheck shell=bash disable=SC2154

lvm_config() {
  export LVM_SYSTEM_DIR=$work/lvm LVM_SUPPRESS_FD_WARNINGS=1
  mkdir -p "$LVM_SYSTEM_DIR"
  cat > "$LVM_SYSTEM_DIR/lvm.conf" <<'END'
devices {
  filter=["a|^/dev/loop|","r|.*|"] global_filter=["a|^/dev/loop|","r|.*|"]
  use_devicesfile=0 obtain_device_list_from_udev=0
}
activation { udev_sync=0 udev_rules=0 monitoring=0 }
backup { backup=0 archive=0 }
global { use_lvmpolld=0 }
allocation { cache_pool_chunk_size=64 }
END
}

lv() { tool lvm lvcreate -y -Wn -Zn "${@:2}" -n "$1" vg; } # NAME OPTION...
segments() {
  tool lvm lvcreate -y -Wn -Zn -L 4M -n "$1" vg "${disks[0]}" &&
    tool lvm lvextend "vg/$1" -L +4M "${disks[1]}"
}
raid_options() { # a slow leg, and speeds
  lv "$1" --type raid1 -m 2 -L 4M --nosync &&
    tool lvm lvchange -y --writemostly "${disks[0]}" --writebehind 256 "vg/$1" &&
    tool lvm lvchange -y --maxrecoveryrate 4M --minrecoveryrate 1M "vg/$1"
}
thin_pool() {
  tool lvm lvcreate -y -Zn -L 16M --poolmetadatasize 4M --chunksize 64k --thinpool "$1" vg &&
    tool lvm lvcreate -y -V 32M -T "vg/$1" -n thin
}
pool_options() {
  tool lvm lvcreate -y -Zn -L 8M --chunksize 128k --discards ignore --errorwhenfull y \
    --thinpool "$1" vg && tool lvm lvcreate -y -V 8M -T "vg/$1" -n thin2
}
thin_snapshot() { tool lvm lvcreate -y -s -kn vg/thin -n "$1"; }
external() { # a thin volume on a volume outside of the pool
  lv outside -L 4M && tool lvm lvchange -an vg/outside && tool lvm lvchange -pr vg/outside &&
    tool lvm lvcreate -y -s -kn --thinpool pool vg/outside -n "$1"
}
cached() { # NAME OPTION...
  lv "$1" -L 12M && tool lvm lvcreate -y -Zn -Wn -L 8M -n "$1_fast" vg &&
    tool lvm lvconvert -y --type cache "${@:2}" "vg/$1"
}
writecached() { # NAME OPTION...
  lv "$1" -L 12M && lv "$1_fast" -L 8M && tool lvm lvchange -an "vg/$1_fast" &&
    tool lvm lvconvert -y --type writecache --cachevol "$1_fast" "${@:2}" "vg/$1"
}
snapshot() { # NAME
  lv origin -L 8M && tool lvm lvcreate -y -s -L 4M -n "$1" vg/origin
}

part_lvm() {
  local _
  load_modules dm-snapshot dm-thin-pool dm-cache dm-cache-smq dm-writecache dm-raid raid0 raid1 \
    raid10 raid456 dm-mirror dm-integrity dm-zero
  lvm_config
  disks=()
  for _ in 1 2 3 4 5; do
    disk 128M
    disks+=("$disk")
  done
  tool lvm pvcreate -q -y "${disks[@]}" > "$work/out" 2>&1 &&
    tool lvm vgcreate -q -y -s 1M vg "${disks[@]}" >> "$work/out" 2>&1 ||
    not_ok 'LVM makes a volume group' "$(< "$work/out")"
  make vg-linear lv linear -L 4M
  make vg-segments segments segments
  make vg-striped lv striped -i 2 -L 8M
  make vg-striped3 lv striped3 -i 3 -I 64k -L 12M
  make vg-error lv error --type error -L 4M
  make vg-zero lv zero --type zero -L 4M
  make vg-raid0 lv raid0 --type raid0 -i 2 -L 8M
  make vg-raid0_meta lv raid0_meta --type raid0_meta -i 2 -L 8M
  make vg-raid1 lv raid1 --type raid1 -m 1 -L 4M
  make vg-raid1_options raid_options raid1_options
  make vg-raid4 lv raid4 --type raid4 -i 2 -L 8M
  make vg-raid5 lv raid5 --type raid5 -i 2 -L 8M
  make vg-raid6 lv raid6 --type raid6 -i 3 -L 12M
  make vg-raid10 lv raid10 --type raid10 -i 2 -m 1 -L 8M
  make vg-raid_integrity lv raid_integrity --type raid1 -m 1 -L 4M --raidintegrity y
  make vg-mirror lv mirror --type mirror -m 1 --mirrorlog core -L 4M
  make vg-mirror_disk lv mirror_disk --type mirror -m 1 --mirrorlog disk -L 4M
  make vg-pool-tpool thin_pool pool
  make vg-pool2-tpool pool_options pool2
  make vg-thin true
  make vg-thin_snapshot thin_snapshot thin_snapshot
  make vg-external external external
  make vg-cache cached cache --cachepool cache_fast
  make vg-cache_back cached cache_back --cachepool cache_back_fast --cachemode writeback \
    --cachesettings 'migration_threshold=2048'
  make vg-cache_vol cached cache_vol --cachevol cache_vol_fast
  make vg-writecache writecached writecache
  make vg-writecache_options writecached writecache_options \
    --cachesettings 'high_watermark=60 low_watermark=30 writeback_jobs=64'
  make vg-snap snapshot snap
  make vg-origin true
}
end_lvm() {
  tool lvm vgchange -an vg > "$work/out" 2>&1 ||
    not_ok 'LVM deactivates its volumes' "$(tail -n 5 "$work/out")"
}
