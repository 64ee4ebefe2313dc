"""`import`: values from a file of another format, into environments."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gitseal import exchange
from gitseal.exchange.parsing import parse_text
from gitseal.project.workspace import Workspace
from gitseal.sealing.change import Change, Outcome, SetResult
from gitseal.sealing.writing import change


class ImportResult(NamedTuple):
    """The result of an import: names by outcome, those that kept a reference as text, and those set twice in the file."""

    done: tuple[SetResult, ...]
    references: tuple[str, ...]
    duplicates: tuple[str, ...]

    def count(self, outcome: Outcome) -> int:
        """The number of values with this outcome."""
        return sum(result.outcome is outcome for result in self.done)


def import_values(
    workspace: Workspace,
    environments: Sequence[str],
    data: bytes,
    format_name: str,
    *,
    expand_with: Mapping[str, str] | None = None,
    plain: bool = False,
    source: str = "",
) -> ImportResult:
    """Sets all that a file holds. `source` names it in errors.

    `expand_with` resolves references, with these variables for what the file does not set.

    Raises Error, with nothing written, if the file does not parse or a value is refused.
    """
    imported = parse_text(format_name, data, source)
    if expand_with is not None:
        imported = exchange.expand(imported, expand_with)
    values = {item.path: item.value for item in imported.items}

    def action(edit: Change) -> list[SetResult]:
        return [edit.set_named(path, value, plain=plain) for path, value in values.items()]

    results = change(workspace, environments, action)
    return ImportResult(
        tuple(done for environment_results in results.values() for done in environment_results),
        imported.references,
        imported.duplicates,
    )
