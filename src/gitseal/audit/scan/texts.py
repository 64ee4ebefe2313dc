"""Plaintext in what Git keeps beside the contents of files: messages, names of people, of files and of refs.

None of these can be told by printing it: a finding names the line of a message, and shows a name with stars in it.
"""

import os

from gitseal.report.findings import Finding
from gitseal.report.hints import YOU, Decision, decision
from gitseal.report.sentences import Sentence, ours, sentence
from gitseal.scan import private_keys, tokens
from gitseal.scan.rules import Rules
from gitseal.scan.scan_blob import scan_blob

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitseal.scan.team import TeamSearch

MESSAGE, HEADER = "(message)", "(header)"
"""What stands in a finding where else a file's path does. The header has the names of author and committer."""

_HIDDEN = b"***"
_FILE = 0o100644
# Neither begins like an env file, whatever a policy says.
_NO_RULES = Rules()
_SHARED = ours("if others have it already, make a new value")
_IF_HARMLESS = ours('if it is no secret, add "gitseal: allow" and a reason to that line')
IN_COMMIT = sentence(
    "reword the commit before others have it, by `git commit --amend` or, for an earlier one, `git rebase --interactive`; {}",
    _SHARED,
)
IN_HEADER = sentence(
    "correct user.name and user.email, then `git commit --amend --reset-author`, before others have the commit; {}",
    _SHARED,
)
IN_TAG = sentence("make the tag again with another message before others have it; {}", _SHARED)
IN_REF = sentence("let the ref lead to something else before others have it; {}", _SHARED)
RENAME_FILE = sentence("give the file another name before others have it; {}", _SHARED)
RENAME_REF = sentence("give it another name before others have it; {}", _SHARED)


def before_commit(path: str) -> Sentence:
    """What to do about a message that is in a file, and in no commit yet."""
    return sentence(
        "take it out of the message; your text is still in {}: add --edit --file {} to the command", path, path
    )


def hint(words: Sentence, finding: Finding, *, has_lines: bool) -> Decision:
    """The hint of a finding in a text: `words`, and what to do about a false alarm. A pragma has a place if it `has_lines`."""
    from gitseal.scan import team  # loaded by then, if there is such a finding

    if finding.rule == team.RULE and finding.hint.commands:
        return decision(YOU, sentence("{}; if it is no secret", words), *finding.hint.commands)
    may_be_allowed = has_lines and finding.rule != private_keys.RULE
    return decision(YOU, sentence("{}; {}", words, _IF_HARMLESS) if may_be_allowed else words)


def holds_any(texts: "Sequence[bytes]", team: "TeamSearch | None") -> bool:
    """True if one of many texts may hold something: one search for all, so that hardly any has to be looked at by itself."""
    return bool(texts) and bool(_found(MESSAGE, b"\n\n".join(texts), team))


def is_of_text(finding: Finding) -> bool:
    """True if it is about no file of a commit, so that no entry in allow.yaml could let it pass."""
    from gitseal.scan import team

    is_of_name = finding.line == 0 and finding.rule in {private_keys.RULE, tokens.RULE, team.RULE}
    return is_of_name or finding.path.endswith((MESSAGE, HEADER)) or finding.path.startswith("refs/")


def in_text(label: str, text: bytes, team: "TeamSearch | None", words: Sentence) -> list[Finding]:
    """The findings in a message, by its lines. `label` stands where else the path of a file does; `words` say what to do."""
    found = _found(MESSAGE, text, team)
    return [finding._replace(path=label, hint=hint(words, finding, has_lines=True)) for finding in found]


def in_object(label: str, raw: bytes, team: "TeamSearch | None", words: Sentence) -> list[Finding]:
    """The same for a commit or a tag as Git keeps it: a header, an empty line, the message."""
    header, _, message = raw.partition(b"\n\n")
    prefix = f"{label}:" if label else ""
    return [
        # Not for the team's values: one that is an address of somebody's would stop each of their pushes.
        *in_text(prefix + HEADER, header, None, IN_HEADER),
        *in_text(prefix + MESSAGE, message, team, words),
    ]


def in_file_names(paths: "Sequence[bytes]", team: "TeamSearch | None") -> dict[bytes, list[Finding]]:
    """The findings in names of files, by path."""
    return in_names(paths, team, "in the name of a file", RENAME_FILE)


def without_name(findings: "Sequence[Finding]", named: "Sequence[Finding]") -> list[Finding]:
    """Findings in a file whose name holds something: shown as its `named` findings show it, and without commands that need it."""
    return [finding._replace(path=named[0].path, hint=decision(YOU, RENAME_FILE)) for finding in findings]


def in_names(
    names: "Sequence[bytes]", team: "TeamSearch | None", where: str, words: Sentence
) -> dict[bytes, list[Finding]]:
    """The findings in names, by name; `where` says in words what each is: "in the name of a file"."""
    # A name's line ends would make several of it.
    if not names or not _found(MESSAGE, b"\n".join(name.replace(b"\n", b" ") for name in names), team):
        return {}
    findings = {name: _in_name(name, team, ours(where), words) for name in names}
    return {name: seen for name, seen in findings.items() if seen}


def _in_name(name: bytes, team: "TeamSearch | None", where: Sentence, words: Sentence) -> list[Finding]:
    seen = _found(MESSAGE, name, team)
    if not seen:
        return []
    shown = os.fsdecode(shown_name(name, team))
    return [
        finding._replace(
            path=shown,
            line=0,
            message=sentence("{}, {}", finding.message, where),
            hint=hint(words, finding, has_lines=False),
        )
        for finding in seen
    ]


def shown_name(name: bytes, team: "TeamSearch | None") -> bytes:
    """A name that holds something, with stars for each part of the path that does."""
    parts = [_HIDDEN if _found(MESSAGE, part, team) else part for part in name.split(b"/")]
    shown = b"/".join(parts)
    # A value may have a slash in it, so that no part alone is one.
    return _HIDDEN if _found(MESSAGE, shown, team) else shown


def _found(label: str, text: bytes, team: "TeamSearch | None") -> list[Finding]:
    return scan_blob(label.encode(), _FILE, [text], _NO_RULES, team)
