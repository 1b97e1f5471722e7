# libblockdev, the library of udisks and of installers: its plugins crypto and dm. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154

part_blockdev() {
  local found
  if ! /usr/bin/python3 "$here/blockdev.py" dm_map_exists none True False > "$work/out" 2>&1; then
    skip blockdev "no libblockdev for Python: $(tail -n 1 "$work/out")"
    return
  fi
  found=$(ldconfig -p | awk '$1 ~ /^libbd_dm\.so/ {print $NF; exit}')
  loads "$found"
  compared blockdev 14
}

steps_blockdev() {
  local call=(/usr/bin/python3 "$here/blockdev.py")
  truncate -s 0 "$work"/disk{1,2}
  truncate -s 64M "$work"/disk{1,2}
  printf 'a passphrase' > "$work/key"
  losetup /dev/loop1 "$work/disk1" && losetup /dev/loop2 "$work/disk2" || return
  cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
    --uuid 01234567-89ab-cdef-0123-456789abcdef /dev/loop1 "$work/key"
  step 'crypto_luks_open' 0 \
    "${call[@]}" crypto_luks_open /dev/loop1 secret 'a passphrase' None False
  step 'crypto_luks_open again' 1 \
    "${call[@]}" crypto_luks_open /dev/loop1 secret 'a passphrase' None False
  step 'crypto_luks_status' 0 "${call[@]}" crypto_luks_status secret
  step 'crypto_luks_info' 0 "${call[@]}" crypto_luks_info secret
  step 'crypto_luks_resize' 0 "${call[@]}" crypto_luks_resize_luks2 secret 8192 'a passphrase' None
  step 'crypto_luks_suspend' 0 "${call[@]}" crypto_luks_suspend secret
  step 'crypto_luks_resume' 0 "${call[@]}" crypto_luks_resume secret 'a passphrase' None
  step 'dm_get_subsystem_from_name' 0 "${call[@]}" dm_get_subsystem_from_name secret
  step 'crypto_luks_close' 0 "${call[@]}" crypto_luks_close secret
  step 'dm_create_linear' 0 "${call[@]}" dm_create_linear line /dev/loop2 8192 None
  step 'dm_map_exists' 0 "${call[@]}" dm_map_exists line True True
  step 'dm_map_exists, none' 0 "${call[@]}" dm_map_exists none True False
  step 'dm_node_from_name' 0 "${call[@]}" dm_node_from_name line
  step 'dm_node_from_name, none' 1 "${call[@]}" dm_node_from_name none
  step 'dm_name_from_node' 0 "${call[@]}" dm_name_from_node dm-0
  step 'dm_remove' 0 "${call[@]}" dm_remove line
}
