#!/bin/sh
# Made the files in printed/ with OpenBao 2.7.2, aws-cli 1.45.11 against moto 5.2.5, and kubectl 1.32.4: sh make-printed.sh. They hold
# what these programs print, so all values are made up and in clear.
set -eu
cd "$(dirname "$0")"
mkdir -p printed

# OpenBao, whose API and output are Vault's.
export BAO_ADDR=http://127.0.0.1:18200 BAO_TOKEN=root
bao server -dev -dev-root-token-id=root -dev-listen-address=127.0.0.1:18200 >/dev/null 2>&1 &
bao_process=$!
moto_server -p 15000 >/dev/null 2>&1 &
moto_process=$!
trap 'kill $bao_process $moto_process' EXIT
sleep 8
bao secrets enable -path=first -version=1 kv
printf '{"TOKEN": "hush-a", "PORT": 5432, "deep": {"URL": "hush-b"}}' > values.json
bao kv put first/shop @values.json
bao kv put secret/shop @values.json
bao kv get -format=json first/shop > printed/vault-1.json
bao kv get -format=json secret/shop > printed/vault-2.json
bao kv delete secret/shop
bao kv get -format=json secret/shop > printed/vault-deleted.json || true
rm values.json

export AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x AWS_DEFAULT_REGION=eu-west-1 AWS_ENDPOINT_URL=http://127.0.0.1:15000
aws secretsmanager create-secret --name shop/prod/db --secret-string '{"user": "shop", "password": "hush-a"}' >/dev/null
aws secretsmanager create-secret --name shop/prod/TOKEN --secret-string hush-b >/dev/null
printf 'hush\377' > blob && aws secretsmanager create-secret --name shop/prod/blob --secret-binary fileb://blob >/dev/null && rm blob
for name in db TOKEN blob; do
    aws secretsmanager get-secret-value --secret-id "shop/prod/$name" > "printed/aws-$name.json"
done
aws secretsmanager batch-get-secret-value --secret-id-list shop/prod/db shop/prod/TOKEN > printed/aws-batch.json
aws ssm put-parameter --name /shop/prod/DB_PASSWORD --type SecureString --value hush-a >/dev/null
aws ssm put-parameter --name /shop/prod/LEVEL --type String --value info >/dev/null
aws ssm put-parameter --name /shop/prod/worker/TOKEN --type SecureString --value hush-b >/dev/null
aws ssm get-parameters-by-path --path /shop/prod --recursive --with-decryption > printed/ssm-path.json
aws ssm get-parameter --name /shop/prod/DB_PASSWORD --with-decryption > printed/ssm-one.json
aws ssm get-parameters --names /shop/prod/LEVEL /shop/prod/NONE --with-decryption > printed/ssm-invalid.json

kubectl create secret generic shop --from-literal=TOKEN=hush-a --from-literal=tls.key="hush
b" --dry-run=client -o yaml > printed/secret.yaml
kubectl create secret docker-registry pull --docker-username=shop --docker-password=hush-c --docker-server=r.example.com \
    --dry-run=client -o yaml > pull.yaml
{ cat printed/secret.yaml; echo ---; cat pull.yaml; } > printed/secrets.yaml
kubectl create secret generic shop --from-literal=TOKEN=hush-a --dry-run=client -o json > printed/secret.json
rm pull.yaml
