"""The things that a scan was asked for and could not look into, counted by kind: nobody is to take silence for an answer."""

from collections.abc import Iterator, Sequence

from gitseal.git.object_types import KIND, SUBMODULE, SYMLINK
from gitseal.git.staged import FileVersion
from gitseal.report.findings import NOTE, Finding, FindingRule
from gitseal.report.pages import PLAINTEXT
from gitseal.report.plurals import plural
from gitseal.report.sentences import Sentence, ours, sentence
from gitseal.scan import opaque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.audit.scan.team import FoundTeam

NOT_LOOKED_INTO = FindingRule("not-looked-into", NOTE, "what scan could not look into", PLAINTEXT)

_SUBMODULES = "{}"
_NOUNS = {_SUBMODULES: "submodule", opaque.LINK_OUT: "symbolic link"}
_NO_IDENTITY = "your team's own values, because no identity is at hand"


class UnseenFiles:
    """The files of one scan that it could not look into; each is noted while its content passes."""

    def __init__(self) -> None:
        self._paths: dict[str, list[bytes]] = {}

    def note_submodules(self, versions: Sequence[FileVersion]) -> None:
        """Notes those among the versions: their files are another repository's."""
        for version in versions:
            if version.mode == SUBMODULE:
                self._note(_SUBMODULES, version.path)

    def passing(self, version: FileVersion, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The same chunks; what their beginning tells is noted."""
        head = next(chunks, b"")
        is_link = version.mode & KIND == SYMLINK
        what = opaque.kind_of_link(version.path, head) if is_link else opaque.kind(head[: opaque.HEAD])
        if what:
            self._note(what, version.path)
        yield head
        yield from chunks

    def _note(self, what: str, path: bytes) -> None:
        self._paths.setdefault(what, []).append(path)

    def findings(self, team: "FoundTeam") -> tuple[Finding, ...]:
        """One note for each kind, at the first of its files; and one if nothing opened the team's values."""
        notes = [
            NOT_LOOKED_INTO.at(paths[0].decode("utf-8", "surrogateescape"), 0, _counted(what, len(paths)))
            for what, paths in sorted(self._paths.items())
        ]
        return (*notes, *([NOT_LOOKED_INTO.at("", 0, sentence(_NO_IDENTITY))] if team.lacks_identity else ()))


def _counted(what: str, count: int) -> Sentence:
    return sentence(what, ours(plural(count, _NOUNS.get(what, "file"))))
