# What the parts of the command-line suite share. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of the sourcing script

work=$(mktemp -d)

cleanup() {
  local device loop
  exec 9>&-
  for device in $(dmsetup ls 2> /dev/null | awk '/^devmap-/ {print $1}'); do
    dmsetup resume "$device" 2> /dev/null
  done
  for _ in 1 2 3 4; do
    for device in $(dmsetup ls 2> /dev/null | awk '/^devmap-/ {print $1}'); do
      dmsetup remove --retry "$device" 2> /dev/null
    done
  done
  for loop in $(losetup -n -O NAME,BACK-FILE 2> /dev/null |
      awk -v d="$work/" 'index($2, d) == 1 {print $1}'); do
    losetup -d "$loop"
  done
  rm -rf "$work"
}

ok() {
  passed=$((passed + 1))
  echo "ok - ${1//$'\n'/\\n}"
}
not_ok() { # NAME TEXT...
  failed=$((failed + 1))
  echo "not ok - ${1//$'\n'/\\n}"
  printf '%s\n' "${@:2}" | sed 's/^/    /'
}
skip() {
  skipped=$((skipped + 1))
  echo "SKIP - $1: $2"
}

# Runs a command. Its output is in out and err, byte for byte except for NULs; its exit status is in
# status.
run() {
  "$@" > "$work/out" 2> "$work/err" < "${input:-/dev/null}"
  status=$?
  out=$(cat "$work/out" && printf x)
  out=${out%x}
  err=$(cat "$work/err")
}

# check NAME COMMAND...: passes when the command exits 0
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
# prints NAME EXPECTED COMMAND...: passes when the command exits 0 and prints that and nothing else
prints() {
  run "${@:3}"
  if [ "$status" = 0 ] && [ "$err" = '' ] && [ "${out%$'\n'}" = "$2" ]; then
    ok "$1"
  else
    not_ok "$1" "exit status $status; expected:" "$2" 'seen:' "$out" "$err"
  fi
}
# matches NAME PATTERN COMMAND...: passes when the command exits 0 and its output matches the
# extended regular expression
matches() {
  run "${@:3}"
  if [ "$status" = 0 ] && grep -qE -- "$2" <<< "$out"; then
    ok "$1"
  else
    not_ok "$1" "exit status $status, wanted: $2" "$out" "$err"
  fi
}
# refuses NAME PATTERN COMMAND...: passes when the command exits 1, prints nothing, and its message
# matches
refuses() {
  run "${@:3}"
  if [ "$status" = 1 ] && [ "$out" = '' ] && grep -qE -- "$2" <<< "$err" &&
      [[ $err == devmap:* || $err == Usage:* ]]; then
    ok "$1"
  else
    not_ok "$1" "exit status $status, wanted: 1 and: $2" "$out" "$err"
  fi
}

# same ARGUMENT...: passes when devmap and dmsetup, called like this, print the same and exit alike
same() {
  local theirs theirStatus
  run dmsetup "$@"
  theirs=$(filter <<< "$out") theirStatus=$status
  run "$devmap" "$@"
  out=$(filter <<< "$out")
  if [ "$status" = "$theirStatus" ] && [ "$out" = "$theirs" ]; then
    ok "as dmsetup: $*"
  else
    not_ok "as dmsetup: $*" "dmsetup ($theirStatus):" "$theirs" "devmap ($status):" "$out" "$err"
  fi
}
# What dmsetup shows and devmap does not.
filter() { grep -v '^Read Ahead: '; }

# twin ARGUMENT...: runs dmsetup on device devmap-a and devmap on device devmap-b (written DEV).
# Passes when both exit alike, print the same and the devices then look the same.
twin() {
  local theirs
  theirs=$(one_of_twins dmsetup devmap-a "$@")
  out=$(one_of_twins "$devmap" devmap-b "$@")
  if [ "$out" = "$theirs" ]; then
    ok "as dmsetup: $*"
  else
    not_ok "as dmsetup: $*" 'dmsetup:' "$theirs" 'devmap:' "$out" "$(cat "$work/err")"
  fi
}
one_of_twins() { # PROGRAM NAME ARGUMENT...
  local program=$1 name=$2
  shift 2
  run "$program" "${@//DEV/$name}"
  {
    echo "exit status $status"
    printf '%s' "$out"
    dmsetup info "$name" 2> /dev/null | grep -v '^Major, minor'
    dmsetup table "$name" 2> /dev/null
    dmsetup table --inactive "$name" 2> /dev/null
    [ -e "/dev/mapper/$name" ] && echo 'has a node'
  } | sed "s/$name/DEV/g"
}

cookies() { dmsetup udevcookies | tail -n +2 | wc -l; }
with_udev() { [ -e /run/udev/control ]; }
# Waits until a process waits for a cookie, a minute at most.
waiter_is_there() {
  local _
  for _ in {1..600}; do
    "$devmap" udev cookies --json | grep -q '"waiters":1' && return
    sleep 0.1
  done
  return 1
}
# loop_device SIZE: a new one of that size
loop_device() {
  local file
  file=$(mktemp "$work/disk.XXXXXX")
  truncate -s "$1" "$file"
  losetup -f --show "$file"
}
