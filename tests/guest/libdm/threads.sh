# Many threads use the library at the same time; and what else a program may do to it. Sourced by
# run.
# shellcheck shell=bash disable=SC2034,SC2154

part_threads() {
  local threads rounds side=ours
  if [ "$library" = stock ]; then
    skip threads "Debian's library is not made for threads"
    return
  fi
  [ -x "$programs/threads" ] ||
    { not_ok 'threads: build-programs has built it' "there is no $programs/threads"; return; }
  loads "$programs/threads"
  for threads in 4 32; do
    rounds=$((80 / threads + 2))
    says "$threads threads: $rounds rounds each" 0 "^$((threads * rounds)) passed, 0 failed$" \
      with timeout 300 "$programs/threads" $threads $rounds
    figure "$took ms"
    nothing_left "$threads threads"
  done
  says 'a program that exports names of the library, forks, cancels and exits' 0 \
    '^[1-9][0-9]* passed, 0 failed$' \
    with env DEVMAP_UDEV_TIMEOUT=3 timeout 120 "$programs/edges"
  figure "$out"
  nothing_left edges
}
