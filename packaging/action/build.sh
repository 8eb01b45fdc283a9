#!/usr/bin/env bash
# Builds the program from the sources of the action, unless it was fetched.
set -euo pipefail

if "$KUBEWORTHY_FOLDER/bin/kubeworthy" --version 2>/dev/null; then
    exit 0
fi
if ! command -v cargo >/dev/null; then
    printf '::error title=kubeworthy::There is no cargo to build the program with. Install Rust before this step, or name a kubeworthy that is there in the input program.\n'
    exit 2
fi
# A gate needs neither a cluster nor an agent; without both the build takes half of the time, and there is no network
# connection that the program could open.
cargo install --locked --quiet --no-default-features --path "$GITHUB_ACTION_PATH" --root "$KUBEWORTHY_FOLDER" \
    --target-dir "$RUNNER_TEMP/kubeworthy-target" --force
