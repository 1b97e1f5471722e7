# Verbs that change devices. Sourced by run.
# shellcheck shell=bash disable=SC2154

creating() {
  d create a --table '0 2048 zero'
  d create a --table '0 2048 zero'
  d create b --table $'0 10 zero\n10 20 error\n30 1 zero'
  d create b2 --table '0 8 zero' -u ''
  d create b3 --table '4 8 zero' -u TEST-b3
  d create b3 --table '0 8 linear /dev/mapper/a 4096'
  d create c --notable
  d create e -n
  d create f --table '0 10 zero' --readonly
  d create g -r -u TEST-g --table '0 10 zero'
  d create h --uuid TEST-g --table '0 10 zero'
  d create h --uuid='TEST h' --table '0 10 zero'
  d create -j 254 -m 77 i --table '0 10 zero'
  d create -j 254 -m 77 k --table '0 10 zero'
  d create k --table $'0 10 zero\n20 10 zero'
  d create k --table '0 10 nosuchtarget'
  d create 'l m' --table '0 10 zero'
  d create 'n\x20o' --table '0 10 zero'
  d --manglename none create 'p\x20q' --table '0 10 zero'
  d --manglename hex create 'r\x20s' --table '0 10 zero'
  d -v create t --table '0 10 zero'
  d create u --table '0 10 zero' --addnodeoncreate
  d create v --table '0 10 zero' --addnodeonresume --readahead 64
  d create w --table '0 10 zero' --noudevsync
  printf '# a comment\n\n  0 10\tzero  \n10 6 error\n' > "$work/table"
  d create x "$work/table"
  input=$work/table d create y
  printf '0 10 zero # of no use\n10 6 error#\n16 8 error # x # y\n' > "$work/table"
  d create y2 "$work/table"
  d create y3 --table '0 10 zero # one'
  d create z /nothing/there
  d create --tab '0 5 zero' z --no
  d create --tab '0 5 zero' z
  d remove_all
}
concise() {
  d create --concise 'ca,,,rw,0 8 zero;cb,TEST-cb,9,ro,0 4 zero,4 4 error'
  d table --concise
  d create --concise 'cc,,,,0 8 zero'
  d create --concise 'cd,,,rw, 0 8 zero ; ce,,,ro,0 4 zero'
  d create --concise 'cf,,,rw,0 8 zero;broken;cg,,,rw,0 8 zero'
  d create --concise 'ch\,x,,,rw,0 8 zero'
  printf 'ci,,,rw,0 8 zero\n' > "$work/table"
  input=$work/table d create --concise
  d create --concise 'cj,,,bogus,0 8 zero'
}
loading() {
  d create a --table '0 16 zero'
  d load a --table '0 16 error'
  d clear a
  d reload a --table '0 16 error'
  d -v suspend a
  d suspend a
  d resume a
  d -v resume a
  d load a --readonly --table '0 16 zero'
  d resume a --noflush --nolockfs
  printf '0 32 error\n' > "$work/table"
  d load a "$work/table"
  input=$work/table d load a
  d -v load a --table '0 4 zero'
  d load -u nothere --table '0 4 zero'
  d load a --table ''
  d clear a
  d load a --table '0 4 bogus'
  d load a one two
  d resume a
  d suspend --nolockfs --noflush a
  d resume a
  d create b -u TEST-b --table '0 8 zero'
  d load -u TEST-b --table '0 8 error'
  d load -u TEST-b "$work/table"
  d resume -u TEST-b
  d suspend a b
  d resume a b nothere
  d wipe_table a
  d wipe_table b -f
  d suspend -S 'name=a'
  d resume -S 'name=~.'
  d message a 0 hello
  d setgeometry a 1 2 3 4
  d setgeometry a 10 20 30 0
  d setgeometry a 10 20 30 x
}
renaming() {
  d create a --table '0 16 zero'
  d create b --table '0 16 zero'
  d rename a b
  d rename a c
  d rename nothere e
  d rename c --setuuid TEST-c
  d rename c TEST-again --setuuid
  d rename c 'x y'
  d rename 'x y' c
  d rename -u TEST-c e
  d mknodes c
  d mknodes
  d mangle
  "$theirs" --manglename none create 'p q' --notable
  d mangle 'p q'
  d remove 'p\x20q'
}
removing() {
  local i
  for i in a b c e f g h; do d create $i --table '0 16 zero' --uuid TEST-$i; done
  d create top --table '0 16 linear /dev/mapper/a 0'
  d remove a
  d remove nothere b
  d remove b nothere
  d remove b c
  d remove -u TEST-e
  d remove /dev/mapper/f
  d suspend g
  d remove g
  d remove -S 'name=h'
  nodes=no # dmsetup removes the node at once
  d remove --deferred a
  nodes=
  d remove -f top
  d remove --retry a
  d create a --table '0 16 zero'
  d remove_all
}
messages() {
  local data meta
  data=$(loop_device 16M) meta=$(loop_device 16M)
  d create pool --table "0 16384 thin-pool $meta $data 128 0"
  d message pool 0 create_thin 0
  d message /dev/mapper/pool 0 'create_thin 1'
  d message pool 0 create_thin 0
  d message pool bogus create_thin 2
  d message pool 0 bogus
  d create thin --table '0 1024 thin /dev/mapper/pool 0'
  d create thin1 -u TEST-thin1 --table '0 1024 thin /dev/mapper/pool 1'
  d suspend thin
  d message pool 0 create_snap 2 0
  d resume thin
  d message -u TEST-thin1 0 @stats_list
  d message thin 0 @stats_create - /1
  d message thin 0 @stats_create - /1
  d message thin 0 @stats_list
  d message -u TEST-thin1 0 @stats_create - /1
  d remove thin thin1 pool
  losetup -d "$data"
  losetup -d "$meta"
}
nodes() {
  d create a --table '0 16 zero'
  rm -f /dev/mapper/a
  d mknodes
  rm -f /dev/mapper/a
  d mknodes a
  d create b --table '0 16 zero' --noudevrules
  d mknodes
  d remove a b
}
readingAhead() {
  local value
  for value in auto none 0 1 8 10 100 +10 +1000 -5 +-5 '' ' 16' 10x x 99999999999999999999; do
    d create r --table '0 100000 zero' --readahead "$value"
    d info -c --noheadings -o read_ahead r
    d remove_all
  done
}
# The node for which DM_DEV_DIR is responsible: its kind, owner and mode. With another directory
# dmsetup still has udev make links in /dev. Ours makes udev leave the device alone, so links are
# not compared.
owning() {
  local nodes=no
  export DM_DEV_DIR=$work/dev
  mkdir -p "$work/dev/mapper"
  ln -sf /dev/mapper/control "$work/dev/mapper/control"
  d create o --table '0 8 zero' --noudevsync --addnodeoncreate
  stat -c '%F %a %u:%g' "$work/dev/mapper/o" >> "$steps/$step" 2>&1
  rm -rf "${work:?}/dev"
  unset DM_DEV_DIR
}
for name in creating concise loading renaming removing messages readingAhead owning; do
  scenario $name $name
done
[ "${udev-}" != no ] || scenario nodes nodes
