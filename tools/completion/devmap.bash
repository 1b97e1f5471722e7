# bash completion for devmap. What can follow is the program's own answer.

_devmap() {
  local cur words=("${COMP_WORDS[@]:1:COMP_CWORD}") line
  if declare -F _get_comp_words_by_ref > /dev/null; then
    # ':' and '=' are part of names and options
    local cword
    _get_comp_words_by_ref -n '=:' -w words -i cword
    words=("${words[@]:1:cword}")
  fi
  cur=${words[${#words[@]} - 1]}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o filenames 2> /dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$cur")
    else
      COMPREPLY+=("${line%%$'\t'*}")
    fi
  done < <("${COMP_WORDS[0]}" completion -- "${words[@]}" 2> /dev/null)
  if declare -F __ltrim_colon_completions > /dev/null; then __ltrim_colon_completions "$cur"; fi
}
complete -F _devmap devmap
