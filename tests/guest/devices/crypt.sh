# cryptsetup. Sourced by run.
# shellcheck shell=bash disable=SC2154

luks1() { # NAME OPTION...
  disk 4M
  tool cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 "${@:2}" "$disk" \
    "$work/key" &&
    tool cryptsetup open -d "$work/key" "$disk" "$1"
}
luks1_null() { # cryptsetup wants the empty passphrase for it
  disk 4M
  echo | tool cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 -c null "$disk" &&
    echo | tool cryptsetup open "$disk" "$1"
}
luks2() { # NAME OPTIONS-OF-FORMAT OPTION-OF-OPEN...
  local name=$1 pbkdf='--pbkdf pbkdf2 --pbkdf-force-iterations 1000'
  [[ $2 != *--pbkdf* ]] || pbkdf=''
  [[ $2 != *--integrity* ]] || pbkdf+=' --integrity-no-wipe'
  disk 24M
  # shellcheck disable=SC2086 # words
  tool cryptsetup luksFormat -q --type luks2 --luks2-keyslots-size 512k \
    --luks2-metadata-size 16k $pbkdf $2 \
    "$disk" "$work/key" && tool cryptsetup open -d "$work/key" "${@:3}" "$disk" "$name"
}
plain() { # NAME OPTION...
  disk 4M
  tool cryptsetup open -q --type plain --key-file "$work/key" "${@:2}" "$disk" "$1"
}
loopaes() {
  disk 4M
  tool cryptsetup open -q --type loopaes --key-file "$work/keys" --key-size 128 "$disk" "$1"
}

part_crypt() {
  load_modules dm-crypt dm-integrity
  seq -w 10000001 10000100 | tr -d '\n' > "$work/key"
  for i in $(seq 64); do printf '%030d\n' "$i"; done > "$work/keys"
  truncate -s 64 "$work/key"
  make luks1 luks1 luks1
  make luks1-cbc luks1 luks1-cbc -c aes-cbc-essiv:sha256 -s 256
  make luks1-null luks1_null luks1-null
  make luks2 luks2 luks2 ''
  make luks2-argon2id luks2 luks2-argon2id \
    '--pbkdf argon2id --pbkdf-force-iterations 4 --pbkdf-memory 32 --pbkdf-parallel 1'
  make luks2-4096 luks2 luks2-4096 '--sector-size 4096'
  make luks2-null luks2 luks2-null '-c null'
  make luks2-options luks2 luks2-options '' --allow-discards --perf-no_read_workqueue \
    --perf-no_write_workqueue
  make luks2-cpus luks2 luks2-cpus '' --perf-same_cpu_crypt --perf-submit_from_crypt_cpus \
    --disable-keyring
  make luks2-readonly luks2 luks2-readonly '' --readonly
  make luks2-adiantum luks2 luks2-adiantum '-c xchacha20,aes-adiantum-plain64 -s 256'
  make luks2-hmac luks2 luks2-hmac '-c aes-xts-plain64 --integrity hmac-sha256'
  make luks2-hmac-no-journal luks2 luks2-hmac-no-journal \
    '-c aes-cbc-essiv:sha256 --integrity hmac-sha256' --integrity-no-journal
  make luks2-gcm luks2 luks2-gcm '-c aes-gcm-random --integrity aead -s 256'
  make luks2-poly1305 luks2 luks2-poly1305 '-c chacha20-random --integrity poly1305'
  make plain plain plain -c aes-xts-plain64 -s 512
  make plain-null plain plain-null -c cipher_null-ecb -s 0 --hash plain
  make plain-essiv plain plain-essiv -c aes-cbc-essiv:sha256 -s 256 --offset 16 --skip 8
  make plain-large-iv plain plain-large-iv -c aes-xts-plain64 -s 256 --sector-size 4096 \
    --iv-large-sectors
  make plain-shared plain plain-shared -c aes-cbc-plain -s 128 --size 1024 --allow-discards
  make loopaes loopaes loopaes
  make luks2-suspended suspended luks2-suspended
}
suspended() {
  luks2 "$1" '' && tool cryptsetup luksSuspend "$1" &&
    tool cryptsetup luksResume -d "$work/key" "$1"
}
end_crypt() { :; }
