# How often listings and reports call the kernel: for 80 devices, at most twice as often as for 40,
# and a constant. Sourced by run.
# shellcheck shell=bash disable=SC2154

ln -sf "$devmap" "$work/bin/devmap"
listings=()
while IFS= read -r line; do listings+=("$line"); done << 'END'
dmsetup ls
dmsetup ls --target linear
dmsetup ls -o blkdevname
dmsetup ls --tree
dmsetup ls --tree -o inverted,blkdevname,open
dmsetup info
dmsetup info -c
dmsetup info -c -o name_all,info_all
dmsetup info -c -o device_count,devnos_used,blkdevs_used
dmsetup info -c -o devs_used
dmsetup info -c -o names_using_dev
dmsetup info -c -o name,deps_all,tree_all,splitname_all -O -device_ref_count,names_using_dev
dmsetup info -c --inactive -o name,names_using_dev,devs_used
dmsetup info -c --unbuffered -o names_using_dev,devs_used
dmsetup info -c -o name -S names_using_dev=top&&devs_used=~b
dmsetup status
dmsetup status -S names_using_dev=top
dmsetup table
dmsetup table --concise
dmsetup table -S devs_used=base
dmsetup deps
dmsetup deps -o devname
dmsetup mknodes
dmsetup stats list
dmsetup stats report
devmap ls
devmap ls --json
devmap ls --tree
devmap ls --tree=inverted
devmap ls --tree --json
devmap info
devmap info --json
devmap status
devmap status --json
devmap table
devmap table --json
devmap deps
END

# ioctls COMMAND-LINE: how many a program makes
ioctls() {
  local words
  read -ra words <<< "$1"
  strace -f -e trace=ioctl -o "$work/trace" "$work/bin/${words[0]}" \
    "${words[@]:1}" > /dev/null 2> "$work/err" || echo "exit status $?" >> "$work/err"
  grep -c 'ioctl(' "$work/trace"
}
add_devices() { # FIRST LAST
  local i
  for ((i = $1; i <= $2; ++i)); do
    printf 'count%s,,,rw,0 8 linear /dev/mapper/base %s;' "$i" $((i * 8))
  done | sed 's/;$//' > "$work/concise"
  dmsetup create --concise "$(< "$work/concise")"
}
count_all() {
  local few=() i many
  dmsetup create base --table '0 8192 zero'
  add_devices 1 38
  dmsetup create top --table $'0 8 linear /dev/mapper/count1 0\n8 8 linear /dev/mapper/count2 0'
  [ "$("$theirs" ls | wc -l)" = 40 ] || not_ok '40 devices'
  for i in "${!listings[@]}"; do few[i]=$(ioctls "${listings[i]}"); done
  add_devices 39 78
  [ "$("$theirs" ls | wc -l)" = 80 ] || not_ok '80 devices'
  for i in "${!listings[@]}"; do
    many=$(ioctls "${listings[i]}")
    if [ -s "$work/err" ]; then
      not_ok "${listings[i]}" "$(< "$work/err")"
    elif [ "$many" -le $((2 * few[i] + 16)) ] && [ "$many" -gt 0 ]; then
      ok "${listings[i]}: ${few[i]} ioctls for 40 devices, $many for 80"
    else
      not_ok "${listings[i]}: ${few[i]} ioctls for 40 devices, $many for 80"
    fi
  done
}
if ! command -v strace > /dev/null; then
  skip 'ioctls of listings' 'needs strace'
else
  count_all
fi
