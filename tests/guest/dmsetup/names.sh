# Name mangling: each mode, with names that are plain, have a blank, are mangled, half mangled, and
# mangled twice. Sourced by run.
# shellcheck shell=bash disable=SC2154

oddNames=(plain 'a b' 'a\x20b' 'a b\x20c' 'a\x5cx20b' ü)

# make_as NAME: a device whose name in the kernel has exactly these bytes
make_as() {
  "$theirs" --manglename none create "$1" --verifyudev --table '0 8 zero' > /dev/null 2>&1
}
clear_all() {
  "$theirs" --manglename none remove_all > /dev/null 2>&1
  [ "${udev-}" = no ] || udevadm settle
  for device in /dev/mapper/*; do
    [ "$device" = /dev/mapper/control ] || rm -f -- "$device"
  done
}
# on NAME ARGUMENT...: runs the command line on a device with these bytes for a name; prints exit
# status, output, and the name afterwards
on() {
  local name=$1 program seen=()
  shift
  for program in dmsetup "$ours"; do
    clear_all
    make_as "$name" || { not_ok "$name: $*" 'the device cannot be made'; return; }
    run "$program" "$@"
    seen+=("exit status $status"$'\n'"$out--"$'\n'"$("$theirs" --manglename none ls 2>&1)")
  done
  note "$*"
  if [ "${seen[0]}" = "${seen[1]}" ]; then
    ok "of '$name': $*"
  else
    not_ok "of '$name': $*" "$(diff <(echo "${seen[0]}") <(echo "${seen[1]}") | cat -A)" \
      "$(cat "$work/err")"
  fi
}

for mode in none auto hex; do
  for name in "${oddNames[@]}"; do
    on "$name" --manglename $mode mangle "$name"
    on "$name" --manglename $mode table "$name"
    on "$name" --manglename $mode info -c --noheadings -o name,mangled_name,unmangled_name "$name"
    on "$name" --manglename $mode remove "$name"
    on "$name" --manglename $mode rename "$name" renamed
    on other --manglename $mode create "$name" --table '0 8 zero'
    on other --manglename $mode rename other "$name"
  done
done
# By number, so that the name is not read from the command line: dmsetup fails on the other odd
# names, see wanted.sh.
on 'a\x5cx20b' --manglename hex info -c --noheadings -o mangled_name,unmangled_name
on 'a\x20b' --manglename hex info -c --noheadings -o mangled_name,unmangled_name
on 'a\x20b' info -c --noheadings -o mangled_name,unmangled_name
on 'a b\x20c' --manglename none info -c --noheadings -o mangled_name
on 'a\x5cx20b' --manglename none info -c --noheadings -o mangled_name,unmangled_name
clear_all

# A node that has the bytes of the name, as dmsetup makes it without udevd, is removed with the
# name.
if [ "${udev-}" = no ]; then
  make_as 'P b'
  run "$ours" mangle 'P b'
  if [ -b '/dev/mapper/P\x20b' ] && [ ! -e '/dev/mapper/P b' ]; then
    ok 'mangle has the node follow'
  else
    not_ok 'mangle has the node follow' "$(ls -l /dev/mapper)"
  fi
  clear_all
  make_as 'P b'
  run "$ours" --manglename none remove 'P b'
  if [ ! -e '/dev/mapper/P b' ]; then
    ok 'remove takes it away'
  else
    not_ok 'remove takes it away' "$(ls -l /dev/mapper)"
  fi
  clear_all
fi
