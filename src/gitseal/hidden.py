"""`SecretBytes`: bytes that never show themselves, and `UnshownDict` for what is on its way to a server or from one."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn


class SecretBytes:
    """Bytes that appear in no repr, format or pickle; `reveal()` is the one way to them.

    Equality is of the content, in constant time for equal lengths. Secrets are not hashable, so none ends up as a
    key of something that prints its keys. Python cannot wipe memory: this guards against showing, not against reading.
    """

    __slots__ = ("_content",)

    def __init__(self, content: bytes) -> None:
        self._content = content

    def reveal(self) -> bytes:
        """The bytes themselves; the caller owes them the same care."""
        return self._content

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SecretBytes):
            return NotImplemented
        import hmac  # 3 ms, which reading a value need not pay

        return hmac.compare_digest(self._content, other._content)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce_ex__(self, protocol: object) -> "NoReturn":
        raise TypeError(f"a {type(self).__name__} is not pickled or copied")


class UnshownDict(dict[str, "Any"]):
    """A dict that shows nothing of itself: headers with a token, JSON with values. Copies of it are plain dicts."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UnshownDict(…)"
