# Command lines where there is no device, and bad ones. Sourced by run.
# shellcheck shell=bash disable=SC2154

lines << 'END'
ls
ls --tree
ls --target linear
info
info -c
info -c --noheadings -o name
status
table
table --concise
deps
measure
mknodes
mangle
remove_all
remove_all -f
version
--version
targets
target-version linear zero
target-version nosuchtarget
-h
--help
help
help -c
udevcookies
udevcreatecookie --bogus
udevreleasecookie
udevreleasecookie 0
udevreleasecookie garbage
udevflags 0
udevflags 0xffff0001
udevflags 0x400001
udevflags 4194305
udevflags garbage
udevcomplete 0
udevcomplete 0xd4d0000
udevcomplete 0xd4d0001
udevcomplete_all
udevcomplete_all -y
udevcomplete_all -y 5
udevcomplete_all bogus
splitname vg-lv
splitname vg-lv-real
splitname vg-lv LVM
splitname vg-lv FOO
splitname a--b-c
splitname a--b-c-d-e
splitname -c --noheadings a--b-c
splitname --nameprefixes --noheadings --rows a--b-c
splitname --nameprefixes --noheadings --rows 'vg--x-lv'
splitname vg-lv-real -o vg_name
splitname vg-lv-real --headings full
splitname vg-lv-real --headings none
splitname vg-lv-real --headings 2 --separator /
info --headings full
info -c --headings full
splitname vg-lv-real -o +subsystem
splitname vg-lv-real -o lv_layer,LV_NAME --separator /
splitname
splitname a b c

''
bogus
info --bogus
info -Z
info -u
info --sort
info --no
info -c -o bogus
info -c -O bogus
info -c -S bogus=1
info -c -S 'name='
info -c -S '(name=1'
info -c -o help
info -c -S help
info nothere
info -c nothere
info -j 254
info -m 0
info -j 254 -m 99
info -u nothere
info a/b
info /dev/null
info /dev/mapper/nothere
status nothere
table nothere
deps nothere
measure nothere
wait nothere
remove
remove nothere
remove nothere nothere2
suspend
suspend nothere
resume nothere
clear nothere
wipe_table nothere
rename
rename nothere there
rename a b c
rename a b/c
message nothere 0 hello
message nothere
message nothere bogus hello
setgeometry nothere 1 1 1 0
setgeometry nothere
load
load nothere --table '0 1 zero'
load nothere --notable
create
create a/b --notable
create a --table '0 1 zero' --notable
create a --table '0 1 zero' --addnodeoncreate --addnodeonresume
create a --table '0 1'
create a --table 'x 1 zero'
create a --table '0 1 nosuchtarget'
create a --table '0 0 zero'
create a --table '0 1 linear /dev/nosuch 0'
create a --mode bogus
create a b c
create --concise a
create --concise 'a,,,rw' b
create --concise --notable 'a,,,rw,0 1 zero'
ls -o bogus
ls --tree -o bogus
ls extra
info --manglename bogus
info --manglename none
info --count -1 -c
info --interval 0 -c

table -S name=x
table --concise -S name=x
status -S name=x
deps -S name=x
info -S name=x
info -c -S name=x
remove -S name=x
suspend -S name=x
resume -S name=x
wipe_table -S name=x

info -o name
status -o name
table -o name
deps -o name
version -o name
remove nothere -o name
info -o blk
info -o ''
status -c --sort name
table -c --sort name
status --sort name
version --count 2 --interval 1
info --count 2 --interval 1
splitname vg-lv --count 2
bogus -j 3
info --interval
info --columns=1
remove -j 254 -m 99
remove -u nothere
suspend -u nothere
resume -j 254 -m 99
table -u nothere
status -j 254 -m 99
message -j 254 -m 99 0 hello
load -u nothere --table '0 1 zero'
rename -u nothere there
create a --table '0 8 abcdefghijklmnopq'
create 'x\x20y z' --table '0 8 zero'
create 'x\x5cx20y' --table '0 8 zero'
create --concise 'a,,,bogus,0 8 zero'
create a --table '0 8 zero' -u 01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789
create 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789 --table '0 8 zero'
ls --tree -o asci
status -c -o bogus
ls -c -o bogus
version -c -O bogus
udevcookies -c -S bogus=1
END
# A cookie that was completed once too often ends the wait at once, and is removed.
if [ "${udev-}" != no ]; then
  too_often() { # PROGRAM
    local cookie
    cookie=$("$1" udevcreatecookie)
    "$1" udevcomplete "$cookie" > /dev/null
    run timeout 20 "$1" udevreleasecookie "$cookie"
    out+="left: $("$theirs" udevcookies | wc -l)"
  }
  too_often "$theirs"
  wanted=$out wantedStatus=$status wantedFirst=$first
  too_often "$ours"
  compare 'udevreleasecookie of a cookie that was completed once too often' "$wanted" \
    "$wantedStatus" "$wantedFirst"
else
  skip 'a cookie that was completed once too often' 'there are no cookies without udevd'
fi
run env DM_DEV_DIR=relative "$theirs" ls
wanted=$out wantedStatus=$status wantedFirst=$first
run env DM_DEV_DIR=relative "$ours" ls
compare 'DM_DEV_DIR=relative' "$wanted" "$wantedStatus" "$wantedFirst"
