# veritysetup with forward error correction, which Debian's User-Mode Linux lacks. Sourced by run.
# shellcheck shell=bash disable=SC2154

fec() { # NAME OPTIONS-OF-FORMAT OPTION-OF-OPEN...
  local name=$1 data hashes root
  disk 1M
  data=$disk
  disk 1M
  hashes=$disk
  disk 1M
  # shellcheck disable=SC2086 # words
  root=$(veritysetup format $2 --fec-device "$disk" "$data" "$hashes" |
    awk '/^Root hash/ {print $3}')
  [ -n "$root" ] &&
    tool veritysetup open --fec-device "$disk" "${@:3}" "$data" "$name" "$hashes" "$root"
}

part_fec() {
  load_modules dm-verity
  if [ $kind = uml ]; then return; fi
  make fec fec fec ''
  make fec-24 fec fec-24 '--fec-roots 24 --hash sha512'
  make fec-ignore fec fec-ignore '--fec-roots 8' --ignore-zero-blocks --fec-roots 8
}
end_fec() { :; }
