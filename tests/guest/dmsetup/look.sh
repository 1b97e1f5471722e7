# Verbs that read, on the zoo. Sourced by run.
# shellcheck shell=bash disable=SC2154

# All verbs see all devices below; here each device is named once.
verbs=(info status table deps 'info -c -o name,deps_all')
for index in "${!zoo[@]}"; do
  # shellcheck disable=SC2086 # words
  same ${verbs[index % 5]} "${zoo[index]}"
done
minor=$(dmsetup info -c --noheadings -o minor many)
export minor
lines << 'END'
ls
info
status
table
deps
measure
table --inactive
status --inactive
info --inactive
deps --inactive
info -c --inactive
table --showkeys
table --showkeys crypt integrity
table crypt cryptnull integrity
table --concise cryptnull
table --noflush
status --noflush
-v status
-v table many zero
-v deps many
-v info zero
-vv --noopencount ls --tree -o ascii --bogus
--noopencount info zero
info zero many
info zero nothere many
info -c zero nothere many
info -C zero --noh
info -c --headings none
info -c --headings abbrev
info -c --headings full
info -c --headings 0
info -c --headings 1
info -c --headings 2
info -c --headings FULL
info -c --heading full -o name,attr,UUID,vg_name,devs_used
info -c --headings full --rows
info -c --headings none --rows
info -c --headings full --separator '|'
info -c --headings none --separator '|'
info -c --headings full --nameprefixes
info -c --headings full --unbuffered
info -c --headings none zero many
status many many --target linear
table --target zero
status --target zero
table many --target nosuchtarget
table --concise
table --concise many
table --concise zero many --target linear
table -u LVM-many
table -j 254 -m $minor
table --major=254 --minor=$minor
table /dev/mapper/many
table mapper/many
deps -u LVM-many
status -j254 -m$minor
info -u LVM-many
info -c -u LVM-many
info -c -j 254 -m $minor --noheadings -o name
info -c /dev/mapper/many
info -- many
info many --
status zero --count 2 --interval 1
table zero --count 2
table zero many --count 2 --interval 1
info zero --count 2
deps zero --count 2
ls --target zero --count 2
targets --count 2
status nothere --count 2
create zero --table '0 8 zero'
create other --table '0 8 zero' -u LVM-many
create other --table '0 8 zero' -j 254 -m $minor
rename zero many
rename zero --setuuid LVM-many
rename many --setuuid other
message zero 0 hello
message zero 99999 hello
load zero --table ''
load zero --table '4 4 zero'
load zero --table '0 8 linear /dev/nosuch 0'
remove linear
setgeometry zero 1 2 3 x
wait zero 5
-v wait zero 7
deps many -o devname
deps many -o blkdevname
deps many -o devno
deps -o devname
deps -o blkdevname
ls -o devname
ls -o blkdevname
ls -o devno
ls -o blkdev
ls -o devn
ls --target linear
ls --target linear -v
ls --target zero -o blkdevname
ls --target nosuchtarget
ls --exec nosuchprogram
ls --target linear --exec 'echo x'
ls --target error --exec 'echo  a  b'
status --target linear --exec 'echo x'
table --exec echo many
ls --tree
ls --tree -o ascii
ls --tree -o utf
ls --tree -o vt100
ls --tree -o notrunc
ls --tree -o compact
ls --tree -o compact,notrunc
ls --tree -o ascii,compact
ls --tree -o inverted
ls --tree -o inverted,compact,notrunc
ls --tree -o ascii,inverted,notrunc
ls --tree -o uuid,active,open,rw
ls --tree -o uuid,active,open,rw,notrunc
ls --tree -o open,notrunc
ls --tree -o nodevice,blkdevname
ls --tree -o blkdevname
ls --tree -o device,status,table
ls --tree -o active,inverted,compact
info -c
info -c -o name
info -c -o name,uuid
info -c -o name_all
info -c -o +mangled_name
info -c -o +deps_all
info -c -o deps_all,name
info -c -o tree_all
info -c -o splitname_all
info -c -o name,splitname_all
info -c -o name,suspended,readonly,tables_loaded
info -c -o name,devno,attr,segments
info -c -o NAME,Uuid
info -c -o unmangledname,mangleduuid
info -c -o name,info_major
info -c -o name,blkdevname --noheadings
info -c -o name,blkdevname zero
info -c -o name,info_all zero linear many
info -c -o name,read_ahead
info -c -o name,blkdevs_used,devnos_used,devs_used,names_using_dev
info -c -o name,device_ref_count,devnos_using_dev
info -c --noheadings
info -c --nohead -o name,open
info -c --separator '|'
info -c --separator '|' --noheadings
info -c --separator ''
info -c --nameprefixes
info -c --nameprefixes --noheadings
info -c --nameprefixes --noheadings --rows
info -c --nameprefixes --unquoted --rows --noheadings -o name,uuid,suspended,readonly,major,minor,open,tables_loaded,names_using_dev -j 254 -m $minor
info -c --nameprefixes --noheadings --rows -o name,uuid,suspended many
info -c --unquoted --nameprefixes -o name_all zero
info -c --rows
info -c --rows --noheadings
info -c --rows -o name,open zero
info -c --rows --separator ,
info -c --unbuffered
info -c --unbuffered -o name,uuid
info -c --unbuffered --noheadings
info -c -O name
info -c -O -name
info -c -O open,-name
info -c -O -minor
info -c -o name -O -segments,name
info -c -o name --sort uuid
info -c -O +major,-minor -o name
info -c --sort -open,minor --noheadings -o name,open,minor
info -c -S name=zero
info -c -S 'name=nothere'
info -c -S 'name!=zero' -o name
info -c -S 'name=~vg' -o name
info -c -S 'name=~^vg-lv$' -o name
info -c -S 'name!~^vg' -o name
info -c -S 'name=~^(vg|zero)' -o name
info -c -S 'name=~[0-9]$' -o name
info -c -S 'name=~"^[a-d].*[^a-z]"' -o name
info -c -S 'name=~l.n+e?a' -o name
info -c -S 'name=~(zero|error)' -o name
info -c -S 'name=~{^t}' -o name
info -c -S 'uuid=~^LVM&&segments>1' -o name
info -c -S "UUID=~^LVM&&segments=1&&devnos_used='254:1'" -o name,devnos_used
info -c -S 'segments>1||open>0' -o name,segments,open
info -c -S 'segments>1#open>0' -o name
info -c -S 'segments>1,open>0' -o name
info -c -S 'open>=1 && !(name=zero)' -o name
info -c -S '(open>=1 || segments=2) && minor<9' -o name,minor
info -c -S 'suspended=Suspended' -o name
info -c -S 'suspended=Suspended||name=~thin[^0-9]*$' -o name
info -c -S 'minor<=3' -o name,minor
info -c -S 'minor!=3' -o name,minor
info -c -S 'name=zero' -o name,selected
info -c -o selected,name
info -c -S '' -o name
info -c -S 'name=zero extra'
info -c -S 'name>zero'
info -c -S 'minor=abc'
info -S name=zero
table -S 'name=zero'
table -S 'name=~vg'
status -S 'uuid=~^LVM'
deps -S 'name=many||name=thin'
table -S 'name=nothere'
info -c --count 2 --interval 1 zero -o name
info -c --count 1 zero
mangle
mangle zero many
mknodes
mknodes zero
mknodes nothere
--manglename none ls
--manglename none info -c -o name,mangled_name,unmangled_name
--manglename hex info 'a b(c)'
--manglename none info 'a b(c)'
--manglename none table 'a\x20b\x28c\x29'
info 'a b(c)'
info 'a\x20b\x28c\x29'
info 'a\x20b(c)'
table 'a b(c)'
info -u 'odd uuid*'
info -c 'a b(c)' -o name,mangled_name,uuid,mangled_uuid
END
for mode in none auto hex; do
  export DM_DEFAULT_NAME_MANGLING_MODE=$mode
  lines << 'END'
ls
info 'a b(c)'
info -c -o name,uuid
END
done
unset DM_DEFAULT_NAME_MANGLING_MODE
mkdir -p "$work/stock"
ln -s "$theirs" "$work/stock/devmap_name" # it goes by the name it is called by
for numbers in "254 $minor" "254:$minor" '254 9999' 254; do
  # shellcheck disable=SC2086 # words
  "$work/stock/devmap_name" $numbers > "$work/wanted" 2> "$work/wanted.err"
  wantedStatus=$? wantedFirst=
  IFS= read -r wantedFirst < "$work/wanted.err"
  # shellcheck disable=SC2086
  run "$work/bin/devmap_name" $numbers
  compare "devmap_name $numbers" "$(cat "$work/wanted")${out:+$'\n'}" "$wantedStatus" "$wantedFirst"
done
exec 9<&-
