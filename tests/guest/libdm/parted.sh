# parted and partprobe on a mapped device: libparted makes a device of each partition. Sourced by
# run.
# shellcheck shell=bash disable=SC2034,SC2154

part_parted() {
  local program
  if program=$(missing parted partprobe); then skip parted "there is no $program"; return; fi
  for program in parted partprobe; do loads $program; done
  compared parted 14
}

steps_parted() {
  local disk=/dev/mapper/disk0 parted=(parted -s -a optimal /dev/mapper/disk0)
  truncate -s 0 "$work/disk1"
  truncate -s 64M "$work/disk1"
  losetup /dev/loop1 "$work/disk1" &&
    judge create disk0 --uuid DISK-0 --table '0 131072 linear /dev/loop1 0' || return
  step 'print: no label' 1 "${parted[@]}" print
  step 'mklabel' 0 "${parted[@]}" mklabel msdos
  step 'mkpart' 0 "${parted[@]}" mkpart primary 1MiB 20MiB
  step 'mkpart, a second' 0 "${parted[@]}" mkpart primary 20MiB 40MiB
  step 'print' 0 "${parted[@]}" unit s print
  step 'print, for programs' 0 parted -s -m $disk unit B print free
  step 'print of a partition' 1 parted -s ${disk}p1 print
  step 'set' 0 "${parted[@]}" set 1 boot on
  step 'resizepart' 0 "${parted[@]}" resizepart 2 50MiB
  step 'rm' 0 "${parted[@]}" rm 2
  step 'partprobe' 0 partprobe $disk
  step 'mklabel gpt: the partition is gone' 0 "${parted[@]}" mklabel gpt
  step 'print, gpt' 0 "${parted[@]}" print
  # It looks for mapped devices by itself.
  step 'print devices' 0 parted -s /dev/loop1 print devices
  judge remove disk0
}
