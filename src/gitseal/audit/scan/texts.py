"""Plaintext in what Git keeps beside the contents of files: messages, names of people, of files and of refs.

None of these can be told by printing it: a finding names the line of a message, and shows a name with stars in it.
"""

import os

from gitseal.report.findings import Finding
from gitseal.report.hints import YOU, Decision, decision
from gitseal.report.sentences import Sentence, ours, sentence
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
_NEW_VALUE = "if others have it, make a new value"
_IF_HARMLESS = 'if it is no secret, add "gitseal: allow" and a reason to that line'
IN_COMMIT = decision(
    YOU,
    "reword the commit before others have it (git commit --amend for the last one, git rebase --interactive for an earlier one); "
    f"{_NEW_VALUE}; {_IF_HARMLESS}",
)
IN_HEADER = decision(
    YOU,
    f"correct user.name and user.email, then git commit --amend --reset-author, before others have the commit; {_NEW_VALUE}",
)
IN_TAG = decision(
    YOU,
    f"make the tag again with another message (git tag --force --annotate) before others have it; {_NEW_VALUE}; {_IF_HARMLESS}",
)
RENAME_FILE = decision(YOU, f"give the file another name (git mv) before others have it; {_NEW_VALUE}")
RENAME_REF = decision(
    YOU, f"give it another name (git branch --move; for a tag: git tag) before others have it; {_NEW_VALUE}"
)


def before_commit(path: str) -> Decision:
    """The hint for a message that is in a file, and in no commit yet."""
    words = "take it out of the message; your text is still in {}: add --edit --file {} to the command; {}"
    return decision(YOU, sentence(words, path, path, ours(_IF_HARMLESS)))


def holds_any(texts: "Sequence[bytes]", team: "TeamSearch | None") -> bool:
    """True if one of many texts may hold something: one search for all, so that hardly any has to be looked at by itself."""
    return bool(texts) and bool(_found(MESSAGE, b"\n\n".join(texts), team))


def is_of_text(finding: Finding) -> bool:
    """True if it is about no file's content, so that no entry in allow.yaml could let it pass."""
    return finding.path.endswith((MESSAGE, HEADER)) or finding.hint in {RENAME_FILE, RENAME_REF}


def in_text(label: str, text: bytes, team: "TeamSearch | None", hint: Decision) -> list[Finding]:
    """The findings in a message, by its lines. `label` stands where else the path of a file does."""
    return [finding._replace(path=label, hint=hint) for finding in _found(MESSAGE, text, team)]


def in_object(label: str, raw: bytes, team: "TeamSearch | None", hint: Decision) -> list[Finding]:
    """The same for a commit or a tag as Git keeps it: a header, an empty line, the message."""
    header, _, message = raw.partition(b"\n\n")
    prefix = f"{label}:" if label else ""
    return [
        *in_text(prefix + HEADER, header, team, IN_HEADER),
        *in_text(prefix + MESSAGE, message, team, hint),
    ]


def in_file_names(paths: "Sequence[bytes]", team: "TeamSearch | None") -> dict[bytes, list[Finding]]:
    """The findings in names of files, by path."""
    return in_names(paths, team, "in the name of a file", RENAME_FILE)


def without_name(findings: "Sequence[Finding]", named: "Sequence[Finding]") -> list[Finding]:
    """Findings in a file whose name holds something: shown as its `named` findings show it, and without commands that need it."""
    return [finding._replace(path=named[0].path, hint=RENAME_FILE) for finding in findings]


def in_names(
    names: "Sequence[bytes]", team: "TeamSearch | None", where: str, hint: Decision
) -> dict[bytes, list[Finding]]:
    """The findings in names, by name; `where` says in words what each is: "in the name of a file"."""
    # A name's line ends would make several of it.
    if not names or not _found(MESSAGE, b"\n".join(name.replace(b"\n", b" ") for name in names), team):
        return {}
    findings = {name: _in_name(name, team, ours(where), hint) for name in names}
    return {name: seen for name, seen in findings.items() if seen}


def _in_name(name: bytes, team: "TeamSearch | None", where: Sentence, hint: Decision) -> list[Finding]:
    seen = _found(MESSAGE, name, team)
    if not seen:
        return []
    shown = os.fsdecode(shown_name(name, team))
    return [
        finding._replace(path=shown, line=0, message=sentence("{}, {}", finding.message, where), hint=hint)
        for finding in seen
    ]


def shown_name(name: bytes, team: "TeamSearch | None") -> bytes:
    """A name that holds something, with stars for each part of the path that does."""
    parts = [_HIDDEN if _found(MESSAGE, part, team) else part for part in name.split(b"/")]
    return b"/".join(parts) if _HIDDEN in parts else _HIDDEN


def _found(label: str, text: bytes, team: "TeamSearch | None") -> list[Finding]:
    return scan_blob(label.encode(), _FILE, [text], _NO_RULES, team)
