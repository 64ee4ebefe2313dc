#!/bin/sh
# Made the files beside this one, with dotenvx 2.38.2, ejson 1.5.4 and ansible-core 2.19.14: sh make.sh. Each run makes all of them
# anew. The keys and passwords among them are of these files alone.
set -eu
cd "$(dirname "$0")"

# dotenvx: two files, each with a key of its own, whose names it takes from the files' names. They are kept under others, which no
# hook takes for plaintext.
work=$(mktemp -d)
cp plain/dotenvx.env "$work/.env"
cp plain/dotenvx.env "$work/.env.production"
(
    cd "$work"
    dotenvx encrypt -f .env --no-armor --no-native
    dotenvx encrypt -f .env.production --no-armor --no-native
    dotenvx get -f .env --no-armor --no-native > want.json
)
mv "$work/.env" dotenvx.env
mv "$work/.env.production" dotenvx.production.env
mv "$work/.env.keys" dotenvx.keys
mv "$work/want.json" dotenvx.json
rm -r "$work"

# ejson: the private key lies in a folder of keys, under the name of the public one.
rm -rf keydir && mkdir keydir
public=$(EJSON_KEYDIR=keydir ejson keygen -w)
sed "s/\"@\"/\"$public\"/" plain/ejson.json > secrets.ejson
EJSON_KEYDIR=keydir ejson encrypt secrets.ejson
EJSON_KEYDIR=keydir ejson decrypt secrets.ejson > secrets.json

# ansible-vault: whole files with and without a label, and strings in a file of variables.
echo hush-password > password.txt
echo hush-other > other.txt
ansible-vault encrypt --vault-password-file password.txt --output whole.yml plain/vars.yml
ansible-vault encrypt --vault-id prod@other.txt --encrypt-vault-id prod --output labelled.yml plain/vars.yml
{
    echo "# Of the shop"
    echo "db_user: shop"
    ansible-vault encrypt_string --vault-password-file password.txt --name db_password 'hush-a'
    ansible-vault encrypt_string --vault-id prod@other.txt --encrypt-vault-id prod --name token 'hûsh 🔑'
    echo "api:"
    echo "  hosts:"
    printf '%s' hush-b | ansible-vault encrypt_string --vault-password-file password.txt --stdin-name x | sed '1s/.*/    - !vault |/; s/^/  /; 1s/^  //'
    echo "  port: 8080"
} > inline.yml
