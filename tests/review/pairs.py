"""Pairs of policies and manifests in which every name that a repository could hold bears a mark."""

from random import Random
from typing import NamedTuple

from gitseal.document.value import text
from gitseal.policy.manifest import Declaration, Manifest, ManifestFile, Service
from gitseal.policy.policy import (
    ACCEPT,
    FORGE,
    MACHINE,
    PENDING,
    PERSON,
    REFUSE,
    Environment,
    Policy,
    Principal,
    Rule,
    RuleList,
)
from gitseal.yamltext.tree import NamePath

MARK = "Zq"


class Pair(NamedTuple):
    """Two states, and the names that environments have in the newer one."""

    policies: tuple[Policy, Policy]
    manifests: tuple[Manifest, Manifest]
    names: dict[str, list[NamePath]]


def pair(seed: int) -> Pair:
    """A pair, the same one for the same seed."""
    random = Random(seed)
    names = {environment: [_path(random) for _ in range(4)] for environment in _names("env", 3)}
    paths = [path for those in names.values() for path in those]
    return Pair((_policy(random), _policy(random)), (_manifest(random, paths), _manifest(random, paths)), names)


def _names(kind: str, count: int) -> list[str]:
    return [f"{kind}{MARK}{number}" for number in range(count)]


def _some(random: Random, kind: str, count: int, most: int | None = None) -> tuple[str, ...]:
    those = _names(kind, count)
    return tuple(sorted(random.sample(those, random.randint(0, most or count))))


def _path(random: Random) -> NamePath:
    return tuple(random.choice(_names("NAME", 9)) for _ in range(random.randint(1, 2)))


def _policy(random: Random) -> Policy:
    people = _some(random, "who", 9)
    groups = {group: _members(random, people) for group in _some(random, "group", 3)}
    environments: dict[str, Environment] = {}
    for name in _some(random, "env", 3):
        environments[name] = Environment(
            _members(random, (*people, *groups)),
            _members(random, (*people, *groups)),
            _some(random, f"alias{name}", 2),
            # One that comes before it: no policy has a circle.
            random.choice(["", *environments]),
            protected=random.random() < 0.5,
            reveal=random.random() < 0.5,
            write_only=random.choice([ACCEPT, PENDING, REFUSE]),
        )
    rules = [_rule(random, people) for _ in range(random.randint(0, 3))]
    return Policy(
        {name: _principal(random) for name in people},
        groups,
        environments,
        RuleList(rules),
        _some(random, "ALLOWED", 9),
        _members(random, people),
        _members(random, people),
        _some(random, "blocked", 2),
        _some(random, "template", 2),
    )


def _members(random: Random, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(random.sample(names, random.randint(0, len(names)))))


def _principal(random: Random) -> Principal:
    kind = random.choice([PERSON, PERSON, MACHINE, FORGE])
    keys = () if kind == FORGE else _some(random, "age1", 3)
    return Principal(kind, random.choice(["", *_names("mail", 2)]), keys, _some(random, "ssh-ed25519", 2))


def _rule(random: Random, people: tuple[str, ...]) -> Rule:
    is_plain = random.random() < 0.4
    patterns = random.sample([*_names("NAME", 9), f"NAME{MARK}*", f"**/NAME{MARK}1", "*"], random.randint(1, 3))
    group = "" if is_plain else random.choice(_names("access", 2))
    return Rule(
        tuple(patterns), _some(random, "env", 3, 2), is_plain, group, () if is_plain else _members(random, people)
    )


def _manifest(random: Random, paths: list[NamePath]) -> Manifest:
    declared = random.sample(sorted(set(paths)), min(len(set(paths)), random.randint(0, 8)))
    services = {name: _service(random, paths) for name in _some(random, "service", 2)}
    return Manifest({path: _declaration(random, path) for path in declared}, services)


def _declaration(random: Random, path: NamePath) -> Declaration:
    return Declaration(
        path,
        random.choice(["", f"words{MARK}"]),
        random.choice([None, (), _some(random, "env", 3)]),
        random.choice(["", "string", "url"]),
        None,
        random.choice(["", *_names("owner", 2)]),
        random.choice([0, 30, 90]),
        random.choice(["", f"made{MARK}"]),
    )


def _service(random: Random, paths: list[NamePath]) -> Service:
    references = [f"x ${{{'/'.join(path)}}}" for path in paths]
    env = {name: text(random.choice([*references, "x"])) for name in _some(random, "VAR", 2)}
    files = [
        ManifestFile((name, "f"), random.choice(paths), "", random.choice([0o600, 0o644]))
        for name in _some(random, "file", 2)
    ]
    return Service(_some(random, "NAME", 9, 3), (), env, tuple(files))
