"""Layers over each other: the nearest answers, a null takes out, and every layer of a name can be told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.policy.layers import Layer, order, overlay
from gitseal.resolve.origins import Origin, origins
from gitseal.yamltext.tree import NamePath

OWN = [Layer("production", is_local=False), Layer("base", is_local=False)]
LOCALS = [Layer("production", is_local=True), Layer("base", is_local=True)]


@pytest.mark.parametrize(
    ("protected", "expected"),
    [
        ((), [*LOCALS, *OWN]),
        (("production",), OWN),
        (("base",), [LOCALS[0], *OWN]),
        (("production", "base"), OWN),
        (("other",), [*LOCALS, *OWN]),
    ],
)
def test_which_layers(protected: tuple[str, ...], expected: list[Layer]) -> None:
    assert list(order(("production", "base"), protected)) == expected


def test_the_names_of_layers() -> None:
    assert [layer.name for layer in order(("dev", "base"), ())] == ["dev.local", "base.local", "dev", "base"]


def test_a_null_takes_a_name_out_of_what_is_below_it() -> None:
    layers: list[tuple[str, dict[NamePath, str | None]]] = [
        ("local", {("A",): None, ("s",): None}),
        ("own", {("A",): "1", ("B",): None, ("C",): "2"}),
        ("base", {("B",): "3", ("C",): None, ("s", "X"): "4", ("D",): None}),
    ]

    assert overlay(layers, lambda value: value is None) == {("C",): ("own", "2")}
    assert list(overlay(layers)) == [("A",), ("s",), ("B",), ("C",), ("D",)]


def test_every_layer_of_a_name() -> None:
    layers: list[tuple[str, dict[NamePath, int]]] = [
        ("local", {("s", "Z"): 0}),
        ("own", {("A",): 1, ("s", "X"): 2}),
        ("base", {("A",): 3, ("s",): 4, ("B",): 5}),
        ("far", {("A",): 6, ("A", "B"): 7, ("s", "X"): 8, ("s",): 9}),
    ]

    assert origins(layers, ("A",)) == [
        Origin("own", 1, "", ()),
        Origin("base", 3, "own", ("A",)),
        Origin("far", 6, "own", ("A",)),
    ]
    assert origins(layers, ("A", "B")) == [Origin("far", 7, "own", ("A",))]
    assert origins(layers, ("s", "X")) == [Origin("own", 2, "", ()), Origin("far", 8, "own", ("s", "X"))]
    assert origins(layers, ("s",)) == [Origin("base", 4, "local", ("s", "Z")), Origin("far", 9, "local", ("s", "Z"))]
    assert origins(layers, ("B",)) == [Origin("base", 5, "", ())]
    assert origins(layers, ("none",)) == []


PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(tuple)
LAYERS = st.lists(st.dictionaries(PATHS, st.integers(0, 9), max_size=5), min_size=1, max_size=4).map(
    lambda found: [(f"layer{number}", entries) for number, entries in enumerate(found)]
)


@pytest.mark.fuzz
@given(LAYERS, PATHS)
def test_origins_agree_with_the_view(layers: list[tuple[str, dict[NamePath, int]]], path: NamePath) -> None:
    view = overlay(layers)
    found = origins(layers, path)

    assert [origin.layer for origin in found] == [name for name, entries in layers if path in entries]
    answers = [(origin.layer, origin.entry) for origin in found if not origin.hidden_by]
    assert answers == ([view[path]] if path in view else [])
    for origin in found:
        if origin.hidden_by:
            assert view[origin.hidden_at][0] == origin.hidden_by


@pytest.mark.fuzz
@given(LAYERS)
def test_a_view_without_nulls_is_the_view_less_its_nulls(layers: list[tuple[str, dict[NamePath, int]]]) -> None:
    whole = overlay(layers)

    assert overlay(layers, lambda value: value == 0) == {p: found for p, found in whole.items() if found[1] != 0}


@pytest.mark.fuzz
@given(LAYERS)
def test_the_nearest_layer_is_whole(layers: list[tuple[str, dict[NamePath, int]]]) -> None:
    name, entries = layers[0]
    view = overlay(layers)

    assert {path: view[path] for path in entries} == {path: (name, value) for path, value in entries.items()}
