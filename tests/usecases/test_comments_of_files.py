"""What becomes of a file's comments: above new names, at the end of a new environment, or told with their place."""

from gitseal.document.value import ValueType, checked, text
from gitseal.exchange import Imported, ImportedValue, parse
from gitseal.sealing.foreign_values import readable_comments


def test_a_comment_that_holds_an_item_of_a_list_is_left_out() -> None:
    hosts = checked(ValueType.JSON, b'["hush-one", {"a": "hush-two"}, 5432123]')
    lines = ("# Hosts", "# was hush-one before", "# hush-two", "# or 5432123")
    comments = readable_comments(Imported((ImportedValue(("HOSTS",), hosts, 1, comments=lines),)))
    assert comments.above == {("HOSTS",): ("# Hosts",)}
    assert comments.doubtful == {"above HOSTS": 3}


def test_what_stands_behind_the_last_value_is_looked_at_too() -> None:
    comments = readable_comments(parse("dotenv", b"A=hush-one\n\n# the end\n# was hush-one\n"))
    assert comments.below == ("# the end",)
    assert comments.doubtful == {"behind the last value": 1}


def test_a_file_without_comments_has_none() -> None:
    comments = readable_comments(Imported((ImportedValue(("A",), text("hush"), 1),)))
    assert (comments.above, comments.below, comments.doubtful) == ({}, (), {})
