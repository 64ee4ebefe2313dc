"""ejson: one JSON file, a value at a time, for one key pair."""

import json
from collections.abc import Mapping
from pathlib import Path

from bench.comparison.tool import PLAIN, Store, Tool, members, sh
from bench.world import PYTHON, World

FILE = "secrets.ejson"
ONE_KEY = "one key pair for each file"

# ejson reads JSON alone; this is no part of it, so importing an env file has no time.
_TO_JSON = (
    "import json, sys; print(json.dumps({'_public_key': sys.argv[1], **dict(line.rstrip('\\n').split('=', 1) "
    "for line in open(sys.argv[2]))}, indent=1))"
)


def keys(world: World) -> Mapping[str, str]:
    """Where the private keys lie."""
    folder = world.folder / "ejson-keys"
    folder.mkdir(exist_ok=True)
    return {"EJSON_KEYDIR": str(folder)}


def _init(world: World, top: Path) -> None:
    public = world.run(["env", f"EJSON_KEYDIR={keys(world)['EJSON_KEYDIR']}", "ejson", "keygen", "-w"], top).strip()
    (top / FILE).write_text(json.dumps({"_public_key": public}), encoding="utf-8")


def _fill() -> str:
    public = f'"$(sed \'s/.*: "//; s/".*//\' {FILE})"'
    return f'{PYTHON} -c "$TO_JSON" {public} {PLAIN} >new && mv new {FILE} && ejson encrypt {FILE}'


TOOL = Tool(
    name="ejson",
    program="ejson",
    pin="ejson",
    version=(),
    store=Store(
        file=FILE,
        init=_init,
        load=lambda _: sh(_fill()),
        get=lambda _, name: sh(f"ejson decrypt {FILE} | grep '\"{name}\"'"),
        render=lambda _: ["ejson", "decrypt", FILE],
        set=lambda _, name, value: sh(
            f'sed -i \'s|"{name}": "EJ[^"]*"|"{name}": "{value}"|\' {FILE} && ejson encrypt {FILE}'
        ),
        add=ONE_KEY,
        remove=ONE_KEY,
        log=lambda _, name: ["git", "log", "--format=%h", f'-G"{name}":', "--", FILE],
        read=members,
        no_import="reads JSON alone",
    ),
    hook="none of its own",
    history="looks at no plaintext",
    env=lambda w: {**keys(w), "TO_JSON": _TO_JSON},
)
