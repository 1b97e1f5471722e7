# One device of each kind, made by dmsetup. Sourced by run.
# shellcheck shell=bash disable=SC2154

key=$(printf '%064d' 7)
for i in 1 2 3 4 5 6 7 8; do declare "disk$i=$(loop_device 32M)"; done
zoo=()
add() { # NAME TABLE [OPTION...]; skipped where the kernel lacks the target
  if dmsetup create "$1" --table "$2" "${@:3}" 2> "$work/err"; then
    zoo+=("$1")
  else
    skip "the zoo's $1" "$(cat "$work/err")"
  fi
}
add zero '0 2048 zero'
add linear "0 2048 linear $disk1 8" --uuid TEST-linear
add striped "0 4096 striped 2 16 $disk1 4096 $disk2 0"
add many \
  $'0 100 linear /dev/mapper/zero 0\n100 50 linear '"$disk1"$' 200\n150 10 error\n160 1 zero' \
  --uuid LVM-many
add error '0 12345678901 error'
add readonly '0 8 zero' --readonly
add suspended '0 8 zero'
dmsetup suspend suspended
add both '0 8 zero'
dmsetup load both --table $'0 4 error\n4 4 linear '"$disk2 0"
dmsetup create notable --notable && zoo+=(notable)
dmsetup create inactive --notable && zoo+=(inactive)
dmsetup load inactive --table '0 8 error'
add 'a b(c)' '0 8 zero' --uuid 'odd uuid*' # mangled
add odd+#:.@=_-name '0 1 zero' --uuid 'odd:uuid_#+'
long=$(printf '%0120d' 0)
add "$long" '0 1 zero'
add vg-lv-real "0 1024 linear /dev/mapper/linear 0" --uuid LVM-abcdefghij
add vg-lv $'0 512 linear /dev/mapper/vg-lv-real 0\n512 512 linear /dev/mapper/linear 0' \
  --uuid LVM-klmnopqrst
add vg--x-y--z "0 8 linear /dev/mapper/vg-lv 0" --uuid LVM-uvw
add crypt "0 1024 crypt aes-xts-plain64 $key 0 $disk1 0 2 allow_discards sector_size:512"
add cryptnull "0 8 crypt cipher_null-ecb - 0 $disk1 8192"
add integrity "0 8 integrity $disk3 0 28 J 3 internal_hash:hmac(sha256):$key \
journal_crypt:ctr(aes):$key journal_mac:hmac(sha256):$key"
add pool "0 65536 thin-pool $disk5 $disk4 128 0 1 skip_block_zeroing"
dmsetup message pool 0 'create_thin 0'
dmsetup message pool 0 'create_thin 1'
add thin '0 20480 thin /dev/mapper/pool 0'
add thin2 '0 20480 thin /dev/mapper/pool 1' --uuid TEST-thin2
add origin "0 2048 snapshot-origin /dev/mapper/linear"
add snapshot "0 2048 snapshot /dev/mapper/linear $disk2 N 8"
add mirror "0 2048 mirror core 2 64 nosync 2 $disk6 0 $disk6 4096"
add raid1 "0 2048 raid raid1 3 0 region_size 1024 2 - $disk7 - $disk8"
add delay "0 2048 delay $disk6 8192 1"
add flakey "0 2048 flakey $disk6 12288 5 1"
root=$(dd if=/dev/zero bs=4096 count=1 status=none | sha256sum | cut -d ' ' -f 1)
add verity "0 8 verity 1 $disk6 $disk6 4096 4096 1 1024 sha256 $root -" --readonly
add cache "0 2048 cache $disk7 $disk8 $disk6 128 1 writethrough default 0"
add deferred '0 8 zero'
exec 9< /dev/mapper/deferred
dmsetup remove --deferred deferred
[ "${udev-}" = no ] || udevadm settle
