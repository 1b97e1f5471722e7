# --json reports what the text reports; --trace and --dry-run report what is requested from the
# kernel. Sourced by run.
# shellcheck shell=bash disable=SC2154

# as_text VERB: turns lines of JSON into the text of that verb, with the name before each line
as_text() {
  python3 -c 'import json, sys
verb = sys.argv[1]
for line in sys.stdin:
    o = json.loads(line)
    if verb in ("table", "status"):
        words = o["params"] if verb == "table" else o["status"]
        print("{}: {} {} {} {}".format(o["name"], o["start"], o["length"], o["target"], words))
    elif verb == "ls":
        print("{}\t({})".format(o["name"], o["device"]))
    elif verb == "deps":
        deps = "".join(" ({})".format(d.replace(":", ", ")) for d in o["deps"])
        print("{}: {} dependencies\t:{}".format(o["name"], len(o["deps"]), deps))
    elif verb == "info":
        state = (("SUSPENDED" if o["suspended"] else "ACTIVE") +
                 (" (READ-ONLY)" if o["read_only"] else ""))
        tables = [word for word, has in
                  (("LIVE", o["live_table"]), ("INACTIVE", o["inactive_table"])) if has]
        print(o["name"], state, " & ".join(tables) or "None", o["open_count"], o["event_nr"],
              o["device"].replace(":", ", "), o["targets"], o["uuid"])
    elif verb == "targets":
        print("{:16} v{}".format(o["target"], o["version"]))' "$1"
}
# info_in_lines: the text of info, one device a line
info_in_lines() {
  awk -F ': +' '
    /^Name/ {name = $2} /^State/ {state = $2} /^Tables/ {tables = $2} /^Open/ {open = $2}
    /^Event/ {event = $2} /^Major/ {number = $2}
    /^Number/ {targets = $2} /^UUID/ {sub(/^UUID: /, ""); uuid = $0}
    /^$/ {print name, state, tables, open, event, number, targets, uuid; uuid = ""}'
}
if command -v python3 > /dev/null; then
  disk6=$(loop_device 16M)
  dmsetup create devmap-a --table '0 16 zero' --uuid TEST-json
  dmsetup create devmap-b --table $'0 8 linear '"$disk6"$' 0\n8 8 error'
  dmsetup create devmap-c --notable
  dmsetup create devmap-d --table '0 8 zero' --readonly
  dmsetup load devmap-d --table '0 16 error'
  dmsetup suspend devmap-d
  for verb in table status ls deps targets; do
    "$devmap" "$verb" | grep -v ': $' > "$work/text"
    check "$verb --json says the same" \
      bash -c "$(declare -f as_text); '$devmap' $verb --json | as_text $verb | cmp - '$work/text'"
  done
  "$devmap" info | info_in_lines > "$work/text"
  check 'info --json says the same' \
    bash -c "$(declare -f as_text); '$devmap' info --json | as_text info | cmp - '$work/text'"
  matches 'table --json of one' '^\{"name":"devmap-a","uuid":"TEST-json","device":"'"$(
    dmsetup info -c --noheadings --separator : -o major,minor devmap-a
  )"'","start":0,"length":16,"target":"zero","params":""(,"fields":\{\})?\}$' \
    "$devmap" table --json devmap-a
  matches 'version --json' '^\{"library":"[0-9.]+","driver":"4\.[0-9.]+"\}$' \
    "$devmap" version --json
  matches 'message --json' '^\{"name":"devmap-a","response":"0"\}$' \
    "$devmap" message --json devmap-a 0 @stats_create - /1
  prints 'an empty list is nothing' '' "$devmap" ls --json --target nosuchtarget
  dmsetup resume devmap-d
  for name in a b c d; do dmsetup remove devmap-$name; done
else
  skip '--json' 'needs python3'
fi

# --- rows by meaning ---

row='0 2048 striped 2 16 /dev/none 4096 8:2 0'
matches 'explain' '^  stripes\[0\]\.device +/dev/none$' "$devmap" explain "$row"
matches 'explain tells the unit' '^  chunk +16 sectors$' "$devmap" explain "$row"
matches 'explain --json' '"problem":null\}$' "$devmap" explain --json "$row"
run "$devmap" explain '0 8 striped 2 16 8:1 0 8:2 0'
if [ $status = 1 ] && grep -q 'problem: ' <<< "$out"; then
  ok 'explain finds what is wrong'
else
  not_ok 'explain finds what is wrong' "$status" "$out" "$err"
fi
prints 'explain of a type that is not known' $'new: sectors 0 to 8\n  parameters: x y' \
  "$devmap" explain '0 8 new x y'
refuses 'explain of what is no row' 'ROW: line 1' "$devmap" explain 'x y'
silent 'create by fields' "$devmap" create devmap-f zero length=1M
matches 'the row of it' '^0 2048 zero *$' "$devmap" table devmap-f
silent 'create by fields: as long as the device is behind start' \
  "$devmap" create devmap-g linear device=/dev/mapper/devmap-f start=48
matches 'the row of that' '^0 2000 linear [0-9]+:[0-9]+ 48$' "$devmap" table devmap-g
matches 'diff by fields' '^a live device takes it$' \
  "$devmap" diff devmap-g linear device=/dev/mapper/devmap-f start=40 length=8
silent 'load by fields' "$devmap" load devmap-g linear device=/dev/mapper/devmap-f length=8
matches 'the row that was loaded' '^0 8 linear [0-9]+:[0-9]+ 0$' "$devmap" table --inactive devmap-g
refuses 'create by a field that there is not' 'linear: begin: there is no such field' \
  "$devmap" create devmap-h linear device=/dev/none begin=3
refuses 'create by fields without a length' 'striped: length: is missing' \
  "$devmap" create devmap-h striped chunk=8 'stripes[0].device=/dev/none'
refuses 'create by a field twice' 'device: is given twice' \
  "$devmap" create devmap-h linear device=/dev/none device=/dev/none length=8
refuses 'create by two lengths' 'length: is given twice' \
  "$devmap" create devmap-h zero length=8 length=16
refuses 'create of no sector' 'at least one sector long' "$devmap" create devmap-h zero length=0
refuses 'create by more blocks than there are bytes' 'data_blocks: are more' \
  "$devmap" create devmap-h verity data_device=/dev/none hash_device=/dev/none \
  data_blocks=18446744073709551615 algorithm=sha256 root_digest=00ff
refuses 'create by a device that there is not' '/dev/none' \
  "$devmap" create devmap-h linear device=/dev/none
refuses 'two operands too many' 'is one operand too many' \
  "$devmap" create devmap-h linear device=/dev/none 8
if dmsetup info devmap-h > /dev/null 2>&1; then
  not_ok 'nothing of it is left'
else
  ok 'nothing of it is left'
fi
for name in g f; do dmsetup remove devmap-$name; done
silent 'a device to compare' "$devmap" create devmap-a --table '0 16 zero'
prints 'diff of the same' 'both mean the same' "$devmap" diff devmap-a --table ' 0  16 zero'
prints 'diff' $'row 0: length: 16 -> 32\na live device takes it' \
  "$devmap" diff devmap-a --table '0 32 zero'
prints 'diff --json' $'{"row":0,"field":"length","before":"16","after":"32","fixed":false}\n'\
'{"same":false,"live":true,"why_not":""}' \
  "$devmap" diff devmap-a --table '0 32 zero' --json
refuses 'diff of no device' 'there is no such device|no such device' \
  "$devmap" diff devmap-none --table '0 32 zero'
matches 'fields in JSON' '"target":"linear".*"fields":\{"device":"[0-9:]+","start":0\}\}$' bash -c '
  "$0" create devmap-c --table "0 8 linear /dev/mapper/devmap-a 0" &&
    "$0" table devmap-c --json && "$0" remove devmap-c' "$devmap"
silent 'and it goes' "$devmap" remove devmap-a

# --- dry runs and traces ---

number='[0-9]+:[0-9]+'
silent 'a device' "$devmap" create devmap-a --table '0 16 zero'
run "$devmap" create devmap-b --dry-run --uuid TEST-dry --table $'0 8 zero\n8 8 error'
wanted=$'create name=devmap-b uuid=TEST-dry\nload NEW secret\n  0 8 zero \n  8 8 error \nresume NEW'
if [ $status = 0 ] && [ "$err" = '' ] &&
    [ "$(grep -E '^(create|load|resume|  )' <<< "$out" |
      sed 's/ cookie=0x[0-9a-f]*$//')" = "$wanted" ]; then
  ok 'create --dry-run'
else
  not_ok 'create --dry-run' "exit status $status" "$out" "$err"
fi
prints 'it made nothing' 'devmap-a' bash -c '"$0" ls | cut -f 1 | grep devmap-' "$devmap"
prints 'nor a cookie' 0 cookies
matches 'suspend --dry-run' '^suspend name=devmap-a$' "$devmap" suspend devmap-a --dry-run
matches 'remove --dry-run' "^remove name=devmap-a( cookie=0x[0-9a-f]+)?$" \
  "$devmap" remove devmap-a --dry-run
matches 'message --dry-run' '^message name=devmap-a "@stats_create - /1"$' \
  "$devmap" message devmap-a 0 @stats_create - /1 --dry-run
matches 'the state is as it was' 'ACTIVE' dmsetup info devmap-a
run "$devmap" table devmap-a --trace
if [ "$status ${out%$'\n'}" = '0 0 16 zero ' ] &&
    grep -qE "^table name=devmap-a secret = $number, live table\$" <<< "$err"; then
  ok 'table --trace'
else
  not_ok 'table --trace' "exit status $status" "$out" "$err"
fi
run "$devmap" info devmap-none --trace
if [ $status = 1 ] && grep -qE '^status name=devmap-none = ENXIO$' <<< "$err"; then
  ok 'a trace of what fails'
else
  not_ok 'a trace of what fails' "$status" "$err"
fi
run "$devmap" create devmap-b --trace \
  --table "0 8 crypt aes-xts-plain64 $(printf '%064d' 7) 0 /dev/none 0"
if [ $status = 1 ] && grep -q 'crypt (secret)' <<< "$err" && ! grep -q 0000007 <<< "$err"; then
  ok 'a trace shows no key'
else
  not_ok 'a trace shows no key' "$status" "$err"
fi
run "$devmap" create devmap-b --trace --table "0 8 no-such-type $(printf '%064d' 7)"
if [ $status = 1 ] && grep -q 'no-such-type (secret)' <<< "$err"; then
  ok 'a trace shows no row of an unknown type'
else
  not_ok 'a trace shows no row of an unknown type' "$status" "$err"
fi
run "$devmap" message devmap-a 0 KEY set "$(printf '%064d' 7)" --trace
if ! grep -q 0000007 <<< "$err"; then
  ok 'a trace shows no key of a message'
else
  not_ok 'a trace shows no key of a message' "$status" "$err"
fi
silent 'remove with a trace elsewhere' "$devmap" remove devmap-a

# --- no key is no secret ---

if run "$devmap" create devmap-null --table "0 8 crypt cipher_null-ecb - 0 $(loop_device 1M) 0" &&
    [ $status = 0 ]; then
  matches 'a null key is shown' "^0 8 crypt cipher_null-ecb - 0 $number 0\$" \
    "$devmap" table devmap-null
  matches 'and its row has fields' "\"params\":\"cipher_null-ecb - 0 $number 0\",\
\"fields\":\{\"cipher\":\"cipher_null-ecb\",\"key\":\"-\"" \
    "$devmap" table devmap-null --json
  run "$devmap" table devmap-null
  printf %s "$out" > "$work/null"
  input=$work/null run "$devmap" explain
  if [ $status = 0 ] && ! grep -q problem <<< "$out"; then
    ok 'and is explained'
  else
    not_ok 'and is explained' "$status" "$out" "$err"
  fi
  matches 'dmsetup shows it as 0' "^0 8 crypt cipher_null-ecb 0 0 $number 0\$" \
    bash -c 'exec -a dmsetup "$0" table devmap-null' "$devmap"
  silent 'remove the device without a key' "$devmap" remove devmap-null
else
  skip 'a device without a key' "$err"
fi
