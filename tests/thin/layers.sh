# An image store from the command line: 20 layers of real directories, the hashes of the top, sizes,
# growth, close and open. Sourced by run.
# shellcheck shell=bash disable=SC2154

store=$work/store
layer() { local verb=$1; shift; "$devmap" layer "$verb" "$store" "$@"; }
hashes() {
  (cd "$1" && find . -path ./lost+found -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
}

refuses 'a store that is not there' 'layer init' layer ls
rm -rf "$store"
refuses 'init with one device' 'POOL SIZE' "$devmap" layer init "$store"
check 'init on files' layer init devmap-layers 512M
refuses 'init again' 'already' layer init devmap-layers 512M
check 'base' layer base base 128M
refuses 'a second base of that name' "'base'" layer base base 128M
refuses 'a layer on nothing' "no layer 'gone'" layer add x gone
prints 'ls' "base	-	134217728	-" layer ls
sources=(/etc /etc/init.d /usr/lib/udev /usr/lib/udev/rules.d /usr/share/keyrings)
mkdir "$work/expected"
parent=base
for n in $(seq 20); do
  [ "$n" = 1 ] || check "layer $n" layer add "layer$n" "$parent"
  [ "$n" != 1 ] || check "layer $n" layer add layer1 base
  at=$(layer mount "layer$n") || { not_ok "mount of layer $n"; break; }
  source=${sources[n % ${#sources[@]}]}
  for root in "$at" "$work/expected"; do
    mkdir -p "$root/part$((n % 7))"
    find "$source" -maxdepth 1 -type f -readable -size -200k -print0 | sort -z | head -z -n 25 |
      xargs -0 -r cp -t "$root/part$((n % 7))" 2> /dev/null
    echo "layer $n" > "$root/top"
    rm -f "$root/part$(((n + 3) % 7))/passwd"
  done
  layer umount "layer$n" || not_ok "umount of layer $n"
  parent=layer$n
done
check 'the top is mounted' layer mount layer20
hashes "$work/store/mnt/layer20" > "$work/got"
hashes "$work/expected" > "$work/wanted"
check "the $(wc -l < "$work/wanted") files of the top have their hashes" \
  cmp "$work/got" "$work/wanted"
check 'and are not few' test "$(wc -l < "$work/wanted")" -ge 20
refuses 'remove of the mounted top' "mounted on $store/mnt/layer20" \
  layer remove layer20 --deadline 1
refuses 'remove of a parent' "'layer1' was made from 'base'" layer remove base
check 'umount' layer umount layer20
check 'remove of the top' layer remove layer20
below=$(layer diff layer19)
check "layer 19 has bytes of its own, and fewer than the base ($below)" \
  test "$below" -gt 0 -a "$below" -lt 134217728
check 'a layer with a quota' layer add big layer19 256M
check 'its mount' layer mount big
check 'its file system has grown' \
  test "$(df --output=size -k "$store/mnt/big" | tail -n 1)" -gt 200000
check 'umount of it' layer umount big
check 'grow' layer grow 1G
prints 'the pool has grown' "$(printf '%-16s' Data:)" bash -c \
  "'$devmap' layer status '$store' | sed -n 's/^\(Data: *\).* of 1073741824 bytes used\$/\1/p'"
refuses 'check while it is active' 'active' layer check
check 'close' layer close
prints 'nothing is left' '' bash -c 'dmsetup ls | grep ^devmap-'
prints 'no loop device is left' '' bash -c "losetup -n -O BACK-FILE | grep '^$store'"
check 'check of the closed store' layer check
check 'mount opens it again' layer mount layer19
refuses 'a store that is in use by another process' 'another process' \
  flock "$store/pool.lock" "$devmap" layer ls "$store"
base=$(layer mount base)
check 'the base is as it was' test -d "$base/lost+found" -a ! -e "$base/top"
check 'close again' layer close
dd if=/dev/urandom of="$store/metadata" bs=4096 count=8 seek=1 conv=notrunc status=none
refuses 'check of damaged metadata' 'thin_repair' layer check
clean
