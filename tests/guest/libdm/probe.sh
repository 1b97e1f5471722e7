# What a program sees of the library, fact by fact, compared with what libdevmapper 1.02.185 and
# 1.02.214 printed. A line may be as either. Others must be in probe-known.txt. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154

probe_most=25

part_probe() {
  local known=$here/probe-known.txt line count=0 side=ours
  [ -x "$programs/probe" ] ||
    { not_ok 'probe: build-programs has built it' "there is no $programs/probe"; return; }
  loads "$programs/probe"
  with timeout 120 "$programs/probe" > "$work/probe.raw" 2> "$work/probe.err" < /dev/null
  prints 'probe: it ends, and prints nothing on standard error' '0 ' \
    echo "$? $(< "$work/probe.err")"
  probe_normalize < "$work/probe.raw" > "$work/probe"
  for line in 185 214; do probe_normalize < "$here/probe-1.02.$line.txt" > "$work/probe.$line"; done
  probe_differences > "$work/probe.differ"
  : > "$work/probe.used"
  while IFS= read -r line; do
    if grep -qF -- "$line	" "$known"; then
      echo "$line" >> "$work/probe.used"
      count=$((count + 1))
    else
      not_ok 'probe: a line is as in 1.02.185 or 1.02.214' "title, theirs, ours: ${line//	/
  }"
    fi
  done < "$work/probe.differ"
  if [ $count = "$(wc -l < "$work/probe.differ")" ]; then
    ok "probe: of $(wc -l < "$work/probe") lines $count differ from both, as known"
  fi
  if [ $count -le $probe_most ]; then
    ok "probe: at most $probe_most lines differ"
  else
    not_ok "probe: at most $probe_most lines differ" "$count"
  fi
  [ "$library" = stock ] || prints 'probe: what probe-known.txt lists differs' '' \
    bash -c "grep -vE '^(#|$)' '$known' | grep -vFf '$work/probe.used'; true"
}

# Values of cookies, the kernel's minor version, device-mapper's major; and the event number in a
# reply that 1.02.185 never got.
probe_normalize() {
  sed -E -e 's/cookie value [0-9]+ \(0x[0-9a-f]+\)/cookie value N/' \
    -e 's/^(driver 1 4\.)[0-9]+/\1N/' -e 's/\((25[0-9]|N):/(N:/' \
    -e 's/ event=[0-9]{6,} / event=N /' \
    -e 's/[[:space:]]+$//'
}
# Prints TITLE, the line of 1.02.214 and ours, separated by tabs, for each line that is neither as
# in 1.02.214 nor, at the same place, as in 1.02.185. One that is missing is shown as (none).
probe_differences() {
  diff "$work/probe.214" "$work/probe" |
    awk -F '\t' -v theirs="$work/probe.214" -v older="$work/probe.185" '
    function flush(  i, most, from, to) {
      most = removed > added ? removed : added
      for (i = 1; i <= most; ++i) {
        from = i <= removed ? left[i] : "(none)"
        to = i <= added ? right[i] : "(none)"
        if (i > removed || i > added || old[start + i - 1] != to) {
          print title[i <= removed ? start + i - 1 : start] "\t" from "\t" to
        }
      }
      removed = added = 0
    }
    BEGIN {
      while ((getline line < theirs) > 0) {
        title[++n] = line ~ /^ / ? title[n - 1] : line
      }
      while ((getline line < older) > 0) old[++o] = line
    }
    /^[0-9]/ { flush(); split($0, part, /[acd,]/); start = part[1]; next }
    /^</ { left[++removed] = substr($0, 3) }
    /^>/ { right[++added] = substr($0, 3) }
    END { flush() }'
}
