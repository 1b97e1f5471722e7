# Regular expressions of -S, hundreds of them: the tool selects the same devices as dmsetup.
# wanted.sh lists the differences. Sourced by run.
# shellcheck shell=bash disable=SC2154

# 82 bytes
docker='docker-254-0-1234567-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abc'
for name in a b ab aab ba abc cba a1 1a 11 a-b a.b a+b a_b vg0-root vg0-swap_1 luks-1234 \
    aaaaaaaaaaaaaaaa "$docker" 'a b' 'a(b)' $'\xc3\xbc' $'\xc3\xbc1'; do
  dmsetup create "$name" --notable || not_ok "create $name" "$(< "$work/err")"
done

# Hand-written ones: one a line, and every byte counts.
expressions=()
while IFS= read -r line; do expressions+=("$line"); done << 'END'
a
^a
a$
^a$
^ab?$
^
$
^$
^^a
a$$
a$b
a^b
(^a|b$)
(a|b)$
^(a|ab)(c|bcd)?$
^([a-z0-9]|-)+$
^([a-z0-9]+-)+[a-f0-9]+$
^docker-[0-9]+:?
^docker(-[0-9]+)+-[0-9a-f]*$
.
..
...
....
^.$
^..$
.a
a.
.a.
^.a
a.$
[^0-9]
a[^0-9]
a[^a]
[^a]a
[^b]a
[^^]
[$]
[.]
[a.]
[a-c]
[c-a]
[a-c-e]
[a-z-9]
[-a]
[a\-c]
[a-\z]
[\a-c]
[\^a]
[\]a]
[[]
[[:alpha:]]
[[.a.]]
[[=a=]]
[*+?]
[(|)]
[()]b
a*
a+
a?
^a*$
^a+$
^a?$
^a**$
^a+*$
^a?+$
^a??$
^a*?b
^*a
$?b
(a)
((a))
(((a+)+)+)+
(a*)*b
(a*)*$
^(a*)*$
(a|b|c)*1
(a|(b|(c|1)))
^((a|b)+|1)$
a|b
a|b|1
a{2}
a{1,2}
{
}
]
a]
\d
\w
\s
\b
\1
(a)\1
\<a
\>a
a\b
\a
\.
a\.b
a\+b
\^
\$
a\$
\-
a\-b
\\
\/
\(b\)
a\(b
a b
"
#
,
&&
a&&b
a,b
ü
^ü
ü1
ü$
^[^a]ü
^..ü$
vg[0-9]+-
^(vg|luks)
^(vg|luks).*[^0-9]$
-(root|swap)
^vg0-(root|swap_[0-9])$
_
[_+]
[ -9]
[!-~]
[^!-~]
END

# Generated ones: the same in every run.
RANDOM=20
atoms=(a a b b 1 c . '[ab]' '[^a]' '[a-c]' '[^0-9]' '[1-9b]' '[c-a]' '[.$]' '[^^]' '[a-c-e]' '[-a]'
  '^' '$' '\.' '\a' '\-' - _ '{' '}')
repeats=('' '' '' '' '' '' '*' '+' '?' '+*' '?+' '**')
alternative() { # DEPTH; adds to `made`
  local count=$((RANDOM % 4 + 1)) i
  for ((i = 0; i < count; ++i)); do
    if ((RANDOM % 5 == 0 && $1 < 3)); then
      made+='('
      either $(($1 + 1))
      made+=')'
    else
      made+=${atoms[RANDOM % ${#atoms[@]}]}
    fi
    made+=${repeats[RANDOM % ${#repeats[@]}]}
  done
}
either() { # DEPTH
  local more=$((RANDOM % 3))
  alternative "$1"
  for (( ; more > 1; --more)); do
    made+='|'
    alternative "$1"
  done
}
for ((round = 0; round < 220; ++round)); do
  made=
  either 0
  expressions+=("$made")
done

[ "${#docker}" = 82 ] || not_ok 'a name of 82 bytes' "${#docker}"
for expression in "${expressions[@]}"; do
  quote=\'
  [[ $expression != *\'* ]] || quote=\"
  same info -c --noheadings -o name -S "name=~$quote$expression$quote"
done
lines << 'END'
info -c --noheadings -o name -S 'name!~^a'
info -c --noheadings -o name -S 'name!~"^([a-z0-9]|-)+$"'
info -c --noheadings -o name -S 'name=~(a|b)'
info -c --noheadings -o name -S 'name=~[a|b]'
info -c --noheadings -o name -S 'name=~{a|b}'
info -c --noheadings -o name -S 'name=~^a||name=~^b'
info -c --noheadings -o name -S '!(name=~^a)&&name=~b'
info -c --noheadings -o name -S 'uuid=~^$'
info -c --noheadings -o name -S 'uuid!~.'
info -c --noheadings -o name -S 'name=~*a'
info -c --noheadings -o name -S "name=~''"
info -c --noheadings -o name -S "name=~'()'"
info -c --noheadings -o name -S "name=~'a|'"
info -c --noheadings -o name -S "name=~'(a'"
info -c --noheadings -o name -S "name=~'[a'"
info -c --noheadings -o name -S "name=~'[a-]'"
info -c --noheadings -o name -S "name=~'a\\'"
info -c --noheadings -o name -S "name=~'(*a)'"
info -c --noheadings -o name -S 'minor=~1'
END
# Without a device, a bad expression fails as well. A selection also applies to verbs that take
# their devices from it.
expression_steps() {
  d create keep --notable
  d create aa --notable
  d create ab --notable
  d remove -S "name=~'(a'"
  d remove -S "name=~'a|'"
  d remove -S "name!~'*'"
  d remove -S "name=~'^a[^a]'"
  d remove -S "name!~'^(keep|none)$'"
}
scenario expressions expression_steps
