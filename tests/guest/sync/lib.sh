# Checks, clocks and the state of the system. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of the sourcing script

ok() {
  passed=$((passed + 1))
  echo "ok - $1"
}
not_ok() { # NAME TEXT...
  failed=$((failed + 1))
  echo "not ok - $1"
  printf '%s\n' "${@:2}" | sed 's/^/    /'
}
skip() {
  skipped=$((skipped + 1))
  echo "SKIP - $1: $2"
}
figure() { printf '    %s\n' "$@"; }

# Runs a command: its output is in out and err, its exit status in status, its time in took (ms).
run() {
  local begin=${EPOCHREALTIME/./}
  "$@" > "$work/out" 2> "$work/err" < /dev/null
  status=$?
  took=$(((${EPOCHREALTIME/./} - begin) / 1000))
  out=$(cat "$work/out")
  err=$(cat "$work/err")
}
# check NAME COMMAND...: passes when the command exits 0; shows its output otherwise
check() {
  run "${@:2}"
  if [ $status = 0 ]; then ok "$1"; else not_ok "$1" "exit status $status" "$out" "$err"; fi
}
# silent NAME COMMAND...: passes when the command exits 0 and prints nothing
silent() {
  run "${@:2}"
  if [ "$status$out$err" = 0 ]; then
    ok "$1"
  else
    not_ok "$1" "exit status $status" "$out" "$err"
  fi
}
# prints NAME EXPECTED COMMAND...
prints() {
  run "${@:3}"
  if [ $status = 0 ] && [ "$out" = "$2" ] && [ "$err" = '' ]; then
    ok "$1"
  else
    not_ok "$1" "exit status $status, expected:" "$2" 'seen:' "$out" "$err"
  fi
}
# says NAME STATUS PATTERN COMMAND...: passes when it exits with STATUS, and stderr matches the
# extended regular expression
says() {
  run "${@:4}"
  if [ "$status" = "$2" ] && grep -qE -- "$3" <<< "$err"; then
    ok "$1"
  else
    not_ok "$1" "exit status $status, wanted $2 and: $3" "$out" "$err"
  fi
  figure "$took ms: ${err:-silent}"
}
# Milliseconds that the tool takes to start and end on this machine now: the maximum of three.
startup() {
  local _ begin took most=0
  for _ in 1 2 3; do
    begin=${EPOCHREALTIME/./}
    "$devmap" help > /dev/null
    took=$(((${EPOCHREALTIME/./} - begin) / 1000))
    [ $took -le $most ] || most=$took
  done
  echo $most
}
# within NAME LEAST MOST: of the last command, in ms. The time that the tool takes to start and end
# is added.
within() {
  local own
  own=$(startup)
  if [ "$took" -ge "$2" ] && [ "$took" -le $(($3 + own)) ]; then
    ok "$1: $took ms; start and end take $own"
  else
    not_ok "$1" "$took ms, wanted $2 to $3, and $own for start and end"
  fi
}
with_udev() { [ -e /run/udev/control ]; }
cookies() {
  dmsetup udevcookies | tail -n +2 |
    { [ -z "${theirs:-}" ] && cat || grep -vi "$(printf '0x%x ' "$theirs")"; } | wc -l
}
value_of() { dmsetup udevcookies | grep -i "$(printf '0x%x ' "$1")" | awk '{print $3}'; }
node() { test -b "/dev/mapper/$1"; }
no_node() { test ! -L "/dev/mapper/$1" && test ! -e "/dev/mapper/$1"; }
works() { dd if="/dev/mapper/$1" of=/dev/null bs=512 count=1 status=none; }
# consistent NAME: udev's record, its link and the kernel agree that the device exists
consistent() {
  local number
  udevadm settle
  number=$(dmsetup info -c --noheadings -o minor "$1") || return
  [ "$(readlink "/dev/mapper/$1")" = "../dm-$number" ] || { ls -l /dev/mapper; return 1; }
  udevadm info -q property -n "/dev/dm-$number" > "$work/properties"
  grep -qx "DM_NAME=$1" "$work/properties" || { cat "$work/properties"; return 1; }
}
udevd() { pgrep -x systemd-udevd; }

cleanup() {
  with_udev && kill -CONT "$(udevd)"
  echo "$sem" > /proc/sys/kernel/sem
  rm -f "$masked" "${rulesOfDm[@]/#//run/udev/rules.d/}"
  umount "$(command -v dmsetup)"
  rules_of_debian
  with_udev && udevadm control --start-exec-queue --reload && udevadm settle
  dmsetup ls | awk '/^devmap-/ {print $1}' | xargs -r -n 1 dmsetup remove --retry
  rm -rf "$work"
} > /dev/null 2>&1
masked=/run/udev/rules.d/95-dm-notify.rules
rulesOfDm=(10-dm.rules 55-dm.rules) # upstream's name and Debian's
