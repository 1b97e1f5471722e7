# multipathd on two SCSI hosts that show the same disks. Sourced by run. It starts udevd: multipathd
# learns of disks from it.
# shellcheck shell=bash disable=SC2154

maps=(multibus failover queue_length retries bio weights)
map_options() { # of the map
  case $1 in
    multibus)
      echo 'path_grouping_policy multibus path_selector "service-time 0" no_path_retry queue' ;;
    failover)
      echo 'path_grouping_policy failover path_selector "round-robin 0" rr_min_io_rq 10' \
        'no_path_retry fail' ;;
    queue_length)
      echo 'path_grouping_policy multibus path_selector "queue-length 0" rr_min_io_rq 100' ;;
    retries)
      echo 'path_grouping_policy group_by_prio path_selector "service-time 0" no_path_retry 5' \
        'features "3 pg_init_retries 7 retain_attached_hw_handler"' ;;
    bio)
      echo 'path_grouping_policy failover path_selector "service-time 0"' \
        'features "2 queue_mode bio"' ;;
    weights)
      echo 'path_grouping_policy multibus path_selector "round-robin 0" rr_weight priorities' \
        'prio const' ;;
  esac
}
multipath_config() { # WWID...: one for each map
  local map
  printf '%s\n' 'defaults {' 'find_multipaths no' 'polling_interval 1' '}' 'blacklist {' \
    'devnode "^(loop|ram|ubd|vd|sr)"' '}' 'multipaths {'
  for map in "${maps[@]}"; do
    # one option a line
    printf 'multipath {\nwwid %s\nalias mp-%s\n%s\n}\n' "$1" "$map" \
      "$(map_options "$map" | sed -E \
        's/ (path_selector|no_path_retry|rr_[a-z_]*|features|prio) ("[^"]*"|[a-z0-9]+)/\n\1 \2/g')"
    shift
  done
  echo '}'
}
start_multipathd() {
  local try wwids
  load_modules dm-multipath dm-service-time dm-queue-length dm-round-robin sd_mod &&
    "$(< /proc/sys/kernel/modprobe)" scsi_debug add_host=2 max_luns=${#maps[@]} dev_size_mb=16 \
      vpd_use_hostno=0 || return
  /lib/systemd/systemd-udevd --daemon &&
    udevadm trigger --settle --action=add --subsystem-match=block || return
  mapfile -t wwids \
    < <(grep -hs '^E:ID_SERIAL=' /run/udev/data/b8:* | sed 's/^E:ID_SERIAL=//' | sort -u)
  [ "${#wwids[@]}" = ${#maps[@]} ] || { echo "WWIDs: ${wwids[*]}"; return 1; }
  multipath_config "${wwids[@]}" > /etc/multipath.conf
  cat /etc/multipath.conf
  tool multipathd || return
  for try in $(seq 240); do
    [ "$(dmsetup ls --target multipath | grep -c '^mp-')" = ${#maps[@]} ] && return
    sleep 0.5
  done
  echo "maps after $try looks: $(dmsetup ls --target multipath)"
}

part_multipath() {
  local map
  start_multipathd > "$work/multipathd" 2>&1 ||
    not_ok 'multipathd makes its maps' "$(tail -n 70 "$work/multipathd")"
  for map in "${maps[@]}"; do make "mp-$map" true; done
}
end_multipath() {
  multipathd shutdown > /dev/null 2>&1
  udevadm settle
  udevadm control --exit
}
