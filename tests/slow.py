"""Cases of a parametrised test that only `make check` tries."""

from collections.abc import Container, Iterable, Mapping

import pytest
from _pytest.mark.structures import ParameterSet


def slow_but(quick: Container[object], cases: Iterable[object]) -> list[ParameterSet]:
    """All the cases, marked slow but for the quick ones. Cases with names are a mapping, and named in `quick`."""
    named = cases if isinstance(cases, Mapping) else None
    return [
        pytest.param(
            named[case] if named else case,
            id=str(case) if named else None,
            marks=() if case in quick else pytest.mark.slow,
        )
        for case in cases
    ]
