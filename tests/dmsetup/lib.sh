# What the parts of the suite share. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of the sourcing script

# Debian's dmsetup; without udevd it makes nodes only if told so.
dmsetup() { if [ "${udev-}" = no ]; then DM_DISABLE_UDEV=1 "$theirs" "$@"; else "$theirs" "$@"; fi; }

remove_everything() {
  local device round
  for round in 1 2 3 4 5 6 7 8; do
    # shellcheck disable=SC2162 # names hold no backslash that read would take
    "$theirs" --manglename none ls 2> /dev/null | awk -F '\t' '/\t/ {print $1}' > "$work/left"
    [ -s "$work/left" ] || break
    while IFS= read -r device; do
      [ $round != 1 ] || "$theirs" --manglename none resume "$device" > /dev/null 2>&1
      dmsetup --manglename none remove "$device" > /dev/null 2>&1
    done < "$work/left"
    [ "${udev-}" = no ] || udevadm settle
  done
  find /dev/mapper -mindepth 1 ! -name control -exec rm -f {} + # what a dmsetup without udev left
}

cleanup() {
  local loop
  exec 9>&-
  remove_everything
  for loop in $(losetup -n -O NAME,BACK-FILE 2> /dev/null | awk -v d="$work/" 'index($2, d) == 1 {print $1}'); do losetup -d "$loop"; done
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

# Runs PROGRAM (dmsetup, ours, ...) with arguments; its standard output in out, byte for byte, its exit status in status.
run() {
  "$@" > "$work/out" 2> "$work/err" < "${input:-/dev/null}"
  status=$?
  out=$(cat "$work/out" && printf x)
  out=${out%x}
}

# compare NAME OUT STATUS: with what the last run gave
compare() {
  if [ "$status" = "$3" ] && [ "$out" = "$2" ]; then
    ok "$1"
  else
    printf '%s' "$2" > "$work/wanted"
    printf '%s' "$out" > "$work/seen"
    not_ok "$1" "exit status: dmsetup $3, ours $status" "$(diff "$work/wanted" "$work/seen" | cat -A | head -n 20)" "$(cat "$work/err")"
  fi
}

# same ARGUMENT...: nothing is changed by these
same() {
  local wanted wantedStatus
  run dmsetup "$@"
  wanted=$out wantedStatus=$status
  run "$ours" "$@"
  compare "$*" "$wanted" "$wantedStatus"
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

# What the devices look like after a change; nodes are told by where they lead.
state() {
  dmsetup -v table --showkeys 2> /dev/null
  dmsetup table --inactive 2> /dev/null
  [ "${udev-}" = no ] || udevadm settle
  local node
  for node in /dev/mapper/*; do
    [ "$node" != /dev/mapper/control ] && [ "${nodes-}" != no ] || continue
    local number
    number=$(stat -L -c '%Hr:%Lr' "$node")
    [ ! -e "/sys/dev/block/$number" ] || echo "$node $number" # dmsetup leaves nodes of devices removed by uuid
  done
}
# scenario NAME FUNCTION: runs it once with dmsetup and once with ours, from nothing; in it, `d` is the program. After every `d` the
# devices must look the same.
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
        case "$*" in *stats* | *table*--concise* | wait*) ;; *) state ;; esac # these change nothing that it shows
      } > "$steps/$step"
      printf '%s\n' "$*" > "$steps/$step.name"
      cp "$work/err" "$steps/$step.err"
    }
    "$2"
  done
  remove_everything
  for ((step = 1; ; ++step)); do
    [ -e "$work/steps.theirs/$step" ] || break
    local title
    title="$1: $(cat "$work/steps.theirs/$step.name")"
    if cmp -s "$work/steps.theirs/$step" "$work/steps.ours/$step"; then
      ok "$title"
    else
      not_ok "$title" "$(diff "$work/steps.theirs/$step" "$work/steps.ours/$step" | cat -A | head -n 20)" "$(cat "$work/steps.ours/$step.err")"
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
