# What a call costs as a whole process, start and end included, compared with dmsetup. System calls
# are a test if the tool is static: at most a fifth. Times are only figures: the host may be busy.
# Sourced by run.
# shellcheck shell=bash disable=SC2154

ln -sf "$devmap" "$work/bin/devmap"
dmsetup create a --table '0 8 zero'
fresh_cookie() { cookie=$("$work/bin/devmap" udevcreatecookie); }

# calls PROGRAM ARGUMENT...: number of system calls
calls() {
  strace -f -o "$work/trace" "$@" > /dev/null 2>&1
  grep -cE '^[0-9]+ +[a-z_0-9]+\(' "$work/trace"
}
# microseconds PROGRAM VERB OPERAND...: the mean time of one start with one of the operands. busybox
# starts it with vfork: the fork of a shell takes several times as long as all that the tool does.
microseconds() {
  local begin=${EPOCHREALTIME/./}
  printf '%s\n' "${@:3}" | busybox xargs -n 1 "$1" "$2" > /dev/null
  echo $(((${EPOCHREALTIME/./} - begin) / ($# - 2)))
}

cost() { # VERB [OPERAND]: without an operand, a new cookie
  local program wanted seen
  for program in "$theirs" "$work/bin/devmap" "$ours"; do
    fresh_cookie
    seen=$(calls "$program" "$1" "${2-$cookie}")
    if [ "$program" = "$theirs" ]; then wanted=$seen; fi
    [ "$program" != "$theirs" ] || continue
    local title="$1 as ${program##*/}: $seen system calls, dmsetup $wanted"
    if ldd "$devmap" 2> /dev/null | grep -q "=>"; then
      skip "$title" 'a fifth is asked of a static tool'
    elif [ $((seen * 5)) -le "$wanted" ] && [ "$seen" -gt 0 ]; then
      ok "$title"
    else
      not_ok "$title" "$(cat "$work/trace")"
    fi
  done
}
starts=50
pace() { # VERB OPERAND
  local operands program took=() i
  for program in "$theirs" "$work/bin/devmap"; do
    mapfile -t operands < <(for ((i = 0; i < starts; ++i)); do
      if [ "$2" = COOKIE ]; then fresh_cookie && echo "$cookie"; else echo "$2"; fi
    done)
    took+=("$(microseconds "$program" "$1" "${operands[@]}")")
  done
  echo "time of $1: devmap ${took[1]} us, dmsetup ${took[0]} us," \
    "$((took[1] * 100 / took[0])) % ($starts starts each)"
}
if ! command -v strace > /dev/null; then
  skip 'system calls' 'needs strace'
else
  cost udevflags 0x400001
  [ "${udev-}" = no ] || cost udevcomplete
  cost info a
fi
pace udevflags 0x400001
[ "${udev-}" = no ] || pace udevcomplete COOKIE
pace info a
dmsetup udevcomplete_all -y > /dev/null
dmsetup remove a
