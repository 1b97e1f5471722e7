# Everything that can go wrong with udev. Sourced by run.
# shellcheck shell=bash disable=SC2154

make() { "$devmap" create "$1" --table '0 8 zero' "${@:2}"; }

# stopped_once MODE: create and remove while udevd is stopped. Their times are in createTook and
# removeTook.
stopped_once() {
  local mode=$1
  kill -STOP "$(udevd)"
  says "udevd stopped, $mode: create ends, timed out" 1 \
    'wait for udev.*timed out:.*(stopped|busy).*devmap made sure of the node itself' \
    make devmap-a --udevmode "$mode" --deadline 1
  createTook=$took
  check "udevd stopped, $mode: the node works" works devmap-a
  prints "udevd stopped, $mode: no semaphore is left" 0 cookies
  kill -CONT "$(udevd)"
  check "udevd goes on, $mode: link, record and device agree" consistent devmap-a
  kill -STOP "$(udevd)"
  says "udevd stopped, $mode: remove ends, timed out" 1 'wait for udev.*timed out' \
    "$devmap" remove devmap-a --udevmode "$mode" --deadline 1
  removeTook=$took
  check "udevd stopped, $mode: the node is gone" no_node devmap-a
  kill -CONT "$(udevd)"
  udevadm settle
  check "udevd goes on, $mode: the node stays away" no_node devmap-a
  prints "udevd goes on, $mode: no semaphore" 0 cookies
}

part_stopped() {
  local mode attempt createTook removeTook
  for mode in cookies flags-only monitor; do
    # A busy host can stop the guest for a second, but hardly three times at that moment.
    for attempt in 1 2 3; do
      stopped_once $mode
      [ "$createTook" -gt 1500 ] || [ "$removeTook" -gt 1500 ] || break
      figure "late at attempt $attempt: $createTook and $removeTook ms"
    done
    took=$createTook within "udevd stopped, $mode: create no later than 0.5 s after its deadline" \
      1000 1500
    took=$removeTook within "udevd stopped, $mode: remove no later either" 1000 1500
  done
  silent 'udevd goes on: a next create succeeds' make devmap-a
  silent 'udevd goes on: a next remove succeeds' "$devmap" remove devmap-a
}

part_rules() { # the rule that completes cookies is missing
  local cookie rules
  silent 'stock rules, monitor: create' make devmap-a --udevmode monitor
  check 'stock rules, monitor: link, record and device agree when it returns' consistent devmap-a
  cookie=$(sed -n 's/^DM_COOKIE=//p' "$work/properties")
  prints 'stock rules, monitor: the event names no semaphore that a rule would miss' 0 \
    echo $((cookie & 0xffff))
  silent 'stock rules, monitor: remove' "$devmap" remove devmap-a --udevmode monitor
  mkdir -p "${masked%/*}"
  ln -s /dev/null "$masked"
  udevadm control --reload
  silent 'no 95-dm-notify.rules, monitor: create' make devmap-a --udevmode monitor
  figure "$took ms"
  check 'no 95-dm-notify.rules, monitor: link, record and device agree' consistent devmap-a
  silent 'no 95-dm-notify.rules, monitor: remove' "$devmap" remove devmap-a --udevmode monitor
  check 'no 95-dm-notify.rules, monitor: the node is gone' no_node devmap-a
  says 'no 95-dm-notify.rules, cookies: create times out and names the rule' 1 \
    'timed out: .*95-dm-notify\.rules' \
    make devmap-a --udevmode cookies --deadline 3
  within 'no 95-dm-notify.rules, cookies: in time' 3000 3500
  prints 'no 95-dm-notify.rules, cookies: no semaphore is left' 0 cookies
  prints 'no 95-dm-notify.rules: udev state' 'Mode:    flags-only
Reason:  the udev rule that completes cookies is missing (95-dm-notify.rules)' "$devmap" udev state
  silent 'no 95-dm-notify.rules, flags-only: remove' "$devmap" remove devmap-a --udevmode flags-only
  for rules in "${rulesOfDm[@]}"; do ln -s /dev/null "/run/udev/rules.d/$rules"; done
  udevadm control --reload
  says 'no rules for device-mapper: create works, and says how' 0 \
    'udev mode none:.*without rules for device-mapper' make devmap-a -v
  within 'no rules for device-mapper: without waiting for a deadline' 0 10000
  check 'no rules for device-mapper: the node works' works devmap-a
  silent 'no rules for device-mapper: remove' "$devmap" remove devmap-a
  check 'no rules for device-mapper: the node is gone' no_node devmap-a
  rm "$masked" "${rulesOfDm[@]/#//run/udev/rules.d/}"
  udevadm control --reload
  silent 'the rule is back: create' make devmap-a
  silent 'the rule is back: remove' "$devmap" remove devmap-a
}

part_namespace() { # our semaphores are not visible to udevd
  prints 'another IPC namespace: udev state' 'Mode:    flags-only
Reason:  the udev daemon lives in another IPC namespace, where it cannot see our semaphores' \
    unshare --ipc "$devmap" udev state
  says 'another IPC namespace: create works, and says how' 0 \
    'udev mode flags-only:.*another IPC namespace' \
    unshare --ipc "$devmap" create devmap-a --table '0 8 zero' -v
  within 'another IPC namespace: without waiting for a deadline' 0 10000
  check 'another IPC namespace: link, record and device agree' consistent devmap-a
  silent 'another IPC namespace: remove' unshare --ipc "$devmap" remove devmap-a
  check 'another IPC namespace: the node is gone' no_node devmap-a
  says 'another IPC namespace, cookies asked for: ends at its deadline, and says why' 1 \
    'timed out: .*another IPC namespace' \
    unshare --ipc "$devmap" create devmap-a --table '0 8 zero' --udevmode cookies --deadline 2
  check 'another IPC namespace, cookies asked for: the node is there' works devmap-a
  udevadm settle
  silent 'another IPC namespace: remove it' unshare --ipc "$devmap" remove devmap-a
}

part_semaphores() { # there are none
  local warning='' sets=0 limit
  with_udev && warning='no semaphore could be had; mode flags-only is used'
  [ -z "$theirs" ] || sets=1
  # The limits: number of sets; number of semaphores.
  for limit in "32000 1024000000 500 $sets" "32000 $sets 500 32000"; do
    echo "$limit" > /proc/sys/kernel/sem
    run dmsetup udevcreatecookie
    if with_udev && [ "$status" = 0 ] && [ -n "$out" ]; then
      not_ok "sem = $limit: there are semaphores after all" "$out"
    fi
    says "sem = $limit: create works, and says how" 0 "^devmap: .*${warning:-udev mode none}" \
      make devmap-a -v
    check "sem = $limit: the node works" works devmap-a
    says "sem = $limit: resume works" 0 "$warning" "$devmap" resume devmap-a
    says "sem = $limit: rename works" 0 "$warning" "$devmap" rename devmap-a devmap-b
    check "sem = $limit: the node has the new name" node devmap-b
    check "sem = $limit: and not the old one" no_node devmap-a
    says "sem = $limit: remove works" 0 "$warning" "$devmap" remove devmap-b
    check "sem = $limit: the node is gone" no_node devmap-b
    says "sem = $limit: a cookie for others cannot be had" "$(with_udev && echo 1 || echo 0)" \
      "$(with_udev && echo 'semaphore sets are in use')" \
      "$devmap" udevcreatecookie
    echo "$sem" > /proc/sys/kernel/sem
  done
}

waits() { # until a process waits for a cookie
  local i
  for ((i = 0; i < 100; i++)); do
    "$devmap" udev cookies --json | grep -q '"waiters":[1-9]' && return
    sleep 0.05
  done
  return 1
}

part_removed() { # the cookie is removed during the wait
  udevadm control --stop-exec-queue
  make devmap-a > "$work/waiter" 2>&1 &
  check 'a cookie removed under its waiter: it waits' waits
  # As udevcomplete_all does.
  "$devmap" udev cookies --json | sed -n 's/.*"semid":\([0-9]*\),.*"waiters":[1-9].*/\1/p' |
    xargs -n 1 ipcrm -s
  check 'a cookie removed under its waiter is the end of its wait, in success' wait $!
  prints 'a cookie removed under its waiter: nothing to say' '' cat "$work/waiter"
  check 'a cookie removed under its waiter: udev goes on' udev_goes_on
  silent 'a cookie removed under its waiter: the device is whole' "$devmap" remove devmap-a
}

part_stop() { # a flag set by a signal handler
  udevadm control --stop-exec-queue
  local client_id i
  "$client" stop > "$work/stop" 2>&1 &
  client_id=$!
  for ((i = 0; i < 150; i++)); do # udev is stopped meanwhile: only the flag can end the wait
    ! grep -q '^stopped after' "$work/stop" || break
    sleep 0.1
  done
  udevadm control --start-exec-queue
  check 'a stop flag ends a wait, which can be taken up again' wait $client_id
  figure "$(cat "$work/stop")"
}

start_udevd() {
  /lib/systemd/systemd-udevd --daemon
  udevadm control --ping # waits until it answers
  udevadm trigger --subsystem-match=block
  udevadm settle
}

part_daemon() { # udevd is killed, as by the kernel when memory runs out: its socket stays
  silent 'before udevd is killed: create' make devmap-b
  kill -KILL "$(udevd)"
  while udevd > /dev/null; do sleep 0.1; done
  check 'udevd killed: its socket is left' test -S /run/udev/control
  prints 'udevd killed: udev state' 'Mode:    none
Reason:  the udev daemon was killed: its socket /run/udev/control is left, but refuses '\
'connections' "$devmap" udev state
  silent 'udevd killed: create' make devmap-a
  within 'udevd killed: create waits for nothing' 0 5000
  check 'udevd killed: the node works' works devmap-a
  prints 'udevd killed: no cookie for others' '' "$devmap" udevcreatecookie
  silent 'udevd killed: remove' "$devmap" remove devmap-a devmap-b
  within 'udevd killed: remove waits for nothing' 0 5000
  check 'udevd killed: the node is gone' no_node devmap-a
  check 'udevd killed: the one that udevd made is gone' no_node devmap-b
  start_udevd
  prints 'udevd runs again: udev state' 'Mode:    cookies
Reason:  a udev daemon runs and semaphores are available' "$devmap" udev state
  silent 'udevd runs again: create' make devmap-a
  check 'udevd runs again: link, record and device agree' consistent devmap-a
  kill -STOP "$(udevd)"
  (sleep 1 && kill -KILL "$(udevd)") &
  says 'udevd killed under a waiter: it ends at its deadline, and says why' 1 \
    'timed out: the udev daemon was killed' \
    "$devmap" remove devmap-a --deadline 3
  check 'udevd killed under a waiter: the node is gone' no_node devmap-a
  prints 'udevd killed under a waiter: no semaphore is left' 0 cookies
  wait $!
  start_udevd
}
