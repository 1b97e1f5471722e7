# Pools that fill up. The typed status follows the kernel's, writers get what the policy says, the
# floor refuses, and growth recovers. Sourced by run.
# shellcheck shell=bash disable=SC2154

store=$work/store
layer() { local verb=$1; shift; "$devmap" layer "$verb" "$store" "$@"; }
health() { "$devmap" pool status devmap-full | sed -n 's/^Health: *//p'; }
kernel_mode() { dmsetup status devmap-full | awk '{print $8}'; }
fill() { dd if=/dev/zero of="$1" bs=1M count="$2" oflag=direct status=none; }

check 'a small store' layer init devmap-full 16M
check 'a base as large as the pool' layer base base 32M
prints 'it is well' ok health
prints 'as the kernel says' rw kernel_mode
# Errors at once: the policy is in the table.
row=$(dmsetup table devmap-full |
  sed 's/1 skip_block_zeroing/2 skip_block_zeroing error_if_no_space/')
dmsetup reload devmap-full --table "$row" && dmsetup resume devmap-full
"$devmap" pool activate devmap-full devmap-full-raw 0 32M
refuses 'a writer gets an error' 'No space|Input/output|space' fill /dev/mapper/devmap-full-raw 24
prints 'the pool is full' 'out of data space' health
prints 'as the kernel says' out_of_data_space kernel_mode
check 'what to do is said' \
  bash -c "'$devmap' pool status devmap-full | grep -q 'To do: .*grow the pool'"
refuses 'no layer can be made' 'out of data space' layer add more base
check 'growth' layer grow 64M
prints 'cures it' ok health
prints 'as the kernel says' rw kernel_mode
check 'the writer goes on' fill /dev/mapper/devmap-full-raw 30
# Waiting: the writer hangs until there is room.
fill_all() {
  "$devmap" pool thin devmap-full 100
  "$devmap" pool activate devmap-full devmap-full-wait 100 128M
  fill /dev/mapper/devmap-full-wait 40
}
row=$(dmsetup table devmap-full |
  sed 's/2 skip_block_zeroing error_if_no_space/1 skip_block_zeroing/')
dmsetup reload devmap-full --table "$row" && dmsetup resume devmap-full
prints 'now writers wait' 'writes wait' \
  bash -c "'$devmap' pool status devmap-full | sed -n 's/^When full: *//p'"
fill_all & writer=$!
for _ in $(seq 300); do [ "$(health)" != 'out of data space' ] || break; sleep 0.1; done
prints 'the pool is full again' 'out of data space' health
check 'the writer waits' kill -0 $writer
check 'growth with a writer that waits' layer grow 128M
check 'the writer is done' wait $writer
prints 'well again' ok health
dmsetup remove devmap-full-wait
# The floor: less than a tenth free.
"$devmap" pool thin devmap-full 101
"$devmap" pool activate devmap-full devmap-full-floor 101 128M
used=$("$devmap" pool status devmap-full | awk '/^Data:/ {print int($2 / 1048576)}')
fill /dev/mapper/devmap-full-floor $((128 - used - 6))
refuses 'below the floor, no layer is made' 'bytes of data are free, 10 % are wanted' \
  layer add more base
prints 'though the pool is well' ok health
dmsetup remove devmap-full-floor
dmsetup remove devmap-full-raw
# Read-only, and failed metadata.
row=$(dmsetup table devmap-full | sed 's/1 skip_block_zeroing/2 skip_block_zeroing read_only/')
dmsetup reload devmap-full --table "$row" && dmsetup resume devmap-full
prints 'a read-only pool' read-only health
prints 'as the kernel says' ro kernel_mode
refuses 'takes no layer' 'read-only' layer add more base
clean

data=$(loop_device 64M)
meta=$(loop_device 4M)
sectors=$(blockdev --getsz "$meta")
dmsetup create devmap-meta --table "0 $sectors linear $meta 0"
check 'a pool on a device that will fail' layer init devmap-full "$data" /dev/mapper/devmap-meta
check 'with a base' layer base base 16M
dmsetup reload devmap-meta --table "0 $sectors error"
dmsetup suspend --noflush --nolockfs devmap-meta && dmsetup resume devmap-meta
refuses 'metadata that fails is noticed' '.' layer add more base
case $(health) in
  failed | read-only | 'needs check') ok "and its health is told: $(health)" ;;
  *) not_ok 'and its health is told' "$(health)" "$(dmsetup status devmap-full)" ;;
esac
check 'with the commands' \
  bash -c "'$devmap' pool status devmap-full | grep -q 'To do: .*thin_check'"
clean
