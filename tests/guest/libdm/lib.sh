# Checks, the library of the two sides, records of steps. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of the sourcing script

ok() {
  passed=$((passed + 1))
  echo "ok - $1"
}
not_ok() { # NAME TEXT...
  failed=$((failed + 1))
  echo "not ok - $1"
  printf '%s\n' "${@:2}" | sed 's/^/    /' | head -n 30
}
skip() { # NAME REASON
  skipped=$((skipped + 1))
  echo "SKIP - $1: $2"
}
figure() { printf '    %s\n' "$@"; }

# Runs a command: its output is in out, its exit status in status, its time in took (ms).
run() {
  local begin=${EPOCHREALTIME/./}
  "$@" > "$work/out" 2>&1 < /dev/null
  status=$?
  took=$(((${EPOCHREALTIME/./} - begin) / 1000))
  out=$(< "$work/out")
}
# check NAME COMMAND...: passes when the command exits 0; shows its output otherwise
check() {
  run "${@:2}"
  if [ $status = 0 ]; then ok "$1"; else not_ok "$1" "exit status $status" "$out"; fi
}
# prints NAME EXPECTED COMMAND...
prints() {
  run "${@:3}"
  if [ $status = 0 ] && [ "$out" = "$2" ]; then
    ok "$1"
  else
    not_ok "$1" "exit status $status, expected:" "$2" 'seen:' "$out"
  fi
}
# says NAME STATUS PATTERN COMMAND...: passes when it exits with STATUS, and its output matches the
# extended regular expression. STATUS is a pattern, such as [1-9]*.
says() {
  run "${@:4}"
  # shellcheck disable=SC2053 # a pattern
  if [[ $status == $2 ]] && grep -qE -- "$3" <<< "$out"; then
    ok "$1"
  else
    not_ok "$1" "exit status $status, wanted $2 and: $3" "$out"
  fi
}
missing() { # PROGRAM...: prints the first that is missing
  local program
  for program; do command -v "$program" > /dev/null || { echo "$program"; return; }; done
  return 1
}
# soon SECONDS COMMAND...: until it exits 0
soon() {
  local end=$((SECONDS + $1))
  until "${@:2}"; do
    [ $SECONDS -lt $end ] || return
    sleep 0.2
  done
}

# The program under test gets the library of its side. All others keep Debian's: udev's dmsetup too.
with() {
  if [ $side = ours ] && [ "$library" != stock ]; then LD_LIBRARY_PATH=$library "$@"; else "$@"; fi
}
# loads PROGRAM: which library it gets
loads() {
  local side=ours found path
  path=$(command -v "$1") || path=$1 # a library is not executable
  found=$(with ldd "$path" | awk '/libdevmapper\.so/ {print $3}')
  if [ "$library" = stock ] || [[ $found == "$library"/libdevmapper.so* ]]; then
    ok "$1 loads $found"
  else
    not_ok "$1 loads our library" "$found"
  fi
}
# with_ours_bound COMMAND...: our library is mounted over Debian's meanwhile, and all programs
# get it
with_ours_bound() {
  local side=bound over=$debian
  [ "$library" = stock ] || over=$library/libdevmapper.so.1.02.1
  mount --bind "$over" "$debian" || { not_ok 'bound: the library can be mounted over'; return; }
  check "bound: it is $over" cmp "$over" "$debian"
  "$@"
  umount "$debian" || not_ok 'bound: no program has the library any more'
}
ended() { ! kill -0 "$1" 2> /dev/null; } # PID
# has_ours PID: the process has our library mapped, wherever it is mounted
has_ours() {
  [ "$(awk '/libdevmapper\.so/ {print $5; exit}' "/proc/$1/maps")" = \
    "$(stat -L -c %i "$library/libdevmapper.so.1.02.1")" ]
}

# dmsetup as a judge, with Debian's library also where ours is mounted over it
judge() { LD_LIBRARY_PATH=$work/debian dmsetup "$@"; }
devices() { judge ls | sed '/^No devices found$/d'; }
cookies() { judge udevcookies | tail -n +2 | wc -l; }
loops() { losetup -n -O NAME,BACK-FILE; }
works() { dd if="/dev/mapper/$1" of=/dev/null bs=512 count=1 status=none; }
node() { test -b "/dev/mapper/$1"; }
no_node() { test ! -L "/dev/mapper/$1" && test ! -e "/dev/mapper/$1"; }
# consistent NAME: udev's record, its link and the kernel agree that the device exists
consistent() {
  local number
  udevadm settle
  number=$(judge info -c --noheadings -o minor "$1") || return
  [ "$(readlink "/dev/mapper/$1")" = "../dm-$number" ] || { ls -l /dev/mapper; return 1; }
  udevadm info -q property -n "/dev/dm-$number" | grep -qx "DM_NAME=$1"
}

remove_all() {
  local name try
  for try in 1 2 3 4; do
    udevadm settle
    [ -n "$(devices)" ] || break
    figure "removing, look $try: $(devices | tr '\n' ' ')"
    for name in $(devices | cut -f 1); do judge remove --force "$name"; done
  done
  losetup -D
  judge udevcomplete_all -y
  udevadm settle
} > /dev/null 2>&1
# nothing_left PART: no device, loop device or cookie is left. Removes what is.
nothing_left() {
  local left
  udevadm settle
  left=$(devices && loops && cookies)
  if [ "$left" = 0 ]; then ok "$1: no device, no loop device and no cookie is left"; else
    not_ok "$1: no device, no loop device and no cookie is left" "$left"
    remove_all
  fi
}

# Records. The steps of a part are the function steps_PART; each line `step NAME STATUS COMMAND...`
# is one. They run once for each side, and the records of both must be the same.
step() {
  local name=$1 wanted=$2 status
  shift 2
  number=$((number + 1))
  echo "$name" > "$records/$number.name"
  with timeout 60 "$@" > "$work/out" 2>&1 < /dev/null
  status=$?
  udevadm settle
  {
    echo "exit status $status"
    # 1.02.185 logs each try to remove a busy device
    uniq "$work/out"
    state
  } | normalize > "$records/$number"
  # shellcheck disable=SC2053 # a pattern
  [[ $status == $wanted ]] ||
    echo "$name: exit status $status, wanted $wanted: $(head -n 5 "$work/out")" \
      >> "$records/wrong"
  echo "# $side: $name: $status" >&3
}
state() {
  judge info -c --noheadings -o name,attr,open,segments,uuid
  judge table --showkeys
  find /dev/mapper -type b -printf 'node %p %m\n' | sort
  find /dev/mapper /dev/disk -type l ! -path '*/by-diskseq/*' ! -name '*loop*' \
    -printf '%p -> %l\n' 2> /dev/null | normalize | sort
  grep -E '^(S:|E:(DM_|SYSTEMD_READY=|ID_FS_(TYPE|UUID)=))' "/run/udev/data/b$major":* /dev/null \
    2> /dev/null | normalize | sort
  echo "cookies: $(cookies)"
}
# Without what differs between any two runs: times, cookies, keys, random identifiers, folders.
normalize() {
  sed -E -e "s#$work#WORK#g" -e '/E:DM_COOKIE=/d' -e 's/0x0?d4d[0-9a-f]{4}/COOKIE/g' \
    -e 's/[0-9]+\.[0-9]+ s(ec)?\b/T s/g' -e 's/^[0-9]+\.[0-9]{6} [|]/T |/' \
    -e 's/^(Finished, time).*/\1 T/' -e '/^Progress:/d' \
    -e 's/\b[0-9a-f]{64,}\b/KEY/g' -e 's,by-partuuid/[0-9a-f-]+,by-partuuid/ID,' \
    -e 's/LVM-[0-9A-Za-z]{32,64}/LVM-ID/g' \
    -e 's,by-id/lvm-pv-uuid-[0-9A-Za-z-]+,by-id/lvm-pv-uuid-ID,' \
    -e 's/container-[0-9]+:[0-9]+-[0-9]+-/container-ID-/g' -e 's/^time="[^"]*"/time=T/'
}

# recorded SIDE PART: runs the steps for a side, unless that is done
recorded() {
  local side=$1 number=0
  records=$work/$2.$1
  [ ! -d "$records" ] || return
  mkdir "$records"
  : > "$records/wrong"
  "steps_$2" 3>&1 > "$records/log" 2>&1
  remove_all
}
# compared PART LEAST [SIDE]: the steps of PART, at least LEAST, with Debian's library and with ours
compared() {
  local part=$1 side=${3-ours} number theirs ours title
  recorded theirs "$part"
  recorded "$side" "$part"
  theirs=$work/$part.theirs ours=$work/$part.$side
  if [ -s "$theirs/wrong" ]; then
    not_ok "$part: each step ends as it must with Debian's library" "$(< "$theirs/wrong")"
  fi
  for ((number = 1; ; ++number)); do
    [ -e "$theirs/$number" ] || break
    title=$(< "$theirs/$number.name")
    if ! cmp -s "$theirs/$number.name" "$ours/$number.name"; then
      not_ok "$part, $side: step $number is the same" \
        "$(cat "$theirs/$number.name" "$ours/$number.name" 2>&1)"
    elif ! grep -qx 'cookies: 0' "$ours/$number"; then
      not_ok "$part, $side: $title" "$(grep '^cookies:' "$ours/$number")"
    elif ! differences "$part" "$title" "$theirs/$number" "$ours/$number" > "$work/diff"; then
      not_ok "$part, $side: $title" "$(< "$work/diff")"
    else
      ok "$part, $side: $title$([ ! -s "$work/diff" ] || echo ', differs as known')"
    fi
  done
  number=$((number - 1))
  if [ $number -ge "$2" ]; then
    ok "$part: $number steps"
  else
    not_ok "$part: at least $2 steps, seen $number" "$(tail -n 20 "$theirs/log")"
  fi
  [ "$library" = stock ] || unused "$part" "$side"
}
# differences PART STEP THEIRS OURS: prints the lines that differ. Fails if one of them is not in
# records-known.txt.
differences() {
  local line bad=0 file text
  while IFS= read -r line; do
    case $line in
      '< '*) file=theirs text=${line#??} ;;
      '> '*) file=ours text=${line#??} ;;
      *) continue ;;
    esac
    echo "$file: $text"
    known "$1" "$2" "$text" || bad=1
  done < <(diff "$3" "$4")
  return $bad
}
known() { # PART STEP TEXT, for $side
  local part step pattern reason
  while IFS=$'\t' read -r part step pattern reason; do
    # shellcheck disable=SC2053 # a pattern
    if [[ $part == "$1" || $part == "$1/$side" ]] && [[ $2 == $step && $3 =~ ^$pattern$ ]]; then
      echo "$part	$step	$pattern	$reason" >> "$work/used"
      return
    fi
  done < <(grep -vE '^(#|$)' "$here/records-known.txt")
  return 1
}
unused() { # PART SIDE: what is listed and does not differ
  local left
  touch "$work/used"
  left=$(grep -E "^$1(/$2)?	" "$here/records-known.txt" | grep -vxFf "$work/used")
  [ -z "$left" ] || not_ok "$1, $2: what records-known.txt lists differs" "$left"
}

# What was changed on the machine of the guest.
cleanup() {
  pgrep -x systemd-udevd | xargs -r kill -CONT
  while mountpoint -q "$debian" && umount "$debian"; do :; done
  remove_all
  umount -l "$work"/mnt* /usr
  rm -rf "$work"
} > /dev/null 2>&1
