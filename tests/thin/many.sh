# 1,000 volumes and 1,000 snapshots (--full; else 100) by 8 threads, beside a loop of bare ioctls. Sourced by run.
# shellcheck shell=bash disable=SC2154

data=$(loop_device 256M many-data)
meta=$(loop_device 32M many-meta)
counted 'many volumes' "$programs/thin-many" "$([ "$full" ] && echo 1000 || echo 100)" "$data" "$meta" "$work/many-log"
clean
