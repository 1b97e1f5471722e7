# pool ...: thin pools and their volumes, as dmsetup sees them. Sourced by run.
# shellcheck shell=bash disable=SC2154

data=$(loop_device 64M)
meta=$(loop_device 4M)
numberOf() { cat "/sys/block/${1#/dev/}/dev"; }
row() { dmsetup table "$1" | sed 's/ $//'; }

hint() { sed -n '/^devmap: hint: /p' <<< "$err"; }

# Looking at a directory without a store creates neither the directory nor anything in it.
mkdir "$work/empty" "$work/foreign"
echo 'not a store' > "$work/foreign/pool"
for place in empty foreign missing; do
  for words in ls status close check 'diff x' 'mount x' 'umount x' 'remove x' 'add x y' \
      'base x 1M' 'grow 1G'; do
    # shellcheck disable=SC2086
    set -- $words
    refuses "layer $words: $place" "$work/$place" "$devmap" layer "$1" "$work/$place" "${@:2}"
  done
done
prints 'nothing was made' "$work/empty
$work/foreign
$work/foreign/pool" bash -c "find '$work/empty' '$work/foreign' '$work/missing' 2> /dev/null | sort"

refuses 'pool create with a bad block size' '(multiple|between|128)' \
  "$devmap" pool create devmap-pool "$data" "$meta" 1000
refuses 'pool create without its data device' "$work/nothing" \
  "$devmap" pool create devmap-pool "$work/nothing" "$meta" 64K
refuses 'pool create on a file' "$work" "$devmap" pool create devmap-pool "$work/out" "$meta" 64K
silent 'pool create' "$devmap" pool create devmap-pool "$data" "$meta" 64K
check 'its node is there' test -b /dev/mapper/devmap-pool
prints 'its table' \
  "0 131072 thin-pool $(numberOf "$meta") $(numberOf "$data") 128 32768 1 skip_block_zeroing" \
  row devmap-pool
refuses 'pool create of one that exists' 'devmap info devmap-pool' \
  "$devmap" pool create devmap-pool "$data" "$meta" 64K
silent 'pool thin' "$devmap" pool thin devmap-pool 0
silent 'pool thin by path' "$devmap" pool thin /dev/mapper/devmap-pool 16777215
refuses 'pool thin of an id that is taken' 'devmap-pool' "$devmap" pool thin devmap-pool 0
check 'without the hint that a device exists' test "${err/hint/}" = "$err"
refuses 'pool thin in no pool' 'no such device' "$devmap" pool thin devmap-nothere 0
refuses 'pool snap of a volume that does not exist' 'devmap-pool' \
  "$devmap" pool snap devmap-pool 1 devmap-base 77
silent 'pool activate' "$devmap" pool activate devmap-pool devmap-base 0 8M
prints 'its table' \
  "0 16384 thin $(dmsetup info -c --noheadings --separator : -o major,minor devmap-pool) 0" \
  row devmap-base
check 'its node is there at once' test -b /dev/mapper/devmap-base
refuses 'pool activate of a volume that does not exist' 'devmap-gone' \
  "$devmap" pool activate devmap-pool devmap-gone 5 1M
silent 'pool snap of an active volume' "$devmap" pool snap devmap-pool 1 devmap-base 0
prints 'the volume runs again' ACTIVE bash -c 'dmsetup info devmap-base | sed -n "s/^State: *//p"'
silent 'pool snap of an inactive volume' "$devmap" pool snap devmap-pool 2 devmap-nothere 16777215
silent 'pool activate in sectors, with an external origin' \
  "$devmap" pool activate devmap-pool devmap-snap 1 16384s --external "$data"
prints 'its table' \
  "0 16384 thin $(dmsetup info -c --noheadings --separator : -o major,minor devmap-pool) \
1 $(numberOf "$data")" \
  row devmap-snap
refuses 'pool delete of an active volume' 'busy' "$devmap" pool delete devmap-pool 0
prints 'the hint names the device of that volume only' \
  'devmap: hint: remove the device of this volume first: devmap-base' hint
refuses 'delete of an active volume by message' 'busy' "$devmap" message devmap-pool 0 'delete 1'
prints 'its hint too' 'devmap: hint: remove the device of this volume first: devmap-snap' hint
silent 'remove' "$devmap" remove devmap-snap devmap-base
silent 'pool delete' "$devmap" pool delete devmap-pool 0
silent 'pool delete of a volume that does not exist' "$devmap" pool delete devmap-pool 0
silent 'pool set-transaction-id' "$devmap" pool set-transaction-id devmap-pool 0 5
prints 'the pool has it' 5 bash -c 'dmsetup status devmap-pool | cut -d " " -f 4'
refuses 'pool set-transaction-id from another' 'devmap-pool' \
  "$devmap" pool set-transaction-id devmap-pool 0 6
for name in pool thin; do same status devmap-pool; done
truncate -s 96M "$(losetup -n -O BACK-FILE "$data")"
losetup -c "$data"
silent 'pool reload' "$devmap" pool reload devmap-pool "$data" "$meta" 128
silent 'and resume' "$devmap" resume devmap-pool
prints 'the pool has grown' \
  "0 196608 thin-pool $(numberOf "$meta") $(numberOf "$data") 128 32768 1 skip_block_zeroing" \
  row devmap-pool
silent 'remove of the pool' "$devmap" remove devmap-pool
losetup -d "$data"
losetup -d "$meta"
