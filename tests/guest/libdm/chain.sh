# The two programs of src/libdm/README.md: in C with our library, shared and static, and in C++ with
# devmap. build-programs builds them. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154

part_chain() {
  local program side=ours start
  for program in chain-c chain-c-static chain-c-musl chain-cpp; do
    if [ "$library" = stock ] && [ $program != chain-c ]; then continue; fi
    if [ $program = chain-c-musl ] && [ ! -e "$programs/$program" ]; then
      skip $program 'build-programs had no library for musl'
      continue
    fi
    [ -x "$programs/$program" ] ||
      { not_ok "chain: build-programs has built $program" "there is none"; continue; }
    start=with
    if [[ $program = chain-c-* ]]; then
      start=alone
      check "$program: needs no library" static "$programs/$program"
      prints "$program: no other file is there" "./$program" only_files "$programs/$program"
    fi
    prints "$program: makes a device" '/dev/mapper/chain is ready' $start "$programs/$program" chain
    check "$program: link, record and device agree" consistent chain
    says "$program: fails where there is one" 1 '' $start "$programs/$program" chain
    prints "$program: no cookie is left" 0 cookies
    check "$program: the device can be removed" judge remove --retry chain
  done
}
static() { ! readelf -lW "$1" | grep -q INTERP && ! readelf -dW "$1" | grep -q NEEDED; }
# PROGRAM WORD...: runs it where the root folder has nothing else but /dev, /proc, /sys and /run
alone() { within "$1" chroot . "/${1##*/}" "${@:2}"; }
only_files() { within "$1" find . -xdev -type f; } # PROGRAM
within() { # PROGRAM COMMAND...: in that folder, whose mounts end with the command
  local folder=$work/alone
  rm -rf "$folder" && mkdir -p "$folder"/{dev,proc,sys,run} && cp "$1" "$folder" || return
  # shellcheck disable=SC2016 # of that shell
  unshare --mount sh -c '
    cd "$0" && for part in dev proc sys run; do mount --rbind "/$part" $part || exit; done
    exec "$@"' "$folder" "${@:2}"
}
