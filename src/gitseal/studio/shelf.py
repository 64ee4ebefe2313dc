"""What is kept for a page to come: a preview, a plan, what stores said."""

import secrets

from gitseal.errors import Error

_MOST = 20


class Shelf:
    """Contents by an id that the page knows. What was put there longest ago goes first."""

    def __init__(self) -> None:
        self._contents: dict[str, object] = {}

    def __repr__(self) -> str:
        return f"Shelf({len(self._contents)})"

    def put(self, content: object) -> str:
        """Keeps something; gives its id."""
        id_ = secrets.token_hex(8)
        self.replace(id_, content)
        while len(self._contents) > _MOST:
            del self._contents[next(iter(self._contents))]
        return id_

    def replace(self, id_: str, content: object) -> None:
        """Keeps something else under an id that `put` gave."""
        self._contents[id_] = content

    def get(self, id_: str) -> object:
        """What was kept. Raises Error if it is there no more."""
        if id_ not in self._contents:
            raise Error(
                "what this page showed is kept no longer", "go back to where you pressed the button, and press it again"
            )
        return self._contents[id_]
