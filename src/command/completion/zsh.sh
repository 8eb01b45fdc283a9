#compdef {{name}}
# Completion of {{name}} for zsh. The program itself says which words may stand next.
_{{function}}() {
    local program=${(Q)words[1]} line directive=4
    local -a typed lines values
    ((CURRENT > 2)) && typed=("${(@Q)words[2,CURRENT-1]}")
    lines=("${(@f)$("${program/#\~\//$HOME/}" __complete "${typed[@]}" "${(Q)PREFIX}" 2>/dev/null)}")
    for line in "${lines[@]}"; do
        case $line in
            (:<->) directive=${line#:} ;;
            (?*)
                local word=${line%%$'\t'*} meaning=
                [[ $line == *$'\t'* ]] && meaning=${line#*$'\t'}
                values+=("${word//:/\\:}${meaning:+:$meaning}")
                ;;
        esac
    done
    [[ $PREFIX == -*=* ]] && compset -P 1 '*='
    case $directive in
        (0)
            compset -P '*='
            _files
            ;;
        (8) _files -g "*.(${(j:|:)values})" ;;
        (16) _files -/ ;;
        (6) _describe -t values 'what may stand here' values -S '' ;;
        (*) _describe -t values 'what may stand here' values ;;
    esac
}
if [[ ${funcstack[1]} == _{{function}} ]]; then
    _{{function}} "$@"
else
    compdef _{{function}} {{name}}
fi
