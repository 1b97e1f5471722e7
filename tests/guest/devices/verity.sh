# veritysetup. Sourced by run.
# shellcheck shell=bash disable=SC2154

verity() { # NAME OPTIONS-OF-FORMAT OPTION-OF-OPEN...
  local name=$1 data root
  disk 1M
  data=$disk
  disk 1M
  # shellcheck disable=SC2086 # words
  root=$(veritysetup format $2 "$data" "$disk" | awk '/^Root hash/ {print $3}')
  # shellcheck disable=SC2046 # words
  [ -n "$root" ] &&
    tool veritysetup open $(on_opening "$2") "${@:3}" "$data" "$name" "$disk" "$root"
}
# format writes this into no superblock, so open needs it.
on_opening() { case $1 in *--no-superblock*) echo "$1" ;; esac; }

part_verity() {
  load_modules dm-verity
  make verity verity verity ''
  make verity-sha512 verity verity-sha512 '--hash sha512 --salt 00112233445566778899aabbccddeeff'
  make verity-sha1 verity verity-sha1 '--hash sha1'
  make verity-no-salt verity verity-no-salt '--salt -'
  make verity-format0 verity verity-format0 '--format 0'
  make verity-1024 verity verity-1024 '--data-block-size 1024 --hash-block-size 1024'
  make verity-512-4096 verity verity-512-4096 \
    '--data-block-size 512 --hash-block-size 4096 --data-blocks 1000'
  make verity-bare verity verity-bare '--no-superblock --hash-offset 8192 --salt 01'
  make verity-ignore verity verity-ignore '' --ignore-corruption --ignore-zero-blocks
  make verity-restart verity verity-restart '' --restart-on-corruption --check-at-most-once
  make verity-panic verity verity-panic '' --panic-on-corruption
  make verity-tasklets verity verity-tasklets '' --use-tasklets
}
end_verity() { :; }
