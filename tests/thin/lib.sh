# What the parts of tests/thin/run share. Sourced by it.
# shellcheck shell=bash disable=SC2034,SC2154

work=$(mktemp -d /tmp/devmap-thin.XXXXXX)
mount -t tmpfs devmap-thin "$work"

ok() { passed=$((passed + 1)); echo "ok - $1"; }
not_ok() { # NAME [WHY...]
  failed=$((failed + 1))
  echo "not ok - $1"
  shift
  printf '    %s\n' "$@"
}
skip() { skipped=$((skipped + 1)); echo "SKIP - $1: $2"; }
check() { # NAME COMMAND...
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then ok "$name"; else not_ok "$name" "$output"; fi
}
refuses() { # NAME PATTERN COMMAND...: fails, and prints something that matches
  local name=$1 pattern=$2 output
  shift 2
  if output=$("$@" 2>&1); then not_ok "$name" "it succeeded: $output"; return; fi
  if grep -qE -- "$pattern" <<< "$output"; then ok "$name"; else not_ok "$name" "said: $output"; fi
}
prints() { # NAME EXPECTED COMMAND...
  local name=$1 expected=$2 output
  shift 2
  output=$("$@" 2>&1)
  if [ "$output" = "$expected" ]; then
    ok "$name"
  else
    not_ok "$name" "printed: $output" "expected: $expected"
  fi
}
counted() { # NAME COMMAND...: a program that ends with `N passed, N failed`
  local name=$1 output line
  shift
  output=$("$@" 2>&1)
  local status=$?
  line=$(tail -n 1 <<< "$output")
  grep -v '^ok' <<< "$output" | sed '$d; s/^/    /'
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
    echo "# $name: $line"
    [ $status = 0 ] || [ "${BASH_REMATCH[2]}" != 0 ] || not_ok "$name" "exit status $status"
  else
    not_ok "$name" "exit status $status" "$line"
  fi
}

loop_device() { # SIZE [NAME]: prints the path of a loop device on a sparse file in $work
  local file=$work/${2:-disk-$RANDOM$RANDOM}
  truncate -s "$1" "$file"
  losetup -f --show "$file"
}
number_of() { cat "/sys/class/block/$(basename "$(realpath "$1")")/dev"; }
clean() { # whatever a part left behind
  local mount device
  while read -r mount; do
    umount "$mount"
  done < <(awk -v at="$work/" 'index($5, at) == 1 {print $5}' /proc/self/mountinfo | sort -r)
  for _ in 1 2 3; do
    for device in $(dmsetup ls 2> /dev/null | awk '/^devmap-/ {print $1}' | sort -r); do
      dmsetup remove --retry "$device" 2> /dev/null
    done
  done
  for device in $(losetup -n -O NAME,BACK-FILE |
      awk -v at="$work/" 'index($2, at) == 1 {print $1}'); do
    losetup -d "$device"
  done
  rm -rf "${work:?}"/*
}
cleanup() {
  clean
  umount "$work" && rmdir "$work"
}
