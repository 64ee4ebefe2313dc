"""JSON Schemas of policy.yaml and manifest.yaml, for editors: a field is completed and explained, a slip underlined.

They are an aid and no gate: the parsers decide, and know more (names that nothing defines, cycles, two answers). Whatever a
parser takes, its schema takes. Written to docs/schema/ by tools/schemas; a test holds the files against this module.
"""

from typing import Any

from gitseal.document.generated import PATTERN
from gitseal.policy.manifest import TYPES
from gitseal.policy.manifest_pattern_syntax import MAX_PATTERN
from gitseal.policy.policy import ACCEPT, FORGE, MACHINE, PENDING, PERSON, REFUSE
from gitseal.recipients.kinds import KINDS

Schema = dict[str, Any]

FILES = ("policy", "manifest")
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_NAME = "[A-Za-z_][A-Za-z0-9_.-]{0,127}"
_PRINCIPAL = "^(?!default$)[A-Za-z_][A-Za-z0-9_.-]{0,63}$"
_ENVIRONMENT = r"^(?!(?:policy|manifest|allow|all)$)(?!.*\.local$)[a-z][a-z0-9_.-]{0,63}$"
_FILE_PART = (
    r"(?!\.[gG][iI][tT])(?!\.[sS][eE][cC][rR][eE][tT][sS])"
    r"(?:[A-Za-z0-9_@+=,]|[A-Za-z0-9_.@+=,][A-Za-z0-9_.@+=, -]{0,253}[A-Za-z0-9_@+=,-])"
)


def schemas() -> dict[str, Schema]:
    """The schemas by the names of their files in docs/schema/."""
    return {f"{file}.schema.json": of(file) for file in FILES}


def of(file: str) -> Schema:
    """The schema of `policy` or `manifest`."""
    return policy() if file == "policy" else manifest()


def serialise(schema: Schema) -> str:
    """A schema as its file holds it."""
    import json  # nothing but the making of the files needs it

    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def policy() -> Schema:
    """The schema of policy.yaml."""
    change = _fields("Who may change the file.", {"change": _change("Recipients and groups.")})
    return _file(
        "gitseal policy: who may open what, and who may change it",
        {
            "recipients": _map("People and machines, by name.", _PRINCIPAL, _principal()),
            "groups": _map("Lists of recipients, by name.", _PRINCIPAL, _texts("Names of recipients.")),
            "policy": change,
            "manifest": change,
            "environments": _map("One entry for each file NAME.yaml.", _ENVIRONMENT, _environment()),
            "rules": _list("The first rule that matches a name answers for it.", _rule()),
            "allow_names": _texts("Names that steer loaders and shells and may be rendered all the same."),
            "hook": _fields(
                "What the hook against plaintext looks at.",
                {
                    "block": _texts("Files to block besides the built-in list, as patterns."),
                    "templates": _texts("Files that may look like env files."),
                },
            ),
            "server": _fields(
                "What a server's hook judges.",
                {"judged": _texts("Branches besides the default one, as patterns: main, release/*.")},
            ),
            "publish": _map(
                "Where environments go by gitseal publish, by the name of the target.", _PRINCIPAL, _target()
            ),
        },
    )


def manifest() -> Schema:
    """The schema of manifest.yaml."""
    schema = _file(
        "gitseal manifest: what must exist, and which service gets what",
        {
            "secrets": {"$ref": "#/$defs/section", "description": "What is known of each secret, by name or section."},
            "services": _map("Who reads secrets, and which.", f"^(?!gitseal$){_NAME}$", _service()),
        },
    )
    section = _map("Secrets by name, and sections of them.", f"^(?!gitseal$){_NAME}$", {"$ref": "#/$defs/entry"})
    # No field of a secret is a mapping: what holds one is a section.
    entry = {
        "if": {"type": "object", "additionalProperties": {"not": {"type": "object"}}},
        "then": {"$ref": "#/$defs/secret"},
        "else": {"$ref": "#/$defs/section"},
    }
    return {**schema, "$defs": {"section": section, "entry": entry, "secret": _secret()}}


def _principal() -> Schema:
    forge = {"properties": {"kind": {"const": FORGE}}, "required": ["kind"]}
    fields = _fields(
        "A person, a machine, or a Git host.",
        {
            "kind": _choice("A person, which is the default, a machine, or a Git host.", PERSON, MACHINE, FORGE),
            "email": _text("What Git has as the committer of their commits."),
            "keys": _texts(f"Public keys that data keys are wrapped to: {_public_keys()}"),
            "signing": _texts("What their commits are signed with: SSH public keys, OpenPGP fingerprints."),
        },
    )
    return {**fields, "if": forge, "then": {"properties": {"keys": {"maxItems": 0}}}}


def _public_keys() -> str:
    # Kinds without stanza types of their own are left out: they need a plugin that a reader may not have.
    return ", ".join(example.replace("…", "...") for kind in KINDS if kind.stanzas for example in kind.examples)


def _environment() -> Schema:
    return _fields(
        "An environment.",
        {
            "open": {**_texts("Recipients and groups that may open it."), "type": "array", "minItems": 1},
            "change": _change("Recipients and groups whose signed commits may change it."),
            "aliases": _list("Other names for -e.", _text("A name.", _ENVIRONMENT)),
            "extends": _text("Another environment whose values it inherits."),
            "protected": _flag("No local overrides, no unseal, write-only values pending."),
            "reveal": _flag("false: no --show-values, no render to a terminal."),
            "write_only": _choice("What becomes of values that were set unread.", ACCEPT, PENDING, REFUSE),
        },
        "open",
    )


def _change(description: str) -> Schema:
    number = {"description": "How many of them approve besides.", "type": "integer", "minimum": 0, "maximum": 99}
    whole = _fields(
        "Whose signed commits, and how many approvals besides.", {"by": _texts(description), "approvals": number}
    )
    asking = {"properties": {"approvals": {"minimum": 1}}, "required": ["approvals"]}
    some = {"properties": {"by": {"type": "array", "minItems": 1}}, "required": ["by"]}
    return {"anyOf": [_texts(description), {**whole, "if": asking, "then": some}]}


def _rule() -> Schema:
    fields = _fields(
        "The answer for some names.",
        {
            "names": {
                **_texts("Patterns; one without / matches the last part."),
                "type": "array",
                "minItems": 1,
            },
            "environments": _texts("Where the rule holds; without it, everywhere."),
            "plain": _flag("true: the value stands readable."),
            "access": _text("The access group's name in the sealed file."),
            "open": _texts("Recipients and groups that may open these names, instead of the environment's."),
        },
        "names",
    )
    sealed = {
        "open": {"type": "array", "minItems": 1},
        "access": {"pattern": "^(?!default$)[a-z][a-z0-9-]{0,31}$"},
    }
    return {
        **fields,
        "if": {"properties": {"plain": {"const": True}}, "required": ["plain"]},
        "then": {"properties": {"open": {"maxItems": 0}, "access": {"maxLength": 0}}},
        "else": {"properties": sealed, "required": ["open", "access"]},
    }


def _target() -> Schema:
    return _fields(
        "A place that values are published to.",
        {
            "environments": {**_texts("What goes there."), "type": "array", "minItems": 1},
            "to": _text("A kind of store, a colon and a place in it: vault:secret/shop.", r"^[a-z][a-z0-9-]{0,31}:\S"),
            "service": _text("The service of the manifest whose names go there; without it, all names."),
            "from": _text("The branch that a published commit is in: refs/heads/main.", "^(?:refs/heads/.+)?$"),
            "prune": _flag("true: names that are gone here are removed there, without --prune."),
        },
        "environments",
        "to",
    )


def _secret() -> Schema:
    return _fields(
        "What is known of a secret.",
        {
            "description": _text("What it is and where it comes from."),
            "required": {
                "description": "true, or the environments that must have a value.",
                "type": ["boolean", "array"],
                "items": {"type": "string"},
            },
            "type": _choice("What the value has to be.", *TYPES),
            "pattern": {
                **_text("What has to be found in the value: a regular expression."),
                "maxLength": MAX_PATTERN,
            },
            "owner": _text("Who answers for it."),
            "rotate": _text("How old a value may become: 90d, 12w, 1y.", "^[1-9][0-9]{0,3}[dwy]$"),
            "generate": _text(
                "How a new value is made: hex:32, base64url:32, password:24, uuid; a key pair: ed25519, rsa:3072.",
                f"^(?:{PATTERN})$",
            ),
        },
    )


def _service() -> Schema:
    pattern = "[A-Za-z0-9_.*-]+"
    return {
        **_fields(
            "A service: what it reads.",
            {
                "include": _list("Patterns of names it gets.", _text("A pattern.", f"^/?{pattern}(?:/{pattern})*$")),
                "import": _texts("Other services whose whole view it gets."),
                "env": _map(
                    "Variables of its own; ${secret:NAME} and ${env:NAME} are resolved.",
                    f"^{_NAME}$",
                    {"type": ["string", "number", "boolean"]},
                ),
                "files": _list("Files that --files DIR writes.", _file_of_a_service()),
            },
        ),
        "type": ["object", "null"],
    }


def _file_of_a_service() -> Schema:
    return _fields(
        "A file.",
        {
            "path": _text("Where, below DIR.", f"^{_FILE_PART}(?:/{_FILE_PART})*$"),
            "secret": _text("Whose value.", f"^(?!gitseal(?:/|$)){_NAME}(?:/{_NAME})*$"),
            "decode": _choice("What the value is in.", "base64"),
            "mode": _text('Permissions in octal, in quotes: "0400".', "^0?[46][04][04]$"),
        },
        "path",
        "secret",
    )


def _file(title: str, properties: Schema) -> Schema:
    version = {"description": "The version of the file's format.", "const": 1}
    fields = _fields("", {"version": version, **properties}, "version")
    return {"$schema": _DRAFT, "title": title, **{name: part for name, part in fields.items() if part != ""}}


def _fields(description: str, properties: Schema, *required: str) -> Schema:
    """A mapping with fields of ours, and no others."""
    schema: Schema = {"description": description, "type": "object", "additionalProperties": False}
    if required:
        schema["required"] = list(required)
    return {**schema, "properties": properties}


def _map(description: str, names: str, values: Schema) -> Schema:
    """A mapping whose names are the user's; nothing after its colon is an empty one."""
    return {
        "description": description,
        "type": ["object", "null"],
        "propertyNames": {"pattern": names},
        "additionalProperties": values,
    }


def _list(description: str, item: Schema) -> Schema:
    return {"description": description, "type": ["array", "null"], "items": item}


def _texts(description: str) -> Schema:
    return _list(description, {"type": "string"})


def _text(description: str, pattern: str = "") -> Schema:
    return {"description": description, "type": "string", **({"pattern": pattern} if pattern else {})}


def _flag(description: str) -> Schema:
    return {"description": description, "type": "boolean"}


def _choice(description: str, *words: str) -> Schema:
    return {"description": description, "enum": list(words)}
