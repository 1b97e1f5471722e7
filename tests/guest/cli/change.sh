# Verbs that change devices, one after another, compared with dmsetup: same exit status, same
# output, and devices that look the same afterwards. Sourced by run.
# shellcheck shell=bash disable=SC2154

pair() { # TABLE [OPTION...]: fresh devices devmap-a and devmap-b, made by dmsetup
  local name
  drop_pair
  for name in devmap-a devmap-b; do dmsetup create "$name" --table "$1" "${@:2}"; done
}
drop_pair() {
  local name
  for name in devmap-a devmap-b devmap-a2 devmap-b2; do
    if [ "$(dmsetup info -c --noheadings -o name "$name" 2> /dev/null)" ]; then
      dmsetup resume "$name"
      dmsetup remove --retry "$name"
    fi
  done
}
# made NAME EXPECTED-TABLE ARGUMENT...: a device of devmap's and what it looks like; removed again.
made() {
  run "$devmap" create devmap-b "${@:3}"
  local seen
  seen=$(dmsetup table devmap-b 2>&1)
  with_udev && udevadm settle
  if [ "$status$out$err" = 0 ] && [ "$seen" = "$2" ] && [ -b /dev/mapper/devmap-b ]; then
    ok "$1"
  else
    not_ok "$1" "$status" "$out" "$err" "$seen"
  fi
  dmsetup remove --retry devmap-b
}

# --- create ---

twin create DEV --table '0 2048 zero'
drop_pair
twin create DEV --table $'0 10 zero\n10 20 error\n30 1 zero'
drop_pair
twin create DEV --notable
drop_pair
twin create DEV --table '0 10 zero' --readonly
drop_pair
twin create DEV --uuid TEST-DEV --table '0 10 zero'
drop_pair
refuses 'create with an empty uuid' 'uuid' "$devmap" create devmap-b --uuid '' --table '0 10 zero'
check 'makes nothing' test ! -e /dev/mapper/devmap-b
twin create DEV --table '0 10 zero' --addnodeoncreate
twin create DEV --table '0 10 zero'
drop_pair
twin create DEV --table '0 10 nosuchtarget'
twin create DEV --table $'0 10 zero\n20 10 zero'
twin create DEV --table '0 10'
twin create DEV --table '0 10 linear /dev/nosuchdevice 0'
same create a/b --table '0 1 zero'

printf '# a comment\n\n  0 10\tzero  \n10 6 error\n' > "$work/table"
made 'a table from a file' $'0 10 zero \n10 6 error ' "$work/table"
input=$work/table made 'a table from stdin' $'0 10 zero \n10 6 error '
input=$work/table made 'a table from -' $'0 10 zero \n10 6 error ' -
made 'a table after =' '0 10 zero ' '--table=0 10 zero'
made 'long options with dashes, abbreviated' '0 10 zero ' --tab '0 10 zero' --no-udev-sync \
  --read-only
refuses 'a table file that does not exist' "$work/nothing: no such file" \
  "$devmap" create devmap-b "$work/nothing"
refuses 'a folder as table' 'is a directory' "$devmap" create devmap-b "$work"
printf '0 10 zero\nten zero\n' > "$work/table"
refuses 'a bad line is told with its file' "$work/table: line 2" \
  "$devmap" create devmap-b "$work/table"
refuses 'an unknown target is told' "no target type 'nosuchtarget'" \
  "$devmap" create devmap-b --table '0 10 nosuchtarget'
prints 'nothing is left of them' '' \
  bash -c 'dmsetup ls | grep devmap-b || true; ls /dev/mapper | grep devmap-b || true'
silent 'an empty table makes a device without one' "$devmap" create devmap-b
prints 'which has none' 'None' \
  bash -c 'dmsetup info devmap-b 2> /dev/null | sed -n "s/^Tables present: *//p"'
refuses 'a name that exists' "hint: 'devmap info devmap-b' shows" \
  "$devmap" create devmap-b --table '0 1 zero'
silent 'remove it' "$devmap" remove devmap-b
silent 'a chosen minor number' "$devmap" create devmap-b --table '0 1 zero' -m 77
prints 'is used' 77 dmsetup info -c --noheadings -o minor devmap-b
silent 'remove it by number' \
  "$devmap" remove -j "$(dmsetup info -c --noheadings -o major devmap-b)" -m 77

# --- load, clear, resume, suspend ---

pair '0 2048 zero'
twin load DEV --table '0 2048 error'
twin clear DEV
twin clear DEV
twin reload DEV --table $'0 1024 error\n1024 1024 zero' --readonly
twin resume DEV
twin resume DEV
twin suspend DEV
twin suspend DEV --noflush --nolockfs
twin resume DEV --noflush --nolockfs
twin load DEV --table '0 10 nosuchtarget'
twin load DEV --table ''
same load devmap-nothere --table '0 1 zero'
input=$work/rows
echo '0 2048 zero' > "$work/rows"
twin load DEV
twin load DEV "$work/rows"
unset input
silent 'load by uuid: the operand is the file' bash -c \
  'dmsetup rename devmap-b --setuuid TEST-b && "$0" load -u TEST-b "$1" && "$0" resume -u TEST-b' \
  "$devmap" "$work/rows"
same suspend devmap-nothere
same resume devmap-nothere
same clear devmap-nothere
refuses 'a missing device is told' "'devmap ls' lists the devices" "$devmap" suspend devmap-nothere

# --- rename ---

pair '0 2048 zero'
twin rename DEV DEV2
for name in devmap-a devmap-b; do dmsetup rename ${name}2 $name; done
twin rename DEV DEV
twin rename DEV a/b
twin rename DEV --setuuid TEST-DEV
twin rename DEV --setuuid TEST-again
same rename devmap-nothere devmap-there
silent 'rename by uuid' "$devmap" rename -u TEST-devmap-b devmap-b2
silent 'rename by path' "$devmap" rename /dev/mapper/devmap-b2 devmap-b
refuses 'rename without a name' 'give the new name' "$devmap" rename devmap-b

# --- message, wait, mknodes ---

pair '0 8 zero'
twin message DEV 0 @stats_list
twin message DEV 0 @stats_create - 1
twin message DEV 0 @stats_list
twin message DEV 5 @stats_print 0
twin message DEV 0 @stats_delete 0
twin message DEV 0 no such message
twin message DEV x y
same message devmap-nothere 0 word
twin wait DEV 7
twin wait DEV 7 --noflush
same wait devmap-nothere
refuses 'wait with a deadline' 'no event in time' "$devmap" wait devmap-b 0 --deadline 0.2
wait_wakes() {
  "$devmap" wait devmap-b 0 & local pid=$!
  sleep 0.3
  kill -0 $pid || return
  dmsetup rename devmap-b devmap-b2
  dmsetup rename devmap-b2 devmap-b
  wait $pid
}
silent 'wait returns at an event' wait_wakes
rm -f /dev/mapper/devmap-b
silent 'mknodes' "$devmap" mknodes
check 'makes a missing node' test -b /dev/mapper/devmap-b
ln -s ../dm-999 /dev/mapper/devmap-stale
silent 'mknodes of a name without device' "$devmap" mknodes devmap-stale devmap-b
check 'removes its dangling link' test ! -L /dev/mapper/devmap-stale
ln -s ../dm-999 /dev/mapper/devmap-stale
silent 'mknodes without a name' "$devmap" mknodes
check 'removes every dangling link' test ! -L /dev/mapper/devmap-stale

# --- remove ---

pair '0 2048 zero'
twin remove DEV
twin remove DEV
pair '0 2048 zero'
twin remove --force DEV
pair '0 2048 zero'
twin remove DEV devmap-nothere DEV
twin suspend DEV
pair '0 2048 zero'
silent 'a device without a table, made for the next line' dmsetup create devmap-c --notable
silent 'remove --force of it' "$devmap" remove -f devmap-c
exec 9< /dev/mapper/devmap-b
refuses 'remove of an open device' 'a program holds it, or another mount namespace' \
  "$devmap" remove devmap-b
refuses 'and the hint says how to find the process' "hint: 'fuser -vm /dev/dm-[0-9]+' may name" \
  "$devmap" remove devmap-b
refuses 'remove --retry of an open device' 'stayed so until the deadline' \
  "$devmap" remove devmap-b --retry=0.3
refuses 'remove --force of an open device' 'busy' "$devmap" remove --force devmap-b
prints 'which fails all I/O now' '0 2048 error ' dmsetup table devmap-b
exec 9<&-
sleep 0.5 9< /dev/mapper/devmap-b & # a process that holds it open for half a second
silent 'remove --retry waits until it is closed' "$devmap" remove --retry=10 devmap-b
dmsetup create devmap-b --table '0 8 zero'
exec 9< /dev/mapper/devmap-b
silent 'remove --deferred of an open device' "$devmap" remove --deferred devmap-b
check 'leaves its node' test -b /dev/mapper/devmap-b
prints 'and marks it' 'ACTIVE (DEFERRED REMOVE)' \
  bash -c '"$0" info devmap-b | sed -n "s/^State: *//p"' "$devmap"
exec 9<&-
gone() { for _ in $(seq 50); do [ -e /dev/mapper/devmap-b ] || return 0; sleep 0.1; done; false; }
with_udev && check 'it is removed on last close' gone
rm -f /dev/mapper/devmap-b
dmsetup create devmap-b --table '0 8 zero'
dmsetup create devmap-top --table '0 8 linear /dev/mapper/devmap-b 0'
refuses 'remove of a device that another stands on' '; in use: by device devmap-top' \
  "$devmap" remove devmap-b
refuses 'and the hint says what to do' 'hint: remove what stands on it first' \
  "$devmap" remove devmap-b
silent 'remove of both, in order' "$devmap" remove devmap-top devmap-b

# The kernel's wait in a suspend ends at the deadline: devmap-top waits for I/O that the suspended
# devmap-b holds back.
disk=$(loop_device 4M)
dmsetup create devmap-b --table "0 8192 linear $disk 0"
dmsetup create devmap-top --table '0 8192 linear /dev/mapper/devmap-b 0'
as_it_was() {
  dmsetup info -c --noheadings -o suspended,tables_loaded devmap-top
  dmsetup table devmap-top | cut -d ' ' -f 1-3
}
before=$(as_it_was)
below="timed out: below it, 'devmap-b' is suspended, and holds I/O back; \
the device was left as it was"
dmsetup suspend devmap-b
dd if=/dev/zero of=/dev/mapper/devmap-top bs=4k count=1 oflag=direct status=none &
writer=$!
sleep 0.3
took() {
  local begin=$SECONDS
  "$@"
  local result=$?
  [ $((SECONDS - begin)) -le 4 ] || echo "took $((SECONDS - begin)) s"
  return $result
}
refuses 'suspend --deadline: the kernel waits for I/O' "suspend device 'devmap-top': $below" \
  took "$devmap" suspend --nolockfs devmap-top --deadline 1
prints 'nothing was changed' "$before" as_it_was
refuses 'suspend --deadline: the same before file systems are frozen' "$below" \
  took "$devmap" suspend devmap-top --deadline 1
prints 'nothing was changed either' "$before" as_it_was
refuses 'remove -f --deadline' "resume device 'devmap-top': $below" \
  took "$devmap" remove -f devmap-top --deadline 1
prints 'nothing was changed by it' "$before" as_it_was
check 'the write still waits' kill -0 $writer
(sleep 1 && dmsetup resume devmap-b) &
silent 'suspend --deadline succeeds when the device below runs again in time' \
  "$devmap" suspend devmap-top --deadline 20
wait $writer
prints 'it is suspended' Suspended bash -c 'dmsetup info -c --noheadings -o suspended devmap-top'
silent 'resume' "$devmap" resume devmap-top
mkfs.ext4 -q /dev/mapper/devmap-top
mkdir "$work/mounted"
mount /dev/mapper/devmap-top "$work/mounted"
refuses 'remove of a mounted device' "; in use: mounted on $work/mounted" \
  "$devmap" remove devmap-top
refuses 'and the hint says that too' 'hint: unmount it first' "$devmap" remove devmap-top
umount "$work/mounted"
silent 'remove of both once more' "$devmap" remove --retry devmap-top devmap-b
losetup -d "$disk"
drop_pair
