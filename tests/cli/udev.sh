# Cookies, deadlines, nodes: how the tool works with udev, or without. Sourced by run.
# shellcheck shell=bash disable=SC2154

node() { test -b "/dev/mapper/$1"; }
no_node() { test ! -L "/dev/mapper/$1" && test ! -e "/dev/mapper/$1"; }

prints 'udevcookies without cookies' 'Cookie       Semid      Value      Last semop time           Last change time' "$devmap" udevcookies
refuses 'udevcomplete of no cookie' "'0' is not a udev cookie" "$devmap" udevcomplete 0
same udevcomplete 0x10000
same udevcomplete 0x0d4d0000
run "$devmap" udevcomplete 0x0d4dabcd
if [ "$status" = 1 ] && [ "$out" = $'DM_COOKIE_COMPLETED=0xd4dabcd   \n' ] && [[ $err == devmap:* ]]; then
  ok 'udevcomplete of a cookie that is gone'
else
  not_ok 'udevcomplete of a cookie that is gone' "$status" "$out" "$err"
fi

if with_udev; then
  cookie=$("$devmap" udevcreatecookie)
  matches 'udevcreatecookie' '^0x0D4D[0-9A-F]{4}$' echo "$cookie"
  same udevcookies
  TZ=Asia/Kolkata same udevcookies
  run dmsetup udevcomplete "$cookie"
  theirs=$out
  dmsetup udevcomplete_all -y > /dev/null
  cookie=$(dmsetup udevcreatecookie)
  matches 'udevcomplete of a cookie of dmsetup' '^DM_COOKIE_COMPLETED=0xd4d[0-9a-f]{1,4} +$' "$devmap" udevcomplete "$cookie"
  [ ${#out} = ${#theirs} ] || not_ok 'udevcomplete pads as dmsetup' "$theirs" "$out"
  same udevcookies
  run "$devmap" udevcomplete "$cookie"
  [ "$status" = 1 ] && ok 'udevcomplete too often' || not_ok 'udevcomplete too often' "$out" "$err"
  dmsetup udevcomplete_all -y > /dev/null

  cookie=$("$devmap" udevcreatecookie)
  silent 'create with a cookie' "$devmap" create devmap-a --table '0 1 zero' --udevcookie "$cookie"
  silent 'create with the cookie of the environment' env DM_UDEV_COOKIE="$cookie" "$devmap" create devmap-b --table '0 1 zero'
  silent 'dmsetup with it' dmsetup create devmap-c --table '0 1 zero' --udevcookie "$cookie"
  silent 'udevreleasecookie' env DM_UDEV_COOKIE="$cookie" "$devmap" udevreleasecookie
  for name in devmap-a devmap-b devmap-c; do check "$name is there" node $name; done
  prints 'the cookie is gone' 0 cookies
  refuses 'udevreleasecookie of a cookie that is gone' 'udev' "$devmap" udevreleasecookie "$cookie"
  refuses 'create with a cookie that is gone' 'udev' "$devmap" create devmap-d --table '0 1 zero' --udevcookie "$cookie"
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
  refuses 'create with a deadline, while udev stands still' 'wait for udev' "$devmap" create devmap-a --table '0 1 zero' --deadline 0.5
  check 'the device and its node are there all the same' node devmap-a
  prints 'no cookie is left' 0 cookies
  refuses 'remove with a deadline' 'wait for udev' "$devmap" remove devmap-a --deadline 0.5
  prints 'the device is gone' '' bash -c 'dmsetup ls | grep devmap-a || true'
  udevadm control --start-exec-queue
  udevadm settle
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
