#!/usr/bin/env bash
# The page on your machine, with this repository's own .secrets: every value invented, sealed to a public identity.
# Works on a copy that is gone afterwards; nothing here and nothing in your home is read or changed.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=examples/shop.sh
. "$top/examples/shop.sh"

export GITSEAL_IDENTITY_FILE=$top/examples/demo-identity.txt
gitseal studio "$@"
