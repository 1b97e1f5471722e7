# What a call costs as a whole process, start and end included, beside dmsetup. System calls are a test, where the tool is static: at most
# a fifth. Times are figures: the host may be busy. Sourced by run.
# shellcheck shell=bash disable=SC2154

ln -sf "$devmap" "$work/bin/devmap"
dmsetup create a --table '0 8 zero'
fresh_cookie() { cookie=$("$work/bin/devmap" udevcreatecookie); }

# calls PROGRAM ARGUMENT...: number of system calls
calls() {
  strace -f -o "$work/trace" "$@" > /dev/null 2>&1
  grep -cE '^[0-9]+ +[a-z_0-9]+\(' "$work/trace"
}
# microseconds COUNT PROGRAM ARGUMENT...: of one start, the mean; with the next of the cookies where an argument is COOKIE
microseconds() {
  local begin=${EPOCHREALTIME/./} count=$1 i
  for ((i = 0; i < count; ++i)); do "${@:2}" ${cookies:+"${cookies[i]}"} > /dev/null; done
  echo $(((${EPOCHREALTIME/./} - begin) / count))
}
make_cookies() { # COUNT
  local i
  cookies=()
  for ((i = 0; i < $1; ++i)); do
    fresh_cookie
    cookies+=("$cookie")
  done
}

cost() { # VERB [OPERAND]: without an operand, a new cookie
  local program wanted seen
  for program in "$theirs" "$work/bin/devmap" "$ours"; do
    fresh_cookie
    seen=$(calls "$program" "$1" "${2-$cookie}")
    if [ "$program" = "$theirs" ]; then wanted=$seen; fi
    [ "$program" != "$theirs" ] || continue
    local title="$1 as ${program##*/}: $seen system calls, dmsetup $wanted"
    if ldd "$devmap" > /dev/null 2>&1; then
      skip "$title" 'a fifth is asked of a static tool'
    elif [ $((seen * 5)) -le "$wanted" ] && [ "$seen" -gt 0 ]; then
      ok "$title"
    else
      not_ok "$title" "$(cat "$work/trace")"
    fi
  done
}
pace() { # VERB [OPERAND]
  local count=50 cookies=() theirTime ourTime
  [ $# = 2 ] || make_cookies $count
  theirTime=$(microseconds $count "$theirs" "$@")
  [ $# = 2 ] || make_cookies $count
  ourTime=$(microseconds $count "$work/bin/devmap" "$@")
  echo "time of $1: devmap $ourTime us, dmsetup $theirTime us, $((ourTime * 100 / theirTime)) % ($count starts each)"
}
if ! command -v strace > /dev/null; then
  skip 'system calls' 'needs strace'
else
  cost udevflags 0x400001
  [ "${udev-}" = no ] || cost udevcomplete
  cost info a
fi
pace udevflags 0x400001
[ "${udev-}" = no ] || pace udevcomplete
pace info a
dmsetup udevcomplete_all -y > /dev/null
dmsetup remove a
