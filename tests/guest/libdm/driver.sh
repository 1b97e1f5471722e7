# The tests of containers/storage's devicemapper graph driver, unchanged: a thin pool on loop
# devices, images, snapshots, mounts. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154

part_driver() {
  local program round
  if program=$(missing mkfs.xfs mkfs.ext4); then skip driver "there is no $program"; return; fi
  if [ ! -x "$programs/driver" ]; then
    not_ok 'driver: build-programs has built it' "there is no $programs/driver"
    return
  fi
  if [ "$(awk '/^MemTotal:/ {print $2}' /proc/meminfo)" -lt 1900000 ]; then
    skip driver 'needs a guest with --mem 2G'
    return
  fi
  loads "$programs/driver"
  mkdir -p "$work/mnt-driver" /run/udev/rules.d
  # A device that was written is read by udev when it is closed. The driver then cannot remove it,
  # removes it deferred, and leaves its pool, which it does not try again.
  echo 'SUBSYSTEM=="block", KERNEL=="dm-*", OPTIONS="nowatch"' > /run/udev/rules.d/99-nowatch.rules
  udevadm control --reload
  for ((round = 1; round <= rounds; ++round)); do driver_round; done
  rm /run/udev/rules.d/99-nowatch.rules
  udevadm control --reload
}

driver_round() {
  local status result name
  mount -t tmpfs -o size=1500M driver "$work/mnt-driver"
  (
    side=ours
    cd "$work/mnt-driver" &&
      TMPDIR=$work/mnt-driver with "$programs/driver" -test.v -test.timeout 500s
  ) > "$work/driver.log" 2>&1 < /dev/null
  status=$?
  while read -r result name; do
    case $result in
      PASS) ok "driver, round $round: $name" ;;
      SKIP)
        skip "driver, round $round: $name" \
          "$(grep -A 3 -F -e "--- SKIP: $name" "$work/driver.log" | tail -n +2 | tr '\n' ' ')" ;;
      *)
        not_ok "driver, round $round: $name" \
          "$(grep -B 20 -A 10 -F -e "--- $result: $name" "$work/driver.log")" ;;
    esac
  done < <(sed -n 's/^--- \([A-Z]*\): \([^ ]*\).*/\1 \2/p' "$work/driver.log")
  if [ $status = 0 ] && [ "$(grep -c '^--- PASS' "$work/driver.log")" -ge 11 ]; then
    ok "driver, round $round: all $(grep -c '^--- PASS' "$work/driver.log") tests"
  else
    not_ok "driver, round $round: at least 11 tests, and exit status 0" \
      "exit status $status" "$(tail -n 50 "$work/driver.log")"
  fi
  udevadm settle
  umount "$work/mnt-driver" ||
    not_ok "driver, round $round: nothing uses its folder" "$(grep mnt-driver /proc/mounts)"
  nothing_left "driver, round $round"
}
