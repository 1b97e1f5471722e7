# Cookies, deadlines, nodes: how the tool works with udev, or without. Sourced by run.
# shellcheck shell=bash disable=SC2154

node() { test -b "/dev/mapper/$1"; }
no_node() { test ! -L "/dev/mapper/$1" && test ! -e "/dev/mapper/$1"; }

prints 'udevcookies without cookies' \
  'Cookie       Semid      Value      Last semop time           Last change time' \
  "$devmap" udevcookies
refuses 'udevcomplete of no cookie' "'0' is not a udev cookie" "$devmap" udevcomplete 0
same udevcomplete 0x10000
same udevcomplete 0x0d4d0000
run "$devmap" udevcomplete 0x0d4dabcd
if [ "$status" = 1 ] && [ "$out" = $'DM_COOKIE_COMPLETED=0xd4dabcd   \n' ] &&
    [[ $err == devmap:* ]]; then
  ok 'udevcomplete of a cookie that is gone'
else
  not_ok 'udevcomplete of a cookie that is gone' "$status" "$out" "$err"
fi

# line_of TEXT OPTION...: the line of `udev cookies` with this text; its cookie as C, in JSON some
# numbers as N. Prints nothing if there is none.
line_of() {
  "$devmap" udev cookies "${@:2}" | grep -F -- "$1" |
    sed -E 's/0x0d4d[0-9a-f]{4}/C/; s/("semid":|"age":)[0-9]+/\1N/g; s/ +/ /g'
}
spelled() { printf '0x%08x' "$1"; }
prints 'udev cookies without cookies' 'Cookie      Value   Waiting  Age (s)     Owner' \
  "$devmap" udev cookies
prints 'udev cookies --json without cookies' '' "$devmap" udev cookies --json
prints 'udev reclaim without cookies' '' "$devmap" udev reclaim
refuses 'udev reclaim of a bad age' "'old' is not a number of seconds" \
  "$devmap" udev reclaim --older-than old
if with_udev; then
  prints 'udev state' 'Mode:    cookies
Reason:  a udev daemon runs and semaphores are available' "$devmap" udev state
  theirs=$(spelled "$(dmsetup udevcreatecookie)")
  ours=$(spelled "$("$devmap" udevcreatecookie)")
  matches 'udev cookies: one of dmsetup' '^C 1 no [0-9]+ unknown$' line_of "$theirs"
  matches 'udev cookies: one made for others' '^C 1 no [0-9]+ unknown$' line_of "$ours"
  prints 'udev cookies --json' \
    '{"cookie":"C","semid":N,"value":1,"waiters":0,"age":N,"owner":null,"owner_state":"unknown"}' \
    line_of "$ours" --json
  prints 'udev reclaim leaves both' '' "$devmap" udev reclaim
  prints 'udev reclaim of older ones does too' '' "$devmap" udev reclaim --older-than 1000
  "$devmap" udevreleasecookie "$ours" --deadline 30 & # completes at once: nothing uses it
  wait
  sleep 1
  matches 'udev reclaim by age' "^$theirs  1 +no +[1-9][0-9]* +unknown$" \
    "$devmap" udev reclaim --older-than 1
  prints 'leaves none' 0 cookies

  udevadm control --stop-exec-queue
  "$devmap" create devmap-a --table '0 1 zero' & # waits, as udev is stopped
  pid=$!
  check 'create waits for udev' waiter_is_there
  matches 'udev cookies: one that is waited for' "^C 2 yes [0-9]+ $pid running$" \
    bash -c "$(declare -f line_of); devmap=$devmap; line_of ' yes '"
  prints 'udev reclaim leaves what is waited for' '' "$devmap" udev reclaim --older-than 0
  kill -KILL $pid
  wait $pid 2> /dev/null
  matches 'udev cookies: its process was killed' "^C 2 no [0-9]+ $pid ended$" \
    bash -c "$(declare -f line_of); devmap=$devmap; line_of ' ended'"
  prints 'udev reclaim --older-than spares a young one' '' "$devmap" udev reclaim --older-than 1000
  matches 'udev reclaim --json' \
    '^\{"cookie":"0x0d4d[0-9a-f]{4}","semid":[0-9]+,"value":2,"waiters":0,"age":[0-9]+,'\
'"owner":'$pid',"owner_state":"ended"\}$' \
    "$devmap" udev reclaim --json
  prints 'leaves none' 0 cookies
  # signalled SIGNAL PROGRAM ARGUMENT...: prints the exit status of a program that gets a signal
  # while it waits for udev
  signalled() {
    local child
    env --default-signal=INT "${@:2}" & # a shell has its background jobs ignore it
    child=$!
    waiter_is_there || echo 'nothing waits'
    kill -s "$1" $child
    wait $child
    echo $?
  } 2> /dev/null
  mkdir "$work/as"
  ln -s "$devmap" "$work/as/dmsetup"
  for program in "$devmap" "$work/as/dmsetup"; do
    name=${program##*/}
    prints "$name: SIGINT while it waits ends it" 130 \
      signalled INT "$program" create devmap-int --table '0 1 zero'
    prints "$name: the cookie is gone" 0 cookies
    prints "$name: SIGTERM too" 143 signalled TERM "$program" remove devmap-int
    prints "$name: the cookie is gone as well" 0 cookies
  done
  theirs=$(dmsetup udevcreatecookie)
  "$devmap" create devmap-int --table '0 1 zero' --udevcookie "$theirs"
  prints 'SIGINT while it waits for a cookie of others' 130 \
    signalled INT "$devmap" udevreleasecookie "$theirs"
  prints 'leaves it to them' 1 cookies
  check 'udev goes on' udev_goes_on
  silent 'their cookie can be waited for again' "$devmap" udevreleasecookie "$theirs"
  silent 'the device of a program that was interrupted is whole' "$devmap" remove devmap-int
  silent 'the device of the killed process is whole' "$devmap" remove devmap-a
else
  prints 'udev state' 'Mode:    none
Reason:  no udev daemon runs here (/run/udev/control is missing)' "$devmap" udev state
fi
prints 'udev state of another mode' 'Mode:    flags-only
Reason:  asked for by the caller' "$devmap" udev state --udev-mode flags-only
prints 'udev state --json' '{"mode":"none","reason":"asked for by the caller"}' \
  "$devmap" udev state --json --udevmode none
refuses 'an unknown mode' "'maybe' is not a mode: auto, cookies, monitor, flags-only or none" \
  "$devmap" create devmap-a --table '0 1 zero' --udev-mode maybe
refuses 'a mode and --noudevsync' 'exclude each other' \
  "$devmap" remove devmap-a --udev-mode cookies --noudevsync
refuses 'a cookie in a mode without' 'a cookie is of no use in mode none' \
  "$devmap" remove devmap-a --udevmode none --udevcookie 0xd4d1234

in_mode() { # MODE: a device's life; nodes are right after each step
  local mode=$1
  "$devmap" create devmap-a --table '0 1 zero' --udevmode "$mode" && node devmap-a &&
    no_node devmap-b || return
  "$devmap" load devmap-a --table '0 2 zero' && "$devmap" resume devmap-a --udevmode "$mode" &&
    node devmap-a || return
  "$devmap" rename devmap-a devmap-b --udevmode "$mode" && node devmap-b && no_node devmap-a ||
    return
  "$devmap" remove devmap-b --udevmode "$mode" && no_node devmap-b && [ "$(cookies)" = 0 ]
}
modes=(auto none)
if with_udev; then modes+=(cookies flags-only); fi
for mode in "${modes[@]}"; do silent "a life in mode $mode" in_mode "$mode"; done
with_udev && udevadm settle
run "$devmap" create devmap-a --table '0 1 zero' --udevmode monitor --deadline 5
if [ "$status" = 1 ] && [[ $err == *'no libudev'* ]] && no_node devmap-a; then
  ok 'mode monitor without libudev is refused'
elif with_udev && [ "$status" = 0 ]; then
  "$devmap" remove devmap-a
  silent 'a life in mode monitor' in_mode monitor
elif ! with_udev && [ "$status" = 1 ] && [[ $err == *'no udev daemon runs'* ]]; then
  "$devmap" remove devmap-a --udevmode none
  ok 'mode monitor without udevd ends at its deadline'
else
  not_ok 'mode monitor' "$status" "$out" "$err"
fi
run "$devmap" create devmap-a --table '0 1 zero' -v
if [ "$status$out" = 0 ] && [[ $err == 'devmap: udev mode '*': '* ]]; then
  ok '-v says the mode'
else
  not_ok '-v says the mode' "$status" "$out" "$err"
fi
silent 'remove it' "$devmap" remove devmap-a

if with_udev; then
  cookie=$("$devmap" udevcreatecookie)
  matches 'udevcreatecookie' '^0x0D4D[0-9A-F]{4}$' echo "$cookie"
  same udevcookies
  TZ=Asia/Kolkata same udevcookies
  run dmsetup udevcomplete "$cookie"
  theirs=$out
  dmsetup udevcomplete_all -y > /dev/null
  cookie=$(dmsetup udevcreatecookie)
  matches 'udevcomplete of a cookie of dmsetup' '^DM_COOKIE_COMPLETED=0xd4d[0-9a-f]{1,4} +$' \
    "$devmap" udevcomplete "$cookie"
  [ ${#out} = ${#theirs} ] || not_ok 'udevcomplete pads as dmsetup' "$theirs" "$out"
  same udevcookies
  run "$devmap" udevcomplete "$cookie"
  [ "$status" = 1 ] && ok 'udevcomplete too often' || not_ok 'udevcomplete too often' "$out" "$err"
  dmsetup udevcomplete_all -y > /dev/null

  cookie=$("$devmap" udevcreatecookie)
  silent 'create with a cookie' "$devmap" create devmap-a --table '0 1 zero' --udevcookie "$cookie"
  silent 'create with the cookie of the environment' \
    env DM_UDEV_COOKIE="$cookie" "$devmap" create devmap-b --table '0 1 zero'
  silent 'dmsetup with it' dmsetup create devmap-c --table '0 1 zero' --udevcookie "$cookie"
  silent 'udevreleasecookie' env DM_UDEV_COOKIE="$cookie" "$devmap" udevreleasecookie
  for name in devmap-a devmap-b devmap-c; do check "$name is there" node $name; done
  prints 'the cookie is gone' 0 cookies
  refuses 'udevreleasecookie of a cookie that is gone' 'udev' "$devmap" udevreleasecookie "$cookie"
  refuses 'create with a cookie that is gone' 'udev' \
    "$devmap" create devmap-d --table '0 1 zero' --udevcookie "$cookie"
  check 'leaves no device' no_node devmap-d
  silent 'remove of all three, awaited together' "$devmap" remove devmap-a devmap-b devmap-c
  for name in devmap-a devmap-b devmap-c; do check "$name is gone" no_node $name; done

  silent 'create --noudevsync' "$devmap" create devmap-a --table '0 1 zero' --noudevsync
  udevadm settle
  check 'udev makes its node later' node devmap-a
  silent 'rename' "$devmap" rename devmap-a devmap-b
  check 'the new node is there' node devmap-b
  check 'the old one is gone' no_node devmap-a
  silent 'remove --noudevsync' "$devmap" remove --noudevsync devmap-b
  udevadm settle
  check 'udev removes its node later' no_node devmap-b

  silent 'create --noudevrules' "$devmap" create devmap-a --table '0 1 zero' --noudevrules
  check 'devmap makes the node' node devmap-a
  silent 'remove --noudevrules' "$devmap" remove devmap-a --noudevrules
  check 'devmap removes it' no_node devmap-a

  udevadm control --stop-exec-queue
  refuses 'create with a deadline, while udev stands still' 'wait for udev' \
    "$devmap" create devmap-a --table '0 1 zero' --deadline 0.5
  check 'the device and its node are there all the same' node devmap-a
  prints 'no cookie is left' 0 cookies
  refuses 'remove with a deadline' 'wait for udev' "$devmap" remove devmap-a --deadline 0.5
  prints 'the device is gone' '' bash -c 'dmsetup ls | grep devmap-a || true'
  check 'udev goes on once more' udev_goes_on
else
  prints 'udevcreatecookie has nothing to make' '' "$devmap" udevcreatecookie
fi

export DM_DISABLE_UDEV=1
silent 'create with DM_DISABLE_UDEV' "$devmap" create devmap-a --table '0 1 zero'
check 'devmap makes the node' node devmap-a
prints 'no cookie' '' "$devmap" udevcreatecookie
silent 'rename with DM_DISABLE_UDEV' "$devmap" rename devmap-a devmap-b
check 'devmap makes the new node' node devmap-b
check 'and removes the old one' no_node devmap-a
silent 'remove with DM_DISABLE_UDEV' "$devmap" remove devmap-b
check 'devmap removes the node' no_node devmap-b
unset DM_DISABLE_UDEV
with_udev && udevadm settle
