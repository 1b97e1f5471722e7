# multipathd with the two paths of one disk: it makes its map, sees a path fail and come back, takes
# commands, and ends. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154

paths() { # their states in the map, such as A F
  judge status mp0 | grep -oE '[0-9]+:[0-9]+ [AF] ' | awk '{print $2}' | sort | tr -d '\n'
}
paths_are() { [ "$(paths)" = "$1" ]; }
mapped() { [ "$(judge ls --target multipath | cut -f 1)" = mp0 ] && [ -b /dev/mapper/mp0 ]; }
unmapped() { [ -z "$(judge ls --target multipath | grep mp0)" ] && no_node mp0; }
command_of() { with timeout 60 multipathd "$@"; } # by its socket
# obeys NAME WORD...: a refusal has exit status 0 too
obeys() {
  run command_of "${@:2}"
  if [ "$status" = 0 ] && [ "$out" = ok ]; then
    ok "$1"
  else
    not_ok "$1" "exit status $status" "$out"
  fi
}

part_multipath() {
  local side=ours
  missing multipathd > /dev/null || loads multipathd
  multipath_works
}
multipath_works() { # on the library of $side
  local program daemon disks first of="multipath, $side:"
  if program=$(missing multipathd multipath); then skip multipath "there is no $program"; return; fi
  if ! "$(< /proc/sys/kernel/modprobe)" -a dm-multipath dm-service-time sd_mod ||
    ! "$(< /proc/sys/kernel/modprobe)" scsi_debug add_host=2 max_luns=1 dev_size_mb=16 \
      vpd_use_hostno=0; then
    skip multipath "Linux $(uname -r) has no multipath or scsi_debug"
    return
  fi
  soon 20 two_disks
  udevadm settle
  disks=(/sys/block/sd*)
  if [ ${#disks[@]} != 2 ]; then not_ok "$of scsi_debug makes two disks" "${disks[*]}"; return; fi
  first=${disks[0]##*/}
  cat > /etc/multipath.conf <<'END'
defaults {
  find_multipaths no
  polling_interval 1
  user_friendly_names yes
}
blacklist {
  devnode "^(loop|ram|ubd|vd|sr)"
}
overrides {
  path_grouping_policy multibus
  path_selector "service-time 0"
  no_path_retry 5
}
multipaths {
  multipath {
    wwid WWID
    alias mp0
  }
}
END
  sed -i "s/WWID/$(sed -n 's/^E:ID_SERIAL=//p' \
    "/run/udev/data/b$(< "/sys/block/$first/dev")")/" /etc/multipath.conf
  with exec multipathd -d -s > "$work/multipathd.log" 2>&1 < /dev/null &
  daemon=$!
  multipath_steps
  if [ "$library" != stock ]; then
    check "$of multipathd has our library mapped" has_ours $daemon
  fi
  obeys "$of multipathd shutdown" shutdown
  check "$of multipathd ends" soon 20 ended $daemon
  kill -KILL $daemon 2> /dev/null
  wait $daemon
  check "$of multipathd: it ended by itself" test $? = 0
  rm /etc/multipath.conf
  rmmod scsi_debug
  udevadm settle
  grep -iE 'fault|assert|abort' "$work/multipathd.log" &&
    not_ok "$of multipathd: nothing strange in its log" "$(tail -n 40 "$work/multipathd.log")"
}
two_disks() {
  local disks=(/sys/block/sd*/dev)
  [ ${#disks[@]} = 2 ]
}

multipath_steps() {
  local state=/sys/block/$first/device/state
  check "$of multipathd makes its map" soon 60 mapped || true
  mapped || { not_ok "$of multipathd: its log" "$(tail -n 40 "$work/multipathd.log")"; return; }
  check "$of the map has two paths that work" soon 20 paths_are AA
  check "$of link, record and device of the map agree" consistent mp0
  check "$of writing through the map" \
    dd if=/dev/zero of=/dev/mapper/mp0 bs=64k count=16 oflag=direct status=none

  echo offline > "$state"
  check "$of a path goes offline: multipathd fails it" soon 60 paths_are AF
  check "$of one path: writing goes on" \
    dd if=/dev/zero of=/dev/mapper/mp0 bs=64k count=16 oflag=direct status=none
  echo running > "$state"
  check "$of the path is back: multipathd reinstates it" soon 60 paths_are AA

  obeys "$of multipathd fail path" fail path "$first"
  check "$of the path was failed" soon 20 paths_are AF
  obeys "$of multipathd reinstate path" reinstate path "$first"
  check "$of the path was reinstated" soon 60 paths_are AA
  obeys "$of multipathd suspend map" suspend map mp0
  prints "$of the map is suspended" Suspended judge info -c --noheadings -o suspended mp0
  obeys "$of multipathd resume map" resume map mp0
  prints "$of the map is resumed" Active judge info -c --noheadings -o suspended mp0
  obeys "$of multipathd reload map" reload map mp0
  check "$of the map still has two paths" soon 20 paths_are AA
  says "$of multipathd show topology" 0 "mp0 .*" command_of show topology
  says "$of multipathd show maps status" 0 'mp0' command_of show maps status
  says "$of multipath -ll" 0 '^mp0 ' with timeout 60 multipath -ll
  exec 9< /dev/mapper/mp0
  says "$of multipath -f: it is open" '[1-9]*' 'map in use|in use' with timeout 60 multipath -f mp0
  exec 9<&-
  udevadm settle # it does not try again while udev reads the device
  obeys "$of multipathd remove map" remove map mp0
  check "$of the map is gone" soon 20 unmapped
}
