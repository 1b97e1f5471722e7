# Verbs that read, on a zoo of devices made by dmsetup: devmap prints what dmsetup prints. Sourced
# by run.
# shellcheck shell=bash disable=SC2154

# --- nothing there ---

if [ "$(dmsetup ls)" = 'No devices found' ]; then
  for verb in ls info status table deps; do same $verb; done
  same ls --target linear
else
  skip 'looking at no device' 'there are devices already'
fi

# --- the zoo ---

key=$(printf '%064d' 7)
disk1=$(loop_device 16M)
disk2=$(loop_device 16M)
zoo=()
add() { # NAME TABLE [OPTION...]; skipped where the kernel lacks the target
  if dmsetup create "devmap-$1" --table "$2" "${@:3}" 2> "$work/err"; then
    zoo+=("devmap-$1")
  else
    skip "the zoo's $1" "$(cat "$work/err")"
  fi
}
# A key of 32 zero bytes in the user's keyring.
add_kernel_key() {
  if command -v keyctl > /dev/null; then
    head -c 32 /dev/zero | keyctl padd user devmap:key @u > /dev/null 2>&1
    return
  fi
  [ "$(uname -m)" = x86_64 ] && python3 -c 'import ctypes, sys
sys.exit(ctypes.CDLL(None).syscall(248, b"user", b"devmap:key", bytes(32), 32, -4) < 0)' \
    2> /dev/null
}
add zero '0 2048 zero'
add linear "0 2048 linear $disk1 8" --uuid TEST-linear
add striped "0 4096 striped 2 16 $disk1 4096 $disk2 0"
add many $'0 100 linear /dev/mapper/devmap-zero 0\n100 50 linear '"$disk1"\
$' 200\n150 10 error\n160 1 zero' --uuid TEST-many
add error '0 12345678901 error'
add readonly '0 8 zero' --readonly
add suspended '0 8 zero'
dmsetup suspend devmap-suspended
add both '0 8 zero'
dmsetup load devmap-both --table $'0 4 error\n4 4 linear '"$disk2 0"
dmsetup create devmap-notable --notable && zoo+=(devmap-notable)
dmsetup create devmap-inactive --notable && zoo+=(devmap-inactive)
dmsetup load devmap-inactive --table '0 8 error'
add odd+#:.@=_-name '0 1 zero' --uuid 'odd:uuid_#+'
add longest 0\ 1\ zero
dmsetup rename devmap-longest "devmap-$(printf '%0120d' 0)" &&
  zoo[${#zoo[@]} - 1]=devmap-$(printf '%0120d' 0)
add crypt "0 1024 crypt aes-xts-plain64 $key 0 $disk1 0 2 allow_discards sector_size:512"
if add_kernel_key; then
  add keyring "0 1024 crypt aes-xts-plain64 :32:user:devmap:key 0 $disk1 0"
else
  skip 'a crypt key in the kernel keyring' 'needs keyctl, or python3 on x86-64'
fi
disk3=$(loop_device 16M)
add integrity "0 8 integrity $disk3 0 28 J 3 internal_hash:hmac(sha256):$key \
journal_crypt:ctr(aes):$key journal_mac:hmac(sha256):$key"
disk4=$(loop_device 32M) disk5=$(loop_device 4M)
add pool "0 65536 thin-pool $disk5 $disk4 128 0 1 skip_block_zeroing"
dmsetup message devmap-pool 0 'create_thin 0'
add thin '0 20480 thin /dev/mapper/devmap-pool 0'
add origin "0 2048 snapshot-origin $disk2"
with_udev && udevadm settle

# --- all devices ---

for verb in ls info status table deps 'table --inactive' 'status --inactive' 'info --inactive' \
  'deps --inactive' 'table --showkeys' \
  'status --noflush' 'table --noflush'; do
  # shellcheck disable=SC2086 # words
  same $verb
done
for target in linear zero error thin-pool nosuchtarget; do
  for verb in ls status table; do same $verb --target $target; done
done
for device in "${zoo[@]}"; do
  for verb in info status table deps; do
    same $verb "$device"
    same $verb --inactive "$device"
  done
  same table --showkeys "$device"
  same table --target zero "$device"
done
same info devmap-zero devmap-many
same table devmap-zero devmap-many devmap-notable
same status devmap-many devmap-many --target linear
same deps devmap-many devmap-zero
prints 'keys are hidden' 0 bash -c '"$0" table | grep -o "$1" | wc -l' "$devmap" "$key"
prints 'and shown when asked for' 4 \
  bash -c '"$0" table --showkeys | grep -o "$1" | wc -l' "$devmap" "$key"

# --- by other addresses ---

numbers=$(dmsetup info -c --noheadings --separator ' ' -o major,minor devmap-many)
for verb in info status table deps; do
  same $verb -u TEST-many
  same $verb --uuid=TEST-many
  # shellcheck disable=SC2086 # two words
  set -- $numbers
  same $verb -j "$1" -m "$2"
  same $verb --major "$1" --minor="$2"
  same $verb /dev/mapper/devmap-many
  same $verb "/dev/dm-$2"
  same $verb mapper/devmap-many
  same $verb -u TEST-nothere
  same $verb -j "$1" -m 99999
  same $verb devmap-nothere
  same $verb /dev/mapper/devmap-nothere
  same $verb devmap-zero devmap-nothere devmap-many
done
prints 'a device without a node, by its path' '' "$devmap" table /dev/mapper/devmap-notable

# --- the kernel ---

same targets
same target-version linear zero thin
same target-version nosuchtarget
prints 'version of the interface' "$(dmsetup version | tail -n 1)" \
  bash -c '"$0" version | tail -n 1' "$devmap"

refuses 'a listing to a full disk' 'ENOSPC' bash -c '"$0" ls > /dev/full' "$devmap"
refuses 'a listing to a closed descriptor' 'EBADF' bash -c '"$0" ls >&-' "$devmap"
check 'which reached no other file' "$devmap" ls
matches 'completion: devices' $'^devmap-many\t' "$devmap" completion -- info devmap-m
matches 'completion: target types' $'^linear\tv' "$devmap" completion -- ls --target lin
matches 'completion: target types after =' $'^--target=linear\tv' \
  "$devmap" completion -- ls --target=lin

# --- gone again ---

tools_remove() {
  local device
  for device in "${zoo[@]}"; do dmsetup resume "$device"; done
  "$devmap" remove devmap-thin devmap-many &&
    "$devmap" remove $(dmsetup ls | awk '/^devmap-/ {print $1}')
}
silent 'devmap removes the zoo' tools_remove
for disk in "$disk1" "$disk2" "$disk3" "$disk4" "$disk5"; do losetup -d "$disk"; done
