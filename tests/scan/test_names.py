"""Which names are those of env files, which of templates; every other file is looked at all the same."""

import pytest

from gitseal.scan.names import ENV, OTHER, TEMPLATE, kind
from gitseal.scan.rules import Rules

ENVS = [
    ".env",
    ".env.local",
    ".env.production",
    ".env.production.local",
    ".ENV",
    ".Env.Local",
    "prod.env",
    "docker/prod.env",
    "a/b/.env",
    "tests/.env",
    "spec/e2e/.env.test",
    ".envrc",
    ".flaskenv",
    ".dev.vars",
    ".dev.vars.staging",
    ".env.d/database",
    "x/.env.d/10-database",
    ".env.keys",
    ".env.vault",
    ".env~",
    ".env.d",
    "x.ENV",
    ".env.bak",
    ".env copy",
    ".env (1)",
    ".env - Copy",
    "Copy of .env",
    ".env_prod",
    ".env-production",
    ".env2",
    ".ENV_Prod",
    ".envprod",
    ".env.swp",
    ".prod.env.swp",
    ".#.env",
    "#.env#",
    ".env.local~",
    ".env.ts",
    "env.production",
    "env-prod",
    "env_local",
    "Env.Production",
    "env.prod2",
    "env.list",
    "prod.env.bak",
    "prod.env.txt",
    "prod.env copy",
    "prod.env2",
    ".envrc.local",
    ".envrc~",
    ".flaskenv.bak",
    ".envs/prod",
    ".envs/.production/.django",
    ".envs/a.txt",
]
TEMPLATES = [
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.production.example",
    ".env.example.production",
    "example.env",
    "sample.env",
    ".env.dist",
    ".ENV.EXAMPLE",
    "docker/.env.example",
    ".dev.vars.example",
    ".env-example.env",
    ".env.schema",
    ".env.local.tpl",
    ".env.d/database.example",
    "env.example",
    "env-sample",
    "env.template.txt",
    ".env example",
    ".env_example",
    ".envrc.example",
    ".envs/prod.example",
]
OTHERS = [
    "env",
    "environment",
    ".environment",
    "src/env.py",
    "env.ts",
    "vite-env.d.ts",
    ".env/lib/python3/site.py",
    ".envs/README.md",
    ".envs/load.py",
    "env.d.ts",
    "env.prod.ts",
    "env_test.go",
    "env.production.json",
    "app.env.json",
    "jest.env.js",
    "env.md",
    "env.h",
    "envsubst",
    "envprod",
    ".environment.prod",
    "environments/prod",
    "test_env",
    "x.envelope",
    "envrc",
    ".gitignore",
    "main.py",
    "secrets.yaml",
    ".envoy.yaml",
    ".envs.d/x",
]


@pytest.mark.parametrize("name", ENVS)
def test_env_files(name: str) -> None:
    assert kind(name.encode(), Rules()) == ENV


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates(name: str) -> None:
    assert kind(name.encode(), Rules()) == TEMPLATE


@pytest.mark.parametrize("name", OTHERS)
def test_others(name: str) -> None:
    assert kind(name.encode(), Rules()) == OTHER


def test_what_the_policy_adds() -> None:
    rules = Rules(block=("*.secret", "config/*/live.ini"), templates=("fill-me.secret", ".env.ci"))
    assert kind(b"a/B.Secret", rules) == ENV
    assert kind(b"config/eu/live.ini", rules) == ENV
    assert kind(b"config/eu/x/live.ini", rules) == OTHER
    assert kind(b"x/fill-me.secret", rules) == TEMPLATE
    assert kind(b".env.ci", rules) == TEMPLATE
    assert kind(b"fill-me.secret", Rules(templates=("fill-me.secret",))) == OTHER


def test_what_compose_files_name() -> None:
    rules = Rules(env_files=frozenset({b"deploy/api.vars"}))
    assert kind(b"deploy/api.vars", rules) == ENV
    assert kind(b"api.vars", rules) == OTHER


@pytest.mark.parametrize("name", [b"caf\xe9/.env", b"a\nb.env", b"\xff\xfe.env", b'"x".env', b".env.\xff"])
def test_any_bytes(name: bytes) -> None:
    assert kind(name, Rules(block=("*.secret",))) == ENV
