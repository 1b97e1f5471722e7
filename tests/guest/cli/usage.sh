# What needs no kernel: help, the command line, udevflags, completion, writing to stdout. Sourced by
# run.
# shellcheck shell=bash disable=SC2154

matches 'help lists the verbs' '^  create +make a device' "$devmap" help
matches '--help does too' '^  create +make a device' "$devmap" --help
matches 'help of a verb' '^Usage: devmap remove \[OPTION\.\.\.\] DEVICE\.\.\.$' \
  "$devmap" help remove
matches 'help of a verb by option' '^Usage: devmap remove ' "$devmap" remove --help
matches 'help of a verb by its other name' '^Usage: devmap load ' "$devmap" help reload
matches 'help of a verb of two words' '^Usage: devmap udev reclaim ' "$devmap" help udev reclaim
matches 'help of the udev verbs' '^  udev reclaim  *remove the cookies' "$devmap" help udev
matches 'version of the tool' '^devmap [0-9]+\.[0-9]+\.[0-9]+$' "$devmap" --version

every_verb_has_help() {
  local verb
  "$devmap" help |
    sed -nE 's/^  ([a-z-]+( [a-z-]+)?)  .*/\1/p; s/^  ((pool|udev|layer) [a-z-]+) .*/\1/p' |
    sort -u > "$work/verbs"
  [ "$(wc -l < "$work/verbs")" -ge 25 ] || { cat "$work/verbs"; return 1; }
  while read -r verb; do
    # shellcheck disable=SC2086 # one word or two
    "$devmap" help $verb | grep -q "^Usage: devmap $verb" || { echo "no help for $verb"; return 1; }
  done < "$work/verbs"
}
check 'every verb has help' every_verb_has_help

every_verb_in_manual() {
  local verb manual=$here/../../../tools/man/devmap.8.scd
  while read -r verb; do
    grep -qE "^\*$verb\*" "$manual" || { echo "the manual lacks $verb"; return 1; }
  done < "$work/verbs"
  "$devmap" completion -- create -- > /dev/null
  local option
  for option in $(while read -r verb; do "$devmap" help $verb; done < "$work/verbs" |
      grep -oE '^ +(-., )?--[a-z]+' | grep -oE -- '--[a-z]+' | sort -u); do
    grep -qF -- "*$option*" "$manual" || { echo "the manual lacks $option"; return 1; }
  done
}
check 'the manual has every verb and every option' every_verb_in_manual

refuses 'no verb' '^Usage: devmap' "$devmap"
refuses 'unknown verb' "unknown verb 'frobnicate'" "$devmap" frobnicate
refuses 'misspelt verb' "Did you mean 'remove'" "$devmap" remvoe x
refuses 'misspelt verb of two words' "Did you mean 'udev reclaim'" "$devmap" udev reclame
refuses 'udev alone' "unknown verb 'udev'" "$devmap" udev
refuses 'unknown option' "unknown option '--frobnicate'" "$devmap" ls --frobnicate
refuses 'unknown letter' "unknown option '-Z'" "$devmap" ls -Z
refuses 'option of another verb' 'no option --table here' "$devmap" ls --table x
refuses 'ambiguous option' 'could mean --noflush --nolockfs' "$devmap" suspend --no x
refuses 'option without its value' "'--table' needs a value: ROWS" "$devmap" create x --table
refuses 'letter without its value' "'-u' needs a value: UUID" "$devmap" info -u
refuses 'value for an option without one' "'--force' takes no value" "$devmap" remove --force=yes x
refuses 'too few operands' 'too few operands; wanted: TYPE...' "$devmap" target-version
refuses 'too many operands' "'b' is one operand too many" "$devmap" ls b
refuses 'remove without a device' 'no device given' "$devmap" remove
refuses 'message without words' 'too few operands' "$devmap" message x
refuses 'message to no sector' "'zero' is not a sector" "$devmap" message x zero word
refuses '--minor without --major' '--major and --minor go together' "$devmap" info --minor 3
refuses 'number and uuid' 'one address' "$devmap" info -j 1 -m 2 -u x
refuses 'operand and uuid' 'already given' "$devmap" info -u x y
refuses 'bad device number' "'1:x' is not a device number" "$devmap" info -j 1 -m x
refuses '--notable with a table' 'exclude each other' \
  "$devmap" create x --notable --table '0 1 zero'
refuses '--notable with a file' 'exclude each other' "$devmap" create x --notable file
refuses '--table with a file' "'file': the table is already given" \
  "$devmap" create x --table '0 1 zero' file
refuses 'both node times' 'exclude each other' \
  "$devmap" create x --addnodeoncreate --addnodeonresume
refuses 'name with a slash' "cannot hold '/'" "$devmap" create a/b --table '0 1 zero'
refuses 'name with a blank' 'a\\x20b' "$devmap" create 'a b' --table '0 1 zero'
refuses 'empty name' 'cannot be empty' "$devmap" remove ''
refuses 'long name' 'at most 127 bytes' "$devmap" info "$(printf '%0128d' 0)"
refuses 'bad seconds' "'soon' is not a number of seconds" "$devmap" remove --retry=soon x
refuses 'bad deadline' "'1,5' is not a number of seconds" "$devmap" resume --deadline 1,5 x
refuses 'bad event number' "'-1' is not an event number" "$devmap" wait x -- -1
refuses 'bad cookie for a verb' "'0' is not a udev cookie" "$devmap" resume --udevcookie 0 x
refuses 'not a device' "'/dev/null' is not a block device" "$devmap" info /dev/null

prints 'udevflags of a resume' "DM_UDEV_PRIMARY_SOURCE_FLAG='1'" "$devmap" udevflags 0x400d4d
prints 'udevflags of flags in decimal' \
  $'DM_UDEV_DISABLE_DM_RULES_FLAG=\'1\'\nDM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG=\'1\'' \
  "$devmap" udevflags 196608
prints 'udevflags without flags' '' "$devmap" udevflags 0x0d4d
for cookie in 0 0x0 '' 12x 4294967296 0x100000000 -- -5; do
  refuses "udevflags $cookie" '(is not a udev cookie|too few operands|unknown option)' \
    "$devmap" udevflags "$cookie"
done
prints 'udevflags: all sixteen' 16 bash -c '"$0" udevflags 0xffff0000 | wc -l' "$devmap"
if command -v strace > /dev/null; then
  prints 'udevflags opens no control node' 0 bash -c \
    'strace -f -o "$1" "$0" udevflags 0x400000 > /dev/null; grep -c "mapper\|semget" "$1" || true' \
    "$devmap" "$work/trace"
fi

prints 'completion: verbs' \
  $'remove\tremove devices\nrename\tgive a device another name, or a uuid' \
  bash -c '"$0" completion -- re | grep ^re[mn]' "$devmap"
prints 'completion: udev verbs' $'state\tshow how udev is waited for, and why so' \
  "$devmap" completion -- udev s
matches 'completion: families of verbs' $'^udev\tcookies, and how udev is waited for$' \
  "$devmap" completion -- ud
prints 'completion: options' $'--deferred\ta device in use is removed on last close' \
  "$devmap" completion -- remove --def
prints 'completion: options given are not offered again' '' \
  "$devmap" completion -- remove --deferred --def
prints 'completion: files' ':files' "$devmap" completion -- create x ''
prints 'completion: nothing after the last operand' '' "$devmap" completion -- create x file ''

refuses 'stdout that is full' 'cannot write to standard output: ENOSPC' \
  bash -c '"$0" help > /dev/full' "$devmap"
refuses 'stdout that is closed' 'cannot write to standard output: EBADF' \
  bash -c '"$0" help >&-' "$devmap"
silent 'stdout closed, but nothing to say' bash -c '"$0" udevflags 0x0d4d >&-' "$devmap"
refuses 'options may stand before the verb' "'soon' is not a number of seconds" \
  "$devmap" --retry=soon remove x
prints 'operands after --' "DM_UDEV_PRIMARY_SOURCE_FLAG='1'" "$devmap" -- udevflags 0x400000

if [ "$(id -u)" = 0 ] && command -v setpriv > /dev/null; then
  refuses 'not root' '(permission|no device-mapper)' \
    setpriv --reuid 65534 --clear-groups "$devmap" ls
fi

matches 'help of a verb of two words' '^Usage: devmap pool activate ' "$devmap" help pool activate
matches 'help of the pool verbs' '^  pool snap POOL ID BASE BASEID' "$devmap" help pool
refuses 'misspelt pool verb' "Did you mean 'pool snap'" "$devmap" pool snpa
refuses 'pool alone' "unknown verb 'pool'" "$devmap" pool
refuses 'too few operands' 'too few operands; wanted: POOL ID' "$devmap" pool thin x
refuses 'bad thin id' "'16777216' is not a thin id" "$devmap" pool thin p 16777216
for size in '' 12x 1.5G 511b -1 99999999999999999999 40000000000P '1 G'; do
  refuses "bad size '$size'" 'is not a size' "$devmap" pool activate p n 1 -- "$size"
done
prints 'completion: pool verbs' $'snap\tmake a snapshot of a thin volume\n'\
$'set-transaction-id\tchange the transaction id of a pool\n'\
$'status\tshow the health and the usage of a pool' "$devmap" completion -- pool s
matches 'completion: families of verbs' $'^pool\tthin pools and their volumes$' \
  "$devmap" completion -- po
matches 'completion: layers are a family' $'^layer\tlayers of images, on a thin pool$' \
  "$devmap" completion -- lay
