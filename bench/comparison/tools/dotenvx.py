"""dotenvx, with its private key in `.env.keys`, which is what it does without an account."""

from pathlib import Path

from bench.comparison.tool import PLAIN, Store, Tool, sh
from bench.world import World

LOCAL = ("--no-armor", "--no-native")
"""Nothing is asked of its service or a keychain."""

ONE_KEY = "one key for each file"


def _init(_world: World, top: Path) -> None:
    (top / ".gitignore").write_text(".env.keys\n", encoding="utf-8")


TOOL = Tool(
    name="dotenvx",
    program="dotenvx",
    pin="dotenvx",
    version=("dotenvx", "--version"),
    store=Store(
        file=".env",
        init=_init,
        load=lambda _: sh(f"mv {PLAIN} .env && dotenvx encrypt -f .env {' '.join(LOCAL)}"),
        get=lambda _, name: ["dotenvx", "get", name, "-f", ".env", *LOCAL],
        render=lambda _: ["dotenvx", "decrypt", "--stdout", "-f", ".env", *LOCAL],
        set=lambda _, name, value: ["dotenvx", "set", name, value, "-f", ".env", *LOCAL],
        add=ONE_KEY,
        remove=ONE_KEY,
        log=lambda _, name: ["git", "log", "--format=%h", f"-G^{name}=", "--", ".env"],
    ),
    hook=lambda _, __, ___: ["dotenvx", "ext", "precommit"],
    history="looks at no history",
)
