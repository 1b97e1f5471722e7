# 1,000 volumes and 1,000 snapshots (100 without --full) by 8 threads, compared with a loop of bare
# ioctls: on devices in memory, and on devices that take a while for each write and flush, as disks
# do. Sourced by run.
# shellcheck shell=bash disable=SC2154

data=$(loop_device 256M many-data)
meta=$(loop_device 32M many-meta)
counted 'many volumes' \
  "$programs/thin-many" "$([ "$full" ] && echo 1000 || echo 100)" "$data" "$meta" "$work/many-log"
clean

data=$(loop_device 256M many-data)
meta=$(loop_device 32M many-meta)
log=$(loop_device 64M many-log)
# 1 ms; User-Mode Linux rounds it up to a tick of 10
slow() { "$devmap" create "$1" --table "0 $(blockdev --getsz "$2") delay $2 0 0 $2 0 1 $2 0 1"; }
if slow devmap-meta "$meta" 2> /dev/null && slow devmap-log "$log"; then
  mkfs.ext4 -q /dev/mapper/devmap-log
  mkdir "$work/log"
  mount /dev/mapper/devmap-log "$work/log"
  counted 'many volumes on slow devices' \
    "$programs/thin-many" 50 "$data" /dev/mapper/devmap-meta "$work/log/volumes"
else
  skip 'many volumes on slow devices' 'this kernel has no target delay'
fi
clean
