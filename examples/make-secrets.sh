#!/usr/bin/env bash
# Makes this repository's own .secrets/ anew: two environments of a made-up web shop, sealed to the public demo identity.
# Every value below is invented. Run it when the format changes; the sealed files differ with every run.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GITSEAL_IDENTITY_FILE=$top/examples/demo-identity.txt
unset GITSEAL_IDENTITY GITSEAL_ENV

alice=$(sed -n 's/^# public key: //p' "$GITSEAL_IDENTITY_FILE")
# Nobody holds the identities of bob and the deploy job: only their public halves are kept.
bob=$(gitseal keygen -o "$work/bob.txt")
deploy=$(gitseal keygen -o "$work/deploy.txt")

git init --quiet "$work/shop"
cd "$work/shop"
gitseal init -e development -e production --as alice >/dev/null 2>&1
cat >.secrets/policy.yaml <<POLICY
# Who may open what, and who may change it. Files follow with: gitseal rekey

version: 1

recipients:
  alice:
    email: alice@example.com
    keys: [$alice]  # the public demo identity
  bob:
    email: bob@example.com
    keys: [$bob]
  ci-deploy:
    kind: machine
    keys: [$deploy]

groups:
  admins: [alice]
  developers: [alice, bob]
  payments: [alice]

policy: {change: [admins]}
manifest: {change: [developers]}

environments:
  development:
    aliases: [dev]
    open: [developers]
  production:
    aliases: [prod]
    open: [admins, ci-deploy]
    change: [admins]
    protected: true

rules:
  # Only those who handle payments see the live keys; in development everyone may.
  - names: ["STRIPE_*"]
    environments: [production]
    open: [payments, ci-deploy]
    access: payments

  # No secrets: a reviewer should see their values.
  - names: [LOG_LEVEL, "FEATURE_*"]
    plain: true
POLICY
gitseal rekey --yes --accept-recipient "$bob" --accept-recipient "$deploy"

# indented FILE: its lines, as a YAML block wants them
indented() { sed 's/^/  /' "$1"; }
openssl genpkey -algorithm ed25519 -out "$work/development.pem" 2>/dev/null
openssl genpkey -algorithm ed25519 -out "$work/production.pem" 2>/dev/null

# What is to be plain is said name by name: nothing becomes readable on the way.
gitseal set -e development,production --plain --type boolean FEATURE_NEW_CHECKOUT=true
gitseal set -e production --type boolean FEATURE_NEW_CHECKOUT=false
gitseal set -e development --plain LOG_LEVEL=debug
gitseal set -e production --plain LOG_LEVEL=info

gitseal import - --format yaml -e development <<VALUES
DATABASE_URL: postgres://shop:shop@localhost:5432/shop
DATABASE_POOL_SIZE: 5
JWT_SIGNING_KEY: |
$(indented "$work/development.pem")
REDIS_URL: redis://localhost:6379/0
SENTRY_DSN: ""
SESSION_SECRET: not-a-secret-in-development
SMTP_HOST: localhost
SMTP_PASSWORD: ""
SMTP_PORT: 1025
SMTP_USERNAME: ""
STRIPE_SECRET_KEY: sk_test_made-up-for-the-demo
STRIPE_WEBHOOK_SECRET: whsec_test-made-up-for-the-demo
worker:
  CONCURRENCY: 1
  QUEUE_TOKEN: development-queue
VALUES

gitseal import - --format yaml -e production <<VALUES
DATABASE_URL: postgres://shop:b9-made-up-Qx@db.internal.example.com:5432/shop?sslmode=verify-full
DATABASE_POOL_SIZE: 20
JWT_SIGNING_KEY: |
$(indented "$work/production.pem")
REDIS_URL: rediss://:made-up-redis-password@cache.internal.example.com:6380/0
SENTRY_DSN: https://made-up-for-the-demo@errors.example.com/42
SESSION_SECRET: made-up-4f1d0c6b-5d0e-4d4b-8b8e-session
SMTP_HOST: smtp.example.com
SMTP_PASSWORD: "made up: spaces, 'quotes' & \$dollars survive"
SMTP_PORT: 587
SMTP_USERNAME: shop@example.com
STRIPE_SECRET_KEY: sk_live_made-up-for-the-demo
STRIPE_WEBHOOK_SECRET: whsec_live-made-up-for-the-demo
worker:
  CONCURRENCY: 8
  QUEUE_TOKEN: made-up-production-queue
VALUES

# Comments and order in a sealed file are its readers' own.
for file in .secrets/development.yaml .secrets/production.yaml; do
    awk '/^DATABASE_URL:/ {print "# The primary database; the platform team owns it"}
         /^STRIPE_SECRET_KEY:/ {print "# From the Stripe dashboard, Developers > API keys"} {print}' "$file" >"$work/commented"
    cat "$work/commented" >"$file"
done

gitseal check
mkdir -p "$top/.secrets"
cp -R .secrets/. "$top/.secrets/"
cp .gitattributes "$top/"
echo "wrote $top/.secrets and .gitattributes"
