"""The people who could ever open a data key: its holders in history, and those who claim it on a ref that is not merged.

Somebody whose stanza for a key was ever published here has that key, whatever the file says now. Published is what the
trusted ref, HEAD, the index and the files have. A branch that was merely fetched, or an attempt that was given up, is a claim:
it is told until the key is replaced, and replaces nothing by itself.
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property

from gitseal.document import token_grammar
from gitseal.document.header import Access, Header
from gitseal.document.sealed_under import older, tokens_in
from gitseal.errors import Error
from gitseal.git.object_reader import ObjectReader
from gitseal.git.partial import objects_here
from gitseal.git.versions import EVERYWHERE, Version, elsewhere, listed, staged
from gitseal.policy.policy import DEFAULT
from gitseal.project.belief.facts import headers
from gitseal.project.belief.known import Known, RememberedClaim, known_in
from gitseal.project.belief.trusted import TrustedState
from gitseal.project.key_holders import Holder, holders
from gitseal.project.project import Project
from gitseal.recipients.kinds import POST_QUANTUM
from gitseal.recipients.stanza import parse_header
from gitseal.records import NamedTuple
from gitseal.report.sentences import Sentence, sentence
from gitseal.yamltext.outline import outline

_STANZA = re.compile(token_grammar.STANZA_START.encode())
_WHOLE_STANZA = re.compile(token_grammar.STANZA.encode())
_CONFLICT = b"\n<<<<<<<"
_NO_REF = "a commit of no branch"


class ClaimedAccess(NamedTuple):
    """Somebody who can open a group by a stanza that is on some ref only; `refs` are its names as people say them."""

    name: str
    environment: str
    group: str
    refs: tuple[str, ...]

    @property
    def words(self) -> Sentence:
        """The claim, and the way to shut its owner out. `rekey`, `check` and `review` all say it like this."""
        if self.group == DEFAULT:
            opened = sentence("{}", self.environment)
        else:
            opened = sentence('access group "{}" in {}', self.group, self.environment)
        return sentence(
            "{} already opens {} ({}, not merged); to shut {} out: `gitseal rekey --rotate -e {}`",
            self.name,
            opened,
            ", ".join(self.refs),
            self.name,
            self.environment,
        )


class Losses:
    """The past of a project's data keys. Raises Error if Git cannot show all of it: callers rely on nobody being left out."""

    def __init__(
        self, project: Project, trusted: TrustedState, known: Known, versions: Sequence[Version] | None = None
    ) -> None:
        """`versions` are those that `elsewhere` gives, if somebody has asked already."""
        self._versions = versions
        self._project = project
        self._trusted = trusted
        self._known = known

    def holders(self, key: str) -> set[Holder]:
        """Everyone who ever had a stanza for a key, by name and recipient id."""
        return set(self._holders.get(key, ()))

    def older_values(self, key: str, now: bytes) -> int:
        """The number of values that were sealed under a key and are not in the file any more. `now` is the file."""
        return older(self._tokens.get(key, frozenset()), now, key)

    def is_post_quantum(self, access: Access) -> bool:
        """True if every stanza for a group's key is post-quantum: those that it has, at least one, and all ever published.

        One of another kind is enough: whoever recorded it opens it with a quantum computer, and has the data key.
        """
        now = {stanza.payload.encode() for _recipient, stanza in access.by_recipient()}
        return bool(now) and all(map(_is_post_quantum, now | self._stanzas.get(access.key_id, set())))

    def claimed(self, header: Header, group: str) -> list[ClaimedAccess]:
        """The people who open a group's key by a stanza on other refs alone, and are not to have it by the policy.

        Raises Error if a key in the policy cannot be read.
        """
        key, scope = header.access[group].key_id, header.scope(group)
        policy = self._project.policy
        people = policy.open_to(header.environment, group) or ()
        known_here = {recipient for _name, recipient in (*header.access[group].wrapped(), *holders(policy, people))}
        on_refs = {
            RememberedClaim(name, recipient, key, ref)
            for (name, recipient), ref in self._others.get(key, {}).items()
            if recipient not in known_here
        }
        named = {(claim.name, claim.recipient) for claim in on_refs}
        # A branch that was deleted since: what it published is published. It stays remembered also while a branch is checked
        # out on which it is no claim.
        remembered = {claim for claim in self._known.claims(scope) if claim.key == key and claim[:2] not in named}
        self._known.keep_claims(scope, on_refs | remembered)
        claims = {claim for claim in on_refs | remembered if claim.recipient not in known_here}
        # Own history is long, and most clones have no claims at all: it is read only to strike some out.
        if claims:
            published = {recipient for _name, recipient in self.holders(key)}
            claims = {claim for claim in claims if claim.recipient not in published}
        by_name: dict[str, list[str]] = {}
        for claim in sorted(claims):
            by_name.setdefault(claim.name, []).append(_said(claim.ref))
        return [
            ClaimedAccess(name, header.environment, group, tuple(dict.fromkeys(refs))) for name, refs in by_name.items()
        ]

    @cached_property
    def _ours(self) -> list[str]:
        head = self._project.git().commit("HEAD")
        return [commit for commit in (head, self._trusted.commit) if commit]

    @cached_property
    def _own(self) -> list[str]:
        """The blobs of all published versions of sealed files."""
        repository = self._project.git()
        versions = listed(repository, self._ours, EVERYWHERE) if self._ours else iter(())
        return list(dict.fromkeys([*(version.blob for version in versions), *staged(repository, *EVERYWHERE)]))

    @cached_property
    def _holders(self) -> dict[str, dict[Holder, str]]:
        """By key id the holders of published stanzas."""
        holders_by_key: dict[str, dict[Holder, str]] = {}
        for content in self._project.git().blobs(self._own):
            _add_holders(holders_by_key, content, "")
        return holders_by_key

    @cached_property
    def _stanzas(self) -> dict[str, set[bytes]]:
        """By key id the distinct stanzas that were ever published, in base64."""
        stanzas: dict[str, set[bytes]] = {}
        for content in self._project.git().blobs(self._own):
            for stanza in _WHOLE_STANZA.finditer(content):
                stanzas.setdefault(stanza[1].decode(), set()).add(stanza[2])
        return stanzas

    @cached_property
    def _tokens(self) -> dict[str, set[int]]:
        """By key id the distinct tokens that were ever published. Whoever only asks for holders need not pay for it."""
        tokens: dict[str, set[int]] = {}
        seen: set[int] = set()
        for content in self._project.git().blobs(self._own):
            # Versions share most of their lines, and a token is within one. Of lines and tokens only hashes are kept: those
            # of 10,000 values in many versions would fill the memory.
            lines = content.split(b"\n")
            hashes = list(map(hash, lines))
            new = [line for line, known in zip(lines, hashes, strict=True) if known not in seen and b"ENC[" in line]
            seen.update(hashes)
            for key, token in tokens_in(b"\n".join(new)):
                tokens.setdefault(key, set()).add(token)
        return tokens

    @cached_property
    def _others(self) -> dict[str, dict[Holder, str]]:
        """By key id the holders of stanzas that other refs and reflogs have, each with one of the refs.

        What a partial clone left out is passed over: nothing is fetched to tell of a claim.
        """
        repository = self._project.git()
        # What the trusted ref has is struck out later, by whoever meets a claim: most clones need not look for that ref.
        versions = elsewhere(repository) if self._versions is None else self._versions
        refs = {version.blob: version.source for version in versions}
        others: dict[str, dict[Holder, str]] = {}
        here = objects_here(repository) if refs else None
        if here is not None:
            refs = {blob: ref for blob, ref in refs.items() if blob in here}
        if refs:
            reader = ObjectReader(repository.folder, in_hook=repository.in_hook, fetches=False)
            for ref, content in zip(refs.values(), reader.blobs(refs), strict=True):
                _add_holders(others, content or b"", ref)
        return others


def claims(project: Project, environments: Iterable[str], versions: Sequence[Version]) -> list[ClaimedAccess]:
    """The people who open these environments by a branch alone. Remembers it, if the Git directory can be written to.

    Of a commit's state nothing is remembered: the working tree is what later commands start from. Needs no identity, and
    reads own history only if another ref has somebody's stanza. An environment whose file or header cannot be read has no
    claims. `versions` are those that `elsewhere` gives. Raises Error if history, the policy or what
    this clone knows cannot be read.
    """
    known = known_in(project.git())
    losses = Losses(project, TrustedState(project), known, versions)
    claimed = [
        claim
        for environment in environments
        for header in headers(_file(project, environment))[:1]
        if header.environment == environment
        for group in header.access
        for claim in losses.claimed(header, group)
    ]
    if project.source.is_working_tree:
        # Told again the next time if it cannot be written.
        with suppress(Error, OSError):
            known.save()
    return claimed


def _file(project: Project, environment: str) -> bytes:
    try:
        return project.source.read(project.file(environment))
    except (Error, OSError):
        return b""


def _add_holders(by_key: dict[str, dict[Holder, str]], version: bytes, ref: str) -> None:
    """Adds the stanzas of a version. One that is no sealed file (a conflict, a hand-made state) counts for its lines."""
    for name, recipient, key in _stanzas(version):
        by_key.setdefault(key, {}).setdefault((name, recipient), ref)


def _stanzas(version: bytes) -> Iterator[tuple[str, str, str]]:
    """Person, recipient id and key id of every stanza in a version, whether or not it is a sound file.

    A stanza that once stood in a conflict, say, was published as well as any other: there the lines have to do.
    """
    whole = headers(version)
    for header in whole:
        for access in header.access.values():
            for name, recipient in access.wrapped():
                yield name, recipient, access.stanzas[name][recipient].key_id
    if b"STANZA[" not in version or (whole and _CONFLICT not in version):
        return
    for path, line, _text in outline(version):
        stanza = _STANZA.search(line) if b"STANZA[" in line else None
        if stanza and len(path) > 1:
            yield path[-2].decode(), path[-1].decode(), stanza[1].decode()


def _is_post_quantum(stanza: bytes) -> bool:
    """False for what cannot be read, too: nobody can say what it is."""
    try:
        kind = parse_header(a2b_base64(stanza)).type
    except (Base64Error, Error):
        return False
    return kind in POST_QUANTUM


def _said(ref: str) -> str:
    return ref.removeprefix("refs/heads/").removeprefix("refs/remotes/") or _NO_REF
