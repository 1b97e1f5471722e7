# Statistics. Sourced by run.
# shellcheck shell=bash

statistics() {
  d create a --table '0 8192 zero'
  d create b -u TEST-b --table $'0 1024 zero\n1024 2048 zero'
  d stats list
  d stats create a
  d stats create a --areas 4 --start 0 --length 1m --programid foo --userdata bar
  d stats create a --bounds 10ms,20ms
  d stats create a --bounds 10us,20us
  d stats create a --bounds 10001us,200001us,1000000001ns
  d stats create a --bounds 10ms,20ms --precise
  d stats create a --start 1m --length 512k
  d stats create a --areasize 512k
  d stats create b --segments --alias seg
  d stats create b --segments --nogroup
  d stats create b --segments --alias foo
  d stats create --alldevices --programid all
  d stats create a --programid ''
  d stats create nothere
  d stats create a --length bogus
  d stats create a --start 1t
  d stats create a --start 1024s
  d stats create a --start 8192s
  d message a 0 @stats_list
  d message b 0 @stats_list
  d stats group a --regions 0,2 --alias grp
  d stats group a --regions 0,2
  d stats group a --regions 99
  d message /dev/mapper/a 0 @stats_list
  d stats list
  d stats list a
  d stats list -u TEST-b
  d stats list nothere
  d stats list --allprograms
  d stats list --programid foo
  d stats list --allprograms --histogram
  d stats list --allprograms --area
  d stats list --region
  d stats list --group
  d -v stats list --allprograms
  d stats list -o all
  d stats list a -o +hist_bounds,hist_ranges
  d stats list -o name,region_id --nameprefixes
  d stats list -o stats_name,region_id,region_start --noheadings
  d stats list --noheadings
  d stats list --units s
  d stats list --units b
  d stats list --units k
  d stats list --units m --nosuffix
  d stats list -S 'region_len>1m'
  d stats list -S 'obj_type=group'
  d stats list -O -region_len,region_id
  d stats report --count 2 --interval 1 b
  dd if=/dev/mapper/a of=/dev/null bs=64k count=10 iflag=direct 2> /dev/null
  d stats print a --regionid 0
  d stats print a --regionid 2
  d stats print a
  d stats report a -o stats_name,region_id,obj_type,reads_per_sec,read_size_per_sec,\
avg_request_size,read_count,read_sector_count,throughput
  d stats report a
  d stats report a --histogram
  d stats report a --histogram --relative
  d stats report a -o name,hist_bins,hist_bounds,hist_ranges
  d stats report a -o hist_count,hist_percent --noheadings
  d stats report a -o region_id,hist_count_ranges
  d stats report a -o region_id,hist_percent_ranges
  d stats report a -o hist_count_bounds,hist_percent_bounds,interval,interval_ns
  d stats report a --interval 3 --count 1 -o interval,interval_ns,reads_per_sec
  d stats report a -o stats_name,bogus
  d stats update_filemap --groupid 0 /nothing
  d stats create --filemap /nothing
  d stats clear a --regionid 0
  d stats clear a --allregions
  d stats clear a
  d stats print --clear a --regionid 0
  d stats ungroup a --groupid 0
  d stats ungroup a --groupid 0
  d stats delete a
  d stats delete a --regionid 99
  d stats clear a --regionid 99
  d stats print a --regionid 99
  d stats ungroup a --groupid 99
  d stats delete a --groupid 99
  d stats delete a --regionid 0
  d stats delete b --groupid 4
  d stats delete --allregions
  d stats delete a --allregions --allprograms
  d stats list --allprograms
  d stats delete --allregions --alldevices --allprograms
  d stats list
  d stats bogus
  d stats
  d stats help
  d stats version
  d remove a b
}
scenario statistics statistics

sizes() {
  local size
  d create a --table '0 16384 zero'
  for size in 1000 2M 64K 64k 1G 100000B 1h; do
    d stats create a --areasize $size
    d stats create a --start 1m --length $size
  done
  d message a 0 @stats_list
  d stats delete a --allregions
  d stats create a --start 1M --length 1M
  d stats create a --start 1K --length 64K --areasize 4K
  d stats create a --start 4m --length 60k --areasize 10k
  d message a 0 @stats_list
  d stats list a -S 'region_len=60k' --noheadings -o region_id
  d stats list a -S 'region_len=60K' --noheadings -o region_id
  d stats list a -S 'region_len>60K' --noheadings -o region_id
  d stats list a -S 'region_start=1M' --noheadings -o region_id
  d stats list a -S 'region_start<2M && region_len<1G' --noheadings -o region_id
  d remove a
}
scenario sizes sizes

# Areas that do not fill their region: reports show the length of all areas as its length.
rows() {
  d create a --table '0 16384 zero'
  d create b --table $'0 1024 zero\n1024 2048 zero'
  d stats create a --length 100000b
  d stats create a --areas 3 --start 2m --length 50k
  # Bounds that no request reaches.
  d stats create a --start 4m --length 60k --areasize 10k --bounds 100s,200s
  d stats group a --regions 0,1 --alias first
  d stats create b --segments --alias second
  d stats report --area
  d stats report --group
  d stats report --histogram --region
  d stats report --histogram --group
  d stats report --region -o region_id,area_id,area_len,area_count,region_start,region_len,obj_type
  d stats report --group \
    -o region_id,area_id,area_start,area_len,area_offset,area_count,region_start,region_len,obj_type
  d stats report --area \
    -o region_id,area_id,area_start,area_len,area_offset,area_count,region_start,region_len,obj_type
  d stats list --region
  d stats list --group
  d stats list --area
  dd if=/dev/mapper/a of=/dev/null bs=64k count=80 iflag=direct 2> /dev/null
  d stats report a --histogram --noheadings \
    -o region_id,hist_count_bounds,hist_count_ranges,hist_count,hist_bounds,hist_ranges
  d stats report a --noheadings -o region_id,hist_percent_bounds,hist_percent_ranges,hist_percent
  d stats report a -o region_id,hist_count,hist_percent
  d stats report a --separator , -o region_id,hist_count_bounds,hist_percent_ranges
  d stats report a --nameprefixes -o region_id,hist_count_bounds
  d stats report a --nameprefixes --noheadings -o region_id,hist_count_bounds
  d stats list --headings full
  d stats report a --headings none -o region_id,hist_count_bounds
  d stats delete a --regionid 99
  d stats delete a --regionid 1
  d remove a b
}
scenario rows rows

# A group without an alias, and aliases with special characters: these are of 1.02.198 and later.
names() {
  local alias
  d create a --table '0 8192 zero'
  d stats create a --start 0 --length 1m
  d stats create a --start 1m --length 1m --userdata mine
  d stats group a --regions 0,1
  d message a 0 @stats_list
  d stats list
  d stats delete a --allregions
  for alias in home 'two words' 'say "x"' 'back\slash'; do
    d stats create a --start 0 --length 1m --userdata mine
    d stats create a --start 1m --length 1m
    d stats group a --regions 0,1 --alias "$alias"
    d message a 0 @stats_list
    d stats list --noheadings -o stats_name,group_id,region_id,obj_type,user_data --separator '|'
    d stats ungroup a --groupid 0
    d message a 0 @stats_list
    d stats delete a --allregions
  done
  d remove a
}
[ "$beside" = 1.02.185 ] || scenario names names
