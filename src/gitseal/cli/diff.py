"""`gitseal diff`."""

from collections import Counter

from gitseal.cli import declare, output
from gitseal.cli.options import json_option, sops_declared
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import UsageError
from gitseal.project.reading import check_reveal
from gitseal.usecases.diff import (
    Compared,
    Difference,
    compare_sides,
    difference_words,
    mirrored_side,
    stored_side,
)

_SIDES = 2


@declare.command("diff")
@declare.argument("left", metavar="[A]", default="", complete=declare.ENVIRONMENTS)
@declare.argument("right", metavar="[B]", default="", complete=declare.ENVIRONMENTS)
@sops_declared(multiple=True)
@declare.option("--show-values", is_flag=True, help="Also show the values, if the policy allows it.")
@declare.option("--all", "show_all", is_flag=True, help="Also list names that are identical.")
@json_option
def command(
    session: Session, left: str, right: str, sops: tuple[str, ...], show_values: bool, show_all: bool, as_json: bool
) -> None:
    """Compare two environments, or two states of one, name by name.

    Each side is ENV or REV:ENV, such as HEAD~3:production. A name is only in one of them, different, identical, or unknown: no
    identity at hand opens it. With --sops that file is the first side; a second
    --sops is the other.

    Examples:
      gitseal diff development production
      gitseal diff HEAD~1:production production
      gitseal diff --sops secrets.enc.yaml production
    """
    given = tuple(filter(None, (left, right)))
    labels = (*sops, *given)
    if len(labels) != _SIDES:
        raise UsageError(
            f"diff compares two sides, not {len(labels)}",
            "name them, for example: gitseal diff development production",
        )
    rows = _rows(session, sops, given, show_values=show_values)
    if as_json:
        output.as_json([_object(row, show_values=show_values) for row in rows])
        return
    words = difference_words(*labels)
    listed = [row for row in rows if show_all or row.difference is not Difference.IDENTICAL]
    if show_values:
        output.table(
            ("NAME", "DIFFERENCE", *labels),
            ((row.name, words[row.difference], _side(row, "left"), _side(row, "right")) for row in listed),
        )
    else:
        output.table(("NAME", "DIFFERENCE"), ((row.name, words[row.difference]) for row in listed))
    counts = Counter(row.difference for row in rows)
    told = ", ".join(f"{counts[kind]} {words[kind]}" for kind in Difference if counts[kind])
    say(told or f"neither {labels[0]} nor {labels[1]} has any names")


def _rows(session: Session, sops: tuple[str, ...], given: tuple[str, ...], *, show_values: bool) -> list[Compared]:
    sides = [mirrored_side(session.mirror_of(words)) for words in sops]
    if not given:
        return compare_sides(*sides)
    # States of commits need no working tree.
    workspace = session.committed_workspace if all(":" in words for words in given) else session.workspace
    policy = workspace.project.policy
    shown = [policy.resolve(words.rpartition(":")[2]) for words in given if show_values]
    for environment in shown:
        check_reveal(workspace.project, environment)
    rows = compare_sides(*sides, *(stored_side(workspace, words) for words in given))
    for environment in shown:
        session.note_read("diff", environment, (row.name for row in rows if row.left or row.right))
    return rows


def _side(row: Compared, side: str) -> str:
    value = row.left if side == "left" else row.right
    absent = row.difference is (Difference.RIGHT if side == "left" else Difference.LEFT)
    return "" if absent else output.shown(value)


def _object(row: Compared, *, show_values: bool) -> dict[str, str]:
    shown = {"name": row.name, "difference": row.difference.value}
    if show_values:
        shown |= {side: _side(row, side) for side in ("left", "right")}
    return shown
