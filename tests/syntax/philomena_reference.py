"""Philomena's lexer and parser, straight from the grammar of the language, recursive and slow: ours is tested against it."""

from __future__ import annotations

import re
from typing import Any

WS = " \t\n\v\f\r"
_NUM = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_CONJUNCTIONS = (("AND", ("AND", "&&")), ("OR", ("OR", "||")))


def _blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in WS:
        at += 1
    return at


def _conjunction(text: str, at: int) -> tuple[str, int] | None:
    """Blanks, a word, blanks."""
    after = _blanks(text, at)
    if after == at:
        return None
    for kind, words in _CONJUNCTIONS:
        for word in words:
            if text.startswith(word, after):
                end = _blanks(text, after + len(word))
                if end > after + len(word):
                    return kind, end
    return None


def _boost(text: str, at: int) -> int | None:
    if not text.startswith("^", at):
        return None
    at += 1
    if text[at : at + 1] in ("+", "-"):
        at += 1
    found = _NUM.match(text, at)
    return found.end() if found else None


def _stops(text: str, at: int) -> bool:
    after = _blanks(text, at)
    return (
        text.startswith(",", at)
        or _conjunction(text, at) is not None
        or text.startswith(")", after)
        or _boost(text, after) is not None
    )


def _unit(text: str, at: int) -> int | None:
    if at >= len(text):
        return None
    if text[at] == "\\" and at + 1 < len(text):
        return at + 2
    if text[at] == "(":
        end = _text(text, at + 1)
        return end + 1 if end is not None and text.startswith(")", end) else None
    return None if text[at] == ")" else at + 1


def _text(text: str, at: int) -> int | None:
    start = at
    while not _stops(text, at):
        end = _unit(text, at)
        if end is None:
            break
        at = end
    return at if at > start else None


def _quoted(text: str, at: int) -> tuple[str, int] | None:
    if text[at] != '"':
        return None
    at += 1
    found = ""
    while at < len(text):
        if text[at] == '"':
            return found, at + 1
        if text[at] == "\\" and at + 1 < len(text):
            found += text[at + 1] if text[at + 1] in '"\\' else text[at : at + 2]
            at += 2
            continue
        found += text[at]
        at += 1
    return None


def tokens(text: str) -> list[tuple[str, Any]]:  # noqa: PLR0915 - one case a token
    """(type, value) of each token; a TERM's value is (text, quoted), a BOOST's its spelling, others have none."""
    found: list[tuple[str, Any]] = []
    at = 0
    while at < len(text):
        conjunction = _conjunction(text, at)
        boost = _boost(text, at)
        if text[at] == ",":
            found.append(("AND", None))
            at += 1
        elif text[at] in "!-":
            found.append(("NOT", None))
            at += 1
        elif conjunction:
            found.append((conjunction[0], None))
            at = conjunction[1]
        elif text.startswith("NOT", at) and text[at + 3 : at + 4] and text[at + 3] in WS:
            found.append(("NOT", None))
            at = _blanks(text, at + 3)
        elif text[at] in "()":
            found.append(("LPAREN" if text[at] == "(" else "RPAREN", None))
            at += 1
        elif boost:
            found.append(("BOOST", text[at + 1 : boost]))
            at = boost
        elif text[at] in WS:
            at += 1
        elif quoted := _quoted(text, at):
            found.append(("TERM", (quoted[0], True)))
            at = quoted[1]
        else:
            end = _text(text, at)
            assert end is not None
            found.append(("TERM", (text[at:end], False)))
            at = end
    return found


class Refused(Exception):
    """The site's message."""


def parse(text: str) -> Any:
    """The tree as nested tuples, lists flattened as the site's right recursion gives them; None for no tokens."""
    coming = tokens(text)
    if not coming:
        return None
    tree, rest = _either(coming)
    if rest:
        raise Refused("junk at end of expression")
    return tree


def _either(rest: list[tuple[str, Any]]) -> tuple[Any, list[tuple[str, Any]]]:
    left, rest = _both(rest)
    if rest and rest[0][0] == "OR":
        right, rest = _either(rest[1:])
        return ("or", left, *(right[1:] if right[0] == "or" else (right,))), rest
    return left, rest


def _both(rest: list[tuple[str, Any]]) -> tuple[Any, list[tuple[str, Any]]]:
    left, rest = _boosted(rest)
    if rest and rest[0][0] == "AND":
        right, rest = _both(rest[1:])
        return ("and", left, *(right[1:] if right[0] == "and" else (right,))), rest
    return left, rest


def _boosted(rest: list[tuple[str, Any]]) -> tuple[Any, list[tuple[str, Any]]]:
    found, rest = _negated(rest)
    if rest and rest[0][0] == "BOOST":
        factor = float(rest[0][1])
        if factor < 0:
            raise Refused("Boost value must be non-negative.")
        return ("boost", factor, found), rest[1:]
    return found, rest


def _negated(rest: list[tuple[str, Any]]) -> tuple[Any, list[tuple[str, Any]]]:
    if rest and rest[0][0] == "NOT":
        found, rest = _group(rest[1:])
        return (found[1] if found[0] == "not" else ("not", found)), rest
    return _group(rest)


def _group(rest: list[tuple[str, Any]]) -> tuple[Any, list[tuple[str, Any]]]:
    kind, value = rest[0] if rest else ("", ())
    if kind == "TERM":
        return ("term", *(value or ())), rest[1:]
    if kind == "LPAREN":
        found, rest = _either(rest[1:])
        if not rest or rest[0][0] != "RPAREN":
            raise Refused("Imbalanced parentheses.")
        return found, rest[1:]
    raise Refused("Imbalanced parentheses." if kind == "RPAREN" else "Expected a term.")
