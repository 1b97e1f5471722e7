# The power fails for data, metadata and the log's file system, at every call (--full) or every
# 11th. Sourced by run.
# shellcheck shell=bash disable=SC2154

data=$(loop_device 64M power-data)
meta=$(loop_device 4M power-meta)
logs=$(loop_device 32M power-log)
mkfs.ext4 -q "$logs"
mkdir "$work/power"
counted 'power loss' \
  "$programs/thin-power" "$([ "$full" ] && echo 1 || echo 11)" "$data" "$meta" "$logs" "$work/power"
clean
