"""What is said of a policy or manifest never passes a repository's words off as ours."""

from collections.abc import Iterator

import pytest

from gitseal.report.sentences import Sentence
from gitseal.review.manifest_changes import manifest_changes
from gitseal.review.policy.changes import policy_changes
from tests.review.pairs import MARK, pair


def said(seed: int) -> Iterator[Sentence]:
    two = pair(seed)
    names = sorted({name for names in two.names.values() for name in names})
    statements = policy_changes(*two.policies, two.names, "policy.yaml", lambda _path: 0)
    statements += manifest_changes(*two.manifests, names, "manifest.yaml", lambda _path: 0)
    for statement in statements:
        yield statement.text
        yield statement.hint


@pytest.mark.parametrize("seed", range(40))
def test_no_word_of_a_repository_is_ours(seed: int) -> None:
    for sentence in said(seed):
        assert [piece for piece in sentence.pieces if MARK in piece.text and not piece.is_name] == []


@pytest.mark.parametrize("seed", range(40))
def test_a_sentence_reads_as_its_pieces_do(seed: int) -> None:
    for sentence in said(seed):
        assert sentence.replace('"', "") == "".join(piece.text for piece in sentence.pieces).replace('"', "")
        assert MARK not in sentence.form
