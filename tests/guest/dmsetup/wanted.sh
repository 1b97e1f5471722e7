# Where the tool is meant to differ from dmsetup: all of it, with the reason. devmap.8 says the
# same. Sourced by run.
# * Without udevd the tool makes and removes nodes. dmsetup does so only with DM_DISABLE_UDEV (which
#   the suite sets for it then): an initramfs without udevd would have no node at all. The node is a
#   link to devtmpfs's node, which a udevd that starts later takes over: it would not replace a real
#   node by a link. With --verifyudev, --mode, --uid, --gid or DM_DISABLE_UDEV it is a node, 0660
#   root:disk, as Debian's dmsetup makes it.
# * `\x` counts as mangled only if two hexadecimal digits follow: dmsetup decodes what follows,
#   whatever it is.
# * A name that is wrongly mangled has a node with the mangled form of it.
# * --verbose takes no argument: in dmsetup it takes the next word, by mistake.
# * One odd name (wrongly mangled) does not fail a listing: it is no reason to hide the other
#   devices.
# * /dev/dm-N names a device even if /dev/mapper has no node for it: sysfs knows its name.
# * --exec gets a path that exists, a mangled one. What it prints comes after what was printed
#   before it.
# * A node is removed with its device. dmsetup leaves it if the device was addressed by uuid, or
#   removes it before a deferred remove is done.
# * stats print --allregions prints each region once, dmsetup each area of it twice. stats create
#   --filemap and update_filemap are refused: they need a daemon that follows the file. --units
#   takes a letter, without a number in front of it. Intervals after the first are measured, in
#   both, and so are not the same.
# * `info -c -o all` prints rows: dmsetup prints none without statistics. Sizes and paddings of -o
#   all differ in reports of statistics, where dmsetup pads by what it had before.
# * A regular expression of -S that cannot be decided fails the command and selects nothing. Refused
#   are: more than 4,096 bytes, more than 250 nested groups, and repetitions that make it too large.
#   Also refused are expressions that dmsetup reads in another way than they were written: an empty
#   alternative in front (`|a`, `a||b` match everything there), a `)` without its `(` (the rest is
#   not read there), a class without a member (`[]a]`), and a character of several bytes in a class.
# * `splitname` with a field that a name alone does not have (`-o open`) fails, even where dmsetup
#   asks the kernel for it.
# * stats report --region: areas of a region start where it does. dmsetup counts an area of number
#   2^64 - 1 (768.00p, 8.50e).
# * User data with blanks is shown as a whole, and is kept when regions are grouped: dmsetup cuts it
#   at the first blank.
# * An empty table on standard input makes a device without a table, as --notable does.
# * A wait for udev ends after three minutes: nothing may hang forever at boot.
# * Standard error: the first line is dmsetup's, except for the command lines in lib.sh
#   (other_first_line). What follows it is ours: what is expected, which name may have been meant,
#   what the kernel says. Help is short.
# shellcheck shell=bash disable=SC2154

# expect NAME STATUS OUTPUT COMMAND...
expect() {
  run "${@:4}"
  if [ "$status" = "$2" ] && [ "${out%$'\n'}" = "$3" ]; then
    ok "$1"
  else
    not_ok "$1" "exit status $status" "$out" "$(cat "$work/err")"
  fi
}
if [ "${udev-}" = no ]; then
  expect 'create makes the node without udevd' 0 '' "$ours" create a --table '0 8 zero'
  expect 'it is there' 0 'block special file' stat -L -c %F /dev/mapper/a
  expect 'remove removes it' 0 '' "$ours" remove a
  expect 'it is gone' 1 '' test -e /dev/mapper/a
fi
# /dev/null is its standard input.
expect 'an empty table makes a device without one' 0 '' "$ours" create a
expect 'which is there' 0 'No' \
  bash -c '"$0" info a | sed -n "s/^Tables present: *//p" | grep -q LIVE || echo No' "$theirs"
"$theirs" remove a
"$theirs" create a --table '0 8 zero'
number=$("$theirs" info -c --noheadings -o major,minor --separator : a)
expect '--verbose without an argument' 0 '0 8 zero ' \
  bash -c '"$0" --verbose table a | tail -n 1' "$ours"
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

# says NAME SENTENCE ARGUMENT...: bad input fails, prints nothing, and stderr has the sentence
says() {
  run "$ours" "${@:3}"
  if [ "$status" = 1 ] && [ -z "$out" ] && grep -qF -- "$2" "$work/err"; then
    ok "$1"
  else
    not_ok "$1" "exit status $status" "$out" "$(cat "$work/err")"
  fi
}
says 'a misspelt verb' "'suspned'; did you mean 'suspend'?" suspned a
says 'a misspelt verb of stats' "'reprot'; did you mean 'report'?" stats reprot
says 'a misspelt field' "Unrecognised field: nmae; did you mean 'name'?" info -c -o nmae
says 'a misspelt key of --sort' "Unrecognised field: uiid; did you mean 'uuid'?" info -c -O uiid
says 'a misspelt field of --select' "Unrecognised field: segmnets; did you mean 'segments'?" \
  info -c -S 'segmnets=1'
says 'a misspelt option' "'--verifyudve'; did you mean 'verifyudev'?" --verifyudve ls
says 'a misspelt option of --tree' "'acsii'; did you mean 'ascii'?" ls --tree -o acsii
says 'how devices are named' 'It is devno, blkdevname or devname.' ls -o dm
says 'too few operands' 'Usage: dmsetup setgeometry DEVICE CYLINDERS HEADS SECTORS START' \
  setgeometry a
says 'too many' 'Usage: dmsetup rename DEVICE [--setuuid] NEW' rename a b c
says 'a bad row names line and column' '--table: line 2, column 3: the length must be a number' \
  create bad --table $'0 1 zero\n1 x zero'
printf '# comment\n0 8 zero\n8\n' > "$work/table"
says 'in a file too' "$work/table: line 3, column 2: the length must be a number" \
  create bad "$work/table"
says 'a file that is not there' '/nothing/there' create bad /nothing/there
says 'a bad --headings' 'Unknown headings type.' info -c --headings long
says 'also without a report' 'Unknown headings type.' ls --headings ''
says '--headings with --noheadings' 'Only one of --headings and --noheadings permitted.' \
  info -c --headings full --noheadings
says 'a bad --mode' 'Invalid argument for --mode: 9.' create bad --mode 9 --notable
says 'a bad sector' 'Invalid sector' message a x y
says 'a selection without an operator' "Selection syntax error at 'zero'" info -c -S 'name zero'
says 'regions of a file' 'not supported: they need a daemon' stats create --filemap "$work/table"
expect 'none of that left a device' 0 'No devices found' "$ours" ls
expect 'a closed stdout is an error' 1 '' bash -c '"$0" version >&-' "$ours"
expect 'a full one too' 1 '' bash -c '"$0" targets > /dev/full' "$ours"

dmsetup create aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa --table '0 8 zero'
expect 'a regular expression with many ways to fit' 0 '' \
  "$ours" info -c --noheadings -o name -S 'name=~"(a*)*(a*)*(a*)*(a*)*(a*)*b"'
refuses() { # EXPRESSION WHAT: with =~ and !~, and no verb acts on any device
  says "$1 is refused" "' $2." info -c -o name -S "name=~'$1'"
  says "$1 is refused with !~ too" "' $2." info -c -o name -S "name!~'$1'"
  says "remove by $1 is refused" "' $2." remove -S "name!~'$1'"
}
refuses '|a' 'has an empty alternative'
refuses 'a||b' 'has an empty alternative'
refuses 'a)|(b' 'has a ) without its ('
refuses 'a)' 'has a ) without its ('
refuses '[]' 'has a [] without a member; a ] as a member is \]'
refuses '[^]a]' 'has a [] without a member; a ] as a member is \]'
refuses "[$(printf '\303\274')]" 'has a character in [] that takes several bytes'
refuses "$(printf '(%.0s' {1..300})a$(printf ')%.0s' {1..300})" 'has too many groups in groups'
refuses "$(printf '(%.0s' {1..20})a$(printf ')+%.0s' {1..20})" 'is too large'
refuses "$(printf 'a%.0s' {1..5000})" 'is longer than 4096 bytes'
expect 'they chose nothing' 0 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa \
  "$ours" info -c --noheadings -o name
dmsetup remove aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa

# Groups of regions: each of the two reads what the other writes, and ours reads the form of both
# versions.
exchange() {
  local list='stats list --noheadings -o stats_name,group_id,region_id,user_data --separator |' \
    alias tag wanted=home
  {
    "$theirs" create a --table '0 8192 zero'
    "$theirs" stats create a --length 1m
    "$theirs" stats create a --start 1m --length 1m
    "$theirs" stats group a --regions 0,1 --alias home
  } > /dev/null
  # shellcheck disable=SC2086 # words
  expect 'an alias that dmsetup wrote' 0 $'home|0|0|\nhome|0|1|\nhome|0|0-1|' "$ours" $list
  "$theirs" stats ungroup a --groupid 0 > /dev/null
  "$ours" stats group a --regions 0,1 --alias home > /dev/null
  [ "$beside" != 1.02.185 ] || wanted='"home"' # it knows no quotes
  # shellcheck disable=SC2086 # words
  expect 'an alias that dmsetup reads' 0 "$wanted|0|0|"$'\n'"$wanted|0|1|"$'\n'"$wanted|0|0-1|" \
    "$theirs" $list
  "$ours" stats delete a --allregions
  for alias in home 'home sweet' 'a#b' 'a "b":0-1'; do
    for tag in "$alias" "\"$alias\""; do
      case $tag in 'a "b"'*) continue ;; esac # without quotes, a colon ends it
      "$theirs" message a 0 \
        "@stats_create 0+8 /1 dmstats DMS_GROUP=${tag// /\\ }:0-1#two\\ words" > /dev/null
      "$theirs" message a 0 '@stats_create 8+8 /1 1 precise_timestamps dmstats -' > /dev/null
      # shellcheck disable=SC2086 # words
      expect "the tag $tag" 0 "$alias|0|0|two words"$'\n'"$alias|0|1|"$'\n'"$alias|0|0-1|" \
        "$ours" $list
      "$ours" stats ungroup a --groupid 0 > /dev/null
      expect 'what stays without the group' 0 '0: 0+8 8 dmstats two words' \
        bash -c '"$0" message a 0 @stats_list | head -n 1' "$theirs"
      "$ours" stats delete a --allregions
    done
  done
  for line in 'info -c -o help' 'splitname a-b -O help' 'stats list -o help a' \
      'status -c -o help a'; do
    # shellcheck disable=SC2016,SC2086 # the other shell expands; words
    expect "the list of fields stands there once: $line" 0 1 \
      bash -c '"$@" 2>&1 | grep -c "^Fields;"' bash "$ours" $line
  done
  says 'a bad size' 'Invalid length argument: "1.5m"' stats create a --length 1.5m a
  says 'too large a size' 'Invalid start argument' stats create a --start 99999999999999999999 a
  says 'a product that is too large' 'Invalid areasize argument' \
    stats create a --areasize 99999999999e a
  "$theirs" remove a
}
exchange
