#!/usr/bin/env bash
# Runs the gate and says what came of it. Fails for no result: the last step does, when the comment is written.
set -euo pipefail

output() {
    printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

# Everything that is given goes into this list, one argument for each line, and is never read as shell.
arguments=(check)

add() {
    local prefix="$1" line
    while IFS= read -r line || [ -n "$line" ]; do
        line="${line%$'\r'}"
        if [ -n "$line" ]; then
            arguments+=("$prefix$line")
        fi
    done <<<"$2"
}

reports="$RUNNER_TEMP/kubeworthy-$$"
mkdir -p "$reports"
markdown="$reports/report.md"
annotations="$reports/annotations"

arguments+=(--color=never --output=concise "--output=markdown=$markdown")
if [ "${KUBEWORTHY_ANNOTATIONS:-true}" = true ]; then
    arguments+=("--output=github=$annotations")
fi
sarif="${KUBEWORTHY_SARIF:-}"
sarif="${sarif%%[$'\r\n']*}"
if [ -n "$sarif" ]; then
    arguments+=("--output=sarif=$sarif")
fi
add --fail-on= "${KUBEWORTHY_FAIL_ON:-}"
add --gate= "${KUBEWORTHY_GATE:-}"
add --baseline= "${KUBEWORTHY_BASELINE:-}"
add '' "${KUBEWORTHY_ARGUMENTS:-}"
arguments+=(--)
add '' "${KUBEWORTHY_PATHS:-.}"

program="${KUBEWORTHY_PROGRAM:-}"
if [ -z "$program" ]; then
    program="$KUBEWORTHY_FOLDER/bin/kubeworthy"
fi

# A line of the output may begin with a name from somebody's file, and the runner obeys lines that begin with two colons:
# not until a word is said that nobody can know.
word="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
code=0
printf '::stop-commands::%s\n' "$word"
"$program" "${arguments[@]}" 2>&1 || code=$?
printf '\n::%s::\n' "$word"

if [ -s "$annotations" ]; then
    cat "$annotations"
fi

case "$code" in
0) result=passed ;;
1) result=failed ;;
3) result=nothing-found ;;
*) result=error ;;
esac
if [ "$result" = nothing-found ]; then
    printf '::error title=kubeworthy::Nothing was checked: the paths hold no workload. Name others in the input paths.\n'
elif [ "$result" = error ]; then
    printf '::error title=kubeworthy::There is no answer of the gate: something is wrong, and the lines above say what.\n'
fi
output exit-code "$code"
output result "$result"
if [ -n "$sarif" ] && [ -s "$sarif" ]; then
    output sarif "$sarif"
fi

if [ -s "$markdown" ]; then
    output markdown "$markdown"
    if [ "${KUBEWORTHY_SUMMARY:-true}" = true ]; then
        # A summary of more than 1 MiB is refused whole; a report has at most 60,000 bytes.
        if [ "$(wc -c <"$markdown")" -lt 1000000 ]; then
            cat "$markdown" >>"$GITHUB_STEP_SUMMARY"
        else
            printf '::warning title=kubeworthy::The report is too large for a summary.\n'
        fi
    fi
fi
