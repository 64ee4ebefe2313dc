"""The tables of docs/reference/dialects.md: which dialect carries which awkward value, from its real readers' answers."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from gitseal.render import DIALECTS, Refused, options_of, render
from tests.render import readers
from tests.render.values import AWKWARD, awkward, batches, entries, needed

# They cannot be had nearly everywhere, and the tables must not differ by them: what stands beside speaks for them.
OPTIONAL = {"pwsh", "Terraform"}


def markdown() -> str | None:
    """The tables, or None where a reader is missing: then nothing can be said."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            answers = {dialect: _answers(dialect, Path(folder) / "rendered.env") for dialect in DIALECTS}
    except readers.Missing:
        return None
    return "\n".join([*_dialects(answers), "", *_values(answers)]) + "\n"


def _answers(dialect: str, path: Path) -> dict[str, str]:
    """For each awkward value the reason why it is refused, or nothing where every reader gave it back."""
    answers: dict[str, str] = {}
    for values in batches(dialect, awkward()):
        some, sealed = dict(values), dialect != "docker-build"
        try:
            render(dialect, entries(values, sealed=sealed), needed(dialect))
        except Refused as refused:
            for name, reason in refused.refusals:
                answers[name] = reason
                del some[name]
        path.write_bytes(render(dialect, entries(some, sealed=sealed), needed(dialect)))
        for reader in _readers(dialect).values():
            read = reader(path)
            answers |= {name: "" for name, content in some.items() if read[name] == content}
    return {name: answers[f"V_{name}"] for name in AWKWARD}


def _readers(dialect: str) -> dict[str, readers.Reader]:
    return {name: reader for name, reader in readers.READERS[dialect].items() if name not in OPTIONAL}


def _dialects(answers: dict[str, dict[str, str]]) -> Iterator[str]:
    yield f"| `--format` | options | read back by | of the {len(AWKWARD)} awkward values it refuses |"
    yield "|---|---|---|---|"
    for dialect, reasons in answers.items():
        options = ", ".join(f"`{option}`" for option in options_of(dialect))
        refused = sum(map(bool, reasons.values())) or "none"
        yield f"| `{dialect}` | {options} | {', '.join(_readers(dialect))} | {refused} |"


def _values(answers: dict[str, dict[str, str]]) -> Iterator[str]:
    refusing = [dialect for dialect, reasons in answers.items() if any(reasons.values())]
    numbers: dict[str, int] = {}
    yield "| value | " + " | ".join(f"`{dialect}`" for dialect in refusing) + " |"
    yield "|---|" + ":-:|" * len(refusing)
    for name in AWKWARD:
        reasons = [answers[dialect][name] for dialect in refusing]
        if any(reasons):
            cells = [str(numbers.setdefault(reason, len(numbers) + 1)) if reason else "✓" for reason in reasons]
            yield f"| {_shown(AWKWARD[name])} | " + " | ".join(cells) + " |"
    yield ""
    yield "It has:"
    yield ""
    for reason, number in numbers.items():
        yield f"{number}. {_escaped(reason)}"
    everywhere = sum(not any(answers[dialect][name] for dialect in answers) for name in AWKWARD)
    yield ""
    yield f"All dialects carry the other {everywhere}, and the dialects without a column carry all {len(AWKWARD)}."


def _shown(content: str) -> str:
    literal = json.dumps(content)
    return f"<code>{_escaped(literal if len(literal) < 60 else literal[:30] + ' … ' + literal[-10:])}</code>"


def _escaped(text: str) -> str:
    """As it stands, in Markdown too."""
    return "".join(f"&#{ord(sign)};" if sign in "&<>|`*_\\~[]${}#" else sign for sign in text)
