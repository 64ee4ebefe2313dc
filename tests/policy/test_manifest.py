"""manifest.yaml: what is read, and what is refused with its line."""

import re

import pytest

from gitseal.document.generated import KINDS, generate, is_pair
from gitseal.document.value import TypedValue, ValueType, text
from gitseal.errors import Error, Malformed, UnknownVersion
from gitseal.policy import manifest_parser
from gitseal.policy.manifest import Manifest, ManifestFile

# The example of the design, whole.
WHOLE = """\
version: 1
secrets:
  STRIPE_API_KEY:
    description: Stripe API key, from the dashboard
    required: [production, staging]    # or true
    type: string                       # url, email, integer, boolean, json, pem, base64, uuid, port ...
    pattern: "^sk_(live|test)_"
    owner: payments
    rotate: 90d
    generate: hex:32
services:
  worker:
    include: ["DB_*"]                  # least privilege: only what it names, plus its own section
  api:
    import: [worker]                   # another service's whole view
    env:
      LOG_LEVEL: info
      DATABASE_URL: postgres://${secret:DB_USER}:${secret:DB_PASSWORD|urlencode}@db/app
      STRIPE_KEY: ${secret:STRIPE_API_KEY}
    files:
      - {path: tls/server.key, secret: TLS_KEY, decode: base64, mode: "0400"}
"""


def parsed(body: str) -> Manifest:
    return manifest_parser.parse(f"version: 1\n{body}".encode())


def test_the_whole() -> None:
    manifest = manifest_parser.parse(WHOLE.encode())

    stripe = manifest.secrets["STRIPE_API_KEY",]
    assert stripe.description == "Stripe API key, from the dashboard"
    assert stripe.required == ("production", "staging")
    assert (stripe.type, stripe.owner, stripe.rotate, stripe.generate, stripe.line) == (
        "string",
        "payments",
        90,
        "hex:32",
        3,
    )
    assert stripe.pattern is not None
    assert stripe.pattern.search("sk_live_x")
    assert stripe.is_required("staging")
    assert not stripe.is_required("development")
    assert [name for name, _ in manifest.environments()] == ["production", "staging"]
    assert manifest.services["worker"].include == ("DB_*",)
    api = manifest.services["api"]
    assert api.imports == ("worker",)
    assert api.env["LOG_LEVEL"] == text("info")
    assert list(api.env) == ["LOG_LEVEL", "DATABASE_URL", "STRIPE_KEY"]
    assert api.files == (ManifestFile(("tls", "server.key"), ("TLS_KEY",), "base64", 0o400, 21),)


def test_the_least() -> None:
    assert manifest_parser.parse(b"version: 1\n") == Manifest({}, {})
    manifest = parsed("secrets:\n  A:\n  B: {}\nservices:\n  worker:\n  api: {}\n")
    assert list(manifest.secrets) == [("A",), ("B",)]
    assert not manifest.secrets["A",].is_required("production")
    assert list(manifest.services) == ["worker", "api"]


def test_sections() -> None:
    manifest = parsed("secrets:\n  api:\n    TOKEN: {required: true}\n    db:\n      type: {}\n  type: {type: url}\n")

    assert list(manifest.secrets) == [("api", "TOKEN"), ("api", "db", "type"), ("type",)]
    assert manifest.secrets["api", "TOKEN"].is_required("anywhere")


def test_numbers_and_booleans_keep_their_type_and_spelling() -> None:
    env = parsed('services:\n  api:\n    env: {A: 80, B: true, C: 1.50, D: "80", E: ""}\n').services["api"].env

    assert list(env.values()) == [
        TypedValue(ValueType.INTEGER, b"80"),
        TypedValue(ValueType.BOOLEAN, b"true"),
        TypedValue(ValueType.FLOAT, b"1.50"),
        text("80"),
        text(""),
    ]


@pytest.mark.parametrize(("written", "days"), [("1d", 1), ("90d", 90), ("12w", 84), ("2y", 730)])
def test_lengths_of_time(written: str, days: int) -> None:
    assert parsed(f"secrets:\n  A: {{rotate: {written}}}\n").secrets["A",].rotate == days


@pytest.mark.parametrize(("mode", "bits"), [("0400", 0o400), ("640", 0o640), ("0644", 0o644)])
def test_modes(mode: str, bits: int) -> None:
    (file,) = (
        parsed(f'services:\n  a:\n    files:\n      - {{path: x, secret: s/Z, mode: "{mode}"}}\n').services["a"].files
    )
    assert file.mode == bits
    assert file.secret == ("s", "Z")


SECRET = [
    ("required: yes please", "true, false or a list"),
    ("required: 1", "true, false or a list"),
    ("requird: true", 'no field "requird"'),
    ("type: strnig", "not one of string"),
    ("type: 1", "a text is missing"),
    ('pattern: "(a"', "not closed"),
    ('pattern: "(?=a)"', "linear time"),
    ("pattern: 1", "a text is missing"),
    ("rotate: 90", "a text is missing"),
    ("rotate: 90m", "length of time"),
    ("rotate: 0d", "length of time"),
    ('rotate: ""', "length of time"),
    ("generate: words:3", "generated value"),
    ("generate: hex:0", "generated value"),
    ("generate: hex:65537", "65536"),
    ("generate: rsa:1024", "generated value"),
    ("generate: password:9:lower+vowels", "generated value"),
    ("generate: password:1:lower+upper", "no room"),
    ("description: [a]", "a text is missing"),
]


@pytest.mark.parametrize(("field", "words"), SECRET)
def test_refused_in_a_secret(field: str, words: str) -> None:
    with pytest.raises(Malformed, match=re.escape(words)) as caught:
        parsed(f"secrets:\n  A:\n    {field}\n")
    assert caught.value.line == 4


SERVICE = [
    ("includes: [A]", 'no field "includes"'),
    ("include: A", "a list is missing"),
    ('include: ["A B"]', "no pattern"),
    ('include: [""]', "no pattern"),
    ('include: ["a//b"]', "no pattern"),
    ("import: [b]", 'there is no service "b"'),
    ("import: [a]", "import each other: a > a"),
    ("env: [A]", "a mapping is missing"),
    ("env: {A: null}", "a text, number or boolean"),
    ("env: {A: [b]}", "a text, number or boolean"),
    ("files: {a: b}", "a list is missing"),
    ("files: [{path: x}]", 'needs "secret"'),
    ("files: [{secret: x}]", 'needs "path"'),
    ("files: [{path: x, secret: x, user: u}]", 'no field "user"'),
    ("files: [{path: x, secret: a b}]", "no name of a secret"),
    ("files: [{path: x, secret: a//b}]", "no name of a secret"),
    ("files: [{path: x, secret: gitseal/id}]", "no name of a secret"),
    ("files: [{path: x, secret: K, decode: hex}]", "not one of base64"),
    ("files: [{path: x, secret: K, mode: 400}]", "a text is missing"),
    ('files: [{path: x, secret: K, mode: "8"}]', "no mode"),
    ('files: [{path: x, secret: K, mode: "0666"}]', "lets others change"),
    ('files: [{path: x, secret: K, mode: "0700"}]', "lets it run"),
    ('files: [{path: x, secret: K, mode: "0040"}]', "not read it"),
    ("files: [{path: x, secret: K}, {path: X, secret: z}]", "taken"),
    ("files: [{path: x/a, secret: K}, {path: x, secret: z}]", "taken"),
    ("files: [{path: x, secret: K}, {path: x/a, secret: z}]", "taken"),
]


@pytest.mark.parametrize(("field", "words"), SERVICE)
def test_refused_in_a_service(field: str, words: str) -> None:
    with pytest.raises(Malformed, match=re.escape(words)) as caught:
        parsed(f"services:\n  a:\n    {field}\n")
    assert caught.value.line in {3, 4}


PATHS = [
    "/etc/passwd", "~/x", "../x", "a/../b", "./x", "a/./b", "a//b", "a/", "", ".", "..", "a\\\\b", ".git/hooks/x",
    "a/.GIT/x", ".gitattributes", "sub/.gitmodules", ".secrets/x.yaml", ".Secrets/policy.yaml", "git~1/x", "a:b",
    "x.", "x ", " x", "-x", "a\\nb", "\\u202ex", "é", "a*", "$HOME/x", "a" * 300,
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_refused_as_the_path_of_a_file(path: str) -> None:
    with pytest.raises(Malformed) as caught:
        parsed(f'services:\n  a:\n    files:\n      - {{path: "{path}", secret: K}}\n')
    assert caught.value.line == 5
    assert "path of a file" in caught.value.message


@pytest.mark.parametrize("path", ["x", "tls/server.key", ".env", "a/b/c/d.txt", "my file.pem", "a..b", "x@2+3=4,5"])
def test_a_path_of_a_file(path: str) -> None:
    (file,) = parsed(f'services:\n  a:\n    files:\n      - {{path: "{path}", secret: K}}\n').services["a"].files
    assert "/".join(file.path) == path


@pytest.mark.parametrize(
    ("text_", "error", "line"),
    [
        ("", Malformed, 1),
        ("secrets: {}\n", Malformed, 1),
        ("version: 2\n", UnknownVersion, 0),
        ('version: "1"\n', UnknownVersion, 0),
        ("version: true\n", UnknownVersion, 0),
        ("version: 1\nsecret: {}\n", Malformed, 2),
        ("version: 1\nsecrets: [A]\n", Malformed, 2),
        ("version: 1\nsecrets:\n  gitseal: {}\n", Malformed, 3),
        ("version: 1\nservices:\n  gitseal: {}\n", Malformed, 3),
        ("version: 1\nsecrets:\n  api:\n    A: {}\n    B: x\n", Malformed, 5),
        ("version: 1\nsecrets:\n  A: text\n", Malformed, 3),
    ],
)
def test_refused(text_: str, error: type[Error], line: int) -> None:
    with pytest.raises(error) as caught:
        manifest_parser.parse(text_.encode())
    assert getattr(caught.value, "line", 0) == line


def services(imports: dict[str, list[str]]) -> Manifest:
    return parsed("services:\n" + "".join(f"  {name}: {{import: [{', '.join(to)}]}}\n" for name, to in imports.items()))


@pytest.mark.parametrize(
    ("imports", "cycle"),
    [
        ({"a": ["b"], "b": ["a"]}, "a > b > a"),
        ({"x": ["b"], "a": ["b"], "b": ["c"], "c": ["a"]}, "b > c > a > b"),
        ({"a": [], "b": ["a", "b"]}, "b > b"),
    ],
)
def test_a_cycle_of_imports_is_told(imports: dict[str, list[str]], cycle: str) -> None:
    with pytest.raises(Malformed, match=f"import each other: {cycle}$"):
        services(imports)


def test_imports_are_neither_deep_nor_slow() -> None:
    deepest = manifest_parser.MAX_IMPORT_DEPTH
    chain = {f"s{n}": [f"s{n + 1}"] if n < 5000 else [] for n in range(5001)}
    for order in (chain, dict(reversed(chain.items()))):
        with pytest.raises(Malformed, match="deeper than"):
            services(order)
    fits = {f"s{n}": [f"s{n + 1}"] if n < deepest else [] for n in range(deepest + 1)}
    assert len(services(fits).services) == deepest + 1
    # Every service of a layer imports every one of the next: 40 ** 15 ways.
    layers = {f"s{n}.{m}": [f"s{n + 1}.{k}" for k in range(40)] if n < 15 else [] for n in range(16) for m in range(40)}
    assert len(services(layers).services) == 640


def test_the_kinds_of_generated_values_are_those_of_set() -> None:
    pairs = ("ed25519", "ssh-ed25519", "x25519", "ec:p256", "rsa:2048")
    for kind in (
        "hex",
        "hex:32",
        "base64:16",
        "base64url:32",
        "password:24",
        "password:9:lower+digits",
        "uuid",
        *pairs,
    ):
        assert parsed(f"secrets:\n  A: {{generate: {kind}}}\n").secrets["A",].generate == kind
        assert (generate(kind).public is not None) == (kind in pairs) == is_pair(kind)
        assert re.search(rf"\b{kind.partition(':')[0]}\b", KINDS)
    words = set(re.findall(r"[a-z0-9:]+(?=:N)|uuid|[a-z0-9:-]+25519|ec:p256", KINDS))
    assert words == {
        "hex",
        "base64",
        "base64url",
        "password",
        "uuid",
        "ed25519",
        "ssh-ed25519",
        "x25519",
        "ec:p256",
        "rsa",
    }
