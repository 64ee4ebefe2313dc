#!/bin/sh
# What a new installation has to do: tests/package/journey.sh FOLDER. `gitseal` and `git` are on PATH, and little else.
set -eu
mkdir "$1" && cd "$1"
git init --quiet .
gitseal init -e production --as alice
printf 'Qx7pTz41-v9Xq2LmT' | gitseal set -e production API_KEY
test "$(gitseal get -e production API_KEY)" = Qx7pTz41-v9Xq2LmT
gitseal render -e production -o ../rendered.env
grep -q "API_KEY='Qx7pTz41-v9Xq2LmT'" ../rendered.env
gitseal check
git add .secrets .gitattributes .gitignore
git commit --quiet --message 'Sealed'
git diff HEAD --stat

cp "${XDG_CONFIG_HOME:-$HOME/.config}/gitseal/identity.txt" key.txt
git add key.txt
if git commit --quiet --message 'A private key'; then
    echo 'the hook let a private key pass' >&2
    exit 1
fi
git rm --quiet --cached key.txt && rm key.txt

printf 'other' | gitseal set -e production API_KEY
git diff | grep -q '^+.*API_KEY, sealed'
gitseal review
echo arrived
