# ls --tree and watch: what a person sees, in files and on a terminal of 80 columns. Sourced by run.
# shellcheck shell=bash disable=SC2154

# on_terminal COLUMNS COMMAND...: what the command writes to a terminal of that width, unchanged;
# nothing is typed
on_terminal() {
  local columns=$1
  shift
  TERM=xterm script -fqec "stty cols $columns rows 12; exec $(printf '%q ' "$@")" \
    /dev/null < /dev/null
}
screen_of() { on_terminal "$@" | tr -d '\r'; }
# Numbers of devices and names of loop devices and files differ between runs, and with them the
# width of columns.
same_everywhere() {
  sed -E "s#$work/disk\.[A-Za-z0-9]+#FILE#; s#$work#WORK#; s/[0-9]+:[0-9]+/N/; s/loop[0-9]+/loopN/
s/ +/ /g"
}

prints 'a tree of nothing' 'No devices found' bash -c \
  '[ "$(dmsetup ls)" != "No devices found" ] && echo "No devices found" || "$0" ls --tree' "$devmap"
disk7=$(loop_device 16M) disk8=$(loop_device 32M) disk9=$(loop_device 4M)
dmsetup create devmap-base --table "0 32768 linear $disk7 0"
dmsetup create devmap-files --table $'0 16384 linear /dev/mapper/devmap-base 0\n16384 8 zero'
dmsetup create devmap-other --table '0 3 error' --readonly
dmsetup create devmap-wait --notable
dmsetup load devmap-wait --table '0 8 zero'
dmsetup create devmap-pool --table "0 65536 thin-pool $disk9 $disk8 128 0 1 skip_block_zeroing"
dmsetup message devmap-pool 0 'create_thin 0'
dmsetup create devmap-thin --table '0 40960 thin /dev/mapper/devmap-pool 0'
dmsetup create devmap-snapshot \
  --table "0 32768 snapshot /dev/mapper/devmap-base /dev/mapper/devmap-files P 16"
dmsetup suspend devmap-other
dd if=/dev/urandom of=/dev/mapper/devmap-thin bs=1M count=8 oflag=direct conv=notrunc 2> /dev/null
disk10=$(loop_device 16M)
dmsetup create devmap-mounted --table "0 32768 linear $disk10 0"
mkfs.ext4 -q /dev/mapper/devmap-mounted
mkdir "$work/mnt"
mount /dev/mapper/devmap-mounted "$work/mnt"
with_udev && udevadm settle

prints 'ls --tree' 'NAME DEVICE SIZE TYPE USE
devmap-mounted N 16M linear WORK/mnt
└─loopN N 16M loop FILE
devmap-other N 1.5K error suspended, read-only
devmap-snapshot N 16M snapshot
├─devmap-files N 8M linear,zero
│ └─devmap-base N 16M linear
│ └─loopN N 16M loop FILE
└─devmap-base N 16M linear see above
devmap-thin N 20M thin
└─devmap-pool N 32M thin-pool
 ├─loopN N 32M loop FILE
 └─loopN N 4M loop FILE
devmap-wait N 0B no table, table loaded' \
  bash -c "$(declare -f same_everywhere); work=$work; '$devmap' ls --tree | same_everywhere"
prints 'ls --tree=inverted, in ASCII' 'NAME DEVICE SIZE TYPE USE
loopN N 16M loop FILE
`-devmap-base N 16M linear
 |-devmap-files N 8M linear,zero
 | `-devmap-snapshot N 16M snapshot
 `-devmap-snapshot N 16M snapshot
loopN N 16M loop FILE
`-devmap-mounted N 16M linear WORK/mnt
devmap-other N 1.5K error suspended, read-only
loopN N 32M loop FILE
`-devmap-pool N 32M thin-pool
 `-devmap-thin N 20M thin
loopN N 4M loop FILE
`-devmap-pool N 32M thin-pool see above
devmap-wait N 0B no table, table loaded' bash -c "$(declare -f same_everywhere); work=$work
LC_ALL=C '$devmap' ls --tree=inverted | same_everywhere"
matches 'ls --tree --json' \
  '^\{"name":"devmap-files","device":"[0-9:]+","bytes":8392704,"types":"linear,zero",'\
'"use":"","next":\["[0-9:]+"\]\}$' "$devmap" ls --tree --json
refuses 'a tree of another order' "only 'inverted'" "$devmap" ls --tree=sideways
refuses 'a tree of one type' 'shows all devices' "$devmap" ls --tree --target linear

# on a terminal: as wide as it is, in colours unless they are turned off
if command -v script > /dev/null; then
  for width in 40 80; do
    for verb in 'ls --tree' 'watch --count 1'; do
      # shellcheck disable=SC2086 # words
      screen_of $width env NO_COLOR=1 "$devmap" $verb > "$work/screen"
      widest=$(wc -L < "$work/screen")
      if [ "$(wc -l < "$work/screen")" -ge 8 ] && [ "$widest" -le $width ]; then
        ok "$verb fits $width columns"
      else
        not_ok "$verb fits $width columns" "widest: $widest" "$(cat "$work/screen")"
      fi
    done
  done
  prints 'watch, a screen of 80 columns' 'NAME            TYPE          SIZE  STATE
devmap-other    error         1.5K  suspended
devmap-wait                         no table, table loaded
devmap-pool     thin-pool      32M  data [##--------]  25%  metadata 10%
devmap-snapshot snapshot       16M  used [#---------]   0%  empty
devmap-thin     thin           20M  mapped [####------]  40%  8M
devmap-base     linear         16M
devmap-files    linear,zero     8M
devmap-mounted  linear         16M' bash -c "$(declare -f on_terminal screen_of)
screen_of 80 env NO_COLOR=1 LC_ALL=C '$devmap' watch --count 1"
  matches 'watch in colours' $'\e\\[33msuspended\e\\[0m' screen_of 80 "$devmap" watch --count 1
  run screen_of 80 env NO_COLOR=1 "$devmap" watch devmap-other --count 1
  if [ "$(grep -c . <<< "$out")" = 2 ]; then
    ok 'watch of one'
  else
    not_ok 'watch of one' "$out" "$err"
  fi

  # live: a change is on the screen long before the next look by the clock
  on_terminal 80 "$devmap" watch --interval 600 > "$work/live" & watcher=$!
  for _ in $(seq 300); do grep -q devmap-wait "$work/live" && break; sleep 0.1; done
  dmsetup resume devmap-wait
  dmsetup create devmap-new --table '0 2048 zero'
  for _ in $(seq 300); do grep -q 'devmap-new *zero *1M' "$work/live" && break; sleep 0.1; done
  if grep -q 'devmap-new *zero *1M' "$work/live"; then
    ok 'watch sees a new device at once'
  else
    not_ok 'watch sees a new device at once' "$(cat -v "$work/live")"
  fi
  pkill -TERM -f "^$devmap watch --interval 600"
  wait "$watcher"
  if [[ $(tail -c 2000 "$work/live") == *$'\e[?25h\e[?1049l'*devmap-new* ]]; then
    ok 'the screen is given back, with the last picture'
  else
    not_ok 'the screen is given back' "$(tail -c 2000 "$work/live" | cat -v)"
  fi
  dmsetup remove devmap-new
else
  skip 'watch on a terminal' 'there is no script(1)'
fi
prints 'watch into a file, and its end' 2 \
  bash -c '"$0" watch devmap-other --interval 0.2 --count 2 |
    grep -c "^devmap-other error *1.5K  suspended"' "$devmap"
matches 'watch --json' \
  '"name":"devmap-pool".*"target":"thin-pool".*"status":"0 [0-9]+/1024 [0-9]+/512' \
  "$devmap" watch --json --count 1
matches 'watch --json: fields' '"target":"thin-pool".*"fields":.*"data":"[0-9]+/512"' \
  "$devmap" watch --json --count 1
matches 'watch --target' '^devmap-thin +thin +20M' "$devmap" watch --target thin --count 1
matches 'watch of what is not there' '^devmap-none +not there' "$devmap" watch devmap-none --count 1
refuses 'watch too often' 'at least 0.1' "$devmap" watch --interval 0
silent 'watch ends at its deadline' bash -c '"$0" watch --deadline 0.3 > /dev/null' "$devmap"
umount "$work/mnt"
for name in mounted snapshot files base other wait thin pool; do
  dmsetup resume devmap-$name && dmsetup remove --retry devmap-$name
done
for disk in "$disk7" "$disk8" "$disk9" "$disk10"; do losetup -d "$disk"; done
