# Where the tool is meant to differ from dmsetup. Sourced by run.
# shellcheck shell=bash disable=SC2154

# expect NAME STATUS OUTPUT COMMAND...
expect() {
  run "${@:4}"
  if [ "$status" = "$2" ] && [ "${out%$'\n'}" = "$3" ]; then ok "$1"; else not_ok "$1" "exit status $status" "$out" "$(cat "$work/err")"; fi
}
if [ "${udev-}" = no ]; then
  expect 'create makes the node without udevd' 0 '' "$ours" create a --table '0 8 zero'
  expect 'it is there' 0 'block special file' stat -L -c %F /dev/mapper/a
  expect 'remove removes it' 0 '' "$ours" remove a
  expect 'it is gone' 1 '' test -e /dev/mapper/a
fi
"$theirs" create a --table '0 8 zero'
number=$("$theirs" info -c --noheadings -o major,minor --separator : a)
expect '--verbose without an argument' 0 '0 8 zero ' bash -c '"$0" --verbose table a | tail -n 1' "$ours"
if "$theirs" --manglename none create 'b c' --notable 2> /dev/null; then
  expect 'an odd name does not fail a listing' 0 $'a\t('"$number"$')\nb c\t(254:1)' "$ours" ls
  expect 'nor a report' 0 $'a\nb c' "$ours" info -c --noheadings -o name
  "$theirs" --manglename none remove 'b c'
else
  skip 'an odd name' 'this kernel refuses it'
fi
mv /dev/mapper/a "$work/node" 2> /dev/null || rm -f /dev/mapper/a
expect '/dev/dm-N without a node in /dev/mapper' 0 '0 8 zero ' "$ours" table "/dev/dm-${number#*:}"
expect 'all fields' 0 1 bash -c '"$0" info -c -o all --noheadings | wc -l' "$ours"
"$theirs" remove a
