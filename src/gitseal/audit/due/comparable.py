"""The values of history as texts that are equal if the values are, as far as the identities at hand open them.

Sealing is randomised, so two tokens of one value differ, and without a key only `is_new_value` can say what that means. A value
that opens stands here as a digest of its content, and so does a plain one: then nothing has to be concluded.
"""

import os
from functools import cached_property

from gitseal.audit.exposure.exposed import Reason, known_values
from gitseal.audit.exposure.opening import PastValues
from gitseal.audit.exposure.past import Name, ValueChange, sealed_under
from gitseal.audit.exposure.people import KeyHolder
from gitseal.audit.exposure.timeline import Timeline
from gitseal.crypto.digest import sha256_hex
from gitseal.document.value import TypedValue
from gitseal.identities import Keyring


class ComparableValues:
    """The values of one timeline, opened with the identities in `keyring`. Each data key is unwrapped once."""

    def __init__(self, timeline: Timeline, keyring: Keyring) -> None:
        self._timeline = timeline
        self._past = PastValues(timeline, keyring)
        # The digests never leave the process, but a traceback might: with a salt they say nothing of a short value.
        self._salt = os.urandom(32)
        self._texts: dict[tuple[str, str], str] = {}

    def changes(self, name: Name) -> list[ValueChange]:
        """The changes of a name, and of those that it had before. Those that left the value as it was are no longer there."""
        compared = (
            change._replace(before=self.text(own[1], change.before), after=self.text(own[1], change.after))
            for own in self._names(name)
            for change in self._raw(own)
        )
        return [change for change in compared if change.before != change.after]

    def known(self, name: Name, holder: KeyHolder) -> set[str]:
        """The values of a name that somebody knows.

        What only stood plain is not theirs in particular: everybody with the repository has read that.
        """
        return {
            self.text(own[1], value)
            for own in self._names(name)
            for value, reasons in known_values(self._raw(own), holder).items()
            if reasons.keys() - {Reason.PLAIN}
        }

    def plain(self, name: Name) -> set[str]:
        """The values of a name that ever stood plain."""
        values = ((own, change.after) for own in self._names(name) for change in self._raw(own))
        return {self.text(own[1], value) for own, value in values if value and sealed_under(value) is None}

    def _raw(self, name: Name) -> list[ValueChange]:
        return self._timeline.changes.get(name, [])

    def _names(self, name: Name) -> list[Name]:
        """The name, and those that it had before: taken out with the same value by the commit that added the next one."""
        names = [name]
        for own in names:
            for change in self._raw(own):
                removed = () if change.before else self._removals.get((own[0], change.at.commit), ())
                value = self.text(own[1], change.after) if removed else ""
                names += [
                    other for other, before in removed if other not in names and self.text(other[1], before) == value
                ]
        return names

    @cached_property
    def _removals(self) -> dict[tuple[str, str], list[tuple[Name, str]]]:
        """The names that each commit took out of an environment, with their values."""
        removals: dict[tuple[str, str], list[tuple[Name, str]]] = {}
        for name, changes in self._timeline.changes.items():
            for change in changes:
                if not change.after:
                    removals.setdefault((name[0], change.at.commit), []).append((name, change.before))
        return removals

    def of(self, value: TypedValue) -> str:
        """The text that stands for a value that somebody opened."""
        return f"={sha256_hex(self._salt + value.reveal())}"

    def text(self, name: str, value: str) -> str:
        """The text that stands for a value of this name; the token itself if it does not open, and nothing for no value."""
        if (name, value) not in self._texts:
            opened = self._past.opened(name, value) if value else None
            # No token looks like a digest, so `sealed_under` takes it for plain: it is as certain as that.
            self._texts[name, value] = self.of(opened) if opened is not None else value
        return self._texts[name, value]
