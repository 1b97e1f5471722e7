# Makes devices and checks how devmap reads them. Sourced by run.
# shellcheck shell=bash disable=SC2154

ok() {
  passed=$((passed + 1))
  echo "ok - $1"
}
not_ok() { # NAME TEXT...
  failed=$((failed + 1))
  echo "not ok - $1"
  printf '%s\n' "${@:2}" | sed 's/^/    /' | head -n 40
}
skip() {
  skipped=$((skipped + 1))
  echo "SKIP - $1: $2"
}

load_modules() { "$(< /proc/sys/kernel/modprobe)" -a "$@"; }

# shellcheck disable=SC2034 # disk: for the caller
disk() { # SIZE: sets disk to a new loop device
  local file
  file=$(mktemp "$work/disk.XXXXXX")
  truncate -s "$1" "$file"
  disk=$(losetup -f --show "$file")
}

# Runs a tool. What it loads into a device is kept in $work/loads.
tool() { DEVICES_LOADS=$work/loads LD_PRELOAD=$build/tests/guest/devices/devices-loads.so "$@"; }

# make NAME COMMAND...: a device by the name, to be examined. The list of README.md has what one of
# these kernels cannot do, so that a device that is no longer made is noticed.
made=()
make() {
  local name=$1 reason status
  shift
  [[ $name != *"${only-}"* ]] && return
  "$@" > "$work/out" 2>&1 < /dev/null
  status=$?
  if [ $status = 0 ] && "$devmap" info "$name" > "$work/info" 2>&1; then
    made+=("$name")
  elif reason=$(lacking "$name"); then
    skip "$name on Linux $release" "$reason"
  else
    not_ok "$name is made" "exit status $status" "$(tail -n 12 "$work/out")" "$(dmesg | tail -n 5)"
  fi
}
# Why a device cannot be made here.
lacking() {
  sed -n '/^| device |/,$p' "$here/README.md" |
    awk -F ' *[|] *' -v name="$1" -v where="$kind $series" '
    $2 == name && index(", " $3 ", ", ", " where ", ") { print $4; found = 1 } END { exit !found }'
}

# What is reported of all devices in one call, and of each device alone.
examine() { # PART
  local name
  devices=$((devices + ${#made[@]}))
  dmsetup table --showkeys | sed '/^No devices found$/d' > "$work/table"
  dmsetup status | sed '/^No devices found$/d' > "$work/status"
  for what in table status; do
    "$build/tests/guest/devices/devices-rows" $what < "$work/$what" > "$work/faults.$what" ||
      not_ok "$1: the lines of dmsetup $what"
    "$devmap" --json $what > "$work/json.$what" &&
      /usr/bin/python3 "$here/fields.py" $what < "$work/json.$what" > "$work/faults.json.$what" ||
      not_ok "$1: JSON of $what" "$(tail -n 3 "$work/json.$what")"
  done
  sort -u -t $'\t' -k 1,2 "$work"/faults.* > "$work/faults"
  while IFS=$'\t' read -r name text; do not_ok "$1: $name" "$text"; done < "$work/faults"
  [ -s "$work/faults" ] ||
    ok "$1: $(wc -l < "$work/table") rows, written again alike, and their status have fields, \
in JSON too"
  for name in ${made[@]+"${made[@]}"}; do look_at "$name"; done
  made=()
}
look_at() { # NAME
  local name=$1 from
  sed -n "s/^$name: //p" "$work/table" > "$work/own"
  if "$devmap" explain < "$work/own" > "$work/out" 2>&1; then
    ok "$name: explain finds no problem"
  else
    not_ok "$name: explain finds no problem" "$(< "$work/own")" "$(cat "$work/out")"
  fi
  for from in own "loads/$name"; do
    if [ "$("$devmap" diff "$name" < "$work/$from" 2>&1 |
        tee "$work/out")" = 'both mean the same' ]; then
      ok "$name: it does not differ from ${from/loads\/*/the table that made it}"
    else
      not_ok "$name: it does not differ from ${from/loads\/*/the table that made it}" \
        "$(cat "$work/$from" "$work/out")" "shown: $(< "$work/own")"
    fi
  done
}

remove_all() {
  local try
  for try in 1 2 3 4 5 6 7 8; do
    dmsetup ls | awk -F '\t' '/\t/ {print $1}' |
      xargs -r -n 1 dmsetup remove --noudevsync > /dev/null 2>&1
    [ "$(dmsetup ls)" = 'No devices found' ] && break
  done
  if [ "$(dmsetup ls)" != 'No devices found' ]; then
    not_ok "removing all ($try times)" "$(dmsetup ls --tree)"
  fi
  losetup -D
  rm -f "$work"/disk.*
}
finish() {
  [ "$programs" = - ] || umount -l /usr
  rm -rf "$work"
} > /dev/null 2>&1
