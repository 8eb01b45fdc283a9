#!/usr/bin/env bash
# The program that was named, or the folder where one is built, with the key under which it is kept.
set -euo pipefail

output() {
    printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

program="${KUBEWORTHY_PROGRAM:-}"
if [ -n "$program" ]; then
    # A line break would begin another output.
    case "$program" in
    *$'\n'*)
        printf '::error title=kubeworthy::the input program is one path on one line.\n'
        exit 2
        ;;
    esac
    if ! found="$(command -v -- "$program")"; then
        printf '::error title=kubeworthy::The input program names nothing that can be run; leave it empty to build one.\n'
        exit 2
    fi
    "$found" --version
    output program "$found"
    exit 0
fi

# The same sources give the same program. Git is there wherever actions run, and hashes alike on every system.
digest="$(
    cd "$GITHUB_ACTION_PATH"
    files="$(find Cargo.toml Cargo.lock build.rs src rules -type f | LC_ALL=C sort)"
    {
        printf '%s\n' "$files"
        git hash-object --no-filters --stdin-paths <<<"$files"
    } | git hash-object --stdin
)"
output key "kubeworthy-$RUNNER_OS-$RUNNER_ARCH-$digest"
output folder "$RUNNER_TEMP/kubeworthy-program"
