"""A text that becomes plain, or sealed again, reads as the same one."""

from hypothesis import given
from hypothesis import strategies as st

from gitseal.document.value import text
from gitseal.resolve import templates
from gitseal.resolve.plain_texts import read_plain, written_plain

TEXTS = st.lists(st.sampled_from(["$", "{", "}", "${", "$${", "secret:a", "env:HOME", "a"]), max_size=10).map("".join)


@given(content=TEXTS)
def test_what_is_written_plain_reads_as_itself(content: str) -> None:
    written = written_plain(text(content))
    assert read_plain(written) == text(content)
    template = templates.parse(written.reveal().decode())
    assert (template.pieces, template.problems) == ((content,) if content else (), ())


def test_a_reference_stays_as_it_stands_where_nothing_resolves_it() -> None:
    for content in ("${secret:A}", "$${x} ${secret:A}", "${HOME}"):
        assert read_plain(text(content)) == text(content)
