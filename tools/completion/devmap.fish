# fish completion for devmap. What can follow is the program's own answer.

function __devmap_candidates
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] completion -- $words[2..-1] 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c devmap -f -a '(__devmap_candidates)'
