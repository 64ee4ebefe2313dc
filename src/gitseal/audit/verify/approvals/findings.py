"""Findings about a change of a branch: approvals that it lacks, and policies that nobody could change again."""

from collections.abc import Iterator, Sequence

from gitseal.audit.common_findings import POLICY, unchangeable
from gitseal.audit.verify.approvals.count import Count
from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.policy import parser
from gitseal.project.project import FOLDER
from gitseal.report.findings import ERROR, Finding, FindingRule
from gitseal.report.hints import YOU, Hint, advice, command, decision
from gitseal.report.plurals import plural
from gitseal.report.sentences import NOTHING, listed, literal, ours, sentence

NOT_APPROVED = FindingRule("not-approved", ERROR, "the policy asks for approvals that nobody has given")

_POLICY = "policy.yaml"
_LISTED = 3


def missing(commit: str, counts: Sequence[tuple[str, Count]], *, is_named: bool) -> Iterator[Finding]:
    """One finding for all paths that lack the same. `is_named`: it is known which branch the change is for."""
    alike: dict[tuple[int, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for _root, counted in counts:
        if not counted.is_enough:
            alike.setdefault((counted.needed, counted.given, counted.could), []).append(counted.path)
    for (needed, given, could), paths in alike.items():
        by = sentence(" ({})", listed(given, "{}")) if given else NOTHING
        others = sentence("; also: {}", listed(paths[1:], "{}", _LISTED)) if paths[1:] else NOTHING
        lacking = sentence("it takes {} and has {}{}", ours(plural(needed, "approval")), len(given), by)
        who = sentence("may approve: {}", listed(could, "{}")) if could else ours("nobody else may approve it")
        hint = _approve(could) if could else _more_people()
        if not is_named:
            hint = decision(YOU, "say which branch the change is for, by --target")
        message = sentence("{}; {}{}", lacking, who, others)
        yield NOT_APPROVED.at(paths[0], 0, message, hint, commit=commit)


def _approve(could: Sequence[str]) -> Hint:
    return decision(listed(could, "{}", separator=" or "), NOTHING, command("gitseal approve"))


def _more_people() -> Hint:
    return decision("whoever signed the change", "they do not count as well: let somebody else commit it")


def locking(repository: Repository, commit: str, paths: Sequence[str]) -> Iterator[Finding]:
    """Policies that the change brings and that nobody could change again, for they ask too much or cannot be read."""
    for path in paths:
        folder, _, name = path.rpartition(f"{FOLDER}/")
        # One inside of another `.secrets` judges nothing.
        if name != _POLICY or (folder and not folder.endswith("/")) or FOLDER in folder.split("/"):
            continue
        try:
            policy = parser.parse(repository.file(commit, path) or b"")
        except Error as error:
            words = sentence("what comes next is judged by it, and it cannot be read: {}", literal(error.message))
            yield POLICY.at(path, getattr(error, "line", 0), words, advice(error.hint), commit=commit)
            continue
        yield from unchangeable(policy, path, commit=commit)
