"""Other languages' spellings, which a site reads as tags: answered as the site does, with a word on what was likely meant."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import NamedTuple

_COMPARISON = re.compile(r"([a-z_]+)([<>]=?|==?)(\S.*)", re.DOTALL)
_DOTTED = {">": ".gt", ">=": ".gte", "<": ".lt", "<=": ".lte"}
_OPERATORS = {"||": "or", "|": "or", "&&": "and", "&": "and"}


class Slip(NamedTuple):
    """What was likely meant, and how this language writes it."""

    message: str
    hint: str


def tag_slip(text: str, words: Container[str]) -> Slip | None:
    """A slip in tag search; `words` are the names of its fields.

    >>> tag_slip("score>=5", {"score"}).hint
    'write score:>=5'
    """
    found = _compared(text, words)
    if found:
        name, op, value = found
        return _uncoloned(text, f"{name}:{op.strip('=') and op}{value}")
    if text in _OPERATORS:
        return Slip(f"{text!r} is read as a tag", f"write '{_OPERATORS[text]}' between terms")
    if text == "not" or (text.startswith("!") and text[1:2].isalnum()):
        return Slip(f"{text!r} is read as a tag", f"a '-' excludes a tag: -{text[1:] if text[0] == '!' else 'cat'}")
    if text.endswith(",") and text[-2:-1].isalnum():
        return Slip(f"terms are parted by blanks; read as the tag {text!r}", f"write {text[:-1]}")
    return None


def boolean_slip(text: str, words: Container[str]) -> Slip | None:
    """A slip in a boolean query.

    >>> boolean_slip("score>=5", {"score"}).hint
    'write score.gte:5'
    """
    found = _compared(text, words)
    if found:
        name, op, value = found
        return _uncoloned(text, f"{name}{_DOTTED.get(op, '')}:{value}")
    if text.startswith('"') and '"' not in text[1:]:
        return Slip("this quote is never closed and is read as part of a tag", 'write a " after the last word of the tag')
    return None


def _compared(text: str, words: Container[str]) -> tuple[str, str, str] | None:
    found = _COMPARISON.fullmatch(text)
    if not found or found[1] not in words:
        return None
    return found[1], found[2], found[3]


def _uncoloned(text: str, meant: str) -> Slip:
    return Slip(f"a field and its value are parted by ':'; read as the tag {text!r}", f"write {meant}")
