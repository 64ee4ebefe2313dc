"""The values that renderers are tried with: awkward ones by name, and random ones."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

from gitseal.document.value import text
from gitseal.render import Options, Refused, RenderedEntry, render
from tests import fuzzing

AWKWARD: dict[str, str] = json.loads((Path(__file__).parent / "awkward.json").read_text(encoding="utf-8"))
Values = dict[str, str]

PLAIN = Options()
FUZZED = 2_000

PIECES = [
    *"'\"`$\\{}()[]#=!~*?;&|<>^%@:,.-+_/ \t\n\r",
    *"abnrtvf0179éß😀\u00a0\x85\u2028\ufeff\u200b\x01\x1b\x7f\x0b\x0c\u2018\u201d",
    *("${A}", "${", "$A", "$(", "$$", "\\n", "\\\\", "\\'", "''", '""', " #", "\n#", "\nB=", "export ", "\n\n", "\r\n"),
    *("%A%", "%%", "%0A", "\\$", '\\"', "\\`", "<<"),
]


def fuzzed(seed: int) -> Values:
    choose = random.Random(seed)
    return {f"V{number:05}": "".join(choose.choices(PIECES, k=choose.randrange(9))) for number in range(FUZZED)}


def all_fuzzed() -> Iterator[Values]:
    """One such; in `make fuzz` as many as there is time for."""
    for seed in fuzzing.seeds(1):
        fuzzing.tried(FUZZED - 1)
        yield fuzzed(seed)


def awkward() -> Values:
    return {f"V_{name}": content for name, content in AWKWARD.items()}


def needed(dialect: str) -> Options:
    """The options without which the dialect renders nothing."""
    return Options(name="trial") if dialect == "k8s-secret" else PLAIN


def batches(dialect: str, values: Values) -> Iterator[Values]:
    """All the values, as many at a time as the dialect has room for."""
    size = 50 if dialect == "gitlab-dotenv" else len(values)
    names = list(values)
    for start in range(0, len(names), size):
        yield {name: values[name] for name in names[start : start + size]}


def entries(values: Values, *, sealed: bool = True) -> list[RenderedEntry]:
    return [RenderedEntry((name,), text(content), sealed) for name, content in values.items()]


def carried(dialect: str, values: Values, options: Options = PLAIN, *, sealed: bool = True) -> tuple[bytes, Values]:
    """The file for all values that the dialect does not refuse, and these values."""
    try:
        return render(dialect, entries(values, sealed=sealed), options), values
    except Refused as refused:
        missing = {refusal.name for refusal in refused.refusals}
        rest = {name: content for name, content in values.items() if name not in missing}
        return carried(dialect, rest, options, sealed=sealed)
