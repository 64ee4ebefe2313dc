"""The names and values that go out of an environment to a consumer: chosen, resolved, and checked by the manifest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from types import MappingProxyType

from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.delivery.request import Request
from gitseal.document.value import TypedValue, ValueType
from gitseal.errors import Error, shell_quoted
from gitseal.policy import dangerous_names
from gitseal.project.reading import OpenedEnvironment
from gitseal.records import NamedTuple
from gitseal.render import RenderedEntry
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

TYPE_CHECKING = False
if TYPE_CHECKING:  # loaded only if there are references or a manifest
    from gitseal.delivery.service_files import ServiceFile
    from gitseal.resolve.problems import Problem
    from gitseal.resolve.references import Resolved, Resolver


class Outgoing(NamedTuple):
    """The result: entries in order; how many names of sections do not; names that wait to be absorbed; warnings.

    `files` are those of the service. `parts` are the sealed values that went into entries and files by name, and into
    nothing whole. `unmatched` are the patterns of the request that match no name: probably misspelled. `held` are the names
    that wait, as they would go out.
    """

    entries: tuple[RenderedEntry, ...]
    sectioned: int
    pending: tuple[str, ...]
    warnings: tuple[str, ...]
    files: "tuple[ServiceFile, ...]" = ()
    parts: Mapping[str, TypedValue] = MappingProxyType({})
    unmatched: tuple[str, ...] = ()
    held: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Outgoing(…)"

    def names(self) -> Iterator[str]:
        """The names that go out, as they do: whole, inside of others, in files."""
        yield from ("/".join(entry.path) for entry in self.entries)
        yield from self.parts
        yield from (file.name for file in self.files)


def outgoing(opened: OpenedEnvironment, request: Request, *, with_sections: bool) -> Outgoing:
    """The names and values that a request gets. `with_sections`: the consumer takes names of more than one part.

    Raises Unmet with everything that stands against it at once: required names without a value, values that break their
    type or pattern, references that lead nowhere. Raises Error if a value does not open, and for an unknown service.
    """
    return _Delivery(opened, request, with_sections=with_sections).collect()


def refuse_steering(opened: OpenedEnvironment, service: str, names: Iterable[str]) -> None:
    """Raises Error for names that steer loaders and shells, unless the policy's `allow_names` lists them.

    A setting that honest applications have too goes out if a member sealed it, or if the manifest or a rule of the policy names
    it. Anyone who can commit can bring a plain or write-only value, under any name that they choose.
    """
    policy = opened.project.policy
    steering = [name for name in names if dangerous_names.steers(name) and name not in policy.allow_names]
    refused = [name for name in steering if not dangerous_names.is_setting(name)]
    if refused:
        raise Error(
            f"{', '.join(refused)} would steer a loader or shell wherever this is read",
            f"if that is meant, add to .secrets/policy.yaml: allow_names: [{', '.join(refused)}]",
        )
    undeclared = [name for name in steering if not _is_vouched(opened, service, name)]
    if undeclared:
        fields = ", ".join(f"{name}: {{}}" for name in undeclared)
        raise Error(
            f"{', '.join(undeclared)} would steer a program wherever this is read, no member sealed it and nobody declared it",
            f"if it is meant, declare it in .secrets/manifest.yaml: secrets: {{{fields}}}",
        )


def _is_vouched(opened: OpenedEnvironment, service: str, name: str) -> bool:
    """True if a member sealed what goes out under a name, or somebody declared it."""
    manifest = opened.project.manifest
    stored: NamePath = (name,)
    if service:
        from gitseal.resolve import services

        source = services.view(manifest, service, opened.entries)[(name,)]
        if source.template is not None:
            return True
        stored = source.path
    token = opened.entries[stored][1].token if stored in opened.entries else None
    if token is not None and token.kind != WRITE_ONLY:
        return True
    return stored in manifest.secrets or any(name in rule.names for rule in opened.project.policy.rules)


class _Delivery:
    """The collection of one request."""

    def __init__(self, layered: OpenedEnvironment, request: Request, *, with_sections: bool) -> None:
        self.project = layered.project
        self.layered = layered
        self.request = request
        self.with_sections = with_sections
        self.values: dict[NamePath, TypedValue] = {}
        self.pending: Mapping[NamePath, NamePath] = {}
        self.file_problems: Sequence[Problem] = ()
        self._resolver: Resolver | None = None

    def collect(self) -> Outgoing:
        if self.request.service:
            entries, pending = self.of_service()
        else:
            entries, pending = self.of_environment()
        self.pending = {path: stored for path, stored in pending.items() if self.with_sections or len(path) == 1}
        going = tuple(entries if self.with_sections else [entry for entry in entries if len(entry.path) == 1])
        files = self.of_files() if self.request.files else ()
        warnings = self.settle()
        parts = {"/".join(path): value for path, value in self._resolver.sealed().items()} if self._resolver else {}
        left_out = tuple(map(path_text, self.pending.values()))
        held = tuple(map(path_text, self.pending))
        return Outgoing(going, len(entries) - len(going), left_out, warnings, files, parts, self.unmatched(), held)

    def unmatched(self) -> tuple[str, ...]:
        patterns = (*self.request.only, *self.request.excepted)
        if not patterns:
            return ()
        from gitseal.policy.patterns import matches

        available = list(self.available())
        return tuple(pattern for pattern in patterns if not any(matches(pattern, path) for path in available))

    def available(self) -> Iterable[NamePath]:
        """All names that the request chooses from, as they would go out."""
        if not self.request.service:
            return self.layered.entries
        from gitseal.delivery import service_files
        from gitseal.resolve import services

        manifest, service = self.project.manifest, self.request.service
        files = service_files.declared(manifest, service) if self.request.files else ()
        return [*services.view(manifest, service, self.layered.entries), *(file.secret for file in files)]

    def of_environment(self) -> tuple[list[RenderedEntry], Mapping[NamePath, NamePath]]:
        """What goes out, and the names that wait for a member: each by the name that it would go out as."""
        request, layered = self.request, self.layered
        # Names in sections are counted and not opened if the consumer takes none of them.
        unopened = [] if self.with_sections else [path for path in layered.in_sections() if request.takes(path)]
        everything = not request.only and not request.excepted and not unopened
        opened = layered.open_all(
            None if everything else lambda path: (self.with_sections or len(path) == 1) and request.takes(path)
        )
        self.values = opened.values
        pending = {path: path for path in opened.pending}
        if not opened.plain:
            # Only plain values have references to resolve.
            # With every field given, which takes a quarter of the time that a default takes.
            whole = map(RenderedEntry, opened.values, opened.values.values(), repeat(True))  # noqa: FBT003 - `sealed`
            return [*whole, *map(_unopened, unopened)], pending
        entries = [self.entry(path, path, value) for path, value in opened.values.items()]
        return [*filter(None, entries), *map(_unopened, unopened)], pending

    def of_service(self) -> tuple[list[RenderedEntry], Mapping[NamePath, NamePath]]:
        """As `of_environment`, for a service."""
        from gitseal.resolve import services

        sources = services.view(self.project.manifest, self.request.service, self.layered.entries)
        entries: list[RenderedEntry | None] = []
        pending: dict[NamePath, NamePath] = {}
        for path, source in sources.items():
            if not self.request.takes(path):
                continue
            if source.template is not None:
                entries.append(self.from_template(path, source.template))
            elif self.layered.is_pending(source.path):
                pending[path] = source.path
            else:
                value = self.layered.open(source.path)
                self.values[source.path] = value
                entries.append(self.entry(path, source.path, value))
        return [entry for entry in entries if entry is not None], pending

    def from_template(self, path: NamePath, template: TypedValue) -> RenderedEntry | None:
        """A variable that the manifest gives a service by its `env`."""
        if template.kind is not ValueType.TEXT:
            return RenderedEntry(path, template, sealed=False)
        label = f"{'/'.join(path)} in env of {self.request.service}"
        return _entry(path, self.resolver.text(template.reveal().decode(), label))

    def of_files(self) -> "tuple[ServiceFile, ...]":
        """The files of the service. What stands against one is kept for `settle`."""
        from gitseal.delivery import service_files

        files = service_files.declared(self.project.manifest, self.request.service)
        made = service_files.contents(
            (file for file in files if self.request.takes(file.secret)), self.request.service, self.resolver
        )
        self.file_problems = made.problems
        return made.files

    def entry(self, path: NamePath, stored: NamePath, value: TypedValue) -> RenderedEntry | None:
        """A stored value under the name that it goes out as; references resolve in plain values alone."""
        is_sealed = self.layered.entries[stored][1].token is not None
        if is_sealed or value.kind is not ValueType.TEXT or b"${" not in value.reveal():
            return RenderedEntry(path, value, is_sealed)
        return _entry(path, self.resolver.name(stored))

    @property
    def resolver(self) -> "Resolver":
        """Resolves references; made for the first of them."""
        if self._resolver is None:
            from gitseal.resolve.references import Resolver

            self._resolver = Resolver(self.layered.look_up, self.request.variables)
        return self._resolver

    def settle(self) -> tuple[str, ...]:
        """Raises Unmet with all problems; gives the sentences of those that are only warnings."""
        fatal: list[Problem] = []
        warnings: tuple[Problem, ...] = ()
        problems = self.problems()
        if problems:
            from gitseal.resolve import requirements

            sorted_problems = requirements.sort(problems, allow_missing=self.request.allow_missing)
            fatal, warnings = list(sorted_problems.fatal), sorted_problems.warnings
        if self._resolver is not None:
            fatal += self._resolver.problems
        if fatal:
            from gitseal.resolve.problems import Unmet

            raise Unmet(fatal, self.way_out(fatal[0].name.split(" ", maxsplit=1)[0]))
        return tuple(problem.sentence for problem in warnings)

    def problems(self) -> "list[Problem]":
        """What the manifest misses, what stands against a file, and values that wait for a member and are needed."""
        problems: list[Problem] = []
        if self.pending:
            from gitseal.delivery import pending

            problems += pending.problems(self.layered, self.pending.values())
        if self.project.manifest.secrets or self.file_problems:
            from gitseal.resolve import requirements

            present = (path for path in self.layered.entries if not self.layered.is_pending(path))
            view = {path: self.values.get(path) for path in present}
            told = {problem.name for problem in problems}
            unmet = requirements.problems(self.project.manifest, self.layered.environment, view)
            problems += [problem for problem in unmet if problem.name not in told]
            problems += self.file_problems
        return problems

    def way_out(self, name: str) -> str:
        """What to do about a name that stops the delivery."""
        environment = self.layered.environment
        for path, stored in self.pending.items():
            if path_text(stored) == name:
                from gitseal.delivery import pending

                return pending.way_out(self.layered, stored, path, has_except=self.request.has_except)
        return f"see where a value comes from: gitseal explain {shell_quoted(name)} -e {environment}"


def _unopened(path: NamePath) -> RenderedEntry:
    return RenderedEntry(path, TypedValue(ValueType.NULL, b""))


def _entry(path: NamePath, resolved: "Resolved | None") -> RenderedEntry | None:
    return RenderedEntry(path, resolved.value, not resolved.is_plain) if resolved is not None else None
