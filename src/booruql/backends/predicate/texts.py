"""Tests over analysed text and by edit distance; what the text analysis cannot say is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from booruql.analysis import make_phrase, stems
from booruql.ast.nodes import Fuzzy, Glob, Phrase, Words
from booruql.vocabulary.globs import make_glob
from booruql.vocabulary.spelling import near
from booruql.websearch import make_search

Test = Callable[[Any], bool]


def glob_test(node: Glob) -> Test:
    """Whether some analysed word of a text matches."""
    test = make_glob(node.pattern, node.fold)
    return lambda value: any(map(test, stems(value)))


def fuzzy_test(node: Fuzzy) -> Test:
    """Whether the whole value is near the text; to an empty text the engine finds nothing near but the empty value."""
    edits = node.edits if node.text else 0
    return lambda value: near(node.text, value, edits)


def phrase_test(node: Phrase) -> Test:
    """Whether the words stand in the text at the same places."""
    return make_phrase(node.text)


def words_test(node: Words) -> Test:
    """Whether the text satisfies a web-search text."""
    return make_search(node.text)
