# What the parts of the suite share. Sourced by run, which sets `beside` to the version of dmsetup
# to compare with.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of the sourcing script

# Debian's dmsetup. Without udevd it makes nodes only if asked to.
dmsetup() {
  if [ "${udev-}" = no ]; then DM_DISABLE_UDEV=1 "$theirs" "$@"; else "$theirs" "$@"; fi
}

# All devices: at once, and what is left, stacked or open, one by one.
remove_everything() {
  local device round
  "$theirs" remove_all > /dev/null 2>&1
  for round in 1 2 3 4 5 6 7 8; do
    "$theirs" --manglename none ls > "$work/left" 2> /dev/null
    [ "$(< "$work/left")" != 'No devices found' ] || break
    while IFS=$'\t' read -r device _; do
      [ $round != 1 ] || "$theirs" --manglename none resume "$device" > /dev/null 2>&1
      dmsetup --manglename none remove "$device" > /dev/null 2>&1
    done < "$work/left"
  done
  [ "${udev-}" = no ] || udevadm settle
  for device in /dev/mapper/*; do # what a dmsetup without udev left
    [ "$device" = /dev/mapper/control ] || rm -f "$device"
  done
}

cleanup() {
  local loop
  exec 9>&-
  remove_everything
  for loop in $(losetup -n -O NAME,BACK-FILE 2> /dev/null |
      awk -v d="$work/" 'index($2, d) == 1 {print $1}'); do
    losetup -d "$loop"
  done
  rm -rf "$work"
}

ok() {
  passed=$((passed + 1))
  echo "ok - ${1//$'\n'/\\n}"
}
not_ok() { # NAME TEXT...
  failed=$((failed + 1))
  echo "not ok - ${1//$'\n'/\\n}"
  printf '%s\n' "${@:2}" | sed 's/^/    /'
}
skip() {
  skipped=$((skipped + 1))
  echo "SKIP - $1: $2"
}

# Runs PROGRAM (dmsetup, ours, ...) with arguments. Sets out to its standard output, byte for byte,
# status to its exit status, and first to the first line of its standard error. The name it was
# called by, which getopt prints there, is replaced.
run() {
  "$@" > "$work/out" 2> "$work/err" < "${input:-/dev/null}"
  status=$?
  IFS= read -r -d '' out < "$work/out"
  first=
  IFS= read -r first < "$work/err"
  first=${first/#"$theirs: "/dmsetup: }
  first=${first/#"$ours: "/dmsetup: }
}

# listed NAME: whether the file `versions` says that the dmsetup compared with is expected to differ
# there; sets reason
listed() {
  local version pattern
  while IFS=$'\t' read -r version pattern reason; do
    # shellcheck disable=SC2053 # a pattern
    [ "$version" != "$beside" ] || [[ $1 != $pattern ]] || return 0
  done < "$here/versions"
  return 1
}

# verdict NAME SAME TEXT...: SAME is yes or no; TEXT says what differs
verdict() {
  local reason
  if listed "$1"; then
    if [ "$2" = no ]; then
      ok "$1 (not as $beside: $reason)"
    else
      not_ok "$1" "as dmsetup $beside, but \`versions\` lists it"
    fi
  elif [ "$2" = yes ]; then
    ok "$1"
  else
    not_ok "$1" "${@:3}"
  fi
}

# Command lines whose first line on standard error differs in ours: a pattern, and the reason.
other_first_line=(
  '* --no' 'the possibilities stand in the order of our options'
  '* -[oOS] *bogus*' 'our list of fields stands before the error, in our words'
  '*create r * --readahead 9999*' 'dmsetup does not say that it could not be set'
  '*--filemap *' 'regions of files are not supported, whether the file is there or not'
  '*update_filemap *' 'regions of files are not supported, whether the file is there or not'
  '* -[oO] *help*' 'our list of fields'
  '* -S help*' 'our list of fields'
  'info -c -o name,info_major' 'our list of fields stands before the error, in our words'
  'ls --exec nosuchprogram' 'dmsetup does not say that the program is not there'
  '*mangle nothere' 'dmsetup says no more than that the command failed'
  '-vv *' 'dmsetup traces its own calls'
  'remove_all' 'dmsetup complains of a name that is mangled twice, and goes on'
  'udevreleasecookie of a cookie that was completed once too often'
  'dmsetup tells of the call that failed'
)
# same_first LINE WANTED SEEN: the first lines on standard error
same_first() {
  local i
  [ "$2" != "$3" ] || return 0
  # The read-ahead of a device without a node.
  [[ $2 != /dev/mapper/*': open failed: '* ]] || return 0
  # If a selection cannot be read, the message is ours.
  [[ $3 != 'Selection syntax error'* && $3 != "Regular expression '"* ]] || return 0
  for ((i = 0; i < ${#other_first_line[@]}; i += 2)); do
    # shellcheck disable=SC2053 # patterns
    [[ $1 != ${other_first_line[i]} && $1 != *": "${other_first_line[i]} ]] || return 0
  done
  return 1
}

# compare NAME OUT STATUS FIRST: with what the last run gave
compare() {
  if [ "$status" = "$3" ] && [ "$out" = "$2" ] && same_first "$1" "$4" "$first"; then
    verdict "$1" yes
  else
    printf '%s' "$2" > "$work/wanted"
    printf '%s' "$out" > "$work/seen"
    verdict "$1" no "exit status: dmsetup $3, ours $status" \
      "$(diff "$work/wanted" "$work/seen" | cat -A | head -n 20)" \
      "dmsetup says: $4" "$(cat "$work/err")"
  fi
}

# note COMMAND-LINE: one that was compared; run counts them
note() { printf '%q\n' "$1" >> "$work/command-lines"; }

# same ARGUMENT...: nothing is changed by these
same() {
  local wanted wantedStatus wantedFirst
  note "$*"
  run dmsetup "$@"
  wanted=$out wantedStatus=$status wantedFirst=$first
  run "$ours" "$@"
  compare "$*" "$wanted" "$wantedStatus" "$wantedFirst"
}
# lines: reads command lines from stdin, as a shell would take them, and compares each
lines() {
  local line words
  while IFS= read -r line; do
    case $line in '' | '#'*) continue ;; esac
    eval "words=($line)"
    same "${words[@]}" < /dev/null
  done
}

# What the devices look like after a change: their states and tables, and which have a node that
# leads to them. Most of the time of this suite goes into starting programs.
state() { # COMMAND-LINE
  local line name='' minor
  case $1 in *--noudevsync* | *--deferred*) [ "${udev-}" = no ] || udevadm settle ;; esac
  "$theirs" -v table --showkeys > "$work/state" 2> /dev/null
  while IFS= read -r line; do
    echo "$line"
    case $line in
      'Name: '*) name=/dev/mapper/${line##*: } name=${name// /} ;;
      'Tables present: '*INACTIVE*) "$theirs" table --inactive "${name##*/}" 2> /dev/null ;;
      'Major, minor: '*)
        minor=${line##* }
        [ "${nodes-}" = no ] || [ ! -b "$name" ] || [ ! "$name" -ef "/dev/dm-$minor" ] ||
          echo "node $name"
        ;;
    esac
  done < "$work/state"
  [ "${nodes-}" != no ] || return 0
  for name in /dev/mapper/*; do [ ! -b "$name" ] || echo "$name"; done
}
# scenario NAME FUNCTION: runs it once with dmsetup and once with ours, with no devices at first; in
# it, `d` is the program. After every `d` the devices must look the same.
scenario() {
  local program steps
  for program in dmsetup "$ours"; do
    remove_everything
    step=0
    steps=$work/steps.$([ "$program" = dmsetup ] && echo theirs || echo ours)
    rm -rf "$steps"
    mkdir "$steps"
    d() {
      step=$((step + 1))
      run "$program" "$@"
      {
        echo "exit status $status"
        printf '%s--\n' "$out"
        # These change nothing that it shows.
        case "$*" in *stats* | *table*--concise* | wait*) ;; *) state "$*" ;; esac
      } > "$steps/$step"
      printf '%s\n' "$*" > "$steps/$step.name"
      printf '%s\n' "$first" > "$steps/$step.first"
      printf '%s' "$(< "$work/err")" > "$steps/$step.err"
    }
    "$2"
  done
  remove_everything
  for ((step = 1; ; ++step)); do
    [ -e "$work/steps.theirs/$step" ] || break
    local title wantedFirst
    title=$(< "$work/steps.theirs/$step.name")
    note "$title"
    title="$1: $title"
    wantedFirst=$(< "$work/steps.theirs/$step.first")
    if cmp -s "$work/steps.theirs/$step" "$work/steps.ours/$step" &&
      same_first "$title" "$wantedFirst" "$(< "$work/steps.ours/$step.first")"; then
      verdict "$title" yes
    else
      verdict "$title" no \
        "$(diff "$work/steps.theirs/$step" "$work/steps.ours/$step" | cat -A | head -n 20)" \
        "dmsetup says: $wantedFirst" "$(cat "$work/steps.ours/$step.err")"
    fi
  done
}

# loop_device SIZE: a new one of that size
loop_device() {
  local file
  file=$(mktemp "$work/disk.XXXXXX")
  truncate -s "$1" "$file"
  losetup -f --show "$file"
}
