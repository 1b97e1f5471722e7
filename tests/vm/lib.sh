# The launcher's side that every kind of guest shares. Sourced by `run` and `qemu`, whose functions
# define the differences:
#  usage            prints the help
#  guest_option     takes a further option: sets option_words to the number of words used, or
#                   returns 1
#  guest_check      ends with a message (die) if something needed is missing on the host
#  guest_prepare    sets vm_modules, vm_results (the results folder or its tag), and the device
#                   files or files of the guest vm_out, vm_err, vm_status; may add to the guest's
#                   fstab
#  guest_exec       replaces the calling subshell by the guest, started with in_session. Its fd 3,
#                   4, 5, 6 are the files or pipes out, err, status and console of the temporary
#                   folder; the last takes the guest's console
#  guest_relay      replaces the calling subshell by what copies the bytes written to vm_out,
#                   vm_err or vm_status (its argument is out, err or status) to its stdout until
#                   the guest ends
# shellcheck shell=bash disable=SC2034,SC2154

die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 126; }
usage_error() { printf '%s: %s (try --help)\n' "${0##*/}" "$*" >&2; exit 2; }

# Lines of a kernel log that fail a run.
splat='\bBUG\b|\bWARNING\b|\bOops\b|Call Trace|general protection|[Kk]ernel panic'
splat+='|blocked for more than|soft lockup|hard LOCKUP|detected stall'
splat+='|Kernel mode fault|Kernel tried to access|Unable to handle kernel'
# md's notice about devices that share a disk is advice, not a fault.
harmless='appears to be on the same physical disk'

common_usage() {
  cat <<'END'
  --no-udev         do not start udevd
  --timeout SECONDS kill the guest after that time, exit status 124 (default 300)
  --mem SIZE        the guest's memory (default 1G)
  --results DIR     make DIR writable for the command; its path is in $DEVMAP_VM_RESULTS
  --env NAME=VALUE  set a variable for the command (repeatable)
  --verbose         show the guest's console
  --quiet           do not print which kernel runs
END
}

parse_options() {
  udev=1 limit=300 mem='' results='' verbose='' quiet='' environment=()
  while (($#)); do
    case $1 in
      --no-udev) udev='' ;;
      --timeout) limit=${2-}; shift ;;
      --mem) mem=${2-}; shift ;;
      --results) results=${2-}; shift ;;
      --env) environment+=("${2-}"); shift ;;
      --verbose) verbose=1 ;;
      --quiet) quiet=1 ;;
      --help) usage; exit 0 ;;
      --) shift; break ;;
      -*) guest_option "$@" || usage_error "unknown option: $1"; shift $((option_words - 1)) ;;
      *) break ;;
    esac
    (($#)) || usage_error 'an option lacks its value'
    shift
  done
  (($#)) || usage_error 'no command given'
  argv=("$@")
  [[ $limit =~ ^[1-9][0-9]*$ ]] || usage_error "--timeout wants seconds, not '$limit'"
  [[ $mem =~ ^([1-9][0-9]*[MG])?$ ]] ||
    usage_error "--mem wants a size such as 512M or 2G, not '$mem'"
  local entry
  for entry in "${environment[@]}"; do
    [[ $entry =~ ^[A-Za-z_][A-Za-z_0-9]*= ]] || usage_error "--env wants NAME=VALUE, not '$entry'"
  done
}

# A run uses one temporary folder and processes started here. Both are gone when the script ends.
clean_up() {
  ((BASHPID == $$)) || return  # not in a subshell
  trap '' EXIT INT TERM HUP
  local pid
  [[ ${guest-} ]] && kill -KILL -- "-$guest" 2>/dev/null
  for pid in ${helpers-}; do kill "$pid" 2>/dev/null; done
  wait
  [[ ${work-} ]] && rm -rf -- "$work"
} 2>/dev/null

prepare() {
  local cwd vm_results vm_results_at vm_modules vm_out vm_err vm_status vm_quiet=$quiet \
    vm_udev=$udev
  local vm_unreadable='' folder
  cwd=$(pwd -P)
  if [[ $results ]]; then
    { mkdir -p -- "$results" && results=$(cd -- "$results" && pwd -P); } ||
      die "cannot make the folder '$results'"
    environment+=("DEVMAP_VM_RESULTS=$results")
  fi
  vm_results_at=$results
  case ${TMPDIR-} in /dev/* | /run/* | /proc/*) TMPDIR=/tmp ;; esac  # not in the guest
  { work=$(mktemp -d "${TMPDIR:-/tmp}/devmap-vm.XXXXXX") && work=$(cd "$work" && pwd -P); } ||
    die 'cannot make a temporary folder'
  [[ $work$results != *[[:space:],]* ]] ||
    die "no blanks or commas, please, in the names of folders: $work $results"
  mkdir -p "$work/ctl/modules/lib"
  cp "$here/fstab" "$work/ctl/fstab"
  guest_prepare
  [[ $vm_udev ]] && vm_udev=$(udevadm --version)
  ln -s "$vm_modules" "$work/ctl/modules/lib/modules"
  for folder in /var /etc /root; do
    [[ -r $folder && -x $folder ]] || vm_unreadable+=" $folder"
  done
  printf '#!/bin/sh\nexec /sbin/modprobe -d %s/modules "$@"\n' "$work/ctl" > "$work/ctl/modprobe"
  cp "$here/guest-init" "$work/ctl/init"
  chmod 755 "$work/ctl/init" "$work/ctl/modprobe"
  declare -p cwd argv environment vm_udev vm_quiet vm_unreadable vm_results vm_results_at vm_out \
    vm_err vm_status > "$work/ctl/job"
}

# Runs a program in a separate session and process group, with a guard that ends the group if this
# script is killed.
in_session() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  exec setsid bash -c '
    { tail -s 2 --pid="$1" -f /dev/null && rm -rf -- "$2" && kill -KILL 0; } > /dev/null 2>&1 \
      3>&- 4>&- 5>&- 6>&- &
    shift 2
    exec "$@"' guest $$ "$work" "$@"
}

# Starts the guest and waits for its end or for the time limit. Sets outcome to `ended` or
# `timeout`.
boot() {
  local relays timer first
  mkfifo "$work/console"
  if [[ $verbose ]]; then
    tee "$work/log" < "$work/console" >&2 &
  else
    cat "$work/console" > "$work/log" &
  fi
  relays=$!
  ( guest_exec ) 3> "$work/out" 4> "$work/err" 5> "$work/status" 6> "$work/console" & guest=$!
  ( guest_relay out ) & relays+=" $!"
  ( guest_relay err ) >&2 & relays+=" $!"
  ( guest_relay status ) > "$work/result" & relays+=" $!"
  helpers=$relays
  sleep "$limit" > /dev/null 2>&1 & timer=$! helpers+=" $!"
  wait -n -p first "$guest" "$timer" 2>/dev/null
  outcome=ended
  [[ $first == "$timer" ]] && outcome=timeout
  { kill -KILL -- "-$guest"; kill "$timer"; wait "$guest"; } 2>/dev/null
  # shellcheck disable=SC2086 # a list of process ids
  wait $relays
}

excerpt() { printf -- '--- %s\n%s\n---\n' "$1" "$(tr -d '\r')" >&2; }

report() {
  local name=${0##*/} status found
  status=$(sed -n 's/^status \([0-9]*\).*/\1/p' "$work/result")
  # -a: some kernels write bytes that make grep see a binary file
  found=$(grep -aEv "$harmless" "$work/log" | grep -aE -m 1 "$splat" | tr -d '\r')
  if [[ $found ]]; then
    grep -aE -B 10 -A 40 "$splat" "$work/log" | head -n 200 | excerpt "the guest's kernel log"
    printf '%s: the kernel complained: %s (exit status of the command: %s)\n' "$name" "$found" \
      "${status:-none}" >&2
    return 125
  fi
  if [[ $outcome == timeout ]]; then
    tail -n 20 "$work/log" | excerpt "end of the guest's console"
    printf '%s: killed after the limit of %s seconds (--timeout)\n' "$name" "$limit" >&2
    return 124
  fi
  if [[ ! $status ]]; then
    tail -n 40 "$work/log" | excerpt "end of the guest's console"
    printf '%s: the guest ended without a result\n' "$name" >&2
    return 126
  fi
  return "$status"
}

main() {
  exec < /dev/null
  parse_options "$@"
  guest_check
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  prepare
  boot
  report
}
