# Every field of every report, for every kind of object: with and without tables, suspended, with
# statistics, and a name alone. Sourced by run.
# shellcheck shell=bash disable=SC2154

dmsetup create base --table '0 8192 zero' --uuid LVM-base
dmsetup create above --table '0 8 linear /dev/mapper/base 0'
dmsetup create suspended --table '0 8 zero'
dmsetup suspend suspended
dmsetup create without --notable
dmsetup create inactive --notable
dmsetup load inactive --table '0 8 linear /dev/mapper/base 8'
dmsetup create replaced --table '0 8 error' --readonly
dmsetup load replaced --table '0 8 linear /dev/mapper/base 16'
devices=(base above suspended without inactive replaced)
mapfile -t ids < <("$theirs" info -c -o help 2>&1 | awk '/^  [a-z]/ && $1 !~ /_all$/ {print $1}')
[ ${#ids[@]} -ge 80 ] || not_ok 'the list of fields' "${#ids[@]}"

# The fields, by group, that a name alone cannot answer. dmsetup is not run with these, as it needs
# a kernel for some.
relations=' device_count devnos_used blkdevs_used devs_used device_ref_count names_using_dev '\
'devnos_using_dev '
for id in "${ids[@]}" deps_all tree_all; do
  if [[ $relations == *" $id "* || $id == *_all ]]; then
    run "$ours" splitname vg-lv -o "$id"
    if [ "$status" = 1 ] && [ -z "$out" ]; then
      ok "splitname -o $id"
    else
      not_ok "splitname -o $id" "exit status $status" "$out"
    fi
  else
    same splitname vg-lv -o "$id"
    same splitname vg-lv-real FOO -o "$id,lv_name"
    same splitname vg-lv -o vg_name -O "$id"
    same splitname vg-lv -o vg_name -S "$id=0"
  fi
done
lines << 'END'
splitname vg-lv -o all
splitname vg-lv -o +all
splitname vg-lv -o name_all
splitname vg-lv -o info_all
splitname vg-lv -o stats_all
splitname vg-lv -o region_all
splitname vg-lv -o splitname_all,all
splitname vg-lv -o +read_ahead
splitname vg-lv -o all -S selected=1
splitname vg-lv -o all -S vg_name=vg
splitname vg-lv -o all -S vg_name=other
END

# The fields that only a region has, by the groups in our list. dmsetup is not run with these on a
# device.
mapfile -t of_regions < <("$ours" info -c -o help 2>&1 | awk '
  /^[a-z]/ {region = $1 == "stats:" || $1 == "region:"}
  /^  [a-z]/ && region {print $1}')
[ ${#of_regions[@]} -ge 40 ] || not_ok 'the list of the fields of regions' "${#of_regions[@]}"
for id in "${of_regions[@]}"; do
  run "$ours" info -c -o "$id" "${devices[@]}"
  if [ "$status" = 1 ] && [ -z "$out" ] && [[ $first == *" $id" ]]; then
    ok "info -c -o $id fails"
  else
    not_ok "info -c -o $id fails" "exit status $status" "$out" "$first"
  fi
done
for id in "${ids[@]}"; do
  [[ " ${of_regions[*]} " != *" $id "* ]] || continue
  same info -c -o "$id" "${devices[@]}"
  same info -c --inactive --noheadings -o "name,$id" inactive replaced
done
"$theirs" stats create base --areas 2 > /dev/null
"$theirs" stats create base --start 0s --length 4096s > /dev/null
"$theirs" stats group --regions 0,1 base > /dev/null
for id in "${ids[@]}"; do
  same stats list -o "$id" base above
  same stats report -o "$id" base above
done
