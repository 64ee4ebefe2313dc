"""A request shows what it asks for, and no variable of the process."""

from gitseal.delivery.request import Request


def test_no_variable_shows_in_a_request() -> None:
    request = Request(["DB_*"], service="api", variables={"GITSEAL_IDENTITY": "AGE-SECRET-KEY-needle-0c5b"})

    assert "needle" not in f"{request} {request!r}"
    assert "DB_*" in repr(request)
