"""`gitseal resolve`."""

import shlex
from collections.abc import Iterator
from pathlib import Path

from gitseal.cli import declare, output
from gitseal.cli.options import accept_options, json_option
from gitseal.cli.resolving import Answers, both_sides, show
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.conflict import conflicted_file, conflicted_text
from gitseal.conflict.conflicted_file import OURS, THEIRS, ConflictedFile
from gitseal.conflict.merge_files import STRUCTURED
from gitseal.conflict.proposals import NOT_THERE, Name, TakenSide, look
from gitseal.document.value import TypedValue
from gitseal.errors import Error, UsageError, shell_quoted
from gitseal.git import conflicts
from gitseal.project.project import Project
from gitseal.report.escaping import printable
from gitseal.report.hints import pathspec
from gitseal.report.plurals import plural
from gitseal.usecases import resolve
from gitseal.yamltext.tree import NamePath


@declare.command("resolve")
@declare.argument("files", metavar="[FILE|ENV...]", nargs=-1)
@declare.option("--ours", multiple=True, metavar="NAME", help="Take our side of this name; may repeat.")
@declare.option("--theirs", multiple=True, metavar="NAME", help="Take the other side of this name; may repeat.")
@declare.option(
    "--new", multiple=True, metavar="NAME", help="Give this name a new value: typed, or from standard input."
)
@declare.option("--ours-all", "rest", flag_value=OURS, help="Take our side of all other names.")
@declare.option("--theirs-all", "rest", flag_value=THEIRS, help="Take the other side of all other names.")
@declare.option("--keys", choices=[OURS, THEIRS], help="Whose data keys to keep if both sides replaced one.")
@declare.option("--list", "only_list", is_flag=True, help="Say what is in conflict, and change nothing.")
@declare.option("--add", is_flag=True, help="Stage the files when they are resolved, as git add does.")
@accept_options
@json_option
def command(
    session: Session,
    files: tuple[str, ...],
    ours: tuple[str, ...],
    theirs: tuple[str, ...],
    new: tuple[str, ...],
    rest: str | None,
    keys: str | None,
    only_list: bool,
    add: bool,
    accept: tuple[str, ...],
    as_json: bool,
) -> None:
    """Finish a merge that stopped at a sealed file, name by name.

    It does the same for a rebase, cherry-pick, revert or stash pop. Each name gets our value, theirs or a new one. gitseal shows
    who set each side and when, and asks only if the values do not settle it. In a rebase, ours is the branch that you rebase
    onto, as in Git. It also says what is in conflict in the policy and the manifest; edit these yourself, and first. Files are
    staged only with --add.

    Examples:
      gitseal resolve --list
      gitseal resolve --theirs DATABASE_URL --ours-all --add
    """
    given = {**dict.fromkeys(ours, OURS), **dict.fromkeys(theirs, THEIRS), **dict.fromkeys(new, "new")}
    if len(given) != len(ours) + len(theirs) + len(new):
        raise UsageError("a name is given twice", "give each name one of --ours, --theirs, --new")
    texts = (
        [name for name in map(_structured, files) if name] if files else conflicted_text.in_conflict(session.project)
    )
    listed: list[dict[str, object]] = []
    _texts(session, texts, listed if only_list else None, add=add)
    sealed = [_environment(session, file) for file in files if not _structured(file)]
    chosen = sealed if files else conflicted_file.in_conflict(session.project)
    if not chosen and not texts:
        say("no sealed file is in conflict")
    answers = Answers(session, given, rest)
    removed = {environment: words for environment in chosen if (words := _taken_out(session.project, environment))}
    for environment in chosen:
        if environment in removed:
            say(removed[environment])
            if listed is not None:
                listed.append({"environment": environment, "name": ""})
            continue
        _one(session, environment, answers, keys, accept, listed if only_list else None, add=add)
    if only_list and as_json:
        output.as_json(listed)
    answers.check_used()
    # To stage such a file decides for the side that kept it, and a removal would be undone unseen.
    if removed and not only_list:
        count = len(removed)
        was = "was" if count == 1 else "were"
        raise Error(f"{plural(count, 'file')} {was} removed by one side and changed by the other: decide as said above")


def _environment(session: Session, given: str) -> str:
    """The environment of a name or of a file's path."""
    path = Path(given)
    if path.suffix == ".yaml" and path.stem in session.project.environments:
        return path.stem
    return session.project.resolve(given)


def _stage(session: Session, path: str) -> None:
    if session.project.git().git("add", "--", path) is None:
        raise Error(f'Git cannot stage "{path}"', f"see why: git add -- {_spec(path)}")


def _spec(path: str) -> str:
    return shell_quoted(pathspec(path))


def _structured(given: str) -> str:
    """The name of a policy or manifest that was given by its path; empty for anything else."""
    name = Path(given).name
    return name if name in STRUCTURED else ""


def _texts(session: Session, names: list[str], listed: list[dict[str, object]] | None, *, add: bool) -> None:
    """Tells of policy and manifest, and stages those that are resolved if `add` says so.

    Raises Error if a person has to edit one: the policy says who opens what is sealed again, so it comes first.
    """
    waiting = [path for name in names for path in _text(session, name, listed)]
    for path in (session.project.relative(session.project.folder / name) for name in names if add and listed is None):
        if path not in waiting:
            _stage(session, path)
    if waiting:
        raise Error(
            f"{' and '.join(waiting)} {'are' if len(waiting) > 1 else 'is'} for a person to decide",
            f"edit what stands between the markers, then: git add -- {' '.join(map(_spec, waiting))} && gitseal resolve",
        )


def _text(session: Session, name: str, listed: list[dict[str, object]] | None) -> Iterator[str]:
    """Tells of a policy or manifest in conflict; gives its path if a person has to edit it."""
    project = session.project
    conflicted = conflicted_text.load(project, name)
    path = project.relative(project.folder / name)
    if conflicted is None:
        say(f"{path}: no conflict is left; next: git add -- {_spec(path)}")
        return
    if isinstance(conflicted, bytes):
        if listed is None:
            conflicted_text.write_merged(project, name, conflicted)
            say(f"{path}: merged by structure, nothing was in conflict; next: git add -- {_spec(path)}")
        return
    sides = conflicts.operation(project.git())
    say(f"{path}: ours is {sides.ours}; theirs is {sides.theirs}")
    for entry in conflicted.entries:
        say(f"  {printable(entry)}")
    say(f"  {plural(len(conflicted.lines), 'conflict')}, in line {', '.join(map(str, conflicted.lines))}")
    if listed is None:
        yield path
    else:
        listed += [{"file": path, "name": entry} for entry in conflicted.entries or ("",)]


def _taken_out(project: Project, environment: str) -> str:
    """The choices for a file that one side removed and the other changed; empty for any other file."""
    side = conflicted_file.taken_out_by(project, environment)
    if side is None:
        return ""
    path = project.relative(project.file(environment))
    if environment in project.policy.environments:
        return f"{path}: {side} removed it; to remove it: git rm -- {_spec(path)}; to keep it: git add -- {_spec(path)}"
    # To keep a file that the policy does not list would bring back what somebody ended, or gave another name.
    return f"{path}: {side} removed it, and the policy does not list it; next: git rm -- {_spec(path)}"


def _one(
    session: Session,
    environment: str,
    answers: Answers,
    keys: str | None,
    accept: tuple[str, ...],
    listed: list[dict[str, object]] | None,
    *,
    add: bool,
) -> None:
    """Resolves one file, or lists it; stages it if `add` says so."""
    project = session.project
    path = project.relative(project.file(environment))
    file = conflicted_file.load(project, environment)
    if file is None:
        _done(session, environment, f"{path}: no conflict is left", add=add and listed is None)
        return
    if isinstance(file, bytes):
        if listed is None:
            resolve.write_merged(project, environment, file)
            _done(session, environment, f"{path}: merged by name, nothing was in conflict", add=add)
        return
    names = look(session.workspace._replace(project=project), file)
    say(f"{path}: ours is {file.operation.ours}; theirs is {file.operation.theirs}")
    _say_groups(file, environment)
    if listed is not None:
        for name in names:
            listed.append(show(session, file, name))
        return
    _apply(session, file, names, _choices(session, file, names, answers), keys, accept)
    _done(session, environment, f"{path} is resolved", add=add)


def _done(session: Session, environment: str, words: str, *, add: bool) -> None:
    """Says that a file is resolved, and stages it or says how."""
    path = session.project.relative(session.project.path(environment))
    if add:
        _stage(session, path)
    looked = "look at it with git diff --cached" if add else f"look at it with git diff, then: git add -- {_spec(path)}"
    say(f"{words}; {'staged; ' if add else ''}{looked}")


def _choices(
    session: Session, file: ConflictedFile, names: list[Name], answers: Answers
) -> dict[NamePath, TakenSide | TypedValue]:
    """The choice for each name. Raises Error, after all of them were looked at, if a person has to decide some."""
    choices: dict[NamePath, TakenSide | TypedValue] = {}
    open_names: list[Name] = []
    for name in names:
        is_asked = name.text not in answers.given and name.proposal is None and answers.rest is None
        told = both_sides(session, file, name) if is_asked else ("", "")
        choice = answers.choose(name, told)
        if choice is None:
            open_names.append(name)
            say(f"  {name.text}", f"    ours:   {told[0]}", f"    theirs: {told[1]}")
        else:
            choices[name.path] = choice
    if open_names:
        # The side that has a value, if only one has: what is pasted must drop none.
        chosen = [THEIRS if name.sides[0].kind in {"removed", NOT_THERE} else OURS for name in open_names]
        sides = " ".join(f"--{word} {shlex.quote(name.text)}" for word, name in zip(chosen, open_names, strict=True))
        raise Error(
            f"a person has to decide {plural(len(open_names), 'name')} of {file.environment}",
            f"choose --ours, --theirs or --new for each, such as: gitseal resolve {file.environment} {sides}",
        )
    return choices


def _apply(
    session: Session,
    file: ConflictedFile,
    names: list[Name],
    choices: dict[NamePath, TakenSide | TypedValue],
    keys: str | None,
    accept: tuple[str, ...],
) -> None:
    resolved = file
    swaps = keys == THEIRS if keys else resolve.side_of_keys(session.workspace, file) is TakenSide.THEIRS
    if swaps:
        resolved = file.swapped()
        choices = {
            path: TakenSide(1 - choice.value) if isinstance(choice, TakenSide) else choice
            for path, choice in choices.items()
        }
    done = session.confirmed(accept, lambda workspace: resolve.apply(workspace, resolved, choices))
    because = {name.text: name.because for name in names if name.proposal is not None}
    for group, words in done.groups:
        say(f"{file.environment}: access group {group} {words}")
    for text_, words in done.names:
        say(f"{file.environment}: {text_}: {words}{f', since {because[text_]}' if because.get(text_) else ''}")


def _say_groups(file: ConflictedFile, environment: str) -> None:
    if file.is_two_files:
        say(f"  both sides created {environment}; one file stays, and the values of the other are sealed into it")
    for group in file.groups:
        say(f"  both sides changed who can open access group {group}; it now follows the policy")
