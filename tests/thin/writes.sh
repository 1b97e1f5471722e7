# Snapshots of a mounted ext4 during writes: each passes fsck and holds a prefix of the writes.
# Sourced by run.
# shellcheck shell=bash disable=SC2154

store=$work/store
layer() { local verb=$1; shift; "$devmap" layer "$verb" "$store" "$@"; }
check 'a store' layer init devmap-writes 256M
check 'a base' layer base base 64M
at=$(layer mount base)
( n=0
  while [ ! -e "$work/stop" ] && [ $n -lt 20000 ]; do
    n=$((n + 1))
    echo "$n" > "$at/new" && mv "$at/new" "$at/n$((n % 500))"
    echo "$n" >> "$at/journal"
  done ) & writer=$!
count=$([ "$full" ] && echo 30 || echo 8)
for n in $(seq "$count"); do layer add "snap$n" base || not_ok "snapshot $n"; done
check 'the writer still writes' kill -0 $writer
touch "$work/stop"
wait $writer
last=0
for n in $(seq "$count"); do
  at_snap=$(layer mount "snap$n") # replays the journal, as after a power loss
  if [ -z "$at_snap" ]; then not_ok "mount of snapshot $n"; continue; fi
  lines=$(wc -l < "$at_snap/journal")
  check "snapshot $n holds writes 1 to $lines, in order" cmp <(seq "$lines") "$at_snap/journal"
  check 'no fewer than the one before' test "$lines" -ge "$last"
  last=$lines
  device=/dev/mapper/devmap-writes-snap$n
  umount "$at_snap"
  check "snapshot $n passes fsck" fsck.ext4 -fn "$device"
  layer umount "snap$n" || not_ok "umount of snapshot $n"
done
check 'they hold something' test "$last" -gt 0
check 'close' layer close
clean
