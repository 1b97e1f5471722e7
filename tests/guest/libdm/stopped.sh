# udevd that does not answer: stopped, killed, killed while it is waited for. A client must go on
# with a node that works after DEVMAP_UDEV_TIMEOUT seconds. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154

udevd() { pgrep -x systemd-udevd; }
stop_udevd() { udevadm settle && udevd | xargs kill -STOP; }
udevd_goes_on() { udevd | xargs kill -CONT && udevadm settle --timeout 60; }
kill_udevd() {
  udevd | xargs kill -KILL
  soon 10 no_udevd
}
no_udevd() { ! udevd > /dev/null; }
start_udevd() {
  /lib/systemd/systemd-udevd --daemon &&
    udevadm trigger --settle --action=add --subsystem-match=block
}

open_plain() {
  DEVMAP_UDEV_TIMEOUT=5 with cryptsetup open --type plain --cipher aes-xts-plain64 --key-size 256 \
    --key-file "$work/plain-key" /dev/loop1 alone
}
close_plain() { DEVMAP_UDEV_TIMEOUT=5 with cryptsetup close alone; }
# in_time NAME LEAST MOST: of the last command, in ms
in_time() {
  if [ "$took" -ge "$2" ] && [ "$took" -le "$3" ]; then
    ok "$1: $took ms"
  else
    not_ok "$1" "$took ms, wanted $2 to $3"
  fi
}

part_stopped() {
  local side=ours usual
  if [ "$library" = stock ]; then skip stopped "Debian's library waits for ever"; return; fi
  printf '%064d' 0 > "$work/plain-key"
  truncate -s 16M "$work/disk1"
  losetup /dev/loop1 "$work/disk1"
  check 'udevd runs: open' open_plain
  usual=$took
  check 'udevd runs: close' close_plain
  [ "$took" -le "$usual" ] || usual=$took
  figure "without trouble at most $usual ms"

  stop_udevd
  opened_in_trouble 'udevd stopped' 4500 $((7000 + usual))
  udevd_goes_on
  check 'udevd goes on: link, record and device agree' consistent alone
  stop_udevd
  closed_in_trouble 'udevd stopped' 4500 $((7000 + usual))
  udevd_goes_on
  check 'udevd goes on: the node stays away' no_node alone
  prints 'udevd goes on: no cookie' 0 cookies

  kill_udevd
  opened_in_trouble 'udevd killed' 0 $((7000 + usual))
  closed_in_trouble 'udevd killed' 0 $((7000 + usual))
  start_udevd

  stop_udevd
  (sleep 2 && kill_udevd) &
  opened_in_trouble 'udevd killed while it is waited for' 0 $((7000 + usual))
  wait $!
  start_udevd
  check 'udevd runs again: close' close_plain
  check 'udevd runs again: the node is gone' no_node alone
  losetup -d /dev/loop1
}
opened_in_trouble() { # NAME LEAST MOST
  check "$1: open" open_plain
  in_time "$1: open ends in time" "$2" "$3"
  check "$1: the node works" works alone
  prints "$1: no cookie is left after open" 0 cookies
}
closed_in_trouble() { # NAME LEAST MOST
  check "$1: close" close_plain
  in_time "$1: close ends in time" "$2" "$3"
  check "$1: the node is gone" no_node alone
  prints "$1: no cookie is left after close" 0 cookies
}
