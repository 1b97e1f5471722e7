#!/bin/bash
# dracut: the module devmap. Installed as /usr/lib/dracut/modules.d/90devmap/module-setup.sh, with
# settled.sh and devmap-boot next to it.

# Without tables, only if it is asked for by name.
check() {
  require_binaries devmap || return 1
  compgen -G '/etc/devmap/boot/*' > /dev/null || return 255
}

depends() { return 0; }

installkernel() {
  local types
  types=$(awk 'FNR > 0 {print "dm-" $3}' /etc/devmap/boot/* 2> /dev/null | sort -u)
  # shellcheck disable=SC2086 # a list of words
  hostonly='' instmods dm-mod $types
}

install() {
  local table
  inst_multiple devmap
  for table in /etc/devmap/boot/*; do [ ! -e "$table" ] || inst_simple "$table"; done
  # shellcheck disable=SC2154 # dracut's own
  inst_simple "$moddir/devmap-boot" /sbin/devmap-boot
  # udev's rules for device-mapper, from devmap or from dmsetup. The latter call devmap as dmsetup
  # here.
  inst_rules 10-dm.rules 13-dm-disk.rules 55-dm.rules 60-persistent-storage-dm.rules \
    95-dm-notify.rules
  # shellcheck disable=SC2154
  [ -e "$initdir/sbin/dmsetup" ] || ln -s "$(find_binary devmap)" "$initdir/sbin/dmsetup"
  inst_hook initqueue/settled 50 "$moddir/settled.sh"
}
