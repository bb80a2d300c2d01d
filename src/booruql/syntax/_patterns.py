"""Patterns with `*` and `\\`: into the parts of a glob, and into the text of an SQL LIKE."""

from __future__ import annotations

import re

from booruql.ast.nodes import Pattern, Wild

_PIECE = re.compile(r"\\([*\\])|(\*)|([^*\\]+|\\)")
_SQL = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})
_EQUAL = str.maketrans({"%": r"\%", "_": r"\_"})


def read_pattern(text: str, *, always: bool = False) -> Pattern:
    """The parts of a pattern: `*` is any run; before `*` and `\\` a backslash makes it literal.

    A text without any `*` is literal, backslashes too, unless `always`.

    >>> read_pattern("a*b")
    ('a', <Wild.RUN: '*'>, 'b')
    """
    if "*" not in text and not always:
        return (text,) if text else ()
    parts: list[str | Wild] = []
    literal: list[str] = []
    for found in _PIECE.finditer(text):
        escaped, star, plain = found.groups()
        if not star:
            literal.append(escaped or plain)
            continue
        if literal:
            parts.append("".join(literal))
            literal = []
        if not parts or parts[-1] is not Wild.RUN:
            parts.append(Wild.RUN)
    if literal:
        parts.append("".join(literal))
    return tuple(parts)


def like(text: str) -> str:
    """The SQL LIKE of a pattern, with backslash as its escape.

    >>> print(like("100%*"))
    100\\%%
    """
    if "*" not in text:
        return text.translate(_SQL)
    found = (
        escaped.translate(_SQL) if escaped else "%" if star else plain.translate(_SQL)
        for escaped, star, plain in (piece.groups() for piece in _PIECE.finditer(text))
    )
    return "".join(found)


def iequals(text: str) -> str:
    """The SQL LIKE that is equality: all of `*` and `\\` literal.

    >>> print(iequals("100%*"))
    100\\%*
    """
    doubled = text.replace("\\", "\\\\")
    return doubled.translate(_EQUAL)
