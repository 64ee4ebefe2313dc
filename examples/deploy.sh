#!/usr/bin/env bash
# A deploy job: checks the sealed files, renders one environment, starts the shop with it and waits until it is healthy.
#
#     GITSEAL_IDENTITY=...  the text of the job's identity file, from a protected and masked CI variable
#     examples/deploy.sh [ENVIRONMENT]     default: production; PORT (8080) is where the shop listens
#
# Needs gitseal, python3 and the folder .secrets; no Git. On any failure nothing is started and the status is not 0.
set -eu

environment=${1:-production}
PORT=${PORT:-8080}
export PORT
cd "$(dirname "$0")/.."

[ -n "${GITSEAL_IDENTITY:-}" ] || { echo "deploy: GITSEAL_IDENTITY is not set; give the job its identity" >&2; exit 1; }

# In memory where the host has such a place. Gone on every way out, and as soon as the shop has read it.
umask 077
for place in /dev/shm "${XDG_RUNTIME_DIR:-}" "${TMPDIR:-/tmp}"; do
    [ -n "$place" ] && [ -d "$place" ] && [ -w "$place" ] && break
done
settings=$(mktemp -d "$place/deploy.XXXXXX")
shop=
finish() {
    rm -rf "$settings"
    # Waited for, so that the port is free again when the job has ended.
    [ -z "$shop" ] || { kill "$shop" && wait "$shop"; } 2>/dev/null || true
}
trap finish EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

gitseal check -e "$environment"
gitseal render -e "$environment" --format shell --export -o "$settings/env"

(
    unset GITSEAL_IDENTITY
    # shellcheck source=/dev/null
    . "$settings/env"
    exec python3 examples/server.py
) &
shop=$!

healthy() { python3 -c 'import sys, urllib.request as u; u.urlopen(sys.argv[1], timeout=2)' "$1" 2>/dev/null; }
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    # The shop may have ended by itself: then its status is the job's.
    kill -0 "$shop" 2>/dev/null || { wait "$shop"; exit 1; }
    if healthy "http://127.0.0.1:$PORT/health"; then
        rm -rf "$settings"
        echo "deploy: $environment is up on port $PORT"
        wait "$shop"
        exit
    fi
    sleep 0.25
done
echo "deploy: the shop did not become healthy" >&2
exit 1
