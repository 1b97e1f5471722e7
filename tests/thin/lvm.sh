# Debian's lvm and devmap side by side: neither takes the other's pools. Sourced by run.
# shellcheck shell=bash disable=SC2154

store=$work/store
layer() { local verb=$1; shift; "$devmap" layer "$verb" "$store" "$@"; }
if ! command -v lvm > /dev/null; then
  skip 'lvm beside devmap' 'lvm (package lvm2) is not installed'
else
  export LVM_SYSTEM_DIR=$work/lvm
  mkdir -p "$LVM_SYSTEM_DIR"
  pv=$(loop_device 128M)
  cat > "$LVM_SYSTEM_DIR/lvm.conf" <<END
devices { filter=["a|^$pv\$|", "r|.*|"] use_devicesfile=0 }
global { locking_type=1 use_lvmpolld=0 }
activation { udev_sync=1 monitoring=0 }
END
  lvm() { command lvm "$@" 2>&1; }
  # The kernel loads it. lvm calls /sbin/modprobe, which does not know the guest's modules.
  dmsetup target-version thin-pool > /dev/null
  check 'pvcreate' lvm pvcreate "$pv"
  check 'vgcreate' lvm vgcreate --setautoactivation n devmap-vg "$pv"
  check 'a pool of lvm' lvm lvcreate -q --type thin-pool -L 64M -n pool devmap-vg
  check 'a volume of lvm' lvm lvcreate -q -V 32M --thinpool pool -n vol devmap-vg
  name=$(dmsetup ls | awk '/tpool/ {print $1; exit}')
  before=$(dmsetup table; dmsetup info -c --noheadings -o name,uuid,events,suspended)
  meta=$(dmsetup ls | awk '/tmeta/ {print $1; exit}')
  data=$(dmsetup ls | awk '/tdata/ {print $1; exit}')
  refuses 'a store on the devices of the pool of lvm' 'busy|in use|EBUSY' \
    layer init devmap-mine "/dev/mapper/$data" "/dev/mapper/$meta"
  refuses 'a store by the name of the pool of lvm' 'exists|another|uuid' \
    layer init "$name" "/dev/mapper/$data" "/dev/mapper/$meta"
  refuses 'the same on devices of its own' 'exists|another|uuid' layer init "$name" 64M
  prints 'lvm keeps all its devices as they were' "$before" \
    bash -c 'dmsetup table; dmsetup info -c --noheadings -o name,uuid,events,suspended'
  check 'its pool status is shown, to look at' "$devmap" pool status "$name"
  check 'lvm lets go' lvm vgchange -q -an devmap-vg
  check 'our store' layer init devmap-mine 64M
  check 'a base' layer base base 16M
  check 'is mounted' layer mount base
  before=$(dmsetup table; dmsetup info -c --noheadings -o name,uuid,suspended)
  cat > "$LVM_SYSTEM_DIR/lvm.conf" <<END
devices { filter=["a|.*|"] use_devicesfile=0 scan=["/dev"] }
global { locking_type=1 use_lvmpolld=0 }
activation { udev_sync=1 monitoring=0 }
END
  lvm pvscan > /dev/null
  lvm vgscan > /dev/null
  lvm vgchange -q -an > /dev/null
  lvm lvs -a > "$work/lvs"
  prints 'lvm leaves our devices alone' "$before" \
    bash -c 'dmsetup table; dmsetup info -c --noheadings -o name,uuid,suspended'
  prints 'and does not list them' 0 grep -c devmap-mine "$work/lvs"
  check 'close' layer close
  unset -f lvm
  command lvm vgremove -q -f devmap-vg > /dev/null 2>&1
fi
clean
