# metrics: real devices as text for Prometheus, which promtool and node exporter read. Sourced by
# run.
# shellcheck shell=bash disable=SC2154

# sample SERIES: its value in the last output, empty where there is none
sample() { grep -F -- "$1 " <<< "$out" | sed -n 's/.* //p'; }
# gives NAME SERIES VALUE: in the last output
gives() {
  if [ "$(sample "$2")" = "$3" ]; then ok "$1"; else not_ok "$1" "$2" "seen: $(sample "$2")"; fi
}
# absent NAME TEXT: in the last output
absent() {
  if grep -qF -- "$2" <<< "$out"; then not_ok "$1" "$(grep -F -- "$2" <<< "$out")"; else ok "$1"; fi
}
# losetup can show a file that is on no tmpfs; the folder that node exporter reads need not be one.
folder=$work/textfile
mkdir "$folder"

refuses 'metrics of a path that is not there' 'nothing' "$devmap" metrics "$work/nothing"
dmsetup create devmap-zero --uuid devmap-uuid --table '0 2048 zero'
dmsetup create devmap-top --table "0 2048 linear /dev/mapper/devmap-zero 0"
dmsetup create devmap-empty --notable
dmsetup suspend devmap-top
data=$(loop_device 64M)
meta=$(loop_device 4M)
dmsetup create devmap-meta --table "0 8192 linear $meta 0"
dmsetup create devmap-pool --table "0 131072 thin-pool /dev/mapper/devmap-meta $data 128 0"
dmsetup message devmap-pool 0 'create_thin 0'
dmsetup create devmap-thin --table '0 16384 thin /dev/mapper/devmap-pool 0'
dd if=/dev/zero of=/dev/mapper/devmap-thin bs=64k count=3 oflag=direct status=none
odd='devmap-"q\x5cü' # the kernel holds these bytes, whatever dmsetup makes of them
dmsetup --manglename none create "$odd" --table '0 8 zero' --noudevsync 2> /dev/null ||
  skip 'an odd name' 'dmsetup refuses it'
key=5a17c0de5a17c0de5a17c0de5a17c0de
dmsetup create devmap-crypt \
  --table "0 8 crypt aes-cbc-essiv:sha256 $key 0 /dev/mapper/devmap-zero 8" 2> /dev/null ||
  skip crypt 'this kernel cannot'

run "$devmap" metrics
if [ "$status$err" = 0 ]; then ok metrics; else not_ok metrics "exit status $status" "$err"; fi
plain=$out
gives 'a device' 'devmap_device_up{name="devmap-zero"}' 1
gives 'its size' 'devmap_device_size_bytes{name="devmap-zero"}' 1048576
gives 'its uuid' "devmap_device_info{name=\"devmap-zero\",number=\"$(
  dmsetup info -c --noheadings --separator : -o major,minor devmap-zero
)\",uuid=\"devmap-uuid\"}" 1
gives 'who has it open' 'devmap_device_open_handles{name="devmap-zero"}' \
  "$(dmsetup info -c --noheadings -o open devmap-zero)"
gives 'one that is suspended' 'devmap_device_suspended{name="devmap-top"}' 1
gives 'one that is not' 'devmap_device_suspended{name="devmap-zero"}' 0
gives 'one without a table' 'devmap_device_live_table{name="devmap-empty"}' 0
gives 'the data space of a pool' 'devmap_thin_pool_data_used_bytes{name="devmap-pool",row="0"}' \
  196608
gives 'all of it' 'devmap_thin_pool_data_size_bytes{name="devmap-pool",row="0"}' 67108864
gives 'its metadata space' 'devmap_thin_pool_metadata_size_bytes{name="devmap-pool",row="0"}' \
  4194304
gives 'its mode' 'devmap_thin_pool_mode{name="devmap-pool",row="0",mode="rw"}' 1
gives 'what a volume maps' 'devmap_thin_mapped_bytes{name="devmap-thin",row="0"}' 196608
absent 'no key is shown' "$key"
if dmsetup --manglename none info "$odd" > /dev/null 2>&1; then
  gives 'a name with quote, backslash and UTF-8' 'devmap_device_up{name="devmap-\"q\\x5cü"}' 1
fi

# No commit. An idle pool commits on the first of two writes, and with the second a second later at
# the earliest (dm-thin.c: COMMIT_PERIOD). What writes its metadata before that is the command.
commits_for() { # COMMAND...: prints yes or no; nothing if the command takes too long
  local _ begin before after
  for _ in {1..10}; do
    sleep 1.2
    begin=${EPOCHREALTIME/./}
    dd if=/dev/zero of=/dev/mapper/devmap-thin bs=64k count=2 seek=$((next += 2)) oflag=direct \
      status=none
    read -r _ _ _ _ before _ < "/sys/block/${meta#/dev/}/stat"
    "$@" > /dev/null
    read -r _ _ _ _ after _ < "/sys/block/${meta#/dev/}/stat"
    ((${EPOCHREALTIME/./} - begin < 900000)) || continue
    if [ "$after" = "$before" ]; then echo no; else echo yes; fi
    return
  done
}
next=8 # blocks of the volume that nothing has written
flushing=$(commits_for dmsetup status devmap-pool)
next=40
looking=$(commits_for "$devmap" metrics devmap-pool devmap-thin)
if [ "$looking" = yes ] || [ "$flushing" = no ]; then
  not_ok 'a pool commits for dmsetup status, and not for metrics' \
    "commits for dmsetup status: $flushing, for metrics: $looking"
elif [ "$flushing$looking" = yesno ]; then
  ok 'a pool commits for dmsetup status, and not for metrics'
else
  skip 'a pool commits for dmsetup status, and not for metrics' \
    'a command takes longer here than the pool waits to commit'
fi
run "$devmap" --trace metrics devmap-pool devmap-thin
asked=$(grep table-status <<< "$err")
if [ "$asked" != '' ] && ! grep -qv noflush <<< "$asked"; then
  ok 'it asks a pool without flushing'
else
  not_ok 'it asks a pool without flushing' "$err"
fi

# calls N: that many calls of the kernel for each device read; the rest is the list
run "$devmap" --trace metrics devmap-zero devmap-pool
calls=$(grep -c -E '^(.*[^a-z])?(status|table|info)' <<< "$err")
if [ "$calls" -le 8 ]; then
  ok 'three calls for a device at most'
else
  not_ok 'three calls for a device at most' "$err"
fi

run "$devmap" metrics devmap-nothere devmap-zero
gives 'one that is not there' 'devmap_device_up{name="devmap-nothere"}' 0
gives 'does not stop the others' 'devmap_device_up{name="devmap-zero"}' 1
prints 'named twice it counts once' 1 \
  bash -c '"$0" metrics devmap-zero devmap-zero | grep -c ^devmap_device_up' "$devmap"

silent 'metrics --output' "$devmap" metrics --output "$folder/devmap.prom"
prints 'its mode' 644 stat -c %a "$folder/devmap.prom"
prints 'no other file is left' devmap.prom ls -A "$folder"
printf 'old\n' > "$folder/devmap.prom"
inode=$(stat -c %i "$folder/devmap.prom")
silent 'again' "$devmap" metrics --output "$folder/devmap.prom"
check 'the file is another' test "$(stat -c %i "$folder/devmap.prom")" != "$inode"
mkdir "$folder/folder"
refuses 'in place of a folder' "$folder/folder" "$devmap" metrics --output "$folder/folder"
refuses 'in a folder that is not there' "$work/none/x" "$devmap" metrics --output "$work/none/x"
rmdir "$folder/folder"
prints 'no other file is left' devmap.prom ls -A "$folder"

# A pool whose metadata fails.
dmsetup suspend --nolockfs --noflush devmap-meta
dmsetup load devmap-meta --table '0 8192 error'
dmsetup resume devmap-meta
dmsetup message devmap-pool 0 'create_thin 1' 2> /dev/null
dmsetup suspend --noflush devmap-pool 2> /dev/null && dmsetup resume devmap-pool 2> /dev/null
run "$devmap" metrics
if dmsetup status --noflush devmap-pool | grep -q ' Fail *$'; then
  gives 'a failed pool' 'devmap_target_failed{name="devmap-pool",row="0"}' 1
  absent 'has no mode and no space' 'devmap_thin_pool_'
  gives 'its volume' 'devmap_device_up{name="devmap-thin"}' 1
else
  skip 'a failed pool' "this one is $(dmsetup status --noflush devmap-pool)"
fi
failed_text=$out

# Linux answers for a suspended era target only after its resume.
if dmsetup create devmap-era \
    --table "0 2048 era $(loop_device 4M) $(loop_device 1M) 64" 2> /dev/null; then
  run timeout 60 "$devmap" metrics devmap-era
  gives 'era' 'devmap_era_current{name="devmap-era",row="0"}' 1
  dmsetup suspend devmap-era
  run timeout 20 "$devmap" metrics devmap-era
  gives 'a suspended era target is not waited for' 'devmap_device_suspended{name="devmap-era"}' 1
  gives 'its size is told' 'devmap_target_size_bytes{name="devmap-era",row="0",type="era"}' 1048576
  dmsetup resume devmap-era
  dmsetup remove devmap-era
else
  skip 'a suspended era target' 'this kernel cannot'
fi

# The programs that read it.
if programs=$("$here/prometheus" --kept); then
  for text in "$plain" "$failed_text"; do
    printf '%s' "$text" > "$work/text"
    input=$work/text silent 'promtool finds nothing' "$programs/promtool" check metrics
  done
  printf '%s' "$plain" > "$folder/devmap.prom"
  ip link set lo up 2> /dev/null || busybox ifconfig lo 127.0.0.1 up
  "$programs/prometheus-node-exporter" --collector.disable-defaults \
    --collector.textfile --collector.textfile.directory "$folder" \
    --web.listen-address 127.0.0.1:9199 > "$work/exporter" 2>&1 &
  exporter=$!
  scrape() {
    exec 8<> /dev/tcp/127.0.0.1/9199 || return 1
    printf 'GET /metrics HTTP/1.0\r\nHost: x\r\n\r\n' >&8
    cat <&8
    exec 8>&-
  }
  for _ in {1..100}; do
    out=$(scrape 2> /dev/null) && break
    sleep 0.3
  done
  kill $exporter
  wait $exporter 2> /dev/null
  if grep -qx 'node_textfile_scrape_error 0' <<< "$out"; then
    ok 'node exporter reads the file'
  else
    not_ok 'node exporter reads the file' "$(grep scrape_error <<< "$out")" \
      "$(cat "$work/exporter")"
  fi
  # It writes large values as floating point, and orders labels by name.
  theirs=$(sed -n 's/^\(devmap_[a-z_]*\).*/\1/p' <<< "$out" | sort | uniq -c)
  if [ -n "$theirs" ] &&
      [ "$theirs" = "$(sed -n 's/^\(devmap_[a-z_]*\).*/\1/p' <<< "$plain" | sort | uniq -c)" ]; then
    ok 'it has every sample'
  else
    not_ok 'it has every sample' "$(cat "$work/exporter")" "$theirs"
  fi
  gives 'a value as it was' 'devmap_thin_pool_data_used_bytes{name="devmap-pool",row="0"}' 196608
else
  skip 'promtool and node exporter' \
    'not unpacked: tests/guest/cli/prometheus does it where there is a network'
fi

dmsetup resume devmap-top
dmsetup remove devmap-thin
for device in devmap-top devmap-crypt devmap-zero devmap-empty devmap-pool devmap-meta; do
  dmsetup remove "$device" 2> /dev/null
done
dmsetup --manglename none remove "$odd" 2> /dev/null
losetup -d "$data" "$meta"
