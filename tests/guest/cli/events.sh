# The verb events: every kind of event, selection, both forms of output, every way to end. Sourced
# by run.
# shellcheck shell=bash disable=SC2154

# watched COMMAND... -- OPTION...: what `devmap events OPTION...` printed while COMMAND ran, from
# its first look to SIGTERM. Its exit status is in status. COMMAND is called after the first look.
watched() {
  local command=() pid
  while [ "$1" != -- ]; do
    command+=("$1")
    shift
  done
  shift
  mkfifo "$work/lines"
  "$devmap" events --initial "$@" > "$work/lines" 2> "$work/err" &
  pid=$!
  exec 8< "$work/lines"
  rm "$work/lines"
  read -r first <&8 # `present`: there is at least one device
  "${command[@]}" > "$work/log" 2>&1
  sleep 0.3
  kill -TERM $pid 2> /dev/null # or it has ended by itself
  wait $pid
  status=$?
  out=$(grep -v '^present ' <&8)
  exec 8<&-
  err=$(cat "$work/err")
  with_udev && udevadm settle
}
# events_are NAME EXPECTED: checks the last `watched`; numbers of devices are written as N
events_are() {
  local seen
  seen=$(sed -E 's/\([0-9]+:[0-9]+\)/(N)/; s/"device":"[0-9]+:[0-9]+"/"device":"N"/' <<< "$out")
  if [ "$status" = 0 ] && [ "$err" = '' ] && [ "$seen" = "$2" ]; then
    ok "$1"
  else
    not_ok "$1" "exit status $status; expected:" "$2" 'seen:' "$seen" "$err" "$(cat "$work/log")"
  fi
}

a_life() {
  "$devmap" create devmap-a --notable
  sleep 0.1
  "$devmap" load devmap-a --table '0 16 zero'
  "$devmap" resume devmap-a
  sleep 0.1
  "$devmap" rename devmap-a devmap-b
  sleep 0.1
  "$devmap" rename devmap-b --setuuid 'CLI-"x"'
  sleep 0.1
  "$devmap" remove devmap-b
}
target_events() {
  dd if=/dev/zero of=/dev/mapper/devmap-snap bs=64k count=16 oflag=direct
  sleep 0.2
}

silent 'a device that stays' "$devmap" create devmap-stays -u CLI-stays --table '0 8 error'
present=$("$devmap" ls | sed -nE 's/^devmap-stays\t/devmap-stays /p')

prints 'events --initial, at once over' "present $present" \
  "$devmap" events --initial --deadline 0 devmap-stays
prints 'events of nothing, for a while' '' "$devmap" events --deadline 0.2 devmap-stays
watched a_life --
events_are 'the life of a device' 'created devmap-a (N)
table-changed devmap-a (N)
renamed devmap-b (N) from devmap-a
uuid-set devmap-b (N) CLI-"x"
removed devmap-b (N)'
[ "$first" = "present $present" ] && ok 'first, the device that stays' ||
  not_ok 'first, the device that stays' "$first"
watched a_life -- --json
events_are 'the same as JSON' \
  '{"event":"created","name":"devmap-a","uuid":"","device":"N","event_nr":0}
{"event":"table-changed","name":"devmap-a","uuid":"","device":"N","event_nr":0}
{"event":"renamed","name":"devmap-b","old_name":"devmap-a","uuid":"","device":"N","event_nr":1}
{"event":"uuid-set","name":"devmap-b","uuid":"CLI-\"x\"","device":"N","event_nr":2}
{"event":"removed","name":"devmap-b","uuid":"CLI-\"x\"","device":"N","event_nr":2}'
watched a_life -- devmap-stays devmap-b
events_are 'only those of one name' 'renamed devmap-b (N) from devmap-a
uuid-set devmap-b (N) CLI-"x"
removed devmap-b (N)'
watched a_life -- -u CLI-stays
events_are 'only those of one uuid' ''
watched "$devmap" create devmap-a -u CLI-a --table '0 8 zero' -- --count 1
events_are 'a count of one, created with a uuid' 'created devmap-a (N)'
watched "$devmap" remove devmap-a -- "/dev/mapper/devmap-a" /dev/mapper/devmap-stays
events_are 'only those of two numbers' 'removed devmap-a (N)'

# A snapshot that becomes full is a target event.
origin=$(loop_device 8M) cow=$(loop_device 64K)
silent 'a snapshot' "$devmap" create devmap-snap --table "0 16384 snapshot $origin $cow N 8"
watched target_events -- devmap-snap
events_are 'a target event' 'target-event devmap-snap (N) number 1 (+1)'
silent 'its end' "$devmap" remove --retry devmap-snap
losetup -d "$origin" "$cow"

# Names that only other programs make. dmsetup's list fails while there is one.
odd=$'devmap-\xff\x01\xc3\xa9"\\'
odd_life() {
  command dmsetup create --manglename none --noudevrules --noudevsync --notable "$odd"
  sleep 0.2
  "$devmap" remove --noudevsync "$odd"
}
watched odd_life -- --json
events_are 'JSON of a name that is not UTF-8' \
  '{"event":"created","name":"devmap-\\xff\u0001é\"\\",'\
'"name_hex":"6465766d61702dff01c3a9225c","uuid":"","device":"N","event_nr":0}
{"event":"removed","name":"devmap-\\xff\u0001é\"\\",'\
'"name_hex":"6465766d61702dff01c3a9225c","uuid":"","device":"N","event_nr":0}'
if command -v python3 > /dev/null; then
  check 'Python reads it' python3 -c 'import json, sys
for line in sys.stdin:
  one = json.loads(line)
  assert bytes.fromhex(one["name_hex"]) == b"devmap-\xff\x01\xc3\xa9\"\\", one' <<< "$out"
else
  skip 'Python reads it' 'no python3'
fi

ended_by() { # SIGNAL: exit status of events, and how long it took to end
  local pid begin
  # Bash has background jobs ignore SIGINT, which events respects.
  "$devmap" events < /dev/null > "$work/out" &
  pid=$!
  sleep 0.3
  begin=${EPOCHREALTIME/./}
  kill "-$1" $pid
  wait $pid
  status=$?
  [ $((${EPOCHREALTIME/./} - begin)) -lt 500000 ] || echo 'it took more than half a second'
  echo $status
}
prints 'ends on SIGTERM, with 0' 0 ended_by TERM
run timeout --preserve-status -s INT 0.5 "$devmap" events
[ "$status$out$err" = 0 ] && ok 'ends on SIGINT, with 0' ||
  not_ok 'ends on SIGINT, with 0' "$status" "$out" "$err"
reader_gone() { # the reader ends after one line; events must not wait for another event to notice
  local begin=${EPOCHREALTIME/./}
  "$devmap" events --initial --deadline 20 | head -n 1
  [ $((${EPOCHREALTIME/./} - begin)) -lt 5000000 ]
}
prints 'ends when nobody reads' "present $present" reader_gone
refuses 'events to a full disk' 'cannot write to standard output: ENOSPC' \
  bash -c '"$0" events --initial --count 5 > /dev/full' "$devmap"
refuses 'events of a bad count' "'0' is not a number of events" "$devmap" events --count 0
refuses 'events of a bad address' 'one address' "$devmap" events -u x -j 1 -m 2
silent 'remove it' "$devmap" remove devmap-stays
