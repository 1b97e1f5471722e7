# What is checked and measured after the steps. Sourced by `run`.
# shellcheck shell=bash disable=SC2154

# --- theirs and ours ---

# A record without what belongs to the device and not to the rules, and without what differs
# everywhere: tools/udev/README.md.
alike() { # FILE
  sed -E \
    -e '/^(USEC_INITIALIZED|DISKSEQ|DEV(PATH|NAME|TYPE)|MAJOR|MINOR|SUBSYSTEM|ACTION|SEQNUM)=/d' \
    -e '/^UDEV /d' \
    -e '/^DM_UDEV_RULES=1$/d' -e 's/^(DM_UDEV_RULES_VSN)=2$/\1=3/' \
    -e '/^\.?DM_SUSPENDED=0$/d' -e '/^\./d' \
    -e '/^DM_COOKIE_DISABLE_OTHER_RULES_FLAG=/d' -e '/^link disk.by-diskseq/d' \
    -e '/^persistent$/d' \
    -e '/^DEVLINKS=/{s/ *[^ ]*by-diskseq[^ ]*//g;s/= */=/;y/ /\n/;s/^DEVLINKS=//}' "$1" | grep . |
    sort
}
compare() { # STEP EXPECTED
  local seen
  alike "$work/theirs/$1" > "$work/left"
  alike "$work/ours/$1" > "$work/right"
  seen=$(diff "$work/left" "$work/right" | grep '^[<>]')
  [ "$seen" = "$2" ] || { printf 'differences expected:\n%s\nseen:\n%s\n' "$2" "$seen"; false; }
}

content="> ID_FS_LABEL=devmap-label
> ID_FS_LABEL_ENC=devmap-label
> ID_FS_TYPE=ext4
> ID_FS_USAGE=filesystem
> ID_FS_UUID=$fs_uuid
> ID_FS_UUID_ENC=$fs_uuid
> ID_FS_VERSION=1.0"
declare -A reason expected
reason['suspended, change']='what is known of the content, and its links, stay'
expected['suspended, change']="> /dev/disk/by-label/devmap-label
> /dev/disk/by-uuid/$fs_uuid
$content
> link disk/by-label/devmap-label
> link disk/by-uuid/$fs_uuid"
reason['suspended, add']=${reason['suspended, change']}
expected['suspended, add']=${expected['suspended, change']}
reason['flags 0x140']='not scanned; what is known of the content, and its links, stay'
expected['flags 0x140']=${expected['suspended, change']}
reason['LUKS2 with a label']='the label of what is encrypted has a link'
expected['LUKS2 with a label']='> /dev/disk/by-label/devmap-luks-label
> link disk/by-label/devmap-luks-label'
reason['events of DISK_RO']='the links stay, the content is not scanned'
expected['events of DISK_RO']="> /dev/disk/by-id/dm-name-devmap-ro
> /dev/disk/by-label/devmap-label
> /dev/disk/by-uuid/$fs_uuid
> /dev/mapper/devmap-ro
< DM_UDEV_DISABLE_DISK_RULES_FLAG=1
> DM_NAME=devmap-ro
> DM_SUSPENDED=1
> DM_SUSPENDED=1
> DM_UDEV_DISABLE_LIBRARY_FALLBACK_FLAG=1
> DM_UDEV_DISABLE_OTHER_RULES_FLAG=1
< DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG=1
> DM_UDEV_PRIMARY_SOURCE_FLAG=1
> DM_UDEV_RULES_VSN=3
> DM_UUID=
$content"
reason['no record, add']='a device with a live table that udev never saw is found at boot'
expected['no record, add']='> /dev/disk/by-id/dm-name-devmap-early
> /dev/mapper/devmap-early
< DM_UDEV_DISABLE_DISK_RULES_FLAG=1
< DM_UDEV_DISABLE_OTHER_RULES_FLAG=1
< DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG=1
< SYSTEMD_READY=0
> DM_ACTIVATION=1
> DM_NAME=devmap-early
> DM_UDEV_RULES_VSN=3
> link disk/by-id/dm-name-devmap-early
> link mapper/devmap-early
> watched'
reason['database cleaned, add']='the record is kept, and with it that the device works and '\
'what the program said'
expected['database cleaned, add']='> /dev/disk/by-id/dm-name-devmap-kept
> /dev/mapper/devmap-kept
< DM_UDEV_DISABLE_DISK_RULES_FLAG=1
> DM_ACTIVATION=1
> DM_NAME=devmap-kept
< DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG=1
> DM_UDEV_PRIMARY_SOURCE_FLAG=1
> DM_UDEV_RULES_VSN=3
> link disk/by-id/dm-name-devmap-kept
> link mapper/devmap-kept
> watched'

compare_all() {
  local step
  for step in "$work"/ours/*; do
    step=${step##*/}
    if [ "${reason[$step]-}" ]; then
      check "differs: $step: ${reason[$step]}" compare "$step" "${expected[$step]}"
    else
      check "as theirs: $step" compare "$step" ''
    fi
  done
  check 'ours alone: link by disk sequence number' noted 'link disk/by-diskseq/[0-9]+'
  check 'ours alone: the record outlives the cleaning of the database' noted persistent
  check 'ours alone: what the program said of other rules is kept apart' \
    noted DM_COOKIE_DISABLE_OTHER_RULES_FLAG=1 'flags 0x48, change'
  check 'nothing is left of removed devices: links, records, watches, cookies' \
    quiet "$work/ours/removed"
}
noted() { # PATTERN [STEP]
  grep -qxE "$1" "$work/ours/${2:-change}" && ! grep -qxE "$1" "$work/theirs/${2:-change}"
}

# --- rules replaced under a working device ---

check_exchange() {
  theirs
  dmsetup create devmap-a --notable
  dmsetup load devmap-a --table '0 8 zero'
  resume_with devmap-a 0x58
  ours
  check 'flags that their rules recorded hold on under ours' keeps_flags
  theirs
  check 'flags that our rules recorded hold on under theirs' keeps_flags
  dmsetup remove devmap-a
  ours
}
keeps_flags() {
  trigger change devmap-a
  properties devmap-a > "$work/properties"
  grep -qx DM_UDEV_DISABLE_OTHER_RULES_FLAG=1 "$work/properties" &&
    grep -qx DM_UDEV_LOW_PRIORITY_FLAG=1 "$work/properties" &&
    [ -L /dev/mapper/devmap-a ] || { cat "$work/properties"; false; }
}

# --- the table of cookies ---

# What our rules make of the number COOKIE before they would start a program: the flags in
# hexadecimal, or nothing.
read_by_table() { # COOKIE; needs table_*; sets flags_read
  local i label
  flags_read=
  for ((i = 0; i < ${#table_patterns[@]}; ++i)); do
    # shellcheck disable=SC2053 # patterns they are
    case ${table_words[i]} in
      GOTO:*)
        [[ $1 == @(${table_patterns[i]}) ]] && continue
        label=LABEL:${table_words[i]#GOTO:}
        while [ "${table_words[i]}" != "$label" ]; do i=$((i + 1)); done ;;
      LABEL:*) ;;
      *) if [[ $1 == @(${table_patterns[i]}) ]]; then flags_read=${table_words[i]} && return; fi ;;
    esac
  done
}
check_table() {
  shopt -s extglob
  local line
  table_patterns=() table_words=()
  while IFS= read -r line; do
    if [[ $line =~ \
        ^ENV\{DM_COOKIE\}[!=]=\"([^\"]*)\",\ (ENV\{.DM_FLAGS\}|GOTO)=\"([^\"]*)\"$ ]]; then
      [ "${BASH_REMATCH[1]}" != '?*' ] || continue
      table_patterns+=("${BASH_REMATCH[1]}")
      if [ "${BASH_REMATCH[2]}" = GOTO ]; then
        table_words+=("GOTO:${BASH_REMATCH[3]}")
      else
        table_words+=("${BASH_REMATCH[3]}")
      fi
    elif [[ $line =~ ^LABEL=\"(dm_flags_not_.*)\"$ ]]; then
      table_patterns+=('') table_words+=("LABEL:${BASH_REMATCH[1]}")
    fi
  done < "/run/udev/rules.d/${names%% *}.rules"
  check 'the table reads the flags of every cookie that it should, and of no other' table_is_right
  check 'no program is started for a cookie without a semaphore, and for no other without' \
    unawaited_is_right
}
table_is_right() {
  local flags base want wrong=0
  [ ${#table_patterns[@]} = 144 ] || { echo "${#table_patterns[@]} lines"; return 1; }
  for ((flags = 0; flags < 0x240; ++flags)); do
    want=
    if ((flags >= 0x40 && flags < 0x80 || flags >= 0x140 && flags < 0x180)); then
      printf -v want %x $flags
    fi
    for base in 0 1 0x8000 0xffff; do
      read_by_table $((flags << 16 | base))
      [ "$flags_read" = "$want" ] ||
        { printf 'flags 0x%x, base %s: %s\n' $flags $base "${flags_read:-nothing}"; wrong=1; }
    done
  done
  return $wrong
}
unawaited_is_right() {
  local flags list want=
  for ((flags = 0; flags < 0x240; ++flags)); do
    if ((flags >= 0x40 && flags < 0x80 || flags >= 0x140 && flags < 0x180)); then
      want+="$((flags << 16)) "
    fi
  done
  list=$(sed -nE 's/^ENV\{DM_COOKIE\}=="([0-9|]*)", GOTO=.*/\1/p' \
    "/run/udev/rules.d/${names##* }.rules")
  list=$(tr '|' '\n' <<< "$list" | sort -n | tr '\n' ' ')
  [ "$list" = "$want" ] || { printf '%s\n' "$want" "$list"; false; }
}

# --- programs that udevd starts ---

operations=( # NAME | THEIRS | OURS | COMMAND
  'activation by dmsetup|2|1|dmsetup create devmap-a --table "0 8 zero"'
  'activation by devmap|2|1|"$devmap" create devmap-b --table "0 8 zero"'
  'new table|2|1|dmsetup reload devmap-a --table "0 16 zero"; dmsetup resume devmap-a'
  'rename|2|1|"$devmap" rename devmap-a devmap-c'
  'synthetic change|0|0|trigger change devmap-b'
  'synthetic add|0|0|trigger add devmap-b'
  'temporary device of cryptsetup (0x6e)|2|1|dmsetup suspend devmap-b; resume_with devmap-b 0x6e'
  'LVM: do not scan (0x160)|2|1|dmsetup suspend devmap-b; resume_with devmap-b 0x160'
  'flags outside the table (0x240)|2|2|dmsetup suspend devmap-b; resume_with devmap-b 0x240'
  'removal by dmsetup|1|1|dmsetup remove devmap-b'
  'removal by devmap|1|1|"$devmap" remove devmap-c'
  'activation, not awaited|2|0|"$devmap" create devmap-d --noudevsync --table "0 8 zero"'
  'removal, not awaited|1|0|"$devmap" remove devmap-d --noudevsync'
)
check_program_starts() {
  local whose row name limit_theirs limit_ours command
  if ! command -v strace > /dev/null; then
    echo 'SKIP - program starts: no strace here' && return
  fi
  declare -A starts
  for whose in theirs ours; do
    $whose
    count_starts
  done
  for row in "${operations[@]}"; do
    IFS='|' read -r name limit_theirs limit_ours command <<< "$row"
    check "programs started by udevd, $name: $limit_ours (theirs: $limit_theirs)" \
      test "${starts["ours $name"]} ${starts["theirs $name"]}" = "$limit_ours $limit_theirs"
  done
}
# Sets starts["$whose NAME"] for each operation.
count_starts() {
  local tracer before row
  : > "$work/trace"
  # shellcheck disable=SC2046 # one -p for each process
  strace -f -qq -e trace=execve -o "$work/trace" \
    $(pgrep 'systemd-udevd|udev-worker' | sed 's/^/-p/') 2> "$work/strace" &
  tracer=$!
  await traced
  for row in "${operations[@]}"; do
    before=$(grep -c 'execve(.* = 0$' "$work/trace")
    eval "${row##*|}" > /dev/null
    udevadm settle
    starts["$whose ${row%%|*}"]=$(($(grep -c 'execve(.* = 0$' "$work/trace") - before))
  done
  kill -INT "$tracer"
  wait "$tracer"
}
traced() { # whether every process of udevd has a tracer
  # shellcheck disable=SC2046
  ! grep -L '^TracerPid:[[:space:]]*[1-9]' \
    $(pgrep 'systemd-udevd|udev-worker' | sed 's,.*,/proc/&/status,') 2> /dev/null | grep -q .
}

# --- time ---

measure_latency() {
  local whose client round begin n
  declare -A sum
  for round in 1 2; do
    for whose in theirs ours; do
      $whose
      for client in "$devmap" dmsetup; do
        for ((n = 0; n < 10; ++n)); do
          begin=${EPOCHREALTIME/./}
          "$client" create devmap-a --table '0 8 zero'
          sum["$whose ${client##*/} create"]=$((${sum["$whose ${client##*/} create"]-0} +
            ${EPOCHREALTIME/./} - begin))
          begin=${EPOCHREALTIME/./}
          "$client" remove devmap-a
          sum["$whose ${client##*/} remove"]=$((${sum["$whose ${client##*/} remove"]-0} +
            ${EPOCHREALTIME/./} - begin))
        done
      done
    done
  done
  for client in devmap dmsetup; do
    for n in create remove; do
      echo "    $client $n, link and completion included, mean of 20:" \
        "theirs $((${sum["theirs $client $n"]} / 20)) us," \
        "ours $((${sum["ours $client $n"]} / 20)) us"
    done
  done
}
