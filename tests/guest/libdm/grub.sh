# grub-probe on mapped devices, whose dependencies it reads. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154

part_grub() {
  local program
  if program=$(missing grub-probe parted cryptsetup mkfs.ext4); then
    skip grub "there is no $program"
    return
  fi
  loads grub-probe
  compared grub 14
}

steps_grub() {
  local what disk=/dev/mapper/disk0 mount=$work/mnt-grub uuid=01234567-89ab-cdef-0123-456789abcdef
  truncate -s 0 "$work"/disk{1,2}
  truncate -s 64M "$work"/disk{1,2}
  printf 'a passphrase' > "$work/key"
  mkdir -p "$mount"
  losetup /dev/loop1 "$work/disk1" && losetup /dev/loop2 "$work/disk2" &&
    judge create disk0 --uuid DISK-0 --table '0 131072 linear /dev/loop1 0' || return
  parted -s $disk mklabel msdos mkpart primary 1MiB 40MiB
  udevadm settle
  mkfs.ext4 -q -E nodiscard -U fedcba98-7654-3210-fedc-ba9876543210 ${disk}p1
  mount ${disk}p1 "$mount"
  for what in device fs fs_uuid drive partmap abstraction disk compatibility_hint; do
    step "grub-probe -t $what, a mounted partition" '[01]' grub-probe -t $what "$mount"
  done
  umount "$mount"
  step 'grub-probe -t fs, by device' '[01]' grub-probe -t fs --device ${disk}p1
  step 'grub-probe -t drive, of the whole disk' '[01]' grub-probe -t drive --device $disk
  cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 --uuid $uuid /dev/loop2 \
    "$work/key"
  cryptsetup open --key-file "$work/key" /dev/loop2 secret
  mkfs.ext4 -q -E nodiscard -U fedcba98-7654-3210-fedc-ba9876543211 /dev/mapper/secret
  for what in abstraction cryptodisk_uuid drive fs; do
    step "grub-probe -t $what, an encrypted device" '[01]' \
      grub-probe -t $what --device /dev/mapper/secret
  done
  cryptsetup close secret
  judge remove disk0p1
  judge remove disk0
}
