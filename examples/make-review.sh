#!/usr/bin/env bash
# Makes review.bundle anew: a small repository with a branch that somebody wants reviewed, every value invented. The comment
# in docs/how-to/review-in-pull-requests.md is made from it. Run it when the format changes; ids differ with every run.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck disable=SC2046
unset $(git rev-parse --local-env-vars) GITSEAL_IDENTITY GITSEAL_IDENTITY_FILE GITSEAL_ENV SOPS_AGE_KEY SOPS_AGE_KEY_FILE
export GIT_CONFIG_NOSYSTEM=1

# as NAME: whoever works from here on, with a home, an identity and a signing key.
as() {
    export HOME=$work/$1 XDG_CONFIG_HOME=$work/$1/.config GIT_CONFIG_GLOBAL=$work/$1/.gitconfig
    [ -d "$HOME" ] && return
    mkdir "$HOME"
    ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$HOME/signing"
    gitseal keygen -o "$HOME/.config/gitseal/identity.txt" >"$HOME/recipient"
    git config --global user.name "$2"
    git config --global user.email "$1@example.com"
    git config --global gpg.format ssh
    git config --global user.signingKey "$HOME/signing.pub"
    git config --global commit.gpgSign true
    git config --global init.defaultBranch main
}
# at DAY COMMAND...: as if it were that day.
at() {
    export GIT_AUTHOR_DATE="$1T10:00:00Z" GIT_COMMITTER_DATE="$1T10:00:00Z"
    shift
    "$@"
}
commit() { git add --all && git commit --quiet --message "$@"; }
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; return 1; }; }
signing() { cut -d' ' -f1,2 "$work/$1/signing.pub"; }

as carol Carol
as mallory Mallory
as bob Bob
as alice Alice
git init --quiet "$work/shop"
cd "$work/shop"
quietly gitseal init -e production -e staging --as alice
cat >.secrets/policy.yaml <<POLICY
version: 1

recipients:
  alice:
    email: alice@example.com
    keys: [$(cat "$work/alice/recipient")]
    signing: ["$(signing alice)"]
  bob:
    email: bob@example.com
    keys: [$(cat "$work/bob/recipient")]
    signing: ["$(signing bob)"]
  ci-deploy:
    kind: machine
    keys: [$(cat "$work/mallory/recipient")]

groups:
  admins: [alice]
  developers: [alice, bob]

policy: {change: [admins]}
manifest: {change: [developers]}

environments:
  production:
    open: [admins, ci-deploy]
    change: [admins]
    protected: true
  staging:
    open: [developers]
    change: [developers]

rules:
  - names: [LOG_LEVEL, "FEATURE_*"]
    plain: true
POLICY
quietly gitseal rekey --yes --accept-recipient "$(cat "$work/bob/recipient")" \
    --accept-recipient "$(cat "$work/mallory/recipient")"
quietly gitseal set -e production,staging DATABASE_URL=postgres://shop:made-up@db/shop SMTP_PASSWORD=made-up-1 \
    SESSION_SECRET=made-up-2 OLD_SEARCH_KEY=made-up-3 STRIPE_SECRET_KEY=sk_made-up
quietly gitseal set -e production,staging --plain LOG_LEVEL=info
at 2026-03-02 commit "The shop's secrets"

git switch --quiet --create search
as bob
quietly gitseal set -e staging SEARCH_URL=https://search.staging.example.com SEARCH_KEY=made-up-4
quietly gitseal unset -e staging OLD_SEARCH_KEY
at 2026-03-03 commit "Search has its own cluster"
# Bob cannot read production, and brings the new key in all the same.
printf %s made-up-5 | quietly gitseal set -e production SEARCH_KEY
at 2026-03-03 commit "The key of the search cluster"

as alice
quietly gitseal set -e production SMTP_PASSWORD=made-up-6
at 2026-03-04 commit "Rotate the mail password"
# Carol joins: she may open production from now on.
quietly gitseal recipient add carol "$(cat "$work/carol/recipient")" --group admins
quietly gitseal rekey --yes
at 2026-03-04 commit "Carol helps with the shop"

# And something to be seen: an unsigned commit that makes what begins with SMTP_ plain.
as mallory
git config --global commit.gpgSign false
python3 - <<'CHANGE'
import pathlib

path = pathlib.Path(".secrets/policy.yaml")
path.write_text(path.read_text().replace('[LOG_LEVEL, "FEATURE_*"]', '[LOG_LEVEL, "FEATURE_*", "SMTP_*"]'))
CHANGE
at 2026-03-05 commit "Tidy the rules"

git bundle create --quiet "$top/examples/review.bundle" main search
echo "wrote $top/examples/review.bundle"
