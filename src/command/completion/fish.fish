# Completion of {{name}} for fish. The program itself says which words may stand next.
function __{{function}}_words
    set -l typed (commandline --cut-at-cursor --tokenize --current-process)
    set -l last (commandline --cut-at-cursor --current-token)
    set -l program (string replace -r -- '^~/' "$HOME/" $typed[1])
    set -e typed[1]
    set -l lines ($program __complete (string unescape -- $typed) (string unescape -- "$last") 2>/dev/null)
    set -l directive (string replace -r '^:' '' -- $lines[-1])
    set -e lines[-1]
    # What comes before the word to complete.
    set -l before ''
    string match -q -- '-*=*' $last; and set before (string match -r -- '^[^=]*=' $last)
    switch "$directive"
        case 0 8 16
            set before (string match -r -- '^.*=' $last)
            set -l path (string replace -r -- '^.*=' '' $last)
            set -l found
            if test "$directive" = 16
                set found (__fish_complete_directories "$path" '')
            else
                set found (__fish_complete_path "$path" '')
            end
            for one in $found
                set -l name (string split -f 1 \t -- $one)
                if test "$directive" = 8; and not string match -q '*/' -- $name
                    contains -- (string split -r -m 1 . -- $name)[-1] $lines; or continue
                end
                printf '%s%s\n' "$before" $one
            end
        case '*'
            for line in $lines
                printf '%s%s\n' "$before" $line
            end
    end
end
complete --command {{name}} --no-files --arguments '(__{{function}}_words)'
