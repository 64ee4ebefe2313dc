"""The env files that a new project takes over: one question for each, and one for what is no secret in them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from gitseal.cli import import_counts, terminal
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import Error
from gitseal.exchange import Imported, detect, foreign
from gitseal.exchange.foreign import ForeignSource, ToolKeys
from gitseal.exchange.parsing import parse_text
from gitseal.files.reading import read_regular
from gitseal.project.env_files import EnvFile, guessed_environment
from gitseal.project.project import Project
from gitseal.report.hints import command, path_word, untrack
from gitseal.report.plurals import plural
from gitseal.scan.no_secrets import no_secrets

_MOST_ASKED = 8
_NONE = "none"


class Taken(NamedTuple):
    """One env file, the environment that it goes to, its bytes and values, what opens it, and the names in it that are plain."""

    file: EnvFile
    environment: str
    data: bytes = b""
    imported: Imported = Imported(())
    keys: ToolKeys = ToolKeys()
    plain: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """The import by hand."""
        return command("gitseal import {} -e {}", path_word(self.file.path), self.environment).as_text()


def found(
    root: Path, files: Sequence[EnvFile], environments: Sequence[str], environ: Mapping[str, str], *, is_open: bool
) -> list[Taken]:
    """The env files that can be read and hold a value, each with the environment that its name speaks of.

    `is_open`: an environment that is not among `environments` may be made. It names each file that it cannot read, or cannot open
    with the keys of another tool in `environ` and the file's folder.
    """
    usable = []
    for file in files[:_MOST_ASKED]:
        guessed = guessed_environment(file.path, environments)
        environment = guessed if is_open or guessed in environments else environments[0]
        try:
            data = read_regular(root / file.path)
            keys = ToolKeys(environ=environ, folder=str((root / file.path).parent))
            opened = foreign.read(data, ForeignSource(file.path, "", keys))
            imported = opened.imported if opened else parse_text(detect(file.path), data, file.path)
        except (Error, OSError) as error:
            reason = error.message if isinstance(error, Error) else f"{file.path} cannot be read"
            say(f"gitseal: {reason}", f"  when that is mended: {Taken(file, environment).command}")
            continue
        if imported.items:
            usable.append(Taken(file, environment, data, imported, keys))
    if files[_MOST_ASKED:]:
        say(
            f"and {plural(len(files) - _MOST_ASKED, 'env file')} more: {', '.join(file.path for file in files[_MOST_ASKED:])}"
        )
    return usable


def ask(files: Sequence[Taken], environments: Sequence[str]) -> list[Taken]:
    """Those that a person wants, with the environment that they want for each.

    Raises Error if two of them give a name different values in one environment: the later would replace the earlier unsaid.
    """
    wanted = []
    for one in files:
        among = list(dict.fromkeys((one.environment, *environments)))
        question = (
            f"Seal the {plural(len(one.imported.items), 'value')} of {one.file.path} in {', '.join(among)} or {_NONE}?"
        )
        answer = terminal.choose(question, [*among, _NONE], one.environment)
        if answer != _NONE:
            wanted.append(one._replace(environment=answer))
    for environment in dict.fromkeys(one.environment for one in wanted):
        _refuse_different([one for one in wanted if one.environment == environment])
    return _with_plain(wanted)


def _refuse_different(files: Sequence[Taken]) -> None:
    from gitseal.usecases.import_ import refuse_different

    try:
        refuse_different([one.imported for one in files], [one.file.path for one in files])
    except Error as error:
        hint = "nothing was made; run gitseal init again, and choose another environment or none for one of the files"
        raise Error(error.message, hint) from None


def _with_plain(files: Sequence[Taken]) -> list[Taken]:
    """The same with the names that are plain, if there are any and the person says yes to all of them."""
    offered = {one.file.path: _ordinary(one) for one in files}
    names = list(dict.fromkeys(name for several in offered.values() for name in several))
    if not names:
        return list(files)
    verb = "do not look like secrets" if len(names) > 1 else "does not look like a secret"
    question = (
        f"{', '.join(names)} {verb}.",
        "Let everyone with the repository read them, so that changes show in reviews?",
    )
    if not terminal.confirm(*question):
        return list(files)
    return [one._replace(plain=offered[one.file.path]) for one in files]


def _ordinary(one: Taken) -> tuple[str, ...]:
    return no_secrets({item.path[0]: item.value.reveal() for item in one.imported.items if len(item.path) == 1})


def take(session: Session, project: Project, files: Sequence[Taken]) -> None:
    """Imports the files, says what became of each, and what to do with the plaintext."""
    from gitseal.project.workspace import Workspace
    from gitseal.usecases.import_ import ImportFile, import_values
    from gitseal.usecases.init import ignore

    for one in files:
        workspace = Workspace(project, session.keyring)
        say(f"{one.environment}: {one.file.path}")
        import_counts.tell(
            import_values(
                workspace,
                (one.environment,),
                ImportFile(one.data, source=one.file.path, keys=one.keys),
                plain=bool(one.plain),
            )
        )
    untracked = [one.file.path for one in files if not one.file.is_tracked]
    if ignore(project.root, untracked):
        say("added to .gitignore what it did not cover")
    if untracked:
        stay, them = ("stays", "it") if len(untracked) == 1 else ("stay", "them")
        say(f"{', '.join(untracked)} {stay} on this machine: .gitignore and the hook keep {them} out of Git")
    for one in files:
        if one.file.is_tracked:
            _tell_tracked(project, one.file.path)


def _tell_tracked(project: Project, path: str) -> None:
    """Says how Git forgets the file, and what that does not take back."""
    place = project.relative(project.root / path)
    say(f"{path} is tracked by Git; take it out, which leaves it here:", f"  {untrack(place).as_text()}")
    if project.git().file("HEAD", place) is not None:
        say(
            "its values are in history, for everyone who has a clone: they need new ones",
            '  read the page "I pushed a secret": docs/how-to/after-a-leak.md',
        )


def tell_left(files: Sequence[Taken]) -> None:
    """Names the files that nobody was asked about, or that a person did not want, with the command for each."""
    for one in files:
        say(f"{one.file.path} holds values in the open; to seal them:", f"  {one.command}")
