"""Made-up sealed files and edits of them, for the laws of merging: no cryptography, but headers that hold together."""

from typing import NamedTuple

from hypothesis import strategies as st

from gitseal.crypto.public_key import PublicKey, Scope
from gitseal.document.header import public_text
from gitseal.document.token import Stanza, Token

FILE_ID = "f" + "0" * 32
PEOPLE = ("alice", "bob", "carol", "dave")
NAMES = ("A", "AB", "B", "BA", "C", "D", "E", "api/A", "api/B", "api/C", "web/A", "web/B")


class State(NamedTuple):
    """What a file holds. A value is a number: odd ones are sealed, even ones are plain; `comments` stand above names."""

    values: tuple[tuple[str, int], ...]
    key: int = 0
    people: tuple[tuple[str, int], ...] = (("alice", 0),)
    comments: tuple[tuple[str, int], ...] = ()
    is_unsorted: bool = False
    stale: tuple[str, ...] = ()

    @property
    def text(self) -> bytes:
        return _text(self)


def public(number: int, file_id: str = FILE_ID) -> PublicKey:
    """A public key of that number; none of these is of low order."""
    return PublicKey(Scope(file_id, "production", "default"), (number + 9).to_bytes(32, "little"))


def token(name: str, value: int, key: int) -> str:
    payload = f"{name}={value}under{key}".encode()
    return Token.of("w" if value % 4 == 3 else "s", "default", public(key).key_id, payload).serialise()


def _text(state: State) -> bytes:
    lines = ["# Sealed by gitseal: names are readable, values are not.", ""]
    comments = dict(state.comments)
    section = ""
    shown = sorted(state.values, key=lambda each: (each[0].count("/"), each[0]), reverse=state.is_unsorted)
    shown.sort(key=lambda each: each[0].partition("/")[0] if "/" in each[0] else "")
    for name, value in shown:
        above, _, last = name.rpartition("/")
        if above != section:
            lines.append(f"{above}:")
            section = above
        indent = "  " if above else ""
        if name in comments:
            lines.append(f"{indent}# about {name}: {comments[name]}")
        if value % 2:
            key = state.key - 1 if name in state.stale else state.key
            lines += [f"{indent}{last}:", f"{indent}  {token(name, value, key)}", ""]
        else:
            lines += [f"{indent}{last}: {value}", ""]
    return "\n".join([*lines, *_header(state)]).encode() + b"\n"


def _header(state: State) -> list[str]:
    key = public(state.key)
    lines = ["gitseal:", "  version: 1", f"  id: {FILE_ID}", "  environment: production", "  access:", "    default:"]
    lines += [f"      key: {key.key_id}", f"      public: {public_text(key)}"]
    if state.key:
        succession = Token.of("s", "default", public(state.key - 1).key_id, b"succeeds").serialise()
        lines += ["      succeeds:", f"        {succession}"]
    lines.append("      stanzas:")
    for number, (person, wrapped) in enumerate(sorted(state.people)):
        stanza = Stanza.of(key.key_id, f"{person} {wrapped} {state.key}".encode()).serialise()
        recipient = "r" + f"{PEOPLE.index(person)}" * 32
        lines += [""] * bool(number) + [f"        {person}:", f"          {recipient}:", f"            {stanza}"]
    return lines


def states() -> st.SearchStrategy[State]:
    return st.builds(
        State,
        st.dictionaries(st.sampled_from(NAMES), st.integers(0, 9), min_size=1, max_size=9).map(_items),
        key=st.just(0),
        stale=st.just(()),
        people=st.dictionaries(st.sampled_from(PEOPLE), st.just(0), min_size=1).map(_items),
        comments=st.dictionaries(st.sampled_from(NAMES), st.integers(0, 2), max_size=3).map(_items),
        is_unsorted=st.booleans(),
    )


def _items(mapping: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(mapping.items()))


@st.composite
def changed(draw: st.DrawFn, before: State, side: int) -> State:
    """The state after what one side does. `side` is in what it makes anew, so that two sides never make the same by chance."""
    values = dict(before.values)
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3)):
        if draw(st.integers(0, 3)) == 3 and len(values) > 1:
            values.pop(name, None)
        else:
            # Sometimes the same new value on both sides.
            values[name] = draw(st.integers(10, 13)) + (0 if draw(st.integers(0, 3)) == 3 else 20 * side)
    state = before._replace(values=_items(values))
    if draw(st.integers(0, 4)) == 4:
        comments = dict(state.comments)
        comments[draw(st.sampled_from(sorted(values)))] = 10 * side + draw(st.integers(0, 1))
        state = state._replace(comments=_items(comments))
    what = draw(st.sampled_from(("nothing", "nothing", "nothing", "nothing", "grant", "revoke", "rekey")))
    people = dict(state.people)
    if what == "grant":
        people[draw(st.sampled_from(PEOPLE))] = side
    elif what != "nothing" and len(people) > 1:
        people.pop(draw(st.sampled_from(sorted(people))))
    if what == "rekey":
        return state._replace(people=_items(people), key=before.key + side)
    return state._replace(people=_items(people))


@st.composite
def histories(draw: st.DrawFn) -> tuple[State, State, State]:
    """A base and what two sides made of it."""
    base = draw(states())
    return base, draw(changed(base, 1)), draw(changed(base, 2))
