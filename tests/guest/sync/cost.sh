# What killed processes leave behind, what many cycles leave behind, and what waiting costs. Sourced
# by run.
# shellcheck shell=bash disable=SC2154

part_killed() { # 50 times, at a random point
  local waiter cookie i pid left=0 seed=${SYNC_SEED:-$RANDOM} most=0
  "$client" waiter > "$work/waiter" &
  waiter=$!
  until [ -s "$work/waiter" ]; do sleep 0.05; done
  cookie=$(head -n 1 "$work/waiter")
  RANDOM=$seed
  for ((i = 0; i < 50; i++)); do
    "$client" loop > "$work/loop" 2>&1 &
    pid=$!
    sleep "0.$(printf '%03d' $((10 + RANDOM % 240)))"
    kill -KILL $pid 2> /dev/null || not_ok "killed $i: it had ended by itself" "$(cat "$work/loop")"
    wait $pid 2> /dev/null
    if dmsetup info devmap-loop > /dev/null 2>&1; then
      left=$((left + 1))
      "$devmap" remove devmap-loop --retry=10 --deadline 20 ||
        not_ok "killed $i: its device cannot be removed" "$(dmsetup info devmap-loop)"
    fi
  done
  udevadm settle
  most=$(($(cookies) - 1))
  sleep 3 # a semaphore without a value counts as orphaned only after a while
  run "$devmap" udev reclaim
  if [ $status = 0 ] && [ "$(wc -l <<< "$out")" = $((most > 0 ? most : 1)) ]; then
    ok "killed 50 times (SYNC_SEED=$seed): reclaim removed the $most cookies that were left"
  else
    not_ok "killed 50 times (SYNC_SEED=$seed): reclaim removed something else than \
the $most cookies that were left" "$out" "$err"
  fi
  figure "$left of 50 left a device, $most a cookie"
  prints 'killed: no cookie is left but that of the living waiter' 1 cookies
  prints "killed: the living waiter's cookie is as it was" 2 value_of "$cookie"
  check 'killed: it can be completed' "$devmap" udevcomplete "$cookie"
  check 'killed: the living waiter has waited with success' wait $waiter
}

made_ms() { sed -n 's/.*made in \([0-9]*\)\.\([0-9]*\) s, .*/\1\2/p' <<< "$out"; }

# Replaces the distribution's rules with devmap's, which start SYNC_DEVMAP, for the rest of the
# guest's life or until `rules_of_debian`.
rules_of_devmap() {
  local part name names='55-dm 60-persistent-storage-dm 95-dm-notify'
  [ -e /usr/lib/udev/rules.d/55-dm.rules ] || names='10-dm 13-dm-disk 95-dm-notify'
  mkdir -p /run/udev/rules.d
  for part in dm dm-disk dm-notify; do
    name=${names%% *}
    names=${names#* }
    "$here/../../../tools/udev/generate" "$(realpath "${SYNC_DEVMAP:-$devmap}")" \
      < "$here/../../../tools/udev/$part.rules.in" > "/run/udev/rules.d/$name.rules"
  done
  udevadm control --reload
}
rules_of_debian() {
  rm -f /run/udev/rules.d/{55-dm,60-persistent-storage-dm,10-dm,13-dm-disk,95-dm-notify}.rules
  udevadm control --reload
}

# On one processor the time of a wait is the time of udev's rules, mostly for the programs that they
# start. Under the same rules one wait for all takes as long as a wait each. Not starting a program
# saves time: devmap's rules start none if no cookie is to be counted down.
part_shared() { # 100 devices, one wait
  local count=100 reference ours
  run "$client" libdevmapper $count
  if [ $status = 77 ]; then
    skip '100 devices, one wait' "$out"
    return
  fi
  [ $status = 0 ] || not_ok '100 devices by libdevmapper' "$out" "$err"
  figure "the distribution's rules: $out"
  reference=$((10#$(made_ms)))
  check "100 devices under one cookie take one wait: the distribution's rules" \
    "$client" together $count cookies
  figure "$out"
  if [ -n "${SYNC_DEVMAP:-}" ]; then # the same rules start another program
    mount --bind "$SYNC_DEVMAP" "$(command -v dmsetup)"
    check "100 devices under one cookie take one wait: the distribution's rules start devmap \
as dmsetup" "$client" together $count cookies
    umount "$(command -v dmsetup)"
    # A fifth of libdevmapper's time where processors really run in parallel (tests/vm/qemu --accel
    # tcg,thread=multi), else half.
    figure "$out"
  fi
  rules_of_devmap
  check "100 devices under one cookie take one wait: devmap's rules" \
    "$client" together $count cookies
  figure "$out"
  check "100 devices in mode monitor take one wait: devmap's rules" \
    "$client" together $count monitor
  figure "$out"
  rules_of_debian
  ours=$((10#$(made_ms)))
  local name="100 devices in one wait, monitor, devmap's rules: \
a third of libdevmapper's 100 waits at most: $ours ms, $reference ms"
  if [ $((ours * 3)) -le "$reference" ]; then ok "$name"; else not_ok "$name"; fi
}

flat() { # NAME COUNT SECONDS MODE
  check "$1" "$client" cycles "$2" "$3" "$4"
  figure "$out"
}
part_cycles() {
  flat \
    "${SYNC_CYCLES:-10000} cycles, or ${SYNC_SECONDS:-40} s of them, with udevd and cookies: \
nothing grows" \
    "${SYNC_CYCLES:-10000}" "${SYNC_SECONDS:-40}" cookies
}
part_self() { # without udevd
  flat '10000 cycles with cookies that the program itself counts down: nothing grows' 10000 1000 \
    self
  flat '2000 cycles without udev: nothing grows' 2000 1000 none
}
