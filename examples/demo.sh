#!/usr/bin/env bash
# The main job on this repository's own .secrets: a small web shop, every value invented, sealed to a public identity.
# Works on a copy that is gone afterwards; nothing here and nothing in your home is read or changed.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=examples/shop.sh
. "$top/examples/shop.sh"

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n# %s\n' "$*"; }

# run COMMAND...: show it and do it; a long ciphertext is cut for the eye, on the screen only.
run() { shown "$*" "$@"; }
shown() {
    printf '$ %s\n' "$1"
    shift
    { "$@" 2>&1 && status=0 || status=$?; echo "$status" >"$work/status"; } | sed -E 's/(ENC\[v1,.,[a-z0-9-]+:k.{6})[^,]*,(.{12})[^]]*\]/\1…,\2…]/'
    status=$(cat "$work/status")
}
# must STATUS: the demo is a test too.
must() { [ "$status" = "$1" ] || { echo "demo: status $status, not $1" >&2; exit 1; }; }

say "A fresh clone of a shop. With no identity at all, everyone sees which names there are, and checks them"
run gitseal list -e production; must 0
run gitseal check; must 0

say "Values are another matter: refused, with every place that was tried, nothing on standard output"
run gitseal get -e production DATABASE_URL; must 1
echo "(status $status)"

say "With the demo identity, which is public, they open"
export GITSEAL_IDENTITY_FILE=$top/examples/demo-identity.txt
run gitseal get -e production DATABASE_URL; must 0

say "One value changes: the diff is one line out and one in, under the name it belongs to.
# (This clone has no hook, and gitseal reminds of that: 'gitseal init' sets it up.)"
new_key() { printf %s sk_live_made-up-and-rotated | gitseal set -e production STRIPE_SECRET_KEY; }
shown "printf %s \"\$NEW_KEY\" | gitseal set -e production STRIPE_SECRET_KEY" new_key; must 0
run git diff; must 0
git commit --quiet --all --message "Rotate the Stripe key"

say "Two branches change neighbouring names, and plain git merge takes both: no driver, no key"
git switch --quiet --create smtp-host
run gitseal set -e production SMTP_HOST=smtp2.example.com; must 0
git commit --quiet --all --message "Move to the new mail server"
git switch --quiet main
new_password() { printf %s "it's new: \$5 & spaces" | gitseal set -e production SMTP_PASSWORD; }
shown "printf %s \"\$NEW_PASSWORD\" | gitseal set -e production SMTP_PASSWORD" new_password; must 0
git commit --quiet --all --message "Rotate the mail password"
run git merge --no-edit smtp-host; must 0
run gitseal check; must 0

say "What a deploy reads: exactly what a shell takes for these values, or a refusal by name"
shown "gitseal render -e production --format shell --only 'SMTP_*'" \
    gitseal render -e production --format shell --only 'SMTP_*'; must 0

say "No dotenv dialect carries that password to every reader, so none is written"
run gitseal render -e production --format dotenv; must 1
echo "(status $status)"

say "Into a file: never where Git tracks it or would add it. What .gitignore names is written, with mode 0600"
run gitseal render -e production --format shell -o config.sh; must 1
echo "(status $status)"
run gitseal render -e production --format shell -o .env; must 0
run git status --short; must 0

say "A ciphertext is bound to its name: the mail password's, put under another name, does not open there"
cp .secrets/production.yaml "$work/sealed"
awk 'NR == FNR {if (wanted) token = $0; wanted = /^SMTP_PASSWORD:/; next}
     {print replaced ? token : $0; replaced = /^SESSION_SECRET:/}' "$work/sealed" "$work/sealed" >.secrets/production.yaml
run gitseal get -e production SESSION_SECRET; must 1
echo "(status $status)"

say "That was the main job. This clone is as it was; what to do next: docs/tutorial.md"
