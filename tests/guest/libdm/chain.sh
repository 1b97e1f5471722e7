# The two programs of src/libdm/README.md: in C with our library, shared and static, and in C++ with
# devmap. build-programs builds them. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154

part_chain() {
  local program side=ours
  for program in chain-c chain-c-static chain-cpp; do
    if [ "$library" = stock ] && [ $program != chain-c ]; then continue; fi
    [ -x "$programs/$program" ] || { not_ok "chain: build-programs has built $program" "there is none"; continue; }
    [ $program != chain-c-static ] || check 'chain-c-static: needs no library' static "$programs/$program"
    prints "$program: makes a device" '/dev/mapper/chain is ready' with "$programs/$program" chain
    check "$program: link, record and device agree" consistent chain
    says "$program: fails where there is one" 1 '' with "$programs/$program" chain
    prints "$program: no cookie is left" 0 cookies
    check "$program: the device can be removed" judge remove --retry chain
  done
}
static() { ! readelf -lW "$1" | grep -q INTERP && ! readelf -dW "$1" | grep -q NEEDED; }
