#!/bin/sh
# Terraform with the values of one environment, which are in memory while it runs: ./terraform.sh plan, ./terraform.sh apply ...
# TERRAFORM=tofu is OpenTofu; ENVIRONMENT is production unless it is set.
set -eu

command=${1:?is missing: plan, apply, or another command of Terraform}
shift
case $command in
    apply | console | destroy | import | plan | refresh | test) ;;
    *) exec "${TERRAFORM:-terraform}" "$command" "$@" ;; # it takes no values
esac

# A folder of a tmpfs, with mode 0700. It goes again however this ends, but for `kill -9`.
values=$(mktemp -d "${XDG_RUNTIME_DIR:-/dev/shm}/terraform.XXXXXX")
trap 'rm -rf "$values"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Ends the script if a value is missing or does not open, before Terraform starts.
gitseal render -e "${ENVIRONMENT:-production}" --service infrastructure --no-local --format terraform -o "$values/secrets.tfvars.json"

"${TERRAFORM:-terraform}" "$command" -input=false -var-file="$values/secrets.tfvars.json" "$@"
