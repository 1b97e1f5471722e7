# The process is killed at every call to Linux of create, snapshot, activate, rename, resize, grow,
# delete and commit. Sourced by run.
# shellcheck shell=bash disable=SC2154

data=$(loop_device 64M sweep-data)
meta=$(loop_device 4M sweep-meta)
counted 'crash sweep' \
  "$programs/thin-sweep" real "$data" "$meta" "$work/sweep-data" "$work/sweep-log"
prints 'nothing is suspended afterwards' '' \
  bash -c 'dmsetup info -c --noheadings -o name,suspended | grep Suspended'
clean
