#!/bin/sh
# Yours to replace.
set -eu
echo "the shop runs at level $LOG_LEVEL, database $DATABASE_URL"
