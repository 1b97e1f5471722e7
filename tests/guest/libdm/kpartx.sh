# kpartx, and what multipath says without paths. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154

part_kpartx() {
  local program
  if program=$(missing kpartx multipath sfdisk); then skip kpartx "there is no $program"; return; fi
  for program in kpartx multipath; do loads $program; done
  compared kpartx 12
}

steps_kpartx() {
  local disk=/dev/loop2 image=$work/image
  local add=(kpartx -a -s -v -p -part) remove=(kpartx -d -s -v -p -part)
  "$(< /proc/sys/kernel/modprobe)" dm-multipath
  truncate -s 0 "$image"
  truncate -s 64M "$image"
  printf 'label: dos\nlabel-id: 0x12345678\n2048,8192,83\n16384,32768,83\n' | sfdisk -q "$image"
  losetup $disk "$image" || return
  step 'kpartx -l' 0 kpartx -l $disk
  step 'kpartx -a' 0 "${add[@]}" $disk
  step 'kpartx -a again' 0 "${add[@]}" $disk
  printf 'label: dos\nlabel-id: 0x12345678\n2048,4096,83\n' | sfdisk -q --force "$image"
  step 'kpartx -u' 0 kpartx -u -s -v -p -part $disk
  step 'kpartx -d' 0 "${remove[@]}" $disk
  judge create mpatha --uuid mpath-0123 --table "0 131072 linear $disk 0"
  step 'kpartx -a, on a mapped device' 0 "${add[@]}" /dev/mapper/mpatha
  exec 9< /dev/mapper/mpatha-part1
  step 'kpartx -d, a partition is open' 1 "${remove[@]}" /dev/mapper/mpatha
  exec 9<&-
  step 'kpartx -d, on a mapped device' 0 "${remove[@]}" /dev/mapper/mpatha
  judge remove mpatha
  step 'kpartx -a, an image file' 0 kpartx -a -s -v -f "$image"
  step 'kpartx -d, an image file' 0 kpartx -d -s -v "$image"
  step 'multipath -ll, without paths' 0 multipath -ll
  step 'multipath -t' 0 multipath -t
}
