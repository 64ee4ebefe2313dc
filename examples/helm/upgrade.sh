#!/bin/sh
# Installs or upgrades the chart with the values of one environment: ./upgrade.sh, with further options of helm behind it.
# ENVIRONMENT is production unless it is set.
set -eu

# Into a variable first: if a value is missing or does not open, this ends the script, and helm does not start.
values=$(gitseal render -e "${ENVIRONMENT:-production}" --service shop --no-local --format helm)
# A built-in of the shell, so no value is an argument of a program.
printf '%s\n' "$values" | helm upgrade --install shop ./shop --values - "$@"
