"""Covered files of small teams, and edits of them by hand: what laws of entries are tried on. The same for the same seed."""

import base64
from collections.abc import Callable
from random import Random

PATHS = {
    "sealed": ".secrets/production.yaml",
    "policy": ".secrets/policy.yaml",
    "manifest": "app/.secrets/manifest.yaml",
    "allow": ".secrets/allow.yaml",
    "attributes": ".gitattributes",
    "modules": ".gitmodules",
    "foreign": ".secrets/notes.txt",
}
NAMES = ("API_KEY", "DB_PASSWORD", "DB_URL", "LOG_LEVEL", "PORT", "SMTP_HOST", "SMTP_PASSWORD", "STRIPE_KEY")
PEOPLE = ("alice", "bob", "carol", "dave", "ci")
ENVIRONMENTS = ("development", "production", "staging")


def made(kind: str, random: Random) -> bytes:
    """A sound file of a kind."""
    return _MAKERS[kind](random).encode()


def _sealed(random: Random) -> str:
    keys = {group: _hex(random, "k") for group in ("default", *(["payments"] if random.random() < 0.4 else []))}
    lines = ["# Sealed by gitseal: names are readable, values are not.", ""]
    for name in random.sample(NAMES, random.randint(0, len(NAMES))):
        lines += _value(random, name, keys, "")
    if random.random() < 0.5:
        lines.append("api:")
        for name in random.sample(NAMES, random.randint(1, 3)):
            lines += _value(random, name, keys, "  ")
    lines += ["gitseal:", "  version: 1", f"  id: {_hex(random, 'f')}", "  environment: production", "  access:"]
    for group, key in keys.items():
        lines += [f"    {group}:", f"      key: {key}", f"      public: gsp1{_base64(random, 32)}"]
        if random.random() < 0.3:
            lines += ["      succeeds:", f"        {_token(random, group, _hex(random, 'k'), 's')}"]
        lines.append("      stanzas:")
        for person in random.sample(PEOPLE, random.randint(1, 3)):
            stanza = f"STANZA[v1,{key},{_base64(random, 60)}]"
            lines += [f"        {person}:", f"          {_hex(random, 'r')}:", f"            {stanza}"]
    return "\n".join(lines) + "\n"


def _value(random: Random, name: str, keys: dict[str, str], indent: str) -> list[str]:
    if random.random() < 0.2:
        return [f"{indent}{name}: {random.choice(['info', '8080', 'true', '1.50', 'a b'])}", ""]
    group = random.choice(list(keys))
    return [f"{indent}{name}:", f"{indent}  {_token(random, group, keys[group], random.choice('sssw'))}", ""]


def _token(random: Random, group: str, key: str, kind: str) -> str:
    return f"ENC[v1,{kind},{group}:{key},{_base64(random, 48)}]"


def _hex(random: Random, letter: str) -> str:
    return letter + f"{random.getrandbits(128):032x}"


def _base64(random: Random, count: int) -> str:
    return base64.b64encode(random.randbytes(count)).decode()


def _policy(random: Random) -> str:
    people = random.sample(PEOPLE, random.randint(2, len(PEOPLE)))
    lines = ["version: 1", "", "recipients:"]
    for person in people:
        if random.random() < 0.5:
            lines.append(f"  {person}: {{keys: [age1{person}], email: {person}@example.com}}")
        else:
            lines += [f"  {person}:", f"    email: {person}@example.com", f"    keys: [age1{person}]"]
    team = random.sample(people, random.randint(1, len(people)))
    lines += ["groups:", f"  team: [{', '.join(team)}]", "  ops:", f"    - {people[0]}", f"    - {people[1]}"]
    lines += ["policy: {change: [ops]}", "manifest: {change: [team]}", "environments:"]
    for name in random.sample(ENVIRONMENTS, random.randint(1, 3)):
        lines += [f"  {name}:", f"    open: [{random.choice(['team', 'ops', people[0]])}]"]
        lines += random.sample(
            ["    protected: true", "    reveal: false", "    change: [ops]", f"    aliases: [{name[:2]}]"],
            random.randint(0, 4),
        )
    if random.random() < 0.7:
        lines.append("rules:")
        for name in random.sample(NAMES, random.randint(1, 3)):
            lines += [
                random.choice(
                    [
                        f"  - {{names: [{name}], plain: true}}",
                        f'  - {{names: ["{name}*"], access: {name[:2].lower()}, open: [ops]}}',
                    ]
                )
            ]
    if random.random() < 0.5:
        lines += ["hook:", '  block: ["*.secret", "*.key"]', "  templates: [env.tpl]"]
    if random.random() < 0.3:
        lines += ["allow_names: [LD_PRELOAD]", "server:", "  judged: [release/*]"]
    return "\n".join(lines) + "\n"


def _manifest(random: Random) -> str:
    lines = ["version: 1", "secrets:"]
    for name in random.sample(NAMES, random.randint(1, 4)):
        fields = random.sample(["required: true", "type: string", "rotate: 90d", "owner: team", "description: x y"], 2)
        lines.append(f"  {name}: {{{', '.join(fields)}}}")
    lines.append("services:")
    for service in random.sample(["web", "worker", "jobs"], random.randint(1, 3)):
        lines += [f"  {service}:", f"    include: [{', '.join(random.sample(NAMES, 2))}]", "    env:"]
        lines += [f"      URL: https://app:${{secret:{random.choice(NAMES)}}}@db.internal/", "      MODE: fast"]
    return "\n".join(lines) + "\n"


def _allow(random: Random) -> str:
    lines = ["version: 1", "allowed:"]
    lines += [
        f'  - {{path: "tests/{number}.key", sha256: "{random.getrandbits(256):064x}", reason: "made up"}}'
        for number in range(random.randint(1, 4))
    ]
    return "\n".join(lines) + "\n"


def _attributes(random: Random) -> str:
    those = [".secrets/*.yaml diff=gitseal merge=gitseal", "*.png binary", "# ours", "", "*.sh eol=lf", "docs/** -diff"]
    return "\n".join(random.sample(those, random.randint(1, len(those)))) + "\n"


def _modules(random: Random) -> str:
    return f'[submodule "lib{random.randint(0, 3)}"]\n\tpath = lib\n\turl = https://example.com/lib.git\n'


def _foreign(random: Random) -> str:
    return "".join(f"line {random.randint(0, 9)}\n" for _ in range(random.randint(0, 5)))


_MAKERS: dict[str, Callable[[Random], str]] = {
    "sealed": _sealed,
    "policy": _policy,
    "manifest": _manifest,
    "allow": _allow,
    "attributes": _attributes,
    "modules": _modules,
    "foreign": _foreign,
}


def edited(data: bytes, kind: str, random: Random) -> bytes:
    """The file after one to four edits, as hands, tools and attackers make them."""
    lines = data.split(b"\n")
    for _ in range(random.randint(1, 4)):
        lines = random.choice(_EDITS)(lines, kind, random)
    return b"\n".join(lines)


Lines = list[bytes]


def _at(lines: Lines, random: Random) -> int:
    return random.randrange(len(lines)) if lines else 0


def _removed(lines: Lines, _kind: str, random: Random) -> Lines:
    at = _at(lines, random)
    return lines[:at] + lines[at + random.randint(1, 3) :]


def _swapped(lines: Lines, _kind: str, random: Random) -> Lines:
    if not lines:
        return lines
    made_ = list(lines)
    one, other = _at(lines, random), _at(lines, random)
    made_[one], made_[other] = made_[other], made_[one]
    return made_


def _doubled(lines: Lines, _kind: str, random: Random) -> Lines:
    at, count = _at(lines, random), random.randint(1, 3)
    return lines[: at + count] + lines[at:]


def _block_moved(lines: Lines, _kind: str, random: Random) -> Lines:
    at, count = _at(lines, random), random.randint(2, 4)
    block, rest = lines[at : at + count], lines[:at] + lines[at + count :]
    to = _at(rest, random)
    return rest[:to] + block + rest[to:]


def _character(lines: Lines, _kind: str, random: Random) -> Lines:
    if not lines:
        return lines
    at = _at(lines, random)
    line = lines[at]
    place = random.randint(0, len(line))
    letter = random.choice([b"a", b"Z", b"0", b" ", b'"', b"#", b":", b"\xff", b"\t", b"-", b"*"])
    return [*lines[:at], line[:place] + letter + line[place + random.randint(0, 1) :], *lines[at + 1 :]]


def _said_aside(lines: Lines, _kind: str, random: Random) -> Lines:
    at = _at(lines, random)
    return [*lines[:at], random.choice([b"", b"# a remark", b"    # deeper", b"  "]), *lines[at:]]


def _from_another(lines: Lines, kind: str, random: Random) -> Lines:
    other = made(kind, random).split(b"\n")
    at, to = _at(other, random), _at(lines, random)
    return lines[:to] + other[at : at + random.randint(1, 4)] + lines[to:]


def _replaced(lines: Lines, kind: str, random: Random) -> Lines:
    """A line of the same name as another file of the kind has it: another token, another list of people."""
    others: dict[bytes, list[bytes]] = {}
    for line in made(kind, random).split(b"\n"):
        others.setdefault(line.strip()[:6], []).append(line)
    fitting = [at for at, line in enumerate(lines) if line.strip()[:6] in others]
    if not fitting:
        return lines
    at = random.choice(fitting)
    return [*lines[:at], random.choice(others[lines[at].strip()[:6]]), *lines[at + 1 :]]


def _quoted(lines: Lines, _kind: str, random: Random) -> Lines:
    at = _at(lines, random)
    line = lines[at] if lines else b""
    name, sign, value = line.partition(b": ")
    if not sign or not value or value[:1] in b"[{\"'":
        return lines
    return [*lines[:at], name + b': "' + value.replace(b'"', b"") + b'"', *lines[at + 1 :]]


def _by_line_feed(lines: Lines, _kind: str, _random: Random) -> Lines:
    return [line.removesuffix(b"\r") + b"\r" if line else line for line in lines]


_EDITS: tuple[Callable[[Lines, str, Random], Lines], ...] = (
    _removed,
    _swapped,
    _doubled,
    _block_moved,
    _character,
    _said_aside,
    _said_aside,
    _from_another,
    _replaced,
    _replaced,
    _quoted,
    _by_line_feed,
)
