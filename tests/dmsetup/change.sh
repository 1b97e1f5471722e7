# Verbs that change devices. Sourced by run.
# shellcheck shell=bash disable=SC2154

creating() {
  d create a --table '0 2048 zero'
  d create a --table '0 2048 zero'
  d create b --table $'0 10 zero\n10 20 error\n30 1 zero'
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
  d create z /nothing/there
  d create --tab '0 5 zero' z --no
  d create --tab '0 5 zero' z
  d create z2 < /dev/null
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
  nodes=no # dmsetup takes the node away at once
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
statistics() {
  d create a --table '0 8192 zero'
  d create b -u TEST-b --table $'0 1024 zero\n1024 2048 zero'
  d stats list
  d stats create a
  d stats create a --areas 4 --start 0 --length 1m --programid foo --userdata bar
  d stats create a --bounds 10ms,20ms
  d stats create a --bounds 10us,20us
  d stats create a --bounds 10ms,20ms --precise
  d stats create a --start 1m --length 512k
  d stats create a --areasize 512k
  d stats create b --segments
  d stats create b --segments --nogroup
  d stats create b --segments --alias foo
  d stats create --alldevices --programid all
  d stats create a --programid ''
  d stats create nothere
  d stats create a --length bogus
  d message a 0 @stats_list
  d message b 0 @stats_list
  d stats group a --regions 0,2 --alias grp
  d stats group a --regions 0,2
  d stats group a --regions 99
  d message a 0 @stats_list
  d stats list
  d stats list a
  d stats list -u TEST-b
  d stats list nothere
  d stats list --allprograms
  d stats list --programid foo
  d stats list --allprograms --histogram
  d stats list --allprograms --area
  d stats list --region
  d stats list --group
  d -v stats list --allprograms
  d stats list -o all
  d stats list a -o +hist_bounds,hist_ranges
  d stats list -o name,region_id --nameprefixes
  d stats list -o stats_name,region_id,region_start --noheadings
  d stats list --noheadings
  d stats list --units s
  d stats list --units b
  d stats list --units k
  d stats list --units m --nosuffix
  d stats list -S 'region_len>1m'
  d stats list -S 'obj_type=group'
  d stats list -O -region_len,region_id
  d stats report --count 2 --interval 1 b
  dd if=/dev/mapper/a of=/dev/null bs=64k count=10 iflag=direct 2> /dev/null
  d stats print a --regionid 0
  d stats print a --regionid 2
  d stats print a
  d stats report a -o stats_name,region_id,obj_type,reads_per_sec,read_size_per_sec,avg_request_size,read_count,read_sector_count,throughput
  d stats report a
  d stats report a --histogram
  d stats report a --histogram --relative
  d stats report a -o name,hist_bins,hist_bounds,hist_ranges
  d stats clear a --regionid 0
  d stats clear a --allregions
  d stats clear a
  d stats print --clear a --regionid 0
  d stats ungroup a --groupid 0
  d stats ungroup a --groupid 0
  d stats delete a
  d stats delete a --regionid 99
  d stats delete a --regionid 0
  d stats delete b --groupid 4
  d stats delete --allregions
  d stats delete a --allregions --allprograms
  d stats list --allprograms
  d stats delete --allregions --alldevices --allprograms
  d stats list
  d stats bogus
  d stats
  d stats help
  d stats version
  d remove a b
}
for name in statistics creating concise loading renaming removing messages; do scenario $name $name; done
[ "${udev-}" != no ] || scenario nodes nodes
