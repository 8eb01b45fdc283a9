# Completion of {{name}} for bash, 3.2 and later. The program itself says which words may stand next.
_{{function}}() {
    # Bash takes words apart at `=` and `:`; what no space separates is one word again.
    local rest=${COMP_LINE:0:COMP_POINT} word glued i
    local -a typed
    typed=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        glued=yes
        if ((i == 0)) || [[ $rest == [[:space:]]* ]]; then
            glued=
            rest=${rest#"${rest%%[![:space:]]*}"}
        fi
        ((i == COMP_CWORD)) && word=$rest
        rest=${rest#"$word"}
        if [[ -n $glued ]]; then
            typed[${#typed[@]} - 1]+=$word
        else
            typed+=("$word")
        fi
    done

    local program=${typed[0]/#\~\//$HOME/} last=${typed[${#typed[@]} - 1]} directive=4 line
    local -a lines
    lines=()
    while IFS= read -r line; do
        case $line in
            :*) directive=${line#:} ;;
            *) lines+=("${line%%$'\t'*}") ;;
        esac
    done < <("$program" __complete "${typed[@]:1}" 2>/dev/null)

    # What comes before the word to complete, and what of it bash leaves alone.
    local before= alone=
    [[ $last == -*=* ]] && before=${last%%=*}=
    [[ $COMP_WORDBREAKS == *=* ]] && alone=${last%"${last##*=}"}
    [[ $COMP_WORDBREAKS == *:* ]] && [[ ${last##*[=:]} != "${last##*=}" ]] && alone=${last%"${last##*[=:]}"}
    COMPREPLY=()
    if [[ $directive == 4 || $directive == 6 ]]; then
        [[ $directive == 6 ]] && compopt -o nospace 2>/dev/null
        for line in "${lines[@]}"; do
            line=$before$line
            COMPREPLY+=("${line#"$alone"}")
        done
        return
    fi
    local path=${last##*=} found kind=-f ending
    [[ $directive == 16 ]] && kind=-d
    path=${path/#\~\//$HOME/}
    compopt -o filenames 2>/dev/null
    while IFS= read -r found; do
        if [[ $directive == 8 && ! -d $found ]]; then
            ending=${found##*.}
            [[ " ${lines[*]} " == *" $ending "* ]] || continue
        fi
        line=${last%"${last##*=}"}$found
        COMPREPLY+=("${line#"$alone"}")
    done < <(compgen $kind -- "$path")
}
complete -F _{{function}} {{name}}
