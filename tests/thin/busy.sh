# A volume in use: who holds it is reported; deferred removal, and how it is cancelled. Sourced by
# run.
# shellcheck shell=bash disable=SC2154

store=$work/store
layer() { local verb=$1; shift; "$devmap" layer "$verb" "$store" "$@"; }
check 'a store' layer init devmap-busy 64M
check 'a base' layer base base 16M
at=$(layer mount base)
refuses 'the mount is named' "mounted on $at" layer remove base --deadline 1
exec 7> "$at/file"
refuses 'umount says busy' 'busy|EBUSY' layer umount base
exec 7>&-
check 'umount' layer umount base
check 'its device' "$devmap" pool activate devmap-busy devmap-busy-x 0 16M
exec 7< /dev/mapper/devmap-busy-x
refuses 'an open volume' "held by a process|a program holds it" "$devmap" remove devmap-busy-x
refuses 'delete of an active volume' 'busy|EBUSY' "$devmap" pool delete devmap-busy 0
check 'deferred' "$devmap" remove --deferred devmap-busy-x
check 'it is still there' dmsetup info devmap-busy-x
check 'and is taken back' "$devmap" message devmap-busy-x 0 @cancel_deferred_remove
exec 7<&-
check 'so it stays after its last close' dmsetup info devmap-busy-x
exec 7< /dev/mapper/devmap-busy-x
check 'deferred again' "$devmap" remove --deferred devmap-busy-x
exec 7<&-
for _ in $(seq 100); do dmsetup info devmap-busy-x > /dev/null 2>&1 || break; sleep 0.1; done
refuses 'it is removed on last close' 'does not exist' dmsetup info devmap-busy-x
refuses 'too late to take back' '.' "$devmap" message devmap-busy-x 0 @cancel_deferred_remove
check 'close' layer close
clean
