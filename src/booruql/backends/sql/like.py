"""LIKE patterns: one escape for each escape character."""

from __future__ import annotations

from sqlglot import exp

from booruql.ast.nodes import Pattern, Wild

_SIGNS = {Wild.RUN: "%", Wild.ONE: "_"}


def escape_like(pattern: Pattern, escape: str) -> str:
    r"""The pattern in LIKE's spelling.

    >>> escape_like(("50%", Wild.RUN, "!", Wild.ONE), "!")
    '50!%%!!_'
    """
    table = str.maketrans({sign: escape + sign for sign in (escape, "%", "_")})
    return "".join(_SIGNS[part] if isinstance(part, Wild) else part.translate(table) for part in pattern)


def banged(pattern: Pattern) -> str:
    """The pattern escaped for `like`."""
    return escape_like(pattern, "!")


def like(column: exp.Expression, pattern: exp.Expression) -> exp.Expression:
    """`column LIKE ? ESCAPE '!'`: a backslash as escape would depend on the database's settings."""
    matched = exp.Like(this=column, expression=pattern)
    return exp.Escape(this=matched, expression=exp.Literal.string("!"))


def backslashed(pattern: Pattern) -> str:
    """The pattern escaped for `bare_like`."""
    return escape_like(pattern, "\\")


def bare_like(column: exp.Expression, pattern: exp.Expression) -> exp.Expression:
    """`column LIKE ?` where the backslash is the escape whatever the settings."""
    return exp.Like(this=column, expression=pattern)
