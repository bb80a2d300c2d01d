"""SQLite 3.35 and later. https://www.sqlite.org/lang.html"""

from __future__ import annotations

from sqlglot import exp

from booruql.ast.nodes import Pattern, Wild
from booruql.backends.sql.arrays import call
from booruql.backends.sql.dialect import Dialect
from booruql.backends.sql.strings import Strings, as_json
from booruql.backends.sql.tokens import COLUMN, Tokens
from booruql.schema import Kind

_SPECIAL = str.maketrans({"*": "[*]", "?": "[?]", "[": "[[]"})
_TOKENS = "posts_tokens"
_LONGEST = 50_000  # bytes of a GLOB pattern: https://www.sqlite.org/limits.html


def escape_glob(pattern: Pattern) -> str:
    """The pattern in GLOB's spelling; GLOB knows no escape character but sets.

    >>> escape_glob(("a*[", Wild.RUN, "]", Wild.ONE))
    'a[*][[]*]?'
    """
    return "".join(part.value if isinstance(part, Wild) else part.translate(_SPECIAL) for part in pattern)


def pattern_text(pattern: Pattern) -> str | None:
    """The pattern in GLOB's spelling, unless it is longer than SQLite takes."""
    text = escape_glob(pattern)
    return text if len(text.encode()) <= _LONGEST else None


def glob(column: exp.Expression, pattern: exp.Expression) -> exp.Expression:
    """`column GLOB ?`, which compares case and code points; LIKE would fold ASCII."""
    return exp.Glob(this=column, expression=pattern)


DIALECT = Dialect(
    name="sqlite",
    sqlglot="sqlite",
    paramstyle="qmark",
    types={
        Kind.INT: "INTEGER",
        Kind.FLOAT: "REAL",
        Kind.FLOAT32: "REAL",
        Kind.INSTANT: "INTEGER",
        Kind.BOOL: "INTEGER",
        Kind.KEYWORD: "TEXT",
        Kind.TEXT: "TEXT",
        Kind.TAG: "TEXT",
        Kind.ID: "INTEGER",
        Kind.IP: "TEXT",
        Kind.JSON: "TEXT",
    },
    pattern=pattern_text,
    glob=glob,
    wide="INTEGER",
    tokens=Tokens(
        table=_TOKENS,
        key="rowid",
        asked=_TOKENS,
        match=lambda held, query: exp.Match(this=held, expression=query),
        query=lambda tokens: tokens,
        either=" OR ",
        combines=True,
        made=f"CREATE VIRTUAL TABLE {_TOKENS} USING fts5({COLUMN}, content='', detail=none, columnsize=0, tokenize='ascii')",
    ),
    strings=Strings(rows=lambda names, separator: call("JSON_EACH", as_json(names, separator))),
    int_bits=64,
    drives=True,
    forces=True,  # https://www.sqlite.org/optoverview.html#manual_control_of_query_plans_using_cross_join
    probes=True,  # https://www.sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_
    gaps={"array": "there is no array type; a JSON text would have to be read row by row, without an index"},
    max_nesting=12,  # its parser keeps a stack of 100: https://www.sqlite.org/compile.html#yystackdepth
)
