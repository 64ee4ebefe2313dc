#!/usr/bin/env bash
# A review in any CI, or before a push: the page and the comment as files, the text in the log, and a status.
#
#     examples/review.sh [BASE [FOLDER]]     default: origin's default branch, and the folder secrets-review
#
# BASE is the branch that HEAD is to be merged into. Needs gitseal and git, and no key. The status is 1 where the review finds
# an error, and where it cannot look.
set -eu

base=${1:-refs/remotes/origin/HEAD}
folder=${2:-secrets-review}

# Every commit between is looked at, and history says what was there before: a shallow clone has neither.
if [ "$(git rev-parse --is-shallow-repository)" = true ]; then
    git fetch --quiet --unshallow
fi
git rev-parse --verify --quiet "$base^{commit}" >/dev/null || {
    echo "review: there is no \"$base\" here; fetch it, or name another: $0 BASE" >&2
    exit 1
}

mkdir -p "$folder"
gitseal review "$base..HEAD" --format markdown -o "$folder/review.md"
gitseal review "$base..HEAD" --format html -o "$folder/review.html"

# The one line that does it all: check, scan and verify over the range, and what it means.
gitseal review "$base..HEAD" --fail-on error
