#!/bin/sh
# Made the files beside this one, with sops 3.13.2 and age 1.3.1: sh make.sh. Each run makes all of them anew.
set -eu
cd "$(dirname "$0")"
export SOPS_AGE_KEY_FILE=age.txt SOPS_AGE_SSH_PRIVATE_KEY_FILE=id_ed25519 SOPS_DISABLE_VERSION_CHECK=1
test -f age.txt || age-keygen -o age.txt
test -f id_ed25519 || ssh-keygen -q -t ed25519 -N "" -C hush -f id_ed25519
age=$(age-keygen -y age.txt)

seal() { # NAME PLAIN [OPTION...]
    out=$1 in=$2
    shift 2
    sops encrypt "$@" "plain/$in" > "$out"
    sops decrypt --output-type json "$out" > "want/$out.json"
}

ruled() { # NAME RULE
    printf '{creation_rules: [{age: %s, %s}]}' "$age" "$2" > .sops.yaml
    seal "$1" some.yaml
    rm .sops.yaml
}

seal types.yaml types.yaml --age "$age"
seal types.json types.json --age "$age"
seal flat.env flat.env --age "$age"
seal parts.ini parts.ini --age "$age"
seal comments.env comments.env --age "$age"
seal ssh.yaml some.yaml --age "$(cat id_ed25519.pub)"
seal both.yaml some.yaml --age "$age,$(cat id_ed25519.pub)"
seal unencrypted_suffix.yaml some.yaml --age "$age" --unencrypted-suffix ost
seal encrypted_suffix.yaml some.yaml --age "$age" --encrypted-suffix pw
seal unencrypted_regex.yaml some.yaml --age "$age" --unencrypted-regex '^(host|port)$'
seal encrypted_regex.yaml some.yaml --age "$age" --encrypted-regex '^p'
ruled unencrypted_comment_regex.yaml "unencrypted_comment_regex: 'secret:'"
ruled encrypted_comment_regex.yaml "encrypted_comment_regex: 'secret:'"
ruled mac_only_encrypted.yaml "mac_only_encrypted: true, encrypted_regex: '^pw$'"

# sops itself refuses the first two, for it checks the MAC otherwise than it made it.
sops encrypt --age "$age" plain/comment_in_list.yaml > comment_in_list.yaml
sops encrypt --age "$age" plain/comments.yaml > comments.yaml
sops encrypt --age "$age" --encrypted-regex '^a$' plain/comments.yaml > clear_comments.yaml

# These have no form in JSON, or another one.
sops encrypt --age "$age" plain/comments.ini > comments.ini
sops encrypt --age "$age" plain/several.yaml > several.yaml
sops encrypt --age "$age" plain/clash.yaml > clash.yaml
sops encrypt --age "$age" plain/clash_with_nothing.yaml > clash_with_nothing.yaml
sops encrypt --age "$age" plain/blob.bin > blob.bin

# As sops wrote it before 3.10: its own order, and lists that are empty. Nothing of it is authenticated.
sed -e '/^sops:/a\    kms: []\n    gcp_kms: []\n    azure_kv: []\n    hc_vault: []' -e '/unencrypted_suffix/i\    pgp: []' \
    -e 's/^    version: .*/    version: 3.8.1/' ssh.yaml > old.yaml
cp want/ssh.yaml.json want/old.yaml.json
