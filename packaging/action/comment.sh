#!/usr/bin/env bash
# Writes the report as a comment of the pull request, and from then on changes that comment. Whether that works decides
# nothing: the gate has spoken.
set -euo pipefail

give_up() {
    printf '::warning title=kubeworthy::The comment was not written: %s\n' "$1"
    exit 0
}

case "$KUBEWORTHY_PULL_REQUEST" in
'' | *[!0-9]*) give_up 'there is no pull request.' ;;
esac
command -v gh >/dev/null || give_up 'there is no gh on this runner.'
export GH_HOST="${GITHUB_SERVER_URL#https://}"
# What gh reads the token from where the host is not github.com.
export GH_ENTERPRISE_TOKEN="$GH_TOKEN"

# By its first line our comment is known again: one for each use of the action.
name="$(printf '%s\n' "$GITHUB_WORKFLOW" "$GITHUB_JOB" "$KUBEWORTHY_PATHS" | git hash-object --stdin)"
mark="<!-- kubeworthy ${name:0:16} -->"
body="$RUNNER_TEMP/kubeworthy-comment-$$.md"
{
    printf '%s\n' "$mark"
    cat "$KUBEWORTHY_MARKDOWN"
} >"$body"
if [ "$(wc -c <"$body")" -gt 65536 ]; then
    give_up 'it would be longer than 65,536 characters.'
fi

# Whose comment it is, GitHub says: anybody could write our first line.
# shellcheck disable=SC2016 # the variables are those of the query
query='query($owner: String!, $name: String!, $number: Int!, $endCursor: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      comments(first: 100, after: $endCursor) {
        pageInfo { hasNextPage endCursor }
        nodes { databaseId viewerDidAuthor body }
      }
    }
  }
}'
found="$(
    MARK="$mark" gh api graphql --paginate -f query="$query" -f owner="${GITHUB_REPOSITORY%%/*}" \
        -f name="${GITHUB_REPOSITORY#*/}" -F number="$KUBEWORTHY_PULL_REQUEST" --jq \
        '.data.repository.pullRequest.comments.nodes[] | select(.viewerDidAuthor and (.body | startswith(env.MARK))) | .databaseId'
)" || give_up 'the comments that are there cannot be read. The job needs the permission pull-requests: write; a pull request from a fork has no token that may write.'
comment="${found%%$'\n'*}"

if [ -n "$comment" ]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$comment" -F "body=@$body" ||
        give_up 'it cannot be changed.'
else
    gh api --silent --method POST "repos/$GITHUB_REPOSITORY/issues/$KUBEWORTHY_PULL_REQUEST/comments" -F "body=@$body" ||
        give_up 'the job needs the permission pull-requests: write; a pull request from a fork has no token that may write.'
fi
