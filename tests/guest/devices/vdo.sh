# vdo. Debian has no vdoformat, but Linux 7 formats by itself. Where it does not, rows that were
# recorded there are read. Sourced by run.
# shellcheck shell=bash disable=SC2154

vdo() { # NAME OPTION...
  disk 8G
  tool dmsetup create "$1" --table "0 262144 vdo V4 $disk 2097152 4096 32768 16380 ${*:2}"
}
recorded_rows() {
  local name row
  for what in table status; do
    "$build/tests/guest/devices/devices-rows" $what < "$here/vdo.$what" > "$work/out" &&
      [ ! -s "$work/out" ] && ok "vdo: recorded $what" ||
      not_ok "vdo: recorded $what" "$(< "$work/out")"
  done
  while IFS=: read -r name row; do
    "$devmap" explain <<< "$row" > "$work/out" 2>&1 &&
      ok "$name, recorded: explain finds no problem" || not_ok "$name, recorded" "$(< "$work/out")"
  done < "$here/vdo.table"
}
part_vdo() {
  recorded_rows
  if [ $kind = uml ] || [ "$series" != 7 ]; then return; fi
  load_modules dm-vdo
  make vdo vdo vdo slabSize 32768 indexMemory 0.25 logical 1 physical 1 hash 1
  make vdo-options vdo vdo-options slabSize 32768 indexMemory 0.25 deduplication off compression \
    on ack 2 bio 4 bioRotationInterval 32 cpu 2
}
end_vdo() { :; }
